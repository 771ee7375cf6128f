/** MQTT against Debian's broker, looked at with its own client. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeError, DriverError } from '#domain/errors.ts';
import type { ChannelSettings } from '#domain/schema/settings/settings.ts';
import { createMqttChannel, type UpsSource } from '#engine/alerts/channels/mqtt.ts';
import type { Channel } from '#engine/alerts/outbox.ts';
import { channelOf, OUTAGE } from '#engine/alerts/test-support.ts';
import { toSnapshot } from '#engine/api/to-snapshot.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { createUpsStore, type UpsStore } from '#engine/state/ups-store.ts';
import { openAlertScene } from '#tests/support/alert-scene.ts';
import { freePort } from '#tests/support/nut-upsd.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { runProgram } from '#tests/support/run-program.ts';
import { isListening, until } from '#tests/support/served-program.ts';
import { createRememberingLog, type RememberingLog } from '#tests/support/silent-log.ts';

const programs = await ensurePrograms([
  { program: 'mosquitto', package: 'mosquitto' },
  { program: 'mosquitto_sub', package: 'mosquitto-clients' },
  { program: 'openssl', package: 'openssl' },
]);
const PUBLISHER = fileURLToPath(new URL('../support/mqtt-publisher.ts', import.meta.url));

let folder: string;
let port: number;
let log: RememberingLog;
let store: UpsStore;
let listChanged: (() => void) | undefined;
const processes = new Set<ChildProcess>();
const channels = new Set<Channel>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-mqtt-'));
  port = await freePort();
  log = createRememberingLog();
  store = createUpsStore(systemClock);
});
afterEach(async () => {
  for (const channel of channels) await channel.stop?.();
  channels.clear();
  for (const child of processes) child.kill('SIGKILL');
  processes.clear();
  store.stop();
  await rm(folder, { recursive: true });
});

async function startBroker(more = 'allow_anonymous true\n'): Promise<ChildProcess> {
  const file = join(folder, 'mosquitto.conf');
  await writeFile(file, `user root\nlistener ${port} 127.0.0.1\n${more}`);
  const broker = spawn('/usr/sbin/mosquitto', ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  processes.add(broker);
  let said = '';
  broker.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  await until(
    'the broker listens',
    () => isListening(port),
    () => said,
  );
  return broker;
}

/** What the broker holds and tells: the newest payload by topic, and how many there were. */
function listen(...more: string[]) {
  const heard = new Map<string, string>();
  const counts = new Map<string, number>();
  const args = ['-h', '127.0.0.1', '-p', String(port), '-t', '#', '-F', '%t\t%p', ...more];
  const child = spawn('mosquitto_sub', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  processes.add(child);
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [topic = '', payload = ''] = line.split('\t');
      heard.set(topic, payload);
      counts.set(topic, (counts.get(topic) ?? 0) + 1);
    }
  });
  const json = (topic: string): Record<string, unknown> =>
    JSON.parse(heard.get(topic) ?? '{}') as Record<string, unknown>;
  return { heard, counts, json };
}

function addUps(set: Readonly<Record<string, string>>): void {
  store.add({ name: 'office', driver: 'usbhid-ups', port: 'auto', description: 'Rack 2', options: {} }, 15);
  store.dispatch('office', { type: 'connected' });
  store.dispatch('office', { type: 'update', set });
  store.dispatch('office', { type: 'ready' });
}

const source: UpsSource = {
  list: () => store.list().map((state) => ({ snapshot: toSnapshot(state), id: '4f21' })),
  onChange(changed) {
    listChanged = () => changed();
    return store.subscribe((change) => changed(change.ups));
  },
};

function connect(settings: Partial<ChannelSettings> = {}, isTest = false): Channel {
  const channel = createMqttChannel({
    settings: channelOf({ type: 'mqtt', host: '127.0.0.1', port, ...settings }),
    clock: systemClock,
    log,
    locale: 'en',
    ...(isTest ? {} : { source }),
  });
  channels.add(channel);
  return channel;
}

const READINGS = {
  'ups.status': 'OL CHRG',
  'battery.charge': '87',
  'battery.runtime': '840',
  'input.voltage': '231.5',
  'ups.load': '23',
  'ups.mfr': 'Eaton',
  'ups.model': 'Ellipse',
  'ups.serial': '0042',
};

