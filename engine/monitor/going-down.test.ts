import { describe, expect, test } from 'vitest';
import { asSeconds } from '#domain/units.ts';
import { driveMachine, namesOf, policyOf, secondary, supplyOf } from './test-support.ts';

describe('a primary and its secondaries', () => {
  test('goes down on a low battery: FSD, secondaries, delay, action, once', () => {
    const machine = driveMachine(policyOf());
    machine.status('OL');
    expect(namesOf(machine.status('OB'))).toEqual(['ONBATT']);
    machine.wait(600);
    expect(namesOf(machine.status('OB LB'))).toEqual(['LOWBATT', 'set-fsd', 'FSD']);
    expect(machine.state.phase).toMatchObject({ phase: 'waiting' });
    machine.tell({ type: 'logins', ups: 'ups', others: ['192.0.2.7'] });
    expect(namesOf(machine.wait(3))).toEqual(['SHUTDOWN_HOSTSYNC']);
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    expect(namesOf(machine.wait(1))).toEqual(['SHUTDOWN']);
    expect(namesOf(machine.wait(4))).toEqual([]);
    expect(namesOf(machine.wait(1))).toEqual(['act']);
    expect(namesOf(machine.tell({ type: 'action-ended', attempt: 1, failure: undefined }))).toEqual(['log-out']);
    expect(namesOf(machine.wait(200))).toEqual([]);
  });

  test('waits for a secondary that never logs out as long as HOSTSYNC, and names it', () => {
    const machine = driveMachine(policyOf());
    machine.status('OB LB');
    machine.tell({ type: 'logins', ups: 'ups', others: ['nas'] });
    expect(namesOf(machine.wait(14))).toEqual(['SHUTDOWN_HOSTSYNC']);
    const last = machine.wait(1);
    expect(namesOf(last)).toEqual(['SHUTDOWN']);
    expect(last).toContainEqual({
      type: 'say',
      level: 'warn',
      text: { phrase: 'monitor.say.no-more-waiting', params: { names: ['nas'] } },
    });
  });

  test('waits for a secondary whose connection broke, until it is back and gone', () => {
    const machine = driveMachine(policyOf());
    machine.status('OB');
    machine.tell({ type: 'logins', ups: 'ups', others: ['nas', 'nas'] });
    machine.tell({ type: 'logins', ups: 'ups', others: ['nas'], broken: ['nas'] });
    machine.wait(3);
    machine.status('OB LB');
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    machine.wait(2);
    expect(machine.state.phase.phase).toBe('waiting');
    machine.tell({ type: 'logins', ups: 'ups', others: ['nas'] });
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    machine.wait(1);
    expect(machine.state.phase.phase).toBe('final-delay');
  });

  test('does not wait for one whose connection broke long ago', () => {
    const machine = driveMachine(policyOf());
    machine.status('OB');
    machine.tell({ type: 'logins', ups: 'ups', others: ['nas'] });
    machine.tell({ type: 'logins', ups: 'ups', others: [], broken: ['nas'] });
    machine.wait(15);
    expect(machine.state.secondaries.missing).toEqual([]);
    machine.status('OB LB');
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    machine.wait(1);
    expect(machine.state.phase.phase).toBe('final-delay');
  });

  test.each([true, false])('lets a secondary that turns up again in the final delay go first (it goes: %s)', (goes) => {
    const machine = driveMachine(policyOf());
    machine.status('OB LB');
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    machine.wait(1);
    machine.tell({ type: 'logins', ups: 'ups', others: ['nas'] });
    expect(namesOf(machine.wait(10))).toEqual([]);
    if (goes) machine.tell({ type: 'logins', ups: 'ups', others: [] });
    if (!goes) expect(namesOf(machine.wait(8))).toEqual([]);
    expect(namesOf(machine.wait(1))).toEqual(['act']);
  });

  test('does not turn back when power returns after FSD', () => {
    const machine = driveMachine(policyOf());
    machine.status('OB LB');
    machine.status('OL');
    expect(machine.state.phase.phase).toBe('waiting');
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    expect(namesOf(machine.wait(6))).toEqual(['SHUTDOWN', 'act']);
  });
});

