/** The whole way from a UPS to people: real incidents, real channels on loopback, a clock that is turned by hand. */
import { createSocket } from 'node:dgram';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import type { AlertKind } from '#domain/schema/alerts.ts';
import { Settings } from '#domain/schema/settings/settings.ts';
import type { DesktopNote } from '#engine/ports.ts';
import { NOTIFY_TYPES, type NotifyType } from '#engine/settings/nut-conf/notify-types.ts';
import type { UpsStore } from '#engine/state/ups-store.ts';
import type { FakeClock } from '#tests/support/fake-clock.ts';
import { openAlertScene, type AlertScene } from '#tests/support/alert-scene.ts';
import type { Alerts } from './alerts.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const GONE = new DriverError('driver/unplugged', { device: 'UPS' });

let scene: AlertScene;
let folder: string;
let clock: FakeClock;
let store: UpsStore;
let alerts: Alerts;
let notes: DesktopNote[];
let say: AlertScene['say'];
const stops: (() => unknown)[] = [];

async function start(settings?: unknown): Promise<void> {
  alerts = await scene.start(settings);
}

beforeEach(async () => {
  scene = await openAlertScene();
  ({ folder, clock, store, notes, say } = scene);
});
afterEach(async () => {
  await scene.end();
  for (const stop of stops.splice(0).reverse()) await stop();
}, 60_000);

interface Body {
  readonly event: NotifyType;
  readonly kind: AlertKind;
  readonly stage: string;
  readonly title: string;
  readonly text: string;
  readonly severity: string;
  readonly earlier?: readonly Body[];
}

/** Every message that came by a webhook, also those that came together. */
async function startHook() {
  const bodies: Body[] = [];
  /** How many requests came, by the first part of their paths. */
  const requests = new Map<string, number>();
  let status = 200;
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const body = JSON.parse(text) as Body;
      const [, way = ''] = (request.url ?? '').split('/');
      requests.set(way, (requests.get(way) ?? 0) + 1);
      if (status === 200) bodies.push(...(body.earlier ?? []), body);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { bodies, requests, url: `http://127.0.0.1:${port}/`, answer: (next: number) => (status = next) };
}

const EVERYTHING = { id: 'hook', type: 'webhook', least: 'info' };

describe('every notice that NUT has', () => {
  test('reaches people', async () => {
    const { bodies, url } = await startHook();
    await start({ alerts: { channels: [{ ...EVERYTHING, url }] } });
    const told = (): NotifyType[] => bodies.map(({ event }) => event);
    const during = async (status: string, more: Readonly<Record<string, string>> = {}): Promise<void> => {
      say({ 'ups.status': status, ...more });
      await clock.advance(2 * MINUTE);
      say({ 'ups.status': 'OL' });
      await clock.advance(SECOND);
    };
    for (const word of ['OB', 'OB LB', 'OL RB', 'OL CAL', 'OL OFF', 'OL BYPASS', 'OL ECO', 'OL OVER'])
      await during(word);
    for (const word of ['OL TRIM', 'OL BOOST', 'OL STRANGE', 'OL ALARM']) await during(word);
    store.dispatch('ups', { type: 'forced-shutdown', isSet: true });
    store.dispatch('ups', { type: 'disconnected', error: GONE });
    await clock.advance(6 * MINUTE);
    store.dispatch('ups', { type: 'connected' });
    say({ 'ups.status': 'OL' });
    store.dispatch('ups', { type: 'ready' });
    for (const type of ['SHUTDOWN', 'SHUTDOWN_HOSTSYNC', 'NOPARENT', 'SUSPEND_STARTING', 'SUSPEND_FINISHED'] as const) {
      void alerts.notice(type, '');
    }
    // A jump of the clock is told as what it most often is.
    const wanted = NOTIFY_TYPES.filter((type) => type !== 'SUSPEND_TIMEJUMP_UNEXPECTED');
    await expect.poll(() => wanted.filter((type) => !told().includes(type)), { timeout: 30_000 }).toEqual([]);
    // Of no UPS: the line names none.
    const asleep = scene.log.lines.find(({ fields }) => fields.notice === 'SUSPEND_STARTING');
    expect(asleep?.fields).toEqual({ notice: 'SUSPEND_STARTING' });
    // What a state of the UPS tells is not told by the monitor a second time.
    const before = bodies.length;
    void alerts.notice('ONBATT', 'ups');
    void alerts.notice('SUSPEND_TIMEJUMP_UNEXPECTED', '');
    await expect.poll(() => bodies.slice(before).map(({ kind }) => kind)).toEqual(['wake']);
  }, 60_000);
});

