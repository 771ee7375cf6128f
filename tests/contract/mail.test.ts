/** Mail about a UPS from the outside: `serve`, an outage, and a real mail server. */
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { freePort } from '#tests/support/nut-upsd.ts';
import { buildProgram, ridethrough, startProgram, until, type RunningProgram } from '#tests/support/served-program.ts';

let folder: string;
let server: SMTPServer | undefined;
let program: RunningProgram | undefined;
let mails: { readonly to: string; readonly subject: string }[];

beforeAll(buildProgram);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-mail-'));
  mails = [];
});
afterEach(async () => {
  await program?.end('SIGKILL');
  await closeMailServer();
  await rm(folder, { recursive: true });
});

async function openMailServer(port = 0): Promise<number> {
  const opened = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, { envelope }, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        const to = envelope.rcptTo.map(({ address }) => address).join(' ');
        mails.push({ to, subject: /^Subject: (.*)$/m.exec(text)?.[1]?.trim() ?? '' });
        done();
      });
    },
  });
  server = opened;
  await new Promise<void>((resolve) => opened.listen(port, '127.0.0.1', resolve));
  return (opened.server.address() as AddressInfo).port;
}

const closeMailServer = (): Promise<void> =>
  new Promise((resolve) => {
    if (server) server.close(() => resolve());
    else resolve();
    server = undefined;
  });

const set = async (...words: string[]): Promise<void> => {
  const { status, stderr } = await ridethrough(['config', 'set', '--data-dir', folder, ...words]);
  if (status !== 0) throw new Error(stderr);
};

test('an outage and its end are mailed; what the server missed arrives when it is back', async () => {
  const mailPort = await openMailServer();
  const port = await freePort();
  await set(
    ...['ups.0.identifier', 'desk', 'ups.0.driver', 'demo', 'ups.0.port', 'auto'],
    ...['ups.0.emailnotify', 'true', 'ups.0.toemail', 'a@example.org;b@example.org', 'ups.0.subject', '%e at %u'],
    ...['mail.host', '127.0.0.1', 'mail.port', String(mailPort), 'mail.security', 'none', 'mail.from', 'u@example.org'],
    ...['server.remoteport', String(port), 'server.extrausers', '[admin]\npassword = secret\ninstcmds = ALL'],
  );
  program = startProgram(['serve', '--data-dir', folder, '--no-web']);
  await program.ready();
  const ups = `desk@127.0.0.1:${port}`;
  const mains = async (state: 'on' | 'off'): Promise<void> => {
    const { status } = await ridethrough(['upscmd', '-u', 'admin', '-p', 'secret', ups, `demo.mains.${state}`]);
    expect(status).toBe(0);
  };
  const read = async (): Promise<string> => (await ridethrough(['upsc', ups, 'ups.status'])).stdout;
  await until('the UPS is read', async () => (await read()).startsWith('OL'));

  await mains('off');
  await until(
    'a mail of the outage',
    () => mails.length === 1,
    () => program?.stderr() ?? '',
  );
  expect(mails[0]).toEqual({ to: 'a@example.org b@example.org', subject: 'ONBATT at desk' });

  await closeMailServer();
  await mains('on');
  await program.logged(/mail-\w+ was not sent and is tried again/);
  await openMailServer(mailPort);
  // A change of the settings tries again at once; otherwise it waits for its turn.
  await set('ups.0.subject', '%u: %e');
  await until(
    'a mail of the end',
    () => mails.length === 2,
    () => program?.stderr() ?? '',
  );
  expect(mails[1]?.subject).toBe('desk: ONLINE');
  expect(await program.end()).toBe(0);
});
