import { describe, expect, test } from 'vitest';
import { asSeconds } from '#domain/units.ts';
import { afterTimer, driveMachine, policyOf, rulesOf, supplyOf } from './test-support.ts';

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
