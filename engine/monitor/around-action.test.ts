/** The commands before and after the action, on the machine itself. */
import { describe, expect, test } from 'vitest';
import { asSeconds } from '#domain/units.ts';
import { underNewNames } from './new-start.ts';
import { rehearse } from './plan.ts';
import type { ActionKind, MonitorPolicy } from './policy.ts';
import type { MonitorEffect } from './machine-step.ts';
import {
  afterTimer,
  driveMachine,
  namesOf,
  policyOf,
  secondary,
  sentencesOf,
  supplyOf,
  type DrivenMachine,
} from './test-support.ts';

const around = { before: 'stop-vms', after: 'start-vms', timeout: asSeconds(20) };
const policy = (change: Partial<MonitorPolicy> = {}): MonitorPolicy =>
  policyOf({ around, finalDelay: asSeconds(2), hostSync: asSeconds(15), powerDownFlag: '/flag', ...change });
const actionOf = (kind: Exclude<ActionKind, 'command'>): Partial<MonitorPolicy> => ({ action: { kind } });

const askedOf = (effects: readonly MonitorEffect[]) => effects.filter((effect) => effect.type === 'run-around');
/** The commands whose begin was asked for, as `before 20`: with the seconds they have. */
const asked = (effects: readonly MonitorEffect[]): readonly string[] =>
  askedOf(effects).map(({ place, seconds }) => `${place} ${seconds}`);

const ended = (machine: DrivenMachine, place: 'before' | 'after', ticket: string, failure?: string) =>
  machine.tell({ type: 'around-ended', place, ticket, failure }, { type: 'pass' });
const acted = (machine: DrivenMachine) =>
  machine.tell({ type: 'action-ended', attempt: 1, failure: undefined }, { type: 'pass' });

/** Low battery, nobody else there, until the command before is asked for. @returns its ticket */
function toBefore(machine: DrivenMachine): string {
  machine.status('OB LB');
  machine.tell({ type: 'logins', ups: 'ups', others: [] }, { type: 'pass' });
  const [effect] = askedOf(machine.wait(2));
  expect(machine.state.phase.phase).toBe('preparing');
  return effect?.ticket ?? '';
}

describe('the command before the action', () => {
  test('runs once the others are gone and FINALDELAY is over, before the flag, the UPS and the action', () => {
    const machine = driveMachine(policy({ powerOff: { isWanted: true, delay: 'measured' } }));
    machine.status('OB LB');
    machine.tell({ type: 'logins', ups: 'ups', others: ['nas'] }, { type: 'pass' });
    expect(asked(machine.wait(10))).toEqual([]);
    machine.tell({ type: 'logins', ups: 'ups', others: [] }, { type: 'pass' });
    expect(asked(machine.wait(1))).toEqual([]);
    const begun = machine.wait(1);
    expect(namesOf(begun)).toEqual(['run-around']);
    expect(begun.at(-1)).toMatchObject({
      place: 'before',
      seconds: 20,
      ups: 'ups',
      why: { phrase: 'monitor.why.low', params: { ups: 'ups' } },
    });
    expect(namesOf(machine.wait(15))).toEqual([]);
    const done = ended(machine, 'before', askedOf(begun)[0]?.ticket ?? '');
    expect(namesOf(done)).toEqual(['write-power-down-flag', 'power-off-ups']);
    expect(sentencesOf(done)).toEqual(['monitor.say.before-ended']);
  });

  test.each([undefined, 'exit status 3'])('however it ends (%s), the action follows at once', (failure) => {
    const machine = driveMachine(policy());
    const effects = ended(machine, 'before', toBefore(machine), failure);
    expect(namesOf(effects)).toEqual(['write-power-down-flag', 'act']);
    expect(effects[0]).toMatchObject(
      failure === undefined
        ? { level: 'info', text: { phrase: 'monitor.say.before-ended' } }
        : { level: 'error', text: { phrase: 'monitor.say.before-failed', params: { failure } } },
    );
  });

  test('of which nothing is ever heard holds nothing up beyond its time', () => {
    const machine = driveMachine(policy());
    toBefore(machine);
    expect(namesOf(machine.wait(24))).toEqual([]);
    expect(namesOf(machine.wait(1))).toEqual(['write-power-down-flag', 'act']);
  });

  test('runs for a secondary as well, and for one that acts without FINALDELAY', () => {
    const machine = driveMachine(policy({ supplies: [secondary()], finalDelay: asSeconds(0) }));
    expect(asked(machine.status('FSD OB LB'))).toEqual(['before 20']);
  });

  test('runs once, though the action is tried again, or the program was killed meanwhile', () => {
    const machine = driveMachine(policy());
    const ticket = toBefore(machine);
    machine.wait(5);
    const again = askedOf(machine.restart(5));
    expect(again).toMatchObject([{ ticket, seconds: 10 }]);
    const effects = [...ended(machine, 'before', ticket)];
    effects.push(...machine.tell({ type: 'action-ended', attempt: 1, failure: 'no' }, { type: 'pass' }));
    effects.push(...machine.restart(1), ...machine.wait(30));
    expect(asked(effects)).toEqual([]);
    expect(machine.state.phase).toMatchObject({ phase: 'acting', attempt: 2 });
  });

  test('never runs beside the action, however long nobody was there to end it', () => {
    const machine = driveMachine(policy());
    toBefore(machine);
    const again = [...machine.restart(300), ...machine.tell({ type: 'pass' })];
    // Long over its time: whoever holds the ticket is ended, or tells how it ended.
    expect(askedOf(again)).toMatchObject([{ seconds: 1 }]);
    expect(namesOf(again)).not.toContain('act');
    expect(namesOf(machine.wait(5))).toEqual([]);
    expect(namesOf(machine.wait(1))).toEqual(['write-power-down-flag', 'act']);
  });

  test('is told the new name of its UPS when it is asked for again', () => {
    const machine = driveMachine(policy());
    toBefore(machine);
    const renamed = driveMachine(
      policy({ supplies: [supplyOf('office')] }),
      underNewNames(machine.state, () => 'office'),
    );
    expect(askedOf(renamed.restart(1))).toMatchObject([{ place: 'before', ups: 'office' }]);
  });

  test('that was under way when the computer was started anew is over', () => {
    const machine = driveMachine(policy());
    toBefore(machine);
    expect(asked(machine.reboot(60))).toEqual([]);
    expect(machine.state.phase.phase).toBe('watching');
  });
});

