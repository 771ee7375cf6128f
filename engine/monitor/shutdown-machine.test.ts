import { describe, expect, test } from 'vitest';
import { asSeconds } from '#domain/units.ts';
import type { RemoteSource } from './policy.ts';
import { afterTimer, driveMachine, namesOf, policyOf, rulesOf, sentencesOf, supplyOf } from './test-support.ts';

const remote: RemoteSource = {
  kind: 'remote',
  host: 'nas',
  port: 3493,
  user: 'u',
  password: 'p',
  tls: 'off',
  verify: false,
};
const secondary = (change = {}) => supplyOf('ups@nas', { role: 'secondary', source: remote, ...change });

describe('a primary', () => {
  test('that starts on battery tells so, one that starts on line does not', () => {
    expect(namesOf(driveMachine(policyOf()).status('OB'))).toEqual(['ONBATT']);
    expect(namesOf(driveMachine(policyOf()).status('OL'))).toEqual([]);
  });

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
    expect(namesOf(machine.wait(goes ? 1 : 4))).toEqual(['act']);
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

  test('does not turn back when power returns after FSD', () => {
    const machine = driveMachine(policyOf());
    machine.status('OB LB');
    machine.status('OL');
    expect(machine.state.phase.phase).toBe('waiting');
    machine.tell({ type: 'logins', ups: 'ups', others: [] });
    expect(namesOf(machine.wait(6))).toEqual(['SHUTDOWN', 'act']);
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

describe('rules', () => {
  const withRules = (rules: Parameters<typeof rulesOf>[0]) =>
    driveMachine(policyOf({ supplies: [supplyOf('ups', { rules: rulesOf(rules) })] }));

  test('two short outages each start from zero', () => {
    const machine = driveMachine(policyOf({ supplies: [supplyOf('ups', { rules: afterTimer(30) })] }));
    for (let outage = 0; outage < 2; outage += 1) {
      machine.status('OB');
      machine.wait(29);
      machine.status('OL');
    }
    expect(machine.state.phase.phase).toBe('watching');
  });

  test('a low battery does not wait for the timer', () => {
    const machine = driveMachine(policyOf({ supplies: [supplyOf('ups', { rules: afterTimer(300) })] }));
    machine.status('OB');
    machine.wait(10);
    machine.status('OB LB');
    expect(machine.state.phase.phase).toBe('waiting');
  });

  test.each([
    ['charge', { chargeBelow: 40 }, { charge: 41 }, { charge: 40 }],
    ['runtime', { runtimeBelow: asSeconds(300) }, { runtime: 301 }, { runtime: 300 }],
  ])('%s at its limit leads to the shutdown, on battery only', (_, rules, above, below) => {
    const machine = withRules(rules);
    machine.status('OL', 'ups', below);
    machine.status('OB', 'ups', above);
    expect(machine.state.phase.phase).toBe('watching');
    machine.status('OB', 'ups', below);
    expect(machine.state.phase.phase).toBe('waiting');
  });

  test('time on battery counts in either mode', () => {
    const machine = withRules({ timeOnBattery: asSeconds(60) });
    machine.status('OB');
    machine.wait(60);
    expect(machine.state.phase.phase).toBe('waiting');
  });

  test('blips are ignored', () => {
    const machine = withRules({ chargeBelow: 90, ignoreShorterThan: asSeconds(10) });
    machine.status('OB', 'ups', { charge: 50 });
    machine.wait(9);
    expect(machine.state.phase.phase).toBe('watching');
    machine.wait(1);
    expect(machine.state.phase.phase).toBe('waiting');
  });

  test('the timer rests during a self test, and starts when an outage goes on after it', () => {
    const machine = driveMachine(policyOf({ supplies: [supplyOf('ups', { rules: afterTimer(30) })] }));
    machine.status('OB', 'ups', { isTesting: true });
    machine.wait(300);
    expect(machine.state.phase.phase).toBe('watching');
    machine.status('OB');
    machine.wait(30);
    expect(machine.state.phase.phase).toBe('waiting');
  });

  test('without the hold the timer runs during a self test', () => {
    const rules = afterTimer(30, { holdDuringTest: false });
    const machine = driveMachine(policyOf({ supplies: [supplyOf('ups', { rules })] }));
    machine.status('OB', 'ups', { isTesting: true });
    machine.wait(30);
    expect(machine.state.phase.phase).toBe('waiting');
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

describe('upssched', () => {
  const notices = {
    ...policyOf().notices,
    notifyFlag: { ONBATT: ['EXEC'], ONLINE: ['EXEC'] },
    upssched: {
      rules: [
        {
          type: 'ONBATT',
          ups: '*',
          command: { kind: 'start-timer', name: 'out', seconds: asSeconds(30), isShared: false },
        },
        { type: 'ONLINE', ups: '*', command: { kind: 'cancel-timer', name: 'out', otherwise: 'back' } },
      ],
    },
  } as const;

  test('timers run, survive a restart, and are cancelled', () => {
    const machine = driveMachine(policyOf({ notices }));
    machine.status('OL');
    machine.status('OB');
    machine.wait(10);
    machine.restart(10);
    expect(machine.wait(10)).toContainEqual({
      type: 'run-script',
      run: { name: 'out', ups: 'ups', type: 'ONBATT', message: 'UPS ups on battery' },
    });
    expect(machine.status('OL')).toContainEqual(
      expect.objectContaining({ type: 'run-script', run: expect.objectContaining({ name: 'back' }) as unknown }),
    );
    machine.status('OB');
    expect(namesOf(machine.status('OL'))).toEqual(['ONLINE']);
    expect(namesOf(machine.wait(60))).toEqual([]);
  });
});
