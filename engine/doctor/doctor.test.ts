import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import { phrase, textIn } from '#domain/messages/message.ts';
import { Settings } from '#domain/schema/settings/settings.ts';
import { OUTBOX_FILE } from '#engine/alerts/outbox.ts';
import { OUTAGE } from '#engine/alerts/test-support.ts';
import type { HidDeviceInfo, HidPort, SystemPower } from '#engine/ports.ts';
import { settingsConfiguration } from '#engine/settings/configuration.ts';
import type { FirewallHint } from '#engine/setup/firewall.ts';
import type { Neighbour } from '#engine/setup/neighbours.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createFakePower } from '#tests/support/fake-power.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { examine, type Finding } from './doctor.ts';

let folder: string;
let dataDir: string;
const servers: Server[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-doctor-'));
  dataDir = folder;
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rm(folder, { recursive: true });
});

const NOTHING_ATTACHED: HidPort = {
  name: 'node-hid',
  list: () => Promise.resolve([]),
  open: () => Promise.reject(new Error('nothing to open')),
  watch: () => () => undefined,
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

interface Given {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly hidPort?: HidPort;
  readonly power?: SystemPower;
  readonly neighbours?: readonly Neighbour[];
  readonly isClockKept?: boolean;
  readonly firewall?: FirewallHint;
}

async function found(subject: Finding['subject'], given: Given = {}): Promise<readonly Finding[]> {
  const log = createRememberingLog();
  const settings = Settings.parse({ server: { remoteport: await freePort() }, ...given.settings });
  const findings = await examine({
    settings,
    configuration: settingsConfiguration(settings, dataDir, log),
    dataDir,
    hidPort: given.hidPort ?? NOTHING_ATTACHED,
    power: given.power ?? createFakePower(systemClock),
    clock: systemClock,
    log,
    neighbours: () => Promise.resolve(given.neighbours ?? []),
    firewall: () => Promise.resolve(given.firewall),
    isClockKept: () => Promise.resolve(given.isClockKept),
  });
  return findings.filter((finding) => finding.subject === subject);
}

const A_UPS = { id: 'a', identifier: 'ups', driver: 'usbhid-ups', port: 'auto' };

describe('on a computer where all is well', () => {
  test.each(['usb', 'programs', 'network', 'shutdown', 'mail', 'clock', 'disk'] as const)(
    '%s is fine',
    async (subject) => {
      expect(await found(subject, { isClockKept: true })).toMatchObject([{ level: 'ok' }]);
    },
  );
});

describe('what is wrong is found', () => {
  test('a UPS that may not be opened, with what to do', async () => {
    const device: HidDeviceInfo = { path: '/dev/hidraw0', vendorId: 0x051d, productId: 2, usagePage: 0x84 };
    const hidPort: HidPort = {
      ...NOTHING_ATTACHED,
      list: () => Promise.resolve([device]),
      open: () =>
        Promise.reject(new DriverError('driver/permission-denied', { device: 'Back-UPS', path: '/dev/hidraw0' })),
    };
    const [finding] = await found('usb', { hidPort });
    expect(finding?.level).toBe('error');
    expect(finding?.text).toMatch(/Back-UPS.*permission/);
    expect(finding?.remedy).toBeDefined();
  });

  test('who else puts this computer down, with the command where there is one', async () => {
    const upsmon = { id: 'upsmon', title: 'NUT upsmon', effect: phrase('neighbour.shuts-down', {}) };
    const remedy = phrase('neighbour.stop-service', {});
    const findings = await found('programs', {
      neighbours: [
        { ...upsmon, remedy, command: 'sudo systemctl stop x' },
        { ...upsmon, remedy },
      ],
    });
    expect(findings.map(({ level, text, remedy: told }) => [level, textIn(text), textIn(told)])).toEqual([
      [
        'warning',
        expect.stringMatching(/^NUT upsmon: It shuts/),
        expect.stringMatching(/^Stop it.* sudo systemctl stop x$/),
      ],
      ['warning', expect.stringMatching(/^NUT upsmon: It shuts/), expect.stringMatching(/system\.$/)],
    ]);
  });

  test('a port that something else has', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\n')).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await found('network', { settings: { server: { remoteport: port } } })).toMatchObject([
      { level: 'error', text: { phrase: 'error.nut/port-in-use' } },
    ]);
  });

  test('a system that does not let itself be shut down, and one where nobody asked for it', async () => {
    const power: SystemPower = {
      ...createFakePower(systemClock),
      check: () => Promise.resolve({ ok: false, reason: 'no right' }),
    };
    expect(await found('shutdown', { power })).toMatchObject([
      { level: 'error', text: { params: { reason: 'no right' } } },
    ]);
    const settings = { ups: [{ ...A_UPS, shutdownaction: 'nothing' }] };
    expect(await found('shutdown', { settings })).toMatchObject([{ level: 'warning' }]);
  });

  test('a command around the action whose program is not there', async () => {
    const power: SystemPower = {
      ...createFakePower(systemClock),
      checkLine: (line) =>
        Promise.resolve(line === 'gone' ? { ok: false, reason: 'it is not there' } : { ok: true, by: line }),
    };
    const settings = { ups: [{ ...A_UPS, shutdownbefore: 'gone', shutdownafter: 'there' }] };
    expect(await found('shutdown', { power, settings })).toMatchObject([
      { level: 'ok', text: { phrase: 'doctor.shutdown.fine' } },
      {
        level: 'warning',
        text: { params: { reason: 'it is not there' } },
        remedy: { phrase: 'doctor.shutdown.step.fix' },
      },
      { level: 'ok', text: { phrase: 'dry.after' } },
    ]);
  });

  test('a mail server that does not answer', async () => {
    const settings = {
      ups: [{ ...A_UPS, emailnotify: true, toemail: ['a@example.org'] }],
      mail: { host: '127.0.0.1', port: await freePort(), security: 'none' },
    };
    expect(await found('mail', { settings })).toMatchObject([
      { level: 'error', text: { phrase: 'error.alert/mail-server' } },
    ]);
  });

  test('a channel that cannot send, one that is not as it is meant, and one whose messages wait', async () => {
    const { id, ...syslog } = { id: 'c', type: 'syslog' };
    const only = (channel: object): Promise<readonly Finding[]> =>
      found('alerts', { settings: { ups: [A_UPS], alerts: { channels: [{ id, ...channel }] } } });
    expect(await only({ type: 'webhook' })).toMatchObject([{ level: 'error', text: { params: { field: 'url' } } }]);
    expect(await only({ ...syslog, upses: ['other'] })).toMatchObject([
      { level: 'warning', text: { params: { field: 'upses' } } },
    ]);
    expect(await only({ ...syslog, quietFrom: '22:00' })).toMatchObject([
      { level: 'warning', text: { params: { field: 'quietTo' } } },
    ]);
    expect(await only({ ...syslog, upses: ['UPS'] })).toMatchObject([{ level: 'ok' }]);
    const waits = { channel: id, message: { ...OUTAGE, at: systemClock.now() - 3_600_000 } };
    await writeFile(join(dataDir, OUTBOX_FILE), JSON.stringify({ version: 1, pending: [waits] }));
    expect(await only(syslog)).toMatchObject([{ level: 'warning', text: { phrase: 'doctor.alerts.waiting' } }]);
  });

  test('a firewall, where other computers are to come in', async () => {
    const firewall = { text: 'on', command: 'sudo open it', hasRule: false };
    expect(await found('network', { firewall })).toMatchObject([{ level: 'ok' }]);
    const settings = { server: { remoteport: await freePort(), rmonitor: true } };
    const [, told] = await found('network', { firewall, settings });
    expect(told).toEqual({ subject: 'network', level: 'warning', text: 'on', remedy: 'sudo open it' });
    const { command: _command, ...ruled } = { ...firewall, hasRule: true };
    expect(await found('network', { firewall: ruled, settings })).toMatchObject([{ level: 'ok' }, { level: 'ok' }]);
  });

  test('a clock that nobody keeps, and one that stands at the beginning of time', async () => {
    expect(await found('clock', { isClockKept: false })).toMatchObject([{ level: 'warning' }]);
    const settings = Settings.parse({});
    const log = createRememberingLog();
    const findings = await examine({
      settings,
      configuration: settingsConfiguration(settings, dataDir, log),
      dataDir,
      hidPort: NOTHING_ATTACHED,
      power: createFakePower(systemClock),
      clock: createFakeClock(0),
      log,
      neighbours: () => Promise.resolve([]),
      firewall: () => Promise.resolve(undefined),
      isClockKept: () => Promise.resolve(true),
    });
    expect(findings.find(({ subject }) => subject === 'clock')).toMatchObject({ level: 'error' });
  });

  test('a file where the folder should be', async () => {
    dataDir = join(dataDir, 'file');
    await writeFile(dataDir, '', { mode: 0o600 });
    expect(await found('disk')).toMatchObject([{ level: 'error' }]);
  });
});
