/**
 * A mail server in a process of its own, so that it can be really gone: `node mail-process.ts PORT`. Writes `ready PORT`,
 * then each mail as a line of JSON. Only what it wrote did it take.
 */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, _session, done) {
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    stream.on('end', () => process.stdout.write(`${JSON.stringify(text)}\n`, () => done()));
  },
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => {
  process.stdout.write(`ready ${(server.server.address() as AddressInfo).port}\n`);
});
