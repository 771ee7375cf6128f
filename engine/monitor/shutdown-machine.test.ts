import { describe, expect, test } from 'vitest';
import { asSeconds } from '#domain/units.ts';
import { afterTimer, driveMachine, namesOf, policyOf, secondary, sentencesOf, supplyOf } from './test-support.ts';

describe('a primary', () => {
  test('that starts on battery tells so, one that starts on line does not', () => {
    expect(namesOf(driveMachine(policyOf()).status('OB'))).toEqual(['ONBATT']);
    expect(namesOf(driveMachine(policyOf()).status('OL'))).toEqual([]);
  });

  test('never goes down on line, however low the battery', () => {
    const machine = driveMachine(policyOf());
    const effects = machine.status('OL LB');
    expect(namesOf(effects)).toEqual(['LOWBATT']);
    expect(sentencesOf(effects)).toEqual(['monitor.now.low-on-line']);
    expect(namesOf(machine.wait(3600))).toEqual([]);
  });

  test('does not take a UPS that tells neither line nor battery for either', () => {
    const machine = driveMachine(policyOf());
    expect(sentencesOf(machine.status('LB'))).toEqual(['monitor.now.unknown']);
    expect(namesOf(machine.wait(60))).toEqual([]);
  });

  test('calibrates in peace: a low battery is what calibration is about', () => {
    const machine = driveMachine(policyOf());
    machine.status('OL');
    expect(namesOf(machine.status('OB LB CAL'))).toEqual(['ONBATT', 'LOWBATT', 'CAL']);
    expect(namesOf(machine.wait(60))).toEqual([]);
    expect(namesOf(machine.status('OB LB'))).toEqual(['NOTCAL', 'set-fsd', 'FSD']);
  });

  test('loses contact on battery: after DEADTIME that is a low battery', () => {
    const machine = driveMachine(policyOf());
    machine.status('OL');
    machine.status('OB');
    expect(namesOf(machine.silence())).toEqual(['COMMBAD']);
    expect(namesOf(machine.wait(15))).toEqual([]);
    expect(namesOf(machine.wait(1))).toEqual(['set-fsd', 'FSD']);
  });

  test('loses contact on line: notices, and never a shutdown', () => {
    const machine = driveMachine(policyOf());
    machine.status('OL');
    expect(namesOf(machine.silence())).toEqual(['COMMBAD']);
    expect(namesOf(machine.wait(299))).toEqual([]);
    expect(namesOf(machine.wait(1))).toEqual(['NOCOMM']);
    expect(namesOf(machine.wait(300))).toEqual(['NOCOMM']);
    expect(namesOf(machine.status('OL'))).toEqual(['COMMOK']);
  });

  test('does not go down for a UPS that never answered', () => {
    const machine = driveMachine(policyOf());
    expect(namesOf(machine.silence())).toEqual(['COMMBAD']);
    expect(namesOf(machine.silence())).toEqual(['NOCOMM']);
    machine.wait(86_400);
    expect(machine.state.phase.phase).toBe('watching');
  });

  test.each(['OL ALARM', 'OB CAL', 'OL BYPASS', 'OL OFF'])('goes down when contact is lost during %s', (status) => {
    const machine = driveMachine(policyOf());
    machine.status(status);
    machine.silence();
    machine.wait(15);
    expect(machine.state.phase.phase).toBe('watching');
    machine.wait(1);
    expect(machine.state.phase.phase).toBe('waiting');
  });

  test.each(['OL ALARM', 'OL BYPASS'])('does not go down for a short gap during %s', (status) => {
    const machine = driveMachine(policyOf());
    machine.status(status);
    machine.silence();
    machine.wait(14);
    machine.status(status);
    machine.wait(60);
    expect(machine.state.phase.phase).toBe('watching');
  });

  test('takes an output that is off as critical only when that lasts', () => {
    const machine = driveMachine(policyOf());
    machine.status('OL OFF');
    machine.wait(29);
    expect(machine.state.phase.phase).toBe('watching');
    machine.wait(1);
    expect(machine.state.phase.phase).toBe('waiting');
  });

  test('waits OBLBDURATION before a low battery counts', () => {
    const machine = driveMachine(policyOf({ oblbDuration: asSeconds(10) }));
    machine.status('OB LB');
    machine.wait(9);
    expect(machine.state.phase.phase).toBe('watching');
    machine.status('OL');
    machine.status('OB LB');
    machine.wait(9);
    expect(machine.state.phase.phase).toBe('watching');
    machine.wait(1);
    expect(machine.state.phase.phase).toBe('waiting');
  });

  test('tells a battery to be replaced at once and again after RBWARNTIME', () => {
    const machine = driveMachine(policyOf({ rbWarnTime: asSeconds(100) }));
    expect(namesOf(machine.status('OL RB'))).toEqual(['REPLBATT']);
    expect(namesOf(machine.wait(99))).toEqual([]);
    expect(namesOf(machine.wait(1))).toEqual(['REPLBATT']);
  });
});