describe.skipIf(!programs.ok)(`MQTT ${programs.reason}`, () => {
  test('every UPS is a retained state that follows it, and who comes later is told as well', async () => {
    await startBroker();
    addUps(READINGS);
    connect();
    const first = listen();
    await until('the state', () => first.json('ridethrough/office/state')['battery.charge'] === 87);
    expect(first.heard.get('ridethrough/status')).toBe('online');
    expect(first.heard.get('ridethrough/office/availability')).toBe('online');

    store.dispatch('office', { type: 'update', set: { 'ups.status': 'OB DISCHRG', 'battery.charge': '86' } });
    await until('the new state', () => first.json('ridethrough/office/state')['ups.status'] === 'OB DISCHRG');
    const late = listen('--retained-only');
    await until('the new state, later', () => late.heard.has('ridethrough/office/state'));
    expect(late.json('ridethrough/office/state')).toMatchObject({ 'battery.charge': 86, 'ups.serial': '0042' });
  });

  test('Home Assistant is told of variables and flags, with classes and units', async () => {
    await startBroker();
    addUps(READINGS);
    connect({ topic: 'home/power' });
    const { heard, json } = listen();
    const of = (component: string, object: string): string =>
      `homeassistant/${component}/ridethrough_4f21/${object}/config`;
    await until('the last of them', () => heard.has(of('binary_sensor', 'fsd')));
    expect(json(of('sensor', 'battery_charge'))).toEqual({
      name: 'Charge of the battery',
      device_class: 'battery',
      unit_of_measurement: '%',
      state_class: 'measurement',
      value_template: "{{ value_json['battery.charge'] | default(none) }}",
      unique_id: 'ridethrough_4f21_battery_charge',
      state_topic: 'home/power/office/state',
      availability: [{ topic: 'home/power/status' }, { topic: 'home/power/office/availability' }],
      availability_mode: 'all',
      has_entity_name: true,
      device: {
        identifiers: ['ridethrough_4f21'],
        name: 'Rack 2',
        manufacturer: 'Eaton',
        model: 'Ellipse',
        serial_number: '0042',
      },
      origin: { name: 'Ridethrough', sw_version: expect.any(String) as unknown },
    });
    expect(json(of('sensor', 'battery_runtime'))).toMatchObject({ device_class: 'duration', unit_of_measurement: 's' });
    expect(json(of('sensor', 'input_voltage'))).toMatchObject({ device_class: 'voltage', unit_of_measurement: 'V' });
    expect(json(of('sensor', 'ups_load'))).toMatchObject({ unit_of_measurement: '%' });
    expect(json(of('sensor', 'ups_load'))).not.toHaveProperty('device_class');
    expect(json(of('binary_sensor', 'lb'))).toMatchObject({ name: 'Low battery', device_class: 'battery' });
    // What the UPS does not have is not promised.
    expect([...heard.keys()].filter((topic) => topic.includes('temperature'))).toEqual([]);
  });

  test('a UPS that is gone is taken away from the broker and from Home Assistant', async () => {
    await startBroker();
    addUps(READINGS);
    connect();
    const { heard } = listen();
    const charge = 'homeassistant/sensor/ridethrough_4f21/battery_charge/config';
    await until('it is there', () => (heard.get(charge) ?? '') !== '' && heard.has('ridethrough/office/state'));
    store.remove('office');
    listChanged?.();
    await until('it is gone', () => heard.get(charge) === '' && heard.get('ridethrough/office/state') === '');
  });

  test('contact that is lost is told, and so is the end of the program, in order or not', async () => {
    await startBroker();
    addUps(READINGS);
    const channel = connect();
    const { heard } = listen();
    await until('contact', () => heard.get('ridethrough/office/availability') === 'online');
    store.dispatch('office', { type: 'stale', error: new DriverError('driver/unplugged', { device: 'Ellipse' }) });
    await until('contact lost', () => heard.get('ridethrough/office/availability') === 'offline');
    await channel.stop?.();
    await until('the end', () => heard.get('ridethrough/status') === 'offline');

    // Killed: the broker says it.
    const killed = spawn(process.execPath, [PUBLISHER, String(port)], { stdio: ['ignore', 'ignore', 'inherit'] });
    processes.add(killed);
    await until('it is back', () => heard.get('ridethrough/status') === 'online');
    killed.kill('SIGKILL');
    await until('its last will', () => heard.get('ridethrough/status') === 'offline');
  });

  test('what happens is an event with every fact', async () => {
    await startBroker();
    const channel = connect();
    const { json } = listen();
    // Events are not kept: who was not there reads the state. So it is sent until the ear is open.
    await until('the event', async () => {
      await channel.send([OUTAGE]);
      return json('ridethrough/ups/event').event === 'ONBATT';
    });
    expect(json('ridethrough/ups/event')).toMatchObject({ kind: 'on-battery', figures: { 'battery.charge': 87 } });
  });

  test('a storm of a thousand lost contacts is three events at most, and what is retained ends true', async () => {
    await startBroker();
    const scene = await openAlertScene();
    try {
      const { heard, counts, json } = listen();
      const mqtt = { id: 'mqtt', type: 'mqtt', least: 'info', host: '127.0.0.1', port };
      await scene.start({ alerts: { channels: [mqtt] } });
      await until('the channel', () => heard.get('ridethrough/ups/availability') === 'online');
      for (let index = 0; index < 1000; index++) {
        scene.store.dispatch('ups', { type: 'stale', error: new DriverError('driver/unplugged', { device: 'UPS' }) });
        await scene.clock.advance(index === 0 ? 11_000 : 1_000);
        scene.store.dispatch('ups', { type: 'fresh' });
        await scene.clock.advance(2_600);
      }
      scene.say({ 'battery.charge': '73' });
      for (let hour = 0; hour < 3; hour++) await scene.clock.advance(3_600_000);
      const event = 'ridethrough/ups/event';
      await until('the summary', () => json(event).stage === 'summary');
      expect(json(event).title).toContain('This happened 999 times since');
      expect(counts.get(event)).toBeGreaterThan(0);
      expect(counts.get(event)).toBeLessThanOrEqual(3);
      const late = listen('--retained-only');
      await until('the states, later', () => late.heard.has('ridethrough/ups/availability'));
      expect(late.heard.get('ridethrough/ups/availability')).toBe('online');
      expect(late.json('ridethrough/ups/state')).toMatchObject({ 'ups.status': 'OL', 'battery.charge': 73 });
      expect(late.heard.has(event)).toBe(false);
    } finally {
      await scene.end();
    }
  });

  test('a test says nothing of who is there', async () => {
    await startBroker();
    const channel = connect({}, true);
    const { heard } = listen();
    await channel.send([OUTAGE]);
    await channel.stop?.();
    expect(heard.has('ridethrough/status')).toBe(false);
  });

  test('with a log-in: the right one is let in, the wrong one is told', async () => {
    const passwords = join(folder, 'passwords');
    const made = await runProgram('mosquitto_passwd', ['-b', '-c', passwords, 'ups', 'right']);
    expect(made.status).toBe(0);
    await startBroker(`allow_anonymous false\npassword_file ${passwords}\n`);
    await connect({ user: 'ups', password: 'right' }).send([OUTAGE]);
    const wrong = connect({ user: 'ups', password: 'wrong' });
    await expect(wrong.send([OUTAGE])).rejects.toThrow(/Not authorized/i);
    expect(describeError(wrong.standing?.()?.error)).toContain(`mqtt: 127.0.0.1:${port}`);
  });

  test('over TLS: a broker whose certificate is known is trusted, any other is not', async () => {
    const key = join(folder, 'key.pem');
    const certificate = join(folder, 'cert.pem');
    const made = await runProgram('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate],
    ]);
    expect(made.status).toBe(0);
    await startBroker(`allow_anonymous true\ncertfile ${certificate}\nkeyfile ${key}\n`);
    const tls = { security: 'tls', host: 'localhost' } as const;
    await connect({ ...tls, caFile: certificate }).send([OUTAGE]);
    await expect(connect(tls).send([OUTAGE])).rejects.toThrow(/self.signed/i);
    await expect(connect({ ...tls, caFile: join(folder, 'none.pem') }).send([OUTAGE])).rejects.toThrow(/mqtt/);
  });

  test('a broker that goes and comes back is told everything anew', async () => {
    const broker = await startBroker();
    addUps(READINGS);
    const channel = connect();
    await channel.send([OUTAGE]);
    broker.kill('SIGKILL');
    await until('the trouble', () => channel.standing?.() !== undefined);
    await expect(channel.send([OUTAGE])).rejects.toThrow(/cannot be reached/);
    store.dispatch('office', { type: 'update', set: { 'battery.charge': '50' } });
    await startBroker();
    const { json } = listen();
    await until('the state', () => json('ridethrough/office/state')['battery.charge'] === 50);
    expect(channel.standing?.()).toBeUndefined();
  });
});
