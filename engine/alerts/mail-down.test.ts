/** Mail while its server, a process of its own, is gone for an hour: a clock that is turned by hand, real files and sockets. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAlertScene, type AlertScene } from '#tests/support/alert-scene.ts';
import type { Alerts } from './alerts.ts';
import { OUTBOX_FILE } from './outbox.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SERVER = join(import.meta.dirname, '../../tests/support/mail-process.ts');

let scene: AlertScene;
let alerts: Alerts | undefined;
let server: ChildProcess | undefined;
let port = 0;
/** Every mail that was taken, in the order it came. */
let mails: string[];

beforeEach(async () => {
  scene = await openAlertScene();
  mails = [];
});
afterEach(async () => {
  await scene.end();
  await kill();
});

async function serve(): Promise<void> {
  const child = spawn(process.execPath, [SERVER, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  server = child;
  const lines = createInterface({ input: child.stdout });
  const [ready] = (await once(lines, 'line')) as [string];
  port = Number(ready.replace('ready ', ''));
  lines.on('line', (line) => mails.push(JSON.parse(line) as string));
}

async function kill(): Promise<void> {
  if (!server) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
  server = undefined;
}

const pass = async (minutes: number): Promise<void> => {
  for (let minute = 0; minute < minutes; minute++) {
    await scene.clock.advance(MINUTE);
    // Passed over, as the UPS itself tells it: only what is being sent is waited for, on a network that has its own clock.
    await alerts?.notice('ONLINE', 'ups');
  }
};
const PATIENCE = { timeout: 20_000 };

const settings = () => ({
  ups: [
    {
      id: 'a',
      identifier: 'ups',
      driver: 'x',
      port: 'x',
      emailnotify: true,
      toemail: ['a@b.example'],
      subject: '%u: %e',
    },
  ],
  mail: { host: '127.0.0.1', port, security: 'none', from: 'u@b.example' },
});

interface OnDisk {
  readonly pending: readonly { readonly message: { readonly event: string } }[];
}
const onDisk = async (): Promise<readonly string[]> =>
  (JSON.parse(await readFile(join(scene.folder, OUTBOX_FILE), 'utf8')) as OnDisk).pending.map(
    ({ message }) => message.event,
  );
/** Quoted-printable breaks lines, and spells the spaces that do not. */
const textOf = (mail = ''): string => mail.replaceAll(/=\r?\n/g, '').replaceAll('=C2=A0', ' ');

test.each([
  { restarts: 'a program that goes on', isRestarted: false },
  { restarts: 'a program that is started anew meanwhile, and afterwards', isRestarted: true },
])(
  'what happens in that hour is mailed once and as one, by $restarts',
  { timeout: 60_000 },
  async ({ isRestarted }) => {
    await serve();
    await kill();
    const begin = async (): Promise<void> => {
      alerts = await scene.start(settings());
    };
    await begin();
    const downSince = scene.clock.now();

    scene.say({ 'ups.status': 'OB' });
    await expect.poll(onDisk, PATIENCE).toEqual(['ONBATT']);
    await expect
      .poll(() => JSON.stringify(scene.log.lines), PATIENCE)
      .toContain('mail-a was not sent and is tried again');
    await pass(10);
    scene.say({ 'ups.status': 'OL' });
    await expect.poll(onDisk, PATIENCE).toEqual(['ONBATT', 'ONLINE']);
    if (isRestarted) await begin();
    await pass(10);
    scene.say({ 'ups.status': 'OL RB' });
    await pass(40);
    await expect.poll(onDisk, PATIENCE).toEqual(['ONBATT', 'ONLINE', 'REPLBATT']);
    expect(scene.clock.now() - downSince).toBe(HOUR);
    expect(mails).toEqual([]);

    await serve();
    // The longest wait between two tries is a quarter of an hour.
    await pass(15);
    await expect.poll(() => mails.length, PATIENCE).toBe(1);
    await expect.poll(onDisk, PATIENCE).toEqual([]);
    const [mail] = mails;
    expect(mail).toMatch(/^Subject: ups: REPLBATT\r?$/m);
    expect(textOf(mail)).toContain('3 messages that had to wait:');
    expect(textOf(mail)).toMatch(/The power is out\.[^]*The power is back\.[^]*asks for a new battery\./);
    expect(textOf(mail)).toContain('It lasted 10 min.');

    if (isRestarted) await begin();
    await pass(60);
    // The next one comes by itself, and nothing of before with it.
    scene.say({ 'ups.status': 'OB RB' });
    await expect.poll(() => mails.length, PATIENCE).toBe(2);
    expect(mails[1]).toMatch(/^Subject: ups: ONBATT\r?$/m);
    expect(textOf(mails[1])).not.toContain('had to wait');
    await expect.poll(onDisk, PATIENCE).toEqual([]);
    await scene.end();
    expect(mails).toHaveLength(2);
  },
);
