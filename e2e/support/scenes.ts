/** Situations a UPS can be in, played to a fake engine: for screenshots and for checks of every page in every state. */
import { HistoryError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import { DEMO_COMMANDS } from '#engine/drivers/demo/demo-commands.ts';
import { driveMachine } from '#engine/monitor/test-support.ts';
import type { MonitorPolicy } from '#engine/monitor/policy.ts';
import { createFakeEngine, type FakeEngine } from '../../renderer/client/fake-client.ts';
import {
  settingUp,
  usual,
  device,
  unplugged,
  denied,
  notFound,
  held,
  outage,
  AFTER_FIVE_MINUTES,
  showMonitor,
  countingDown,
  goingDown,
  beginOutage,
  matter,
  attached,
  firstLaunch,
} from './scene-engines.ts';
import { MINUTES, GOOD_UPS, passOnMains, passOnBattery, withHistory, withBattery } from './scene-past.ts';

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
  overload: (startAt) => matter(startAt, { 'ups.status': 'OL OVER', 'ups.load': '112' }, 'overload', 2 * MINUTES),
  fault: (startAt) => matter(startAt, { 'ups.status': 'ALARM OL', 'ups.alarm': 'Fan failure!' }, 'alarm'),
  'output-off': (startAt) =>
    matter(startAt, { 'ups.status': 'OL OFF', 'output.voltage': '0.0', 'ups.load': '0' }, 'output-off', 2 * MINUTES),
  'self-test': (startAt) =>
    matter(
      startAt,
      { 'ups.status': 'OB DISCHRG', 'ups.test.result': 'In progress', 'battery.charge': '98' },
      undefined,
      20,
    ),
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
    const reason = phrase('reason.logind-says', { answer: 'challenge' });
    const refusal = phrase('neighbour.shutdown.refused', { reason });
    const engine = firstLaunch(startAt, [{ ...attached(), problem: denied() }], refusal);
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
  shared: (startAt) => settingUp(startAt, {}, { rmonitor: true }),
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
