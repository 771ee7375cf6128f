/** Fake engines that scenes begin from: on mains, in an outage, going down, being set up. */
import type { FoundDevice } from '#domain/contract.ts';
import { DriverError } from '#domain/errors.ts';
import { phrase, type Phrase } from '#domain/messages/message.ts';
import { SettingsDraft } from '#domain/schema/settings/settings.ts';
import type { Incident } from '#domain/schema/snapshot.ts';
import { driveMachine, supplyOf, afterTimer, policyOf, type DrivenMachine } from '#engine/monitor/test-support.ts';
import type { BatteryFigures } from '#engine/monitor/battery-figures.ts';
import type { MonitorPolicy } from '#engine/monitor/policy.ts';
import { viewOf } from '#engine/monitor/view.ts';
import { ufwHint } from '#engine/setup/firewall.ts';
import { rulesInTheWay, upowerRules } from '#engine/setup/power-rules.ts';
import { asSeconds, asTimestamp } from '#domain/units.ts';
import { createFakeEngine, type FakeEngine } from '../../renderer/client/fake-client.ts';
import { MINUTES, GOOD_UPS, passOnMains, passOnBattery, withPast } from './scene-past.ts';

/** A computer with the cable, set up and shared with two others, of which one has logged in. */
export function settingUp(startAt: number, more: object = {}, server: object = {}): FakeEngine {
  const engine = usual(startAt);
  passOnMains(engine, 2 * MINUTES);
  engine.setDevices([
    {
      title: 'Lumen Harbor 1500 (2a1c:0011)',
      section: '',
      selectors: ['vendorid = 2a1c', 'productid = 0011', 'serial = "LH15-004217"'],
      matchReason: 'HID power device',
    },
  ]);
  engine.setClients([{ ups: 'ups', address: '192.168.1.31', user: 'proxmox', since: engine.now() }]);
  engine.patchSettings({
    settings: SettingsDraft.parse({
      ups: [
        {
          id: 'study',
          identifier: 'ups',
          driver: 'usbhid-ups$Harbor 1500',
          port: 'auto',
          description: 'Study',
          shutdowntimer: 300,
          options: 'vendorid = 2a1c\nproductid = 0011\nserial = "LH15-004217"',
          ...more,
        },
      ],
      server: {
        ...server,
        monpwd: { isSet: true },
        users: [
          { name: 'proxmox', password: { isSet: true }, upsmon: 'secondary', client: 'proxmox' },
          { name: 'admin', password: { isSet: true }, actions: ['SET'], instcmds: ['ALL'] },
        ],
      },
    }),
  });
  return engine;
}

function withClients(engine: FakeEngine): void {
  const since = engine.now();
  engine.setClients([
    { ups: 'ups', address: '192.168.1.20', user: 'nas', role: 'secondary', since },
    { ups: 'ups', address: '192.168.1.31', user: 'homeassistant', since },
  ]);
  const firewall = ufwHint({ conf: 'ENABLED=yes', defaults: '', rules: '' }, { port: 3493, allow: [] });
  engine.setNearby({
    ...(firewall ? { firewall } : {}),
    refused: [{ address: '192.168.1.77', count: 3, lastAt: since }],
  });
}

export function usual(startAt: number): FakeEngine {
  const engine = createFakeEngine(startAt - 12 * MINUTES * 1000);
  engine.add(GOOD_UPS);
  withPast(engine);
  withClients(engine);
  return engine;
}

export const device = 'Lumen Harbor 1500';
export const unplugged = () => new DriverError('driver/unplugged', { device }).toWire();
export const denied = () => new DriverError('driver/permission-denied', { device, path: '/dev/hidraw3' }).toWire();
export const notFound = () =>
  new DriverError('driver/no-device', { ups: 'ups', searched: [phrase('search.nothing', {})] }).toWire();
export const held = (name = device) =>
  new DriverError('driver/held-by-other', { device: name, holder: 'apcupsd (812)' }).toWire();

export function outage(startAt: number): FakeEngine {
  const engine = usual(startAt);
  beginOutage(engine, 8 * MINUTES);
  passOnBattery(engine, 4 * MINUTES, 86, 1980);
  return engine;
}

/** What a computer that goes down five minutes after the mains failed is set to; two others hang on the same UPS. */
export const AFTER_FIVE_MINUTES = policyOf({
  supplies: [supplyOf('ups', { rules: afterTimer(300) })],
  hostSync: asSeconds(30),
  action: { kind: 'shutdown' },
  powerOff: { isWanted: true, delay: 'measured' },
});
const OTHERS = [
  phrase('path.client', { user: 'nas', address: '192.168.1.20' }),
  phrase('path.client', { user: 'homeassistant', address: '192.168.1.31' }),
];

