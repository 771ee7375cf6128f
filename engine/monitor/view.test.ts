import { describe, expect, test } from 'vitest';
import { asSeconds, asTimestamp } from '#domain/units.ts';
import { afterTimer, driveMachine, policyOf, supplyOf, type DrivenMachine } from './test-support.ts';
import type { MonitorPolicy } from './policy.ts';
import { viewOf } from './view.ts';

const START = 1_700_000_000_000;
const policy = policyOf({
  supplies: [supplyOf('ups', { rules: afterTimer(300) })],
  powerOff: { isWanted: true, delay: 'measured' },
  action: { kind: 'shutdown' },
});

const view = (machine: DrivenMachine, given: MonitorPolicy = policy, secondaries: readonly string[] = ['nas']) =>
  viewOf(
    given,
    machine.state,
    { at: machine.seconds * 1000, wall: asTimestamp(START + machine.seconds * 1000) },
    { decisions: [], secondaries },
  );

/** Who does what after how many seconds: from now, or from the begin of an outage. */
const planOf = (seen: ReturnType<typeof view>, machine: DrivenMachine) =>
  seen.plan.map(({ at, afterSeconds, who, what }) => [
    at === undefined ? afterSeconds : (at - START) / 1000 - machine.seconds,
    typeof who === 'string' ? who : 'this computer',
    what.phrase.replace('monitor.plan.', ''),
  ]);

describe('the plan', () => {
  test('on line counts from the begin of an outage', () => {
    const machine = driveMachine(policy);
    machine.status('OL');
    const seen = view(machine);
    expect(seen).toMatchObject({ phase: 'watching', canCancel: false, canShutDown: true });
    expect(planOf(seen, machine)).toEqual([
      [300, 'nas', 'fsd'],
      [300, 'this computer', 'begin'],
      [315, 'this computer', 'wait'],
      [320, 'this computer', 'shutdown'],
      [500, 'ups', 'power-off'],
    ]);
  });

  test('on battery counts down to moments, and says whether the battery lasts', () => {
    const machine = driveMachine(policy);
    machine.status('OB', 'ups', { runtime: 1000 });
    machine.wait(100);
    const seen = view(machine);
    expect(seen).toMatchObject({ phase: 'counting-down', endsAt: START + 300_000, isInTime: true, canCancel: true });
    expect(planOf(seen, machine)[0]).toEqual([200, 'nas', 'fsd']);
    machine.status('OB', 'ups', { runtime: 230 });
    expect(view(machine).isInTime).toBe(false);
  });

  test('without a rule comes at no time that is known', () => {
    const plain = policyOf();
    const machine = driveMachine(plain);
    machine.status('OB');
    const seen = view(machine, plain, []);
    expect(seen).toMatchObject({ phase: 'on-battery', canCancel: false });
    expect(planOf(seen, machine)).toEqual([
      [undefined, 'this computer', 'begin'],
      [undefined, 'this computer', 'command'],
    ]);
  });

  test('of two supplies follows the one that ends it', () => {
    const two = policyOf({
      supplies: [supplyOf('a', { rules: afterTimer(60) }), supplyOf('b', { rules: afterTimer(120) })],
      hostSync: asSeconds(0),
    });
    const machine = driveMachine(two);
    machine.status('OL', 'a');
    machine.status('OL', 'b');
    expect(view(machine, two, []).plan[0]?.afterSeconds).toBe(120);
    expect(view(machine, { ...two, minSupplies: 2 }, []).plan[0]?.afterSeconds).toBe(60);
    machine.status('OB', 'a');
    expect(view(machine, two, []).phase).toBe('on-battery');
    expect(view(machine, { ...two, minSupplies: 2 }, []).phase).toBe('counting-down');
  });

  test('gets shorter as it is carried out', () => {
    const machine = driveMachine(policy);
    machine.status('OB LB');
    expect(planOf(view(machine), machine).map(([, , what]) => what)).toEqual(['wait', 'shutdown', 'power-off']);
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    machine.wait(1);
    const seen = view(machine, policy, []);
    expect(seen).toMatchObject({ phase: 'final-delay', canCancel: false, canPostpone: false, canShutDown: false });
    expect(planOf(seen, machine)).toEqual([
      [5, 'this computer', 'shutdown'],
      [185, 'ups', 'power-off'],
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
  expect(view(driveMachine(none), none)).toMatchObject({ phase: 'off', plan: [], canShutDown: false });
});