test('a self test is no outage, and its result is told; a power cut in its midst is', async () => {
  const { bodies, url } = await startHook();
  await start({ alerts: { channels: [{ ...EVERYTHING, url }] } });
  say({ 'ups.status': 'OB DISCHRG', 'ups.test.result': 'In progress' });
  await clock.advance(10 * SECOND);
  say({ 'ups.status': 'OL', 'ups.test.result': 'Done and error' });
  await expect.poll(() => bodies.map(({ kind }) => kind)).toEqual(['test-ended']);
  expect(bodies[0]).toMatchObject({ severity: 'care', text: expect.stringContaining('Done and error') as unknown });
  say({ 'ups.status': 'OB DISCHRG', 'ups.test.result': 'In progress' });
  say({ 'ups.test.result': 'Aborted' });
  await expect.poll(() => bodies.map(({ kind }) => kind)).toEqual(['test-ended', 'test-ended', 'on-battery']);
});

test('contact lost in the midst of an outage is a danger; the end of an outage says all that is over', async () => {
  const { bodies, url } = await startHook();
  await start({ alerts: { channels: [{ ...EVERYTHING, url }] } });
  say({ 'ups.status': 'OB LB' });
  store.dispatch('ups', { type: 'stale', error: GONE });
  await clock.advance(11 * SECOND);
  await expect.poll(() => bodies.length).toBe(3);
  expect(bodies[2]).toMatchObject({ kind: 'no-contact', severity: 'danger' });
  expect(bodies[2]?.text).toContain('This computer: shuts down');
  store.dispatch('ups', { type: 'fresh' });
  say({ 'ups.status': 'OL' });
  await expect
    .poll(() =>
      bodies
        .slice(3)
        .map(({ kind, stage }) => `${kind} ${stage}`)
        .toSorted(),
    )
    .toEqual(['no-contact end', 'on-battery end']);
});

test('in quiet hours trouble waits for the morning, danger does not', async () => {
  // From the afternoon to the night.
  await clock.advance(8 * 60 * MINUTE);
  const { bodies, requests, url } = await startHook();
  await start({ alerts: { channels: [{ ...EVERYTHING, url, quietFrom: '22:00', quietTo: '07:00' }] } });
  say({ 'ups.status': 'OL OVER' });
  await clock.advance(10 * SECOND);
  say({ 'ups.status': 'OB' });
  await expect.poll(() => bodies.map(({ kind }) => kind)).toEqual(['on-battery']);
  for (let hour = 0; hour < 9; hour++) await clock.advance(60 * MINUTE);
  await expect
    .poll(() => bodies.slice(1).map(({ kind, stage }) => `${kind} ${stage}`))
    .toEqual(['overload begin', 'overload end']);
  expect(requests.get('')).toBe(2);
});

test('a way that fails twice is told, and told to be well again; nothing comes twice after a restart', async () => {
  const { bodies, url, answer } = await startHook();
  answer(500);
  const settings = { alerts: { channels: [{ ...EVERYTHING, url, name: 'Ops' }] } };
  await start(settings);
  let changes = 0;
  alerts.onTroubles(() => (changes += 1));
  say({ 'ups.status': 'OB' });
  await expect.poll(() => changes).toBe(1);
  expect(alerts.troubles()).toEqual([]);
  await clock.advance(11 * SECOND);
  await expect
    .poll(() => alerts.troubles())
    .toMatchObject([{ channel: 'hook', type: 'webhook', name: 'Ops', pending: 1, error: { code: 'alert/refused' } }]);
  await alerts.stop();
  answer(200);
  await start(settings);
  await expect.poll(() => bodies.map(({ event }) => event)).toEqual(['ONBATT']);
  await alerts.stop();
  await start(settings);
  await alerts.stop();
  expect(bodies).toHaveLength(1);
  expect(alerts.troubles()).toEqual([]);
});

test('a notice is done once its messages are out: the computer may sleep then. One that comes late says of when it is', async () => {
  const { bodies, url, answer } = await startHook();
  await start({ alerts: { channels: [{ ...EVERYTHING, url }] } });
  await alerts.notice('SUSPEND_STARTING', '');
  expect(bodies).toMatchObject([{ kind: 'sleep', text: 'Time: Nov 22, 2026, 3:00:00 PM.' }]);
  answer(500);
  await alerts.notice('SUSPEND_STARTING', '');
  clock.sleepFor(60 * MINUTE);
  answer(200);
  await clock.advance(10 * SECOND);
  await expect.poll(() => bodies.slice(1)).toMatchObject([{ kind: 'sleep', text: 'Time: Nov 22, 2026, 3:00:00 PM.' }]);
});