/** Shows what the real monitor says of a machine that has lived through something. */
export function showMonitor(
  engine: FakeEngine,
  machine: DrivenMachine,
  more: {
    readonly policy?: MonitorPolicy;
    readonly battery?: BatteryFigures;
    /** How many of the others have logged out. */
    readonly left?: number;
    readonly isSimulated?: boolean;
  } = {},
): void {
  const { policy = AFTER_FIVE_MINUTES, battery = {}, left = 0, isSimulated = false } = more;
  engine.setMonitor(
    viewOf(
      policy,
      machine.state,
      { at: machine.seconds * 1000, wall: asTimestamp(engine.now()) },
      {
        decisions: [],
        secondaries: OTHERS.map((name, index) => ({ name: { ...name }, hasLeft: index < left })),
        batteries: new Map(policy.supplies.map(({ ups }) => [ups, { lowCharge: 20, lowRuntime: 120, ...battery }])),
        isSimulated,
      },
    ),
  );
}

/** An outage of so many seconds, and what the monitor makes of it. */
export function countingDown(
  startAt: number,
  policy: MonitorPolicy = AFTER_FIVE_MINUTES,
  battery = { charge: 91, runtime: 1980 },
) {
  const seconds = 28;
  const engine = usual(startAt);
  beginOutage(engine, 12 * MINUTES - seconds, battery.charge);
  passOnBattery(engine, seconds, battery.charge, battery.runtime);
  const machine = driveMachine(policy);
  machine.status('OL');
  machine.status('OB', 'ups', battery);
  machine.wait(seconds);
  machine.status('OB', 'ups', battery);
  return { engine, machine };
}

/** The same five minutes later: the others have been told to go, and some have. */
export function goingDown(startAt: number): { readonly engine: FakeEngine; readonly machine: DrivenMachine } {
  const seconds = 309;
  const engine = usual(startAt);
  beginOutage(engine, 12 * MINUTES - seconds, 74);
  passOnBattery(engine, seconds, 74, 1500);
  engine.set('ups', { 'ups.status': 'FSD OB DISCHRG' });
  engine.patch('ups', { isForcedShutdown: true });
  const machine = driveMachine(AFTER_FIVE_MINUTES);
  machine.status('OL');
  machine.status('OB', 'ups', { charge: 76, runtime: 1510 });
  machine.wait(300);
  machine.tell({ type: 'logins', ups: 'ups', others: ['192.168.1.20', '192.168.1.31'] });
  machine.wait(9);
  machine.status('OB', 'ups', { charge: 74, runtime: 1500 });
  return { engine, machine };
}

/** @param lowest charge that is left of a full one, percent @returns the incident of the outage */
export function beginOutage(engine: FakeEngine, after: number, lowest = 86): number {
  passOnMains(engine, after);
  engine.set('ups', { 'ups.status': 'OB DISCHRG' });
  return engine.addIncident({
    ups: 'ups',
    kind: 'on-battery',
    startedAt: engine.now(),
    chargeAtStart: 100,
    chargeLowest: lowest,
  });
}

/** Mains as always, and then one thing is the matter. */
export function matter(
  startAt: number,
  values: Readonly<Record<string, string>>,
  kind?: Incident['kind'],
  seconds = 0,
): FakeEngine {
  const engine = usual(startAt);
  passOnMains(engine, 12 * MINUTES - seconds);
  const startedAt = engine.now();
  engine.set('ups', values);
  for (let second = 0; second < seconds; second += 1) {
    engine.tick();
    engine.set('ups', values);
  }
  if (kind !== undefined) engine.addIncident({ ups: 'ups', kind, startedAt });
  return engine;
}

export const attached = (title = device): FoundDevice => ({
  title: `${title} (051d:0002)`,
  section: '[ups]\n  driver = usbhid-ups\n  port = auto',
  selectors: ['vendorid = 051d', 'productid = 0002'],
  matchReason: 'HID power device',
});

const EARLY_UPOWER = '[UPower]\nPercentageLow=50\nPercentageCritical=40\nPercentageAction=30\n';

/** Nobody has set it up: a unit, programs that get in the way, and NUT's files to take over. */
export function firstLaunch(
  startAt: number,
  units: readonly FoundDevice[] = [attached()],
  refusal?: Phrase,
): FakeEngine {
  const engine = usual(startAt);
  passOnMains(engine, 2 * MINUTES);
  engine.setDevices(units);
  engine.setFirstLaunch({
    rule: 'missing',
    ...(refusal ? { refusal } : {}),
    neighbours: [
      {
        id: 'upsmon',
        title: 'NUT upsmon',
        effect: phrase('neighbour.shuts-down', {}),
        remedy: phrase('neighbour.stop-service', {}),
        command: 'sudo systemctl disable --now nut-monitor.service',
      },
      ...rulesInTheWay(upowerRules([{ path: '/etc/UPower/UPower.conf', text: EARLY_UPOWER }]), { lowCharge: 20 }),
    ],
  });
  engine.setImports([{ kind: 'nut-conf', path: '/etc/nut' }], {
    settings: SettingsDraft.parse({
      ups: [{ id: 'f00', identifier: 'rack', driver: 'usbhid-ups', port: 'auto', shutdown: 'LOWBATT' }],
      server: { monpwd: { isSet: true } },
    }),
    notes: [],
    problems: [],
  });
  return engine;
}