describe('the command after the action', () => {
  const toActed = (machine: DrivenMachine) => {
    ended(machine, 'before', toBefore(machine));
    return acted(machine);
  };

  test.each(['shutdown', 'restart', 'nothing'] as const)('%s: runs once the system has taken the order', (kind) => {
    const machine = driveMachine(policy(actionOf(kind)));
    const effects = toActed(machine);
    expect(asked(effects)).toEqual(['after 20']);
    const [{ ticket } = { ticket: '' }] = askedOf(effects);
    // Killed meanwhile: the same again, with what is left of its time.
    expect(askedOf(machine.restart(8))).toMatchObject([{ place: 'after', ticket, seconds: 12 }]);
    expect(underNewNames(machine.state, () => 'office').after?.ups).toBe('office');
    expect(sentencesOf(ended(machine, 'after', ticket, 'exit status 1'))).toContain('monitor.say.after-failed');
    expect(asked(machine.restart(1))).toEqual([]);
  });

  test('is not run when the action failed', () => {
    const machine = driveMachine(policy(actionOf('shutdown')));
    ended(machine, 'before', toBefore(machine));
    const effects = [1, 2, 3, 4, 5].flatMap((attempt) => [
      ...machine.tell({ type: 'action-ended', attempt, failure: 'no' }, { type: 'pass' }),
      ...machine.wait(41),
    ]);
    expect(machine.state.phase.phase).toBe('failed');
    expect(asked(effects)).toEqual([]);
  });

  test.each(['sleep', 'hibernate', 'hybrid-sleep'] as const)('%s: runs once the computer is awake again', (kind) => {
    const machine = driveMachine(policy(actionOf(kind)));
    expect(asked(toActed(machine))).toEqual([]);
    const effects = machine.tell({ type: 'resumed' }, { type: 'pass' });
    expect(asked(effects)).toEqual(['after 20']);
    expect(askedOf(effects)[0]).toMatchObject({ why: { phrase: 'monitor.why.low' }, ups: 'ups' });
    expect(machine.state.phase.phase).toBe('watching');
    // A sleep that somebody else ordered is none of its business.
    expect(asked(machine.tell({ type: 'resumed' }, { type: 'pass' }))).toEqual([]);
  });

  test('sleep: runs as well where the computer was to sleep, did not, and is ready for the next outage', () => {
    const machine = driveMachine(policy(actionOf('sleep')));
    toActed(machine);
    machine.status('OL');
    expect(asked(machine.wait(299))).toEqual([]);
    expect(asked(machine.wait(2))).toEqual(['after 20']);
  });

  test('that did not end before the computer was started anew is over, and one that is long overdue too', () => {
    const fresh = driveMachine(policy(actionOf('shutdown')));
    toActed(fresh);
    expect(asked(fresh.reboot(60))).toEqual([]);
    const late = driveMachine(policy(actionOf('shutdown')));
    toActed(late);
    expect(asked(late.restart(30))).toEqual([]);
    expect(late.state.after).toBeUndefined();
  });
});

describe('the plan', () => {
  const facts = { batteries: new Map([['ups', { charge: 100, runtime: 600 }]]), secondaries: [], shutdownTook: [40] };
  const timed = (change: Partial<MonitorPolicy> = {}) =>
    policy({ supplies: [supplyOf('ups', { rules: afterTimer(60) })], ...change });
  const stepsOf = (asked: MonitorPolicy) =>
    rehearse(asked, facts).steps.map(({ afterSeconds, what }) => [afterSeconds, what.phrase]);

  test('counts all the time that the command before may take', () => {
    const [plain, full] = [rehearse(timed({ around: { timeout: asSeconds(20) } }), facts), rehearse(timed(), facts)];
    expect(plain.beforeSeconds).toBeUndefined();
    expect(full).toMatchObject({
      beforeSeconds: 20,
      offAfterSeconds: (plain.offAfterSeconds ?? 0) + 20,
      isInTime: true,
    });
    expect(rehearse(timed({ around: { ...around, timeout: asSeconds(3600) } }), facts).isInTime).toBe(false);
  });

  test('has both commands in their places', () => {
    expect(stepsOf(timed(actionOf('shutdown')))).toEqual([
      [0, 'rehearsal.fail'],
      [60, 'rehearsal.begin'],
      [62, 'monitor.plan.before'],
      [82, 'monitor.plan.shutdown'],
      [82, 'monitor.plan.after'],
      [122, 'rehearsal.off'],
      [600, 'rehearsal.empty'],
    ]);
    expect(stepsOf(timed(actionOf('sleep')))).toContainEqual([undefined, 'monitor.plan.after-wake']);
  });
});
