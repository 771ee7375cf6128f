import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail server that takes everything. */
export async function openMailServer(): Promise<{
  readonly port: number;
  /** Addresses of each mail. */
  readonly mails: string[];
  /** Each mail as it came in. */
  readonly sources: string[];
  close(): Promise<void>;
}> {
  const mails: string[] = [];
  const sources: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, { envelope }, done) {
      let source = '';
      stream.setEncoding('utf8').on('data', (text: string) => (source += text));
      stream.on('end', () => {
        sources.push(source);
        mails.push(envelope.rcptTo.map(({ address }) => address).join(' '));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return { port, mails, sources, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
