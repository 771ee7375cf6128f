/** Situations a UPS can be in, played to a fake engine: for screenshots and for checks of every page in every state. */
import type { FoundDevice } from '#domain/contract.ts';
import { DriverError, HistoryError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import { SettingsDraft } from '#domain/schema/settings/settings.ts';
import type { Incident } from '#domain/schema/snapshot.ts';
import { driveMachine, supplyOf, afterTimer, policyOf, type DrivenMachine } from '#engine/monitor/test-support.ts';
import { DEMO_COMMANDS } from '#engine/drivers/demo/demo-commands.ts';
import type { BatteryFigures } from '#engine/monitor/battery-figures.ts';
import type { MonitorPolicy } from '#engine/monitor/policy.ts';
import { viewOf } from '#engine/monitor/view.ts';
import { asSeconds, asTimestamp } from '#domain/units.ts';
import { createFakeEngine, type FakeEngine, type FakeUps } from '../../renderer/client/fake-client.ts';

const MINUTES = 60;

/** A made-up unit of 900 W with everything a good one tells. */
const GOOD_UPS: FakeUps = {
  name: 'ups',
  variables: {
    'device.mfr': 'Lumen',
    'device.model': 'Harbor 1500',
    'device.type': 'ups',
    'device.serial': 'LH15-004217',
    'ups.status': 'OL',
    'ups.load': '23',
    'ups.realpower.nominal': '900',
    'ups.power.nominal': '1500',
    'ups.temperature': '29.4',
    'ups.beeper.status': { value: 'enabled', isWritable: true, values: ['enabled', 'disabled', 'muted'] },
    'ups.delay.shutdown': { value: '20', isWritable: true, kind: 'number', ranges: [{ min: 0, max: 600 }] },
    'ups.delay.start': { value: '30', isWritable: true, kind: 'number', ranges: [{ min: 0, max: 600 }] },
    'ups.test.result': 'Done and passed',
    'ups.id': { value: 'study', isWritable: true, maxLength: 16 },
    'battery.charge': '100',
    'battery.charge.low': { value: '20', isWritable: true, kind: 'number', ranges: [{ min: 5, max: 95 }] },
    'battery.runtime': '2880',
    'battery.runtime.low': '120',
    'battery.voltage': '27.3',
    'battery.voltage.nominal': '24',
    'battery.type': 'PbAc',
    'battery.mfr.date': '2024/03/18',
    'input.voltage': '230.4',
    'input.voltage.nominal': '230',
    'input.frequency': '50.0',
    'input.transfer.low': { value: '180', isWritable: true, kind: 'number', ranges: [{ min: 150, max: 210 }] },
    'input.transfer.high': { value: '266', isWritable: true, kind: 'number', ranges: [{ min: 250, max: 290 }] },
    'input.sensitivity': { value: 'medium', isWritable: true, values: ['low', 'medium', 'high'] },
    'output.voltage': '230.1',
    'driver.name': 'usbhid-ups',
    'driver.version': '0.1.0',
  },
  commands: [
    'beeper.disable',
    'beeper.enable',
    'beeper.mute',
    'calibrate.start',
    'calibrate.stop',
    'load.off',
    'load.on',
    'shutdown.return',
    'shutdown.stayoff',
    'shutdown.stop',
    'test.battery.start.quick',
    'test.battery.start.deep',
    'test.battery.stop',
    'test.panel.start',
  ],
};

/** A steady swing between -1 and 1 that never repeats within the minutes of a chart. */
const swing = (second: number): number =>
  (Math.sin(second / 17) + Math.sin(second / 5.3 + 1) + Math.sin(second / 61 + 2)) / 3;

/** Lets minutes on mains pass with voltages and loads as they really wander. */
function passOnMains(engine: FakeEngine, seconds: number, volts = 230): void {
  for (let second = 0; second < seconds; second += 1) {
    const input = volts + swing(second) * 2.2;
    const load = 23 + swing(second * 1.7) * 3;
    engine.set('ups', {
      'input.voltage': input.toFixed(1),
      'output.voltage': (230 + (input - volts) * 0.6).toFixed(1),
      'ups.load': load.toFixed(0),
      'battery.runtime': (2880 - (load - 23) * 60).toFixed(0),
    });
    engine.tick();
  }
}

function passOnBattery(engine: FakeEngine, seconds: number, charge: number, runtime: number): void {
  const from = { charge: 100, runtime: 2600 };
  for (let second = 1; second <= seconds; second += 1) {
    const share = second / seconds;
    engine.set('ups', {
      'input.voltage': '0.0',
      'output.voltage': (230 + swing(second) * 0.8).toFixed(1),
      'battery.charge': (from.charge + (charge - from.charge) * share).toFixed(1),
      'battery.runtime': (from.runtime + (runtime - from.runtime) * share).toFixed(0),
      'ups.load': (24 + swing(second * 1.7) * 3).toFixed(0),
      'battery.voltage': (25.6 - 2 * share).toFixed(1),
    });
    engine.tick();
  }
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What the unit told in the years before, outages included. */
function withHistory(engine: FakeEngine): void {
  const now = engine.now();
  const outages = [
    { from: now - 5.2 * HOUR_MS, to: now - 4.9 * HOUR_MS },
    { from: now - 3.4 * DAY_MS, to: now - 3.37 * DAY_MS },
    { from: now - 40 * DAY_MS, to: now - 39.95 * DAY_MS },
    { from: now - 300 * DAY_MS, to: now - 299.9 * DAY_MS },
  ];
  for (const { from, to } of outages) {
    engine.addIncident({
      ups: 'ups',
      kind: 'on-battery',
      startedAt: from,
      endedAt: to,
      detail: 'input voltage out of range',
      chargeAtStart: 100,
      chargeLowest: 64,
    });
  }
  engine.setStatuses(
    outages
      .flatMap(({ from, to }) => [
        { at: from, status: 'OB DISCHRG' },
        { at: to, status: 'OL CHRG' },
        { at: to + HOUR_MS, status: 'OL' },
      ])
      .sort((a, b) => a.at - b.at),
  );
  engine.setPast(
    (ups, variable, at) => {
      const second = at / 1000;
      const outage = outages.find(({ from, to }) => at >= from && at < to + 2 * HOUR_MS);
      const isOut = outage !== undefined && at < outage.to;
      const spent = outage ? (Math.min(at, outage.to) - outage.from) / (outage.to - outage.from) : 0;
      const back = outage && !isOut ? (at - outage.to) / (2 * HOUR_MS) : 0;
      const charge = 100 - 36 * spent * (1 - back);
      const day = Math.sin((at / DAY_MS) * 2 * Math.PI);
      // A service stop in which nobody watched.
      if (at > now - 15 * HOUR_MS && at < now - 13.5 * HOUR_MS) return undefined;
      const values: Record<string, number> = {
        'battery.charge': Math.round(charge),
        'battery.runtime': Math.round(charge * (28 - day * 4 + swing(second / 300) * 2)),
        'input.voltage': isOut ? 0 : 229 + day * 3 + swing(second / 40) * 2.4 - (ups === 'rack' ? 4 : 0),
        'output.voltage': isOut ? 230 : 229 + day * 2 + swing(second / 40) * 1.2,
        'ups.load': Math.round(24 + day * 8 + swing(second / 200) * 6 + (ups === 'rack' ? 22 : 0)),
        'ups.temperature': 28 + day * 2 + spent * 3,
        'input.frequency': isOut ? 0 : 50 + swing(second / 25) * 0.05,
      };
      return values[variable];
    },
    now - 400 * DAY_MS,
  );
}

/** Three years of a battery that has seen four power cuts, and a unit that promises too much. */
function withBattery(engine: FakeEngine): void {
  const now = engine.now();
  engine.setBattery({
    date: { day: '2023-05-02', text: '2023/05/02', from: 'installed' },
    writesTo: 'battery.date',
    learned: {
      load: 23,
      full: { low: 1490, likely: 2160, high: 2340 },
      now: { low: 1490, likely: 2160, high: 2340 },
      discharges: 4,
      newestAt: now - 5.2 * HOUR_MS,
      seenDownTo: 31,
      sureness: 'good',
    },
    capacityWh: { low: 86, likely: 124, high: 135 },
    shareOfFirst: 0.81,
    longest: { at: now - 300 * DAY_MS, seconds: 1620, load: 26 },
    tests: [
      { at: now - 12 * DAY_MS, result: 'Done and passed' },
      { at: now - 26 * DAY_MS, result: 'Done and passed' },
      { at: now - 40 * DAY_MS, result: 'Done and error' },
    ],
    nextTestAt: now + 2 * DAY_MS,
  });
}

function withPast(engine: FakeEngine): void {
  const now = engine.now();
  const ago = (minutes: number): number => now - minutes * MINUTES * 1000;
  engine.addIncident({ ups: 'ups', kind: 'calibration', startedAt: ago(2900), endedAt: ago(2868) });
  engine.addIncident({
    ups: 'ups',
    kind: 'on-battery',
    startedAt: ago(1612),
    endedAt: ago(1605),
    chargeAtStart: 100,
    chargeLowest: 78,
  });
  engine.addIncident({ ups: 'ups', kind: 'no-contact', startedAt: ago(310), endedAt: ago(309.6) });
  engine.addIncident({ ups: 'ups', kind: 'boost', startedAt: ago(145), endedAt: ago(143.4) });
}

/** A computer with the cable, set up and shared with two others, of which one has logged in. */
function settingUp(startAt: number, more: object = {}): FakeEngine {
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
}

function usual(startAt: number): FakeEngine {
  const engine = createFakeEngine(startAt - 12 * MINUTES * 1000);
  engine.add(GOOD_UPS);
  withPast(engine);
  withClients(engine);
  return engine;
}

const device = 'Lumen Harbor 1500';
const unplugged = () => new DriverError('driver/unplugged', { device }).toWire();
const denied = () => new DriverError('driver/permission-denied', { device, path: '/dev/hidraw3' }).toWire();
const notFound = () =>
  new DriverError('driver/no-device', { ups: 'ups', searched: [phrase('search.nothing', {})] }).toWire();
const held = (name = device) =>
  new DriverError('driver/held-by-other', { device: name, holder: 'apcupsd (812)' }).toWire();

function outage(startAt: number): FakeEngine {
  const engine = usual(startAt);
  beginOutage(engine, 8 * MINUTES);
  passOnBattery(engine, 4 * MINUTES, 86, 1980);
  return engine;
}

/** What a computer that goes down five minutes after the mains failed is set to; two others hang on the same UPS. */
const AFTER_FIVE_MINUTES = policyOf({
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
function showMonitor(
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
function countingDown(
  startAt: number,
  policy: MonitorPolicy = AFTER_FIVE_MINUTES,
  battery = { charge: 91, runtime: 1980 },
) {
  const seconds = 28;
  const engine = usual(startAt);
  beginOutage(engine, 12 * MINUTES - seconds);
  passOnBattery(engine, seconds, battery.charge, battery.runtime);
  const machine = driveMachine(policy);
  machine.status('OL');
  machine.status('OB', 'ups', battery);
  machine.wait(seconds);
  machine.status('OB', 'ups', battery);
  return { engine, machine };
}

/** The same five minutes later: the others have been told to go, and some have. */
function goingDown(startAt: number): { readonly engine: FakeEngine; readonly machine: DrivenMachine } {
  const seconds = 309;
  const engine = usual(startAt);
  beginOutage(engine, 12 * MINUTES - seconds);
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

/** @returns the incident of the outage */
function beginOutage(engine: FakeEngine, after: number): number {
  passOnMains(engine, after);
  engine.set('ups', { 'ups.status': 'OB DISCHRG' });
  return engine.addIncident({
    ups: 'ups',
    kind: 'on-battery',
    startedAt: engine.now(),
    chargeAtStart: 100,
    chargeLowest: 86,
  });
}

/** Mains as always, and then one thing is the matter. */
function matter(startAt: number, values: Readonly<Record<string, string>>, kind?: Incident['kind']): FakeEngine {
  const engine = usual(startAt);
  passOnMains(engine, 12 * MINUTES);
  engine.set('ups', values);
  if (kind !== undefined) engine.addIncident({ ups: 'ups', kind, startedAt: engine.now() });
  return engine;
}

const attached = (title = device): FoundDevice => ({
  title: `${title} (051d:0002)`,
  section: '[ups]\n  driver = usbhid-ups\n  port = auto',
  selectors: ['vendorid = 051d', 'productid = 0002'],
  matchReason: 'HID power device',
});

/** Nobody has set it up: a unit, programs that get in the way, and NUT's files to take over. */
function firstLaunch(startAt: number, units: readonly FoundDevice[] = [attached()]): FakeEngine {
  const engine = usual(startAt);
  passOnMains(engine, 2 * MINUTES);
  engine.setDevices(units);
  engine.setFirstLaunch({
    rule: 'missing',
    neighbours: [
      {
        id: 'upsmon',
        title: 'NUT upsmon',
        effect: phrase('neighbour.shuts-down', {}),
        remedy: phrase('neighbour.stop-service', {}),
        command: 'sudo systemctl disable --now nut-monitor.service',
      },
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

/** @param startAt present moment of the scene, milliseconds since 1970; what came before it has happened */
export const SCENES = {
  mains(startAt) {
    const engine = usual(startAt);
    passOnMains(engine, 12 * MINUTES);
    return engine;
  },
  'on-battery': outage,
  low(startAt) {
    const engine = usual(startAt);
    passOnMains(engine, 2 * MINUTES);
    engine.set('ups', { 'ups.status': 'OB DISCHRG' });
    const incident = { ups: 'ups', startedAt: engine.now(), chargeAtStart: 100, chargeLowest: 14 };
    engine.addIncident({ ...incident, kind: 'on-battery' });
    passOnBattery(engine, 10 * MINUTES - 20, 15, 140);
    engine.set('ups', { 'ups.status': 'OB DISCHRG LB' });
    engine.addIncident({ ...incident, kind: 'low-battery', startedAt: engine.now() });
    engine.tick(20);
    return engine;
  },
  countdown(startAt) {
    const { engine, machine } = countingDown(startAt);
    showMonitor(engine, machine);
    return engine;
  },
  'countdown-read-only'(startAt) {
    const { engine, machine } = countingDown(startAt);
    showMonitor(engine, machine);
    engine.setAccess('read');
    return engine;
  },
  'plan-does-not-fit'(startAt) {
    const battery = { charge: 38, runtime: 290 };
    const { engine, machine } = countingDown(startAt, AFTER_FIVE_MINUTES, battery);
    showMonitor(engine, machine, { battery: { lowCharge: 1, lowRuntime: 0 } });
    return engine;
  },
  'countdown-simulated'(startAt) {
    const policy: MonitorPolicy = { ...AFTER_FIVE_MINUTES, action: { kind: 'nothing' } };
    const { engine, machine } = countingDown(startAt, policy);
    engine.patch('ups', { attachment: 'simulated' });
    showMonitor(engine, machine, { policy, isSimulated: true });
    return engine;
  },
  cancelled(startAt) {
    const { engine, machine } = countingDown(startAt);
    machine.tell({ type: 'asked', what: { kind: 'cancel' } }, { type: 'pass' });
    showMonitor(engine, machine);
    return engine;
  },
  'secondaries-awaited'(startAt) {
    const { engine, machine } = goingDown(startAt);
    machine.tell({ type: 'logins', ups: 'ups', others: ['192.168.1.31'] });
    showMonitor(engine, machine, { left: 1 });
    return engine;
  },
  'shutdown-failed'(startAt) {
    const { engine, machine } = goingDown(startAt);
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    machine.wait(6);
    machine.tell({ type: 'power-off-ended' });
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const failure = 'systemctl: Interactive authentication required';
      machine.tell({ type: 'action-ended', attempt, failure });
      machine.wait(45);
    }
    showMonitor(engine, machine, { left: 2 });
    return engine;
  },
  planned(startAt) {
    const engine = usual(startAt);
    passOnMains(engine, 12 * MINUTES);
    const machine = driveMachine(AFTER_FIVE_MINUTES);
    machine.status('OL');
    showMonitor(engine, machine, { battery: { charge: 100, runtime: 2880 } });
    return engine;
  },
  'after-shutdown'(startAt) {
    const engine = usual(startAt);
    passOnMains(engine, 12 * MINUTES);
    const machine = driveMachine(AFTER_FIVE_MINUTES);
    machine.status('OL');
    showMonitor(engine, machine, { battery: { charge: 100, runtime: 2880 } });
    const hour = 60 * MINUTES * 1000;
    const story = {
      outageBeganAt: startAt - 5 * hour,
      shutDownAt: startAt - 4.7 * hour,
      startedAt: startAt - 4.1 * hour,
    };
    engine.setMonitor({
      story: { ...story, charge: 18, backAt: story.startedAt, reason: phrase('monitor.why.low', { ups: 'ups' }) },
    });
    engine.addIncident({ ups: 'ups', kind: 'shutdown', startedAt: story.shutDownAt, endedAt: story.startedAt });
    return engine;
  },
  'no-contact'(startAt) {
    const engine = usual(startAt);
    passOnMains(engine, 11 * MINUTES);
    engine.patch('ups', { availability: 'not-connected', error: unplugged() });
    engine.addIncident({ ups: 'ups', kind: 'no-contact', startedAt: engine.now() });
    engine.tick(MINUTES);
    return engine;
  },
  'old-data'(startAt) {
    const engine = usual(startAt);
    passOnMains(engine, 11 * MINUTES);
    engine.patch('ups', { availability: 'stale' });
    engine.tick(MINUTES);
    return engine;
  },
  'no-permission'(startAt) {
    const engine = createFakeEngine(startAt);
    engine.add({ name: 'ups', variables: {} });
    engine.patch('ups', { availability: 'not-connected', error: denied() });
    return engine;
  },
  'held-by-other'(startAt) {
    const engine = createFakeEngine(startAt);
    engine.add({ name: 'ups', variables: {} });
    engine.patch('ups', { availability: 'not-connected', error: held() });
    return engine;
  },
  'no-ups'(startAt) {
    const engine = createFakeEngine(startAt);
    // As the program looks for one when nobody has configured any.
    engine.add({ name: 'ups', variables: {} });
    engine.patch('ups', { availability: 'not-connected', error: notFound() });
    engine.setDevices([
      {
        title: device,
        section: '[ups]\n  driver = usbhid-ups\n  port = auto',
        selectors: [],
        matchReason: 'HID power device',
        problem: denied(),
      },
    ]);
    return engine;
  },
  boost(startAt) {
    const engine = usual(startAt);
    passOnMains(engine, 10 * MINUTES);
    engine.set('ups', { 'ups.status': 'OL BOOST' });
    engine.addIncident({ ups: 'ups', kind: 'boost', startedAt: engine.now() });
    passOnMains(engine, 2 * MINUTES, 196);
    return engine;
  },
  trim(startAt) {
    const engine = usual(startAt);
    passOnMains(engine, 10 * MINUTES);
    engine.set('ups', { 'ups.status': 'OL TRIM' });
    engine.addIncident({ ups: 'ups', kind: 'trim', startedAt: engine.now() });
    passOnMains(engine, 2 * MINUTES, 258);
    return engine;
  },
  history(startAt) {
    const engine = usual(startAt);
    withHistory(engine);
    withBattery(engine);
    engine.add({ ...GOOD_UPS, name: 'rack' });
    passOnMains(engine, 30);
    return engine;
  },
  'history-not-written'(startAt) {
    const engine = usual(startAt);
    passOnMains(engine, 30);
    engine.setHistoryProblem({
      ...new HistoryError('history/cannot-write', { file: '/data/history.sqlite', reason: 'no space left' }).toWire(),
      details: { file: '/data/history.sqlite', reason: phrase('reason.no-space', {}) },
    });
    return engine;
  },
  'back-after-outage'(startAt) {
    const engine = usual(startAt);
    const incident = beginOutage(engine, 6 * MINUTES);
    passOnBattery(engine, 4 * MINUTES, 86, 1980);
    engine.set('ups', { 'ups.status': 'OL CHRG' });
    engine.endIncident(incident);
    passOnMains(engine, 2 * MINUTES);
    engine.set('ups', { 'battery.charge': '88' });
    return engine;
  },
  bypass: (startAt) => matter(startAt, { 'ups.status': 'OL BYPASS' }, 'bypass'),
  'replace-battery': (startAt) => matter(startAt, { 'ups.status': 'OL RB' }, 'replace-battery'),
  overload: (startAt) => matter(startAt, { 'ups.status': 'OL OVER', 'ups.load': '112' }, 'overload'),
  fault: (startAt) => matter(startAt, { 'ups.status': 'ALARM OL', 'ups.alarm': 'Fan failure!' }, 'alarm'),
  'output-off': (startAt) =>
    matter(startAt, { 'ups.status': 'OL OFF', 'output.voltage': '0.0', 'ups.load': '0' }, 'output-off'),
  'self-test': (startAt) =>
    matter(startAt, { 'ups.status': 'OB DISCHRG', 'ups.test.result': 'In progress', 'battery.charge': '98' }),
  calibration: (startAt) => matter(startAt, { 'ups.status': 'OL CAL DISCHRG', 'battery.charge': '71' }, 'calibration'),
  'read-only'(startAt) {
    const engine = outage(startAt);
    engine.setAccess('read');
    return engine;
  },
  demo(startAt) {
    const engine = createFakeEngine(startAt);
    engine.add({ ...GOOD_UPS, name: 'demo', driver: 'demo', commands: DEMO_COMMANDS.map(({ name }) => name) });
    engine.tick(5 * MINUTES);
    return engine;
  },
  'forced-shutdown'(startAt) {
    const engine = usual(startAt);
    passOnMains(engine, 12 * MINUTES);
    engine.set('ups', { 'ups.status': 'FSD OL' });
    engine.patch('ups', { isForcedShutdown: true });
    engine.addIncident({ ups: 'ups', kind: 'forced-shutdown', startedAt: engine.now() });
    return engine;
  },
  'first-launch': (startAt) => firstLaunch(startAt),
  'first-launch-denied'(startAt) {
    const engine = firstLaunch(startAt, [{ ...attached(), problem: denied() }]);
    engine.patch('ups', { availability: 'not-connected', error: denied(), variables: {} });
    return engine;
  },
  'first-launch-nothing'(startAt) {
    const engine = firstLaunch(startAt, []);
    engine.remove('ups');
    return engine;
  },
  'first-launch-several': (startAt) =>
    firstLaunch(startAt, [
      attached(),
      { ...attached('Quay Pier 700'), section: '[quay]', selectors: ['serial = 7'], problem: held('Quay Pier 700') },
    ]),
  settings: (startAt) => settingUp(startAt),
  'settings-secondary': (startAt) => settingUp(startAt, { mode: 'SLAVE', remotehost: 'nas', monpwd: { isSet: true } }),
  'settings-read-only'(startAt) {
    const engine = settingUp(startAt);
    engine.patchSettings({ isReadOnly: true });
    return engine;
  },
  several(startAt) {
    const engine = outage(startAt);
    engine.add({ ...GOOD_UPS, name: 'rack' });
    engine.add({ name: 'attic', variables: {} });
    engine.patch('attic', { availability: 'not-connected', error: unplugged() });
    return engine;
  },
} satisfies Record<string, (startAt: number) => FakeEngine>;

export type SceneName = keyof typeof SCENES;
