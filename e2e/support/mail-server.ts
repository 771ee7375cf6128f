import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface MailServer {
  readonly port: number;
  /** Addresses of each mail. */
  readonly mails: string[];
  /** Each mail as it came in. */
  readonly sources: string[];
  close(): Promise<void>;
}

/** A fixture of Playwright: a mail server that takes everything, while a test runs. */
// eslint-disable-next-line no-empty-pattern -- how Playwright is told that it needs nothing
export async function smtp({}, use: (server: MailServer) => Promise<void>): Promise<void> {
  const server = await openMailServer();
  await use(server);
  await server.close();
}

async function openMailServer(): Promise<MailServer> {
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