describe('the action', () => {
  const acting = () => {
    const machine = driveMachine(policyOf({ finalDelay: asSeconds(0), supplies: [secondary()] }));
    machine.status('FSD OB');
    return machine;
  };

  test('that fails is tried again, each time later, and then told loudly', () => {
    const machine = acting();
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const effects = machine.tell({ type: 'action-ended', attempt, failure: 'exit status 1' });
      if (attempt === 5) {
        expect(effects).toContainEqual(expect.objectContaining({ type: 'say', level: 'error' }));
        expect(namesOf(effects)).toEqual(['give-up']);
        break;
      }
      const before = machine.seconds;
      while (!namesOf(machine.wait(1)).includes('act'));
      pauses.push(machine.seconds - before);
    }
    expect(pauses).toEqual([5, 10, 20, 40]);
    expect(machine.state.phase).toMatchObject({ phase: 'failed', failure: 'exit status 1' });
    expect(namesOf(machine.wait(600))).toEqual([]);
    expect(namesOf(machine.tell({ type: 'asked', what: { kind: 'shutdown-now' } }))).toEqual(['act']);
  });

  test('that left the computer on is over when power has been good for five minutes and FSD is gone', () => {
    const machine = acting();
    machine.tell({ type: 'action-ended', attempt: 1, failure: undefined });
    machine.status('FSD OL');
    machine.wait(600);
    expect(machine.state.phase.phase).toBe('acted');
    machine.status('OL');
    machine.wait(299);
    expect(machine.state.phase.phase).toBe('acted');
    machine.wait(1);
    expect(machine.state.phase.phase).toBe('watching');
    expect(namesOf(machine.status('FSD OB'))).toContain('act');
  });

  test('comes after the UPS was told to switch off, or after ten seconds without an answer', () => {
    const policy = policyOf({ finalDelay: asSeconds(0), powerOff: { isWanted: true, delay: 'measured' } });
    for (const answers of [true, false]) {
      const machine = driveMachine(policy);
      machine.status('OB LB');
      machine.tell({ type: 'logins', ups: 'ups', others: [] });
      expect(namesOf(machine.wait(1))).toEqual(['SHUTDOWN', 'power-off-ups']);
      if (answers) expect(namesOf(machine.tell({ type: 'power-off-ended' }))).toEqual(['act']);
      else expect(namesOf(machine.wait(10))).toEqual(['act']);
    }
  });

  test('comes after the UPSes were told whose turn it is, those of the lowest order first', () => {
    const machine = driveMachine(
      policyOf({
        finalDelay: asSeconds(0),
        powerOff: { isWanted: true, delay: 'measured' },
        supplies: [
          supplyOf('last', { powerOffOrder: 2 }),
          supplyOf('stays', { powerOffOrder: -1 }),
          supplyOf('first'),
          supplyOf('second', { powerOffOrder: 1 }),
        ],
      }),
    );
    for (const ups of ['last', 'stays', 'first', 'second']) machine.status('OB LB', ups);
    machine.tell(...['last', 'first', 'second', 'stays'].map((ups) => ({ type: 'logins' as const, ups, others: [] })));
    const told = machine.wait(1).flatMap((effect) => (effect.type === 'power-off-ups' ? effect.upses : []));
    expect(told).toEqual(['first', 'second', 'last']);
  });

  test('comes after the flag file of the late power-off', () => {
    const machine = driveMachine(policyOf({ finalDelay: asSeconds(0), powerDownFlag: '/x', supplies: [secondary()] }));
    expect(namesOf(machine.status('FSD OB'))).toEqual(['ONBATT', 'FSD', 'SHUTDOWN', 'write-power-down-flag', 'act']);
  });
});
