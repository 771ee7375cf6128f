import { describe, expect, test } from 'vitest';
import { asSeconds } from '#domain/units.ts';
import { afterTimer, driveMachine, namesOf, policyOf, secondary, supplyOf } from './test-support.ts';
import { underNewNames } from './new-start.ts';

describe('a restart', () => {
  const timed = policyOf({ supplies: [supplyOf('ups', { rules: afterTimer(60) })] });

  test('of the program in mid-outage goes on with the time already spent', () => {
    const machine = driveMachine(timed);
    machine.status('OL');
    machine.status('OB');
    machine.wait(20);
    machine.restart(20);
    expect(namesOf(machine.status('OB'))).toEqual([]);
    machine.wait(19);
    expect(machine.state.phase.phase).toBe('watching');
    machine.wait(1);
    expect(machine.state.phase.phase).toBe('waiting');
  });

  test('of the program never decides before it has looked', () => {
    const machine = driveMachine(timed);
    machine.status('OB');
    machine.wait(59);
    machine.restart(30);
    expect(namesOf(machine.wait(5))).toEqual([]);
    expect(machine.state.phase.phase).toBe('watching');
    expect(namesOf(machine.status('OL'))).toEqual(['ONLINE']);
  });

  test.each(['waiting', 'final-delay'])('of the program while %s sets FSD again and goes on', (phase) => {
    const machine = driveMachine(timed);
    machine.status('OB LB');
    if (phase === 'final-delay') {
      machine.tell({ type: 'logins', ups: 'ups', others: [] });
      machine.wait(1);
    }
    expect(machine.state.phase.phase).toBe(phase);
    expect(namesOf(machine.restart(1))).toEqual(['set-fsd']);
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    expect(namesOf(machine.wait(30)).filter((name) => name === 'act')).toEqual(['act']);
  });

  test('of the program in the outage still knows who was logged in, and waits until they are back and gone', () => {
    const machine = driveMachine(timed);
    machine.status('OL');
    machine.tell({ type: 'logins', ups: 'ups', others: ['nas', 'pc'] });
    machine.restart(1);
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    machine.status('OB LB');
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    machine.wait(5);
    expect(machine.state.phase.phase).toBe('waiting');
    machine.tell({ type: 'logins', ups: 'ups', others: ['nas', 'pc'] });
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    machine.wait(1);
    expect(machine.state.phase.phase).toBe('final-delay');
  });

  test('of the program while it waits does not take secondaries for gone that have yet to come back', () => {
    const machine = driveMachine(timed);
    machine.status('OB LB');
    machine.tell({ type: 'logins', ups: 'ups', others: ['nas'] });
    machine.restart(1);
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    machine.wait(9);
    expect(machine.state.phase.phase).toBe('waiting');
    machine.tell({ type: 'logins', ups: 'ups', others: ['nas'] });
    machine.wait(2);
    expect(machine.state.phase.phase).toBe('waiting');
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    machine.wait(1);
    expect(machine.state.phase.phase).toBe('final-delay');
  });

  test('of the program waits for those who do not come back no longer than HOSTSYNC', () => {
    const machine = driveMachine(timed);
    machine.tell({ type: 'logins', ups: 'ups', others: ['nas'] });
    machine.status('OB LB');
    machine.restart(1);
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    machine.wait(13);
    expect(machine.state.phase.phase).toBe('waiting');
    machine.wait(1);
    expect(machine.state.phase.phase).toBe('final-delay');
  });

  test('of the program after the action says FSD again while power is out, and not once it is back', () => {
    for (const [words, wanted] of [
      ['OB LB', ['set-fsd', 'log-out']],
      ['OL', ['log-out']],
    ] as const) {
      const machine = driveMachine(policyOf({ finalDelay: asSeconds(0) }));
      machine.status('OB LB');
      machine.tell({ type: 'logins', ups: 'ups', others: [] });
      machine.wait(1);
      machine.tell({ type: 'action-ended', attempt: 1, failure: undefined });
      machine.status(words);
      expect(namesOf(machine.restart(1))).toEqual(wanted);
    }
  });

  test('of the program during the action asks for the same attempt, and not at all after it', () => {
    const machine = driveMachine(policyOf({ finalDelay: asSeconds(0), supplies: [secondary()] }));
    machine.status('FSD OB');
    const { phase } = machine.state;
    const ticket = phase.phase === 'acting' ? phase.ticket : undefined;
    expect(machine.restart(1)).toEqual([{ type: 'act', attempt: 1, ticket }]);
    machine.tell({ type: 'action-ended', attempt: 1, failure: undefined });
    expect(namesOf(machine.restart(1))).toEqual(['log-out']);
  });

  test('of the computer after a shutdown tells the story and begins anew', () => {
    const machine = driveMachine(policyOf({ finalDelay: asSeconds(0) }));
    machine.status('OL');
    machine.status('OB', 'ups', { charge: 80 });
    machine.wait(600);
    machine.status('OB LB', 'ups', { charge: 18 });
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    machine.wait(1);
    machine.tell({ type: 'action-ended', attempt: 1, failure: undefined });
    machine.wait(7);
    machine.tell({ type: 'stopping' });
    machine.reboot(3600);
    expect(machine.state.phase.phase).toBe('watching');
    machine.status('OL');
    const start = 1_700_000_000_000;
    expect(machine.state.story).toMatchObject({
      outageBeganAt: start,
      at: start + 601_000,
      charge: 18,
      startedAt: start + 4_188_000,
      backAt: start + 4_188_000,
    });
    expect(machine.state.shutdownTook).toEqual([7]);
  });

  test('of the program, or an end long after the action, measures no shutdown', () => {
    const acted = () => {
      const machine = driveMachine(policyOf({ finalDelay: asSeconds(0), supplies: [secondary()] }));
      machine.status('FSD OB');
      machine.tell({ type: 'action-ended', attempt: 1, failure: undefined });
      return machine;
    };
    const ended = acted();
    ended.wait(20);
    ended.tell({ type: 'stopping' });
    ended.restart(5);
    ended.reboot(300);
    expect(ended.state.shutdownTook).toEqual([]);
    const late = acted();
    late.wait(1801);
    late.tell({ type: 'stopping' });
    late.reboot(300);
    expect(late.state.shutdownTook).toEqual([]);
    const jumped = acted();
    jumped.setWall(0);
    jumped.tell({ type: 'stopping' });
    jumped.reboot(300);
    expect(jumped.state.shutdownTook).toEqual([]);
  });

  test('of the computer knows which of several UPSes led to the shutdown, under its new name too', () => {
    const machine = driveMachine(policyOf({ minSupplies: 2, supplies: [supplyOf('a'), supplyOf('B')] }));
    machine.status('OL', 'a');
    machine.status('OB LB', 'B');
    for (const ups of ['a', 'B']) machine.tell({ type: 'logins', ups, others: [] });
    machine.wait(6);
    machine.reboot(300);
    expect(machine.state.story?.ups).toBe('b');
    expect(underNewNames(machine.state, (key) => (key === 'b' ? 'office' : key)).story?.ups).toBe('office');
  });

  test('of the computer while still on battery starts a new outage', () => {
    const machine = driveMachine(timed);
    machine.status('OB LB');
    machine.reboot(300);
    machine.status('OB');
    machine.wait(59);
    expect(machine.state.phase.phase).toBe('watching');
    machine.wait(1);
    expect(machine.state.phase.phase).toBe('waiting');
  });
});

describe('sleep', () => {
  test('in mid-outage keeps the time on battery and waits for a new look', () => {
    const machine = driveMachine(policyOf({ supplies: [supplyOf('ups', { rules: afterTimer(60) })] }));
    machine.status('OL');
    machine.status('OB');
    machine.wait(59);
    expect(namesOf(machine.tell({ type: 'resumed' }))).toEqual(['SUSPEND_TIMEJUMP_UNEXPECTED']);
    machine.wait(5);
    expect(machine.state.phase.phase).toBe('watching');
    machine.status('OB');
    expect(machine.state.phase.phase).toBe('waiting');
  });

  test('that was the action takes FSD back, so that nobody who comes is sent down again', () => {
    const machine = driveMachine(policyOf({ finalDelay: asSeconds(0), action: { kind: 'hibernate' } }));
    machine.status('OB LB');
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    machine.wait(1);
    machine.tell({ type: 'action-ended', attempt: 1, failure: undefined });
    expect(machine.tell({ type: 'resumed' })).toContainEqual({ type: 'clear-fsd', upses: ['ups'] });
    expect(machine.state.phase.phase).toBe('watching');
  });
});
