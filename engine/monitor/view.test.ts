import { describe, expect, test } from 'vitest';
import { asSeconds, asTimestamp } from '#domain/units.ts';
import { afterTimer, driveMachine, policyOf, supplyOf, type DrivenMachine } from './test-support.ts';
import type { BatteryFigures } from './battery-figures.ts';
import type { MonitorPolicy } from './policy.ts';
import { viewOf } from './view.ts';

const START = 1_700_000_000_000;
const policy = policyOf({
  supplies: [supplyOf('ups', { rules: afterTimer(300) })],
  powerOff: { isWanted: true, delay: 'measured' },
  action: { kind: 'shutdown' },
});

const view = (
  machine: DrivenMachine,
  given: MonitorPolicy = policy,
  secondaries: readonly string[] = ['nas'],
  battery: BatteryFigures = {},
) =>
  viewOf(
    given,
    machine.state,
    { at: machine.seconds * 1000, wall: asTimestamp(START + machine.seconds * 1000) },
    {
      decisions: [],
      secondaries: secondaries.map((name) => ({ name, hasLeft: false })),
      batteries: new Map(given.supplies.map(({ ups }) => [ups, battery])),
      isSimulated: false,
    },
  );

/** Who does what after how many seconds of the plan. */
const linesOf = ({ plan }: ReturnType<typeof view>) =>
  plan.steps.map(({ afterSeconds, who, what }) => [
    afterSeconds,
    typeof who === 'string' ? who : who.phrase.replace(/^.*[.]/, ''),
    what.phrase.replace(/^.*[.]/, ''),
  ]);