describe('a secondary', () => {
  test('follows FSD at once, without FSD and waiting of its own', () => {
    const machine = driveMachine(policyOf({ supplies: [secondary()] }));
    machine.status('OL');
    expect(namesOf(machine.status('FSD OB LB'))).toEqual(['ONBATT', 'LOWBATT', 'FSD', 'SHUTDOWN']);
    expect(namesOf(machine.wait(5))).toEqual(['act']);
  });

  test('gives its primary HOSTSYNC to say FSD', () => {
    const machine = driveMachine(policyOf({ supplies: [secondary()] }));
    machine.status('OL');
    machine.status('OB LB');
    machine.wait(15);
    expect(machine.state.phase.phase).toBe('watching');
    machine.wait(1);
    expect(machine.state.phase.phase).toBe('final-delay');
  });

  test('that is started while the battery is low goes down at once', () => {
    const machine = driveMachine(policyOf({ supplies: [secondary()] }));
    machine.status('OB LB');
    expect(machine.state.phase.phase).toBe('final-delay');
  });

  test('whose primary is lost on battery waits DEADTIME and HOSTSYNC side by side', () => {
    const machine = driveMachine(policyOf({ supplies: [secondary()] }));
    machine.status('OB');
    machine.silence();
    machine.wait(15);
    expect(machine.state.phase.phase).toBe('watching');
    machine.wait(1);
    expect(machine.state.phase.phase).toBe('final-delay');
  });

  test('has a timer of its own', () => {
    const machine = driveMachine(policyOf({ supplies: [secondary({ rules: afterTimer(30) })] }));
    machine.status('OL');
    machine.status('OB');
    machine.wait(29);
    expect(machine.state.phase.phase).toBe('watching');
    machine.wait(1);
    expect(machine.state.phase.phase).toBe('final-delay');
  });

  test('logs out when SHUTDOWNEXIT says so', () => {
    const machine = driveMachine(policyOf({ supplies: [secondary()], logOut: asSeconds(10) }));
    machine.status('FSD OB LB');
    machine.wait(5);
    expect(namesOf(machine.tell({ type: 'action-ended', attempt: 1, failure: undefined }))).toEqual([]);
    expect(namesOf(machine.wait(9))).toEqual([]);
    expect(namesOf(machine.wait(1))).toEqual(['log-out']);
  });
});

describe('several supplies', () => {
  const two = policyOf({ supplies: [supplyOf('a'), supplyOf('b')] });

  test('one is enough with MINSUPPLIES 1', () => {
    const machine = driveMachine(two);
    machine.status('OL', 'a');
    machine.status('OL', 'b');
    expect(sentencesOf(machine.status('OB LB', 'a'))).toEqual(['monitor.why.low', 'monitor.now.enough']);
    machine.wait(60);
    expect(machine.state.phase.phase).toBe('watching');
    expect(namesOf(machine.status('OB LB', 'b'))).toEqual(['ONBATT', 'LOWBATT', 'set-fsd', 'FSD', 'FSD']);
  });

  test('the one that goes last is the reason, not one that was gone before', () => {
    const machine = driveMachine(two);
    machine.status('OB LB', 'a');
    machine.wait(60);
    machine.status('FSD OL', 'b');
    expect(machine.state).toMatchObject({ cause: 'b', phase: { why: { phrase: 'monitor.why.fsd' } } });
  });

  test('both are needed with MINSUPPLIES 2, and FSD is set on both, the healthy one too', () => {
    const machine = driveMachine({ ...two, minSupplies: 2 });
    machine.status('OL', 'a');
    machine.status('OL', 'b');
    expect(machine.status('OB LB', 'a')).toContainEqual({ type: 'set-fsd', upses: ['a', 'b'] });
  });

  test('one of power value 0 is watched and never counts', () => {
    const machine = driveMachine(policyOf({ supplies: [supplyOf('a'), supplyOf('b', { powerValue: 0 })] }));
    machine.status('OL', 'a');
    machine.status('OB LB', 'b');
    expect(machine.state.phase.phase).toBe('watching');
  });

  test('MINSUPPLIES 0 never shuts down', () => {
    const machine = driveMachine({ ...two, minSupplies: 0 });
    machine.status('OB LB', 'a');
    machine.status('OB LB', 'b');
    expect(machine.state.phase.phase).toBe('watching');
  });
});

describe('a person', () => {
  const timed = () => {
    const machine = driveMachine(policyOf({ supplies: [supplyOf('ups', { rules: afterTimer(30) })] }));
    machine.status('OL');
    machine.status('OB');
    machine.wait(20);
    return machine;
  };

  test('cancels for this outage; a low battery still counts', () => {
    const machine = timed();
    machine.tell({ type: 'asked', what: { kind: 'cancel' } });
    machine.wait(3600);
    expect(machine.state.phase.phase).toBe('watching');
    machine.status('OB LB');
    expect(machine.state.phase.phase).toBe('waiting');
  });

  test('and the next outage counts again', () => {
    const machine = timed();
    machine.tell({ type: 'asked', what: { kind: 'cancel' } });
    machine.status('OL');
    machine.status('OB');
    machine.wait(30);
    expect(machine.state.phase.phase).toBe('waiting');
  });

  test('waits five more minutes, and five more', () => {
    const machine = timed();
    machine.tell({ type: 'asked', what: { kind: 'postpone', seconds: 300 } });
    machine.tell({ type: 'asked', what: { kind: 'postpone', seconds: 300 } });
    machine.wait(609);
    expect(machine.state.phase.phase).toBe('watching');
    machine.wait(1);
    expect(machine.state.phase.phase).toBe('waiting');
  });

  test('shuts down now, on line too', () => {
    const machine = driveMachine(policyOf());
    machine.status('OL');
    const effects = machine.tell({ type: 'asked', what: { kind: 'shutdown-now' } });
    expect(namesOf(effects)).toEqual(['set-fsd', 'FSD']);
  });

  test('comes too late once FSD is set', () => {
    const machine = timed();
    machine.wait(10);
    const before = machine.state;
    expect(machine.tell({ type: 'asked', what: { kind: 'cancel' } })).toEqual([]);
    expect(machine.state).toEqual(before);
  });
});