test('a test takes the way of real messages, of settings that are not saved, and says what came of it', async () => {
  const { bodies, url, answer } = await startHook();
  await start();
  const wanted = Settings.parse({ alerts: { channels: [{ id: 'new', type: 'webhook', url }] } });
  await alerts.testChannel('new', wanted);
  expect(bodies).toMatchObject([{ event: 'TEST', title: 'Test message of Ridethrough' }]);
  await alerts.testChannel('desktop', wanted);
  expect(notes).toMatchObject([{ title: 'Test message of Ridethrough', isOutage: false }]);
  answer(403);
  await expect(alerts.testChannel('new', wanted)).rejects.toMatchObject({ code: 'alert/refused' });
  await expect(alerts.testChannel('none', wanted)).rejects.toMatchObject({ code: 'alert/unknown-channel' });
});

test('a storm of a thousand lost contacts in an hour is three messages at most by every way, and the count is true', async () => {
  const { bodies, requests, url } = await startHook();
  const mails: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        mails.push(text);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  stops.push(() => new Promise<void>((resolve) => smtp.close(resolve)));
  const syslog = createSocket('udp4');
  let datagrams = 0;
  syslog.on('message', () => (datagrams += 1));
  await new Promise<void>((resolve) => syslog.bind(0, '127.0.0.1', resolve));
  stops.push(() => new Promise<void>((resolve) => syslog.close(resolve)));
  const script = join(folder, 'hook.sh');
  await writeFile(script, `#!/bin/sh\necho "$NOTIFYTYPE" >> "${folder}/told"\n`);
  await chmod(script, 0o755);
  await start({
    ups: [
      {
        id: 'a',
        identifier: 'ups',
        driver: 'x',
        port: 'x',
        nocommwarntime: 86_400,
        emailnotify: true,
        toemail: ['a@b.example'],
      },
    ],
    mail: {
      host: '127.0.0.1',
      port: (smtp.server.address() as AddressInfo).port,
      security: 'none',
      from: 'u@b.example',
    },
    alerts: {
      channels: [
        { ...EVERYTHING, url },
        ...['discord', 'slack'].map((type) => ({ id: type, type, url: `${url}${type}` })),
        ...['ntfy', 'telegram', 'gotify'].map((type) => ({
          id: type,
          type,
          server: `${url}${type}`,
          topic: 't',
          chat: '1',
          token: 't',
        })),
        { id: 'command', type: 'command', command: script },
        { id: 'syslog', type: 'syslog', transport: 'udp', host: '127.0.0.1', port: syslog.address().port },
      ],
    },
  });
  for (let index = 0; index < 1000; index++) {
    store.dispatch('ups', { type: 'stale', error: GONE });
    // Every tenth lasts long enough to be told on its own, were it alone.
    await clock.advance(index % 10 === 0 ? 3 * SECOND + 500 : SECOND);
    if (index === 0) await clock.advance(8 * SECOND);
    store.dispatch('ups', { type: 'fresh' });
    await clock.advance(index % 10 === 0 ? 100 : 2600);
  }
  for (let hour = 0; hour < 3; hour++) await clock.advance(60 * MINUTE);
  const own = (): typeof bodies => bodies.filter(({ kind }) => kind === 'no-contact');
  await expect.poll(() => own().map(({ stage }) => stage), { timeout: 20_000 }).toEqual(['begin', 'end', 'summary']);
  expect(own().at(-1)?.title).toContain('This happened 999 times since');
  await expect.poll(() => datagrams, { timeout: 20_000 }).toBe(3);
  await expect.poll(() => mails.join(), { timeout: 20_000 }).toContain('999 times');
  // What comes while another one is on its way is sent together with the next.
  expect([...requests.keys()].toSorted()).toEqual(['', 'discord', 'gotify', 'ntfy', 'slack', 'telegram']);
  for (const count of [...requests.values(), mails.length, notes.length]) {
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(3);
  }
  const shown = notes.at(-1);
  expect(`${shown?.title ?? ''} ${shown?.body ?? ''}`).toContain('999 times');
  await expect
    .poll(async () => (await readFile(join(folder, 'told'), 'utf8')).trim().split('\n'), { timeout: 20_000 })
    .toEqual(['COMMBAD', 'COMMOK', 'COMMBAD']);
}, 120_000);