describe('the plan', () => {
  test('on line is what would come if the mains failed now', () => {
    const machine = driveMachine(policy);
    machine.status('OL');
    const seen = view(machine);
    expect(seen).toMatchObject({ phase: 'watching', canCancel: false, canShutDown: true });
    expect(seen.plan.from).toBeUndefined();
    expect(linesOf(seen)).toEqual([
      [0, 'mains', 'fail'],
      [300, 'nas', 'fsd'],
      [300, 'this-computer', 'begin'],
      [315, 'this-computer', 'wait'],
      [320, 'this-computer', 'shutdown'],
      [380, 'this-computer', 'off'],
      [500, 'ups', 'power-off'],
    ]);
  });

  test('on battery is the same line, from the moment at which the mains failed', () => {
    const machine = driveMachine(policy);
    machine.status('OL');
    const rehearsed = linesOf(view(machine));
    machine.status('OB', 'ups', { runtime: 1000, charge: 100 });
    machine.wait(100);
    machine.status('OB', 'ups', { runtime: 900, charge: 90 });
    const seen = view(machine);
    expect(seen).toMatchObject({ phase: 'counting-down', endsAt: START + 300_000, canCancel: true });
    expect(seen.plan).toMatchObject({ from: START, beginsAfterSeconds: 300, batterySeconds: 1000, isInTime: true });
    expect(linesOf(seen).filter(([, , what]) => what !== 'empty')).toEqual(rehearsed);
  });

  test('says whether the battery lasts, and marks what does not fit', () => {
    const machine = driveMachine(policy);
    machine.status('OB', 'ups', { runtime: 330, charge: 40 });
    const { plan } = view(machine, policy, ['nas'], { lowCharge: 1 });
    expect(plan).toMatchObject({ isInTime: false, batterySeconds: 330, offAfterSeconds: 380 });
    expect(
      plan.steps.filter(({ mark }) => mark !== undefined).map(({ afterSeconds, mark }) => [afterSeconds, mark]),
    ).toEqual([
      [330, 'empty'],
      [380, 'late'],
    ]);
    // A battery that is silent goes on draining.
    machine.silence();
    machine.wait(10);
    expect(view(machine, policy, ['nas'], { lowCharge: 1 }).plan.batterySeconds).toBe(330);
  });

  test('without a rule waits for a low battery, whose time is reckoned where the UPS tells enough', () => {
    const plain = policyOf();
    const machine = driveMachine(plain);
    machine.status('OB');
    const seen = view(machine, plain, []);
    expect(seen).toMatchObject({ phase: 'on-battery', canCancel: false });
    expect(linesOf(seen)).toEqual([
      [0, 'mains', 'fail'],
      [undefined, 'this-computer', 'when-low'],
    ]);
    machine.status('OB', 'ups', { charge: 100, runtime: 1000 });
    expect(view(machine, plain, [], { lowCharge: 20 }).plan.beginsAfterSeconds).toBe(800);
  });

  test('after a cancel goes by the low battery alone, after a wait by the later time', () => {
    const machine = driveMachine(policy);
    machine.status('OB', 'ups', { charge: 100, runtime: 1000 });
    machine.tell({ type: 'asked', what: { kind: 'postpone', seconds: 300 } }, { type: 'pass' });
    expect(view(machine).plan.beginsAfterSeconds).toBe(600);
    machine.tell({ type: 'asked', what: { kind: 'cancel' } }, { type: 'pass' });
    expect(view(machine, policy, ['nas'], { lowCharge: 20 }).plan.beginsAfterSeconds).toBe(800);
  });

  test('of two supplies follows the one that ends it', () => {
    const two = policyOf({
      supplies: [supplyOf('a', { rules: afterTimer(60) }), supplyOf('b', { rules: afterTimer(120) })],
      hostSync: asSeconds(0),
    });
    const machine = driveMachine(two);
    machine.status('OL', 'a');
    machine.status('OL', 'b');
    expect(view(machine, two, []).plan.beginsAfterSeconds).toBe(120);
    expect(view(machine, { ...two, minSupplies: 2 }, []).plan.beginsAfterSeconds).toBe(60);
    machine.status('OB', 'a');
    expect(view(machine, two, []).phase).toBe('on-battery');
    expect(view(machine, two, []).plan.beginsAfterSeconds).toBeUndefined();
    expect(view(machine, { ...two, minSupplies: 2 }, []).phase).toBe('counting-down');
  });

  test('keeps its line while it is carried out', () => {
    const machine = driveMachine(policy);
    machine.status('OB', 'ups', { charge: 50 });
    machine.wait(300);
    expect(linesOf(view(machine))).toEqual([
      [0, 'mains', 'fail'],
      [300, 'nas', 'fsd'],
      [300, 'this-computer', 'begin'],
      [315, 'this-computer', 'wait'],
      [320, 'this-computer', 'shutdown'],
      [380, 'this-computer', 'off'],
      [500, 'ups', 'power-off'],
    ]);
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    machine.wait(1);
    const seen = view(machine, policy, []);
    expect(seen).toMatchObject({ phase: 'final-delay', canCancel: false, canPostpone: false, canShutDown: false });
    expect(linesOf(seen)).toEqual([
      [0, 'mains', 'fail'],
      [306, 'this-computer', 'shutdown'],
      [366, 'this-computer', 'off'],
      [486, 'ups', 'power-off'],
    ]);
  });

  test('of a shutdown that a person asks for on line begins with it', () => {
    const machine = driveMachine(policy);
    machine.status('OL');
    machine.wait(50);
    machine.tell({ type: 'asked', what: { kind: 'shutdown-now' } }, { type: 'pass' });
    const { plan } = view(machine);
    expect(plan.from).toBe(START + 50_000);
    expect(plan.steps.slice(0, 2).map(({ afterSeconds, what }) => [afterSeconds, what.phrase])).toEqual([
      [0, 'monitor.plan.fsd'],
      [0, 'rehearsal.begin'],
    ]);
  });
});

test('one supply that no longer counts beside one that is enough is told as such', () => {
  const two = policyOf({ supplies: [supplyOf('a'), supplyOf('b')] });
  const machine = driveMachine(two);
  machine.status('OL', 'b');
  machine.status('OB LB', 'a');
  expect(view(machine, two).supplies.map(({ isGood }) => isGood)).toEqual([false, true]);
  expect(view(machine, two).reason).toEqual({ phrase: 'monitor.now.enough', params: { ups: 'a' } });
});

test('nothing watched is told as such', () => {
  const none = policyOf({ supplies: [] });
  expect(view(driveMachine(none), none)).toMatchObject({
    phase: 'off',
    canShutDown: false,
  });
});
