import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEMO_BATTERY, stateOfCharge } from './battery.ts';
import { MAINS_MODES, type MainsMode } from './mains.ts';
import { readUnit } from './readings.ts';
import { act, advance, isOnBattery } from './unit-model.ts';
import { BEEPER, newUnit, TEST_REQUEST, TEST_RESULT, type UnitAction, type UnitState } from './unit-state.ts';

const anyNumber = fc.oneof(fc.double({ min: -50, max: 400, noNaN: true }), fc.constantFrom(NaN, Infinity, -Infinity));
const actions: fc.Arbitrary<UnitAction> = fc.oneof(
  fc.constantFrom(...MAINS_MODES).map((mode): UnitAction => ({ type: 'mains', mode })),
  anyNumber.map((percent): UnitAction => ({ type: 'load', percent })),
  anyNumber.map((percent): UnitAction => ({ type: 'health', percent })),
  anyNumber.map((percent): UnitAction => ({ type: 'charge', percent })),
  fc
    .tuple(fc.constantFrom('shutdown' as const, 'startup' as const, 'reboot' as const), fc.option(anyNumber))
    .map(([timer, seconds]): UnitAction => ({ type: 'timer', timer, seconds })),
  fc.constantFrom(...Object.values(TEST_REQUEST)).map((request): UnitAction => ({ type: 'test', request })),
  fc.constantFrom(...Object.values(BEEPER)).map((value): UnitAction => ({ type: 'beeper', value })),
  fc
    .tuple(
      fc.constantFrom(
        'charge' as const,
        'warning' as const,
        'runtime' as const,
        'transferLow' as const,
        'transferHigh' as const,
      ),
      anyNumber,
    )
    .map(([limit, value]): UnitAction => ({ type: 'limit', limit, value })),
);
type Move = { readonly action: UnitAction } | { readonly seconds: number; readonly speed: number };
const moves: fc.Arbitrary<Move> = fc.oneof(
  actions.map((action) => ({ action })),
  fc.record({
    seconds: fc.double({ min: 0, max: 40, noNaN: true }),
    speed: fc.double({ min: 1, max: 1000, noNaN: true }),
  }),
);
const play = (state: UnitState, move: Move): UnitState =>
  'action' in move ? act(state, move.action) : advance(state, move.seconds, move.speed);

const charge = (state: UnitState) => stateOfCharge(DEMO_BATTERY, state.battery) * 100;
const flags = (state: UnitState) => readUnit(state).flags;
const withMains = (mode: MainsMode, state = newUnit(7)) => act(state, { type: 'mains', mode });
const timer = (state: UnitState, name: 'shutdown' | 'startup' | 'reboot', seconds: number | null) =>
  act(state, { type: 'timer', timer: name, seconds });
const tested = (state: UnitState, request: 'quick' | 'deep' | 'abort') =>
  act(state, { type: 'test', request: TEST_REQUEST[request] });

/** Lets the time pass in ticks until something holds. */
function until(state: UnitState, holds: (state: UnitState) => boolean, limitSeconds: number, speed = 1): UnitState {
  let next = state;
  for (let second = 0; second < limitSeconds; second++) {
    if (holds(next)) return next;
    next = advance(next, 1, speed);
  }
  throw new Error(`did not come true within ${limitSeconds} s`);
}

describe('the model under any treatment', () => {
  test('keeps every reading finite and the charge between 0 and 100', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(moves, { maxLength: 40 }), (seed, sequence) => {
        let state = newUnit(seed);
        for (const move of sequence) {
          state = play(state, move);
          const { flags: _flags, limits, ...numbers } = readUnit(state);
          for (const value of [...Object.values(numbers), ...Object.values({ ...limits })])
            expect(value).toSatisfy(Number.isFinite);
          expect(charge(state)).toBeGreaterThanOrEqual(0);
          expect(charge(state)).toBeLessThanOrEqual(100);
        }
      }),
    );
  });

  test('the charge never rises while the unit is on battery', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(moves, { maxLength: 40 }), (seed, sequence) => {
        let state = newUnit(seed);
        for (const move of sequence) {
          const before = state;
          if ('action' in move) {
            state = play(state, move);
            continue;
          }
          // One tick at a time, so that a return of the line in between does not charge.
          state = advance(state, Math.min(1, move.seconds), 1);
          if (isOnBattery(before) && isOnBattery(state)) expect(charge(state)).toBeLessThanOrEqual(charge(before));
        }
      }),
    );
  });

  test('the same seed and the same treatment give the same unit', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(moves, { maxLength: 20 }), (seed, sequence) => {
        const run = () => sequence.reduce(play, newUnit(seed));
        expect(run()).toEqual(run());
      }),
      { numRuns: 30 },
    );
  });

  test('different seeds differ in their noise', () => {
    expect(readUnit(advance(newUnit(1), 60)).inputVolts).not.toBe(readUnit(advance(newUnit(2), 60)).inputVolts);
  });

  test('no time passing changes nothing', () => {
    const state = newUnit(1);
    for (const seconds of [0, -5, NaN]) expect(advance(state, seconds)).toBe(state);
  });

  test('a value that is no number is not taken', () => {
    const state = newUnit(1);
    expect(act(state, { type: 'load', percent: NaN })).toEqual(state);
    expect(act(state, { type: 'health', percent: NaN })).toEqual(state);
    expect(act(state, { type: 'timer', timer: 'shutdown', seconds: NaN })).toEqual(state);
  });

  test('a gap of years is stepped over without being walked second by second', () => {
    const state = advance(newUnit(1), 10 * 365 * 86_400);
    expect(flags(state).needReplacement).toBe(true);
    expect(charge(state)).toBeGreaterThan(90);
  });
});

describe('an outage', () => {
  test('is on battery at once, low in time, then empty with the output off', () => {
    const out = withMains('off');
    expect(flags(out)).toMatchObject({ acPresent: false, discharging: true, charging: false, good: true });
    const low = until(out, (s) => flags(s).belowRemainingCapacityLimit, 6000);
    expect(readUnit(low).chargePercent).toBe(20);
    expect(flags(low)).toMatchObject({ good: true, remainingTimeLimitExpired: false, shutdownImminent: false });
    const short = until(low, (s) => flags(s).remainingTimeLimitExpired, 3000);
    expect(readUnit(short).runtimeSeconds).toBeLessThan(120);
    const imminent = until(short, (s) => flags(s).shutdownImminent, 300);
    const off = until(imminent, (s) => !s.isOutputOn, 300);
    expect(readUnit(off)).toMatchObject({ chargePercent: 0, outputVolts: 0, activeW: 0, loadPercent: 0 });
    expect(flags(off)).toMatchObject({ fullyDischarged: true, good: false });
  });

  test('lasts as long as the unit said at its beginning, within a twentieth', () => {
    for (const percent of [10, 25, 60, 100]) {
      const loaded = advance(act(newUnit(3), { type: 'load', percent }), 60);
      const predicted = readUnit(loaded).runtimeSeconds;
      let seconds = 0;
      until(withMains('off', loaded), (s) => (seconds++, !s.isOutputOn), predicted * 2);
      expect(seconds / predicted).toBeGreaterThan(0.95);
      expect(seconds / predicted).toBeLessThan(1.05);
    }
  });

  test('the estimate only ever falls while the load stays the same', () => {
    let state = withMains('off');
    let before = readUnit(state).runtimeSeconds;
    for (let second = 0; second < 1200; second++) {
      state = advance(state, 1);
      const { runtimeSeconds } = readUnit(state);
      expect(runtimeSeconds).toBeLessThanOrEqual(before);
      expect(before - runtimeSeconds).toBeLessThan(4);
      before = runtimeSeconds;
    }
  });

  test('the estimate follows a jump of the load without a jump of its own', () => {
    const before = advance(withMains('off'), 30);
    const jumped = act(before, { type: 'load', percent: 100 });
    const [atOnce, soon, settled] = [jumped, advance(jumped, 3), advance(jumped, 60)].map(
      (s) => readUnit(s).runtimeSeconds,
    );
    expect(atOnce).toBe(readUnit(before).runtimeSeconds);
    expect(soon!).toBeLessThan(atOnce!);
    expect(settled!).toBeLessThan(soon!);
    expect(settled!).toBeLessThan(atOnce! / 3);
  });

  test('a higher load means a shorter estimate', () => {
    const estimate = (percent: number) =>
      readUnit(advance(act(newUnit(3), { type: 'load', percent }), 90)).runtimeSeconds;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 135 }), fc.integer({ min: 10, max: 15 }), (percent, more) => {
        expect(estimate(percent + more)).toBeLessThan(estimate(percent));
      }),
      { numRuns: 30 },
    );
  });

  test('speed drains the battery faster and leaves timers alone', () => {
    const slow = advance(withMains('off'), 20);
    const fast = advance(withMains('off'), 20, 30);
    expect((100 - charge(fast)) / (100 - charge(slow))).toBeCloseTo(30, -1);
    const timed = advance(timer(withMains('off'), 'shutdown', 60), 20, 30);
    expect(readUnit(timed).shutdownTimer).toBe(40);
  });

  test('the line is trusted again only after it was good for a moment', () => {
    const back = withMains('on', advance(withMains('off'), 60));
    expect(flags(back)).toMatchObject({ acPresent: false, discharging: true });
    expect(flags(advance(back, 3))).toMatchObject({ acPresent: true, discharging: false, charging: true });
  });

  test('little runtime is an alarm only while the battery is used', () => {
    const drained = act(newUnit(1), { type: 'charge', percent: 2 });
    expect(flags(drained)).toMatchObject({ remainingTimeLimitExpired: false, belowRemainingCapacityLimit: true });
    expect(flags(withMains('off', drained)).remainingTimeLimitExpired).toBe(true);
  });

  test('recharging ends full, and floating there', () => {
    const charging = act(newUnit(1), { type: 'charge', percent: 40 });
    expect(flags(charging)).toMatchObject({ charging: true, fullyCharged: false });
    const full = advance(charging, 10 * 3600);
    expect(flags(full)).toMatchObject({ charging: false, fullyCharged: true });
    expect(readUnit(full).batteryVolts).toBe(27.3);
  });

  test('after running empty the output comes back by itself with the line, and waits for it till then', () => {
    const drained = act(withMains('off'), { type: 'charge', percent: 0 });
    const waiting = advance(drained, 30);
    expect(flags(waiting)).toMatchObject({ good: false, awaitingPower: true });
    const back = advance(withMains('on', waiting), 10);
    expect(flags(back)).toMatchObject({ good: true, awaitingPower: false, charging: true });
  });

  test('flapping mains come and go', () => {
    let state = withMains('flap');
    const seen: boolean[] = [];
    for (let second = 0; second < 120; second++) {
      seen.push(flags(state).acPresent);
      state = advance(state, 1);
    }
    const changes = seen.filter((present, at) => at > 0 && present !== seen[at - 1]).length;
    expect(seen[0]).toBe(false);
    expect(changes).toBeGreaterThan(6);
  });

  test('a muted beeper is heard again at the next outage', () => {
    const muted = act(withMains('off'), { type: 'beeper', value: BEEPER.muted });
    expect(advance(muted, 30).beeper).toBe(BEEPER.muted);
    expect(advance(withMains('on', muted), 5).beeper).toBe(BEEPER.enabled);
    const disabled = act(withMains('off'), { type: 'beeper', value: BEEPER.disabled });
    expect(advance(withMains('on', disabled), 5).beeper).toBe(BEEPER.disabled);
  });
});

describe('poor mains', () => {
  test('a sag is boosted without touching the battery', () => {
    const state = advance(withMains('sag'), 30);
    expect(flags(state)).toMatchObject({ acPresent: true, discharging: false, boost: true, buck: false });
    const { inputVolts, outputVolts } = readUnit(state);
    expect(inputVolts).toBeLessThan(200);
    expect(outputVolts).toBeGreaterThan(210);
  });

  test('a surge is trimmed without touching the battery', () => {
    const state = advance(withMains('surge'), 30);
    expect(flags(state)).toMatchObject({ acPresent: true, discharging: false, boost: false, buck: true });
    const { inputVolts, outputVolts } = readUnit(state);
    expect(inputVolts).toBeGreaterThan(255);
    expect(outputVolts).toBeLessThan(245);
  });

  test('a sag below the lower transfer voltage is an outage', () => {
    const state = withMains('sag', act(newUnit(1), { type: 'limit', limit: 'transferLow', value: 205 }));
    expect(flags(state)).toMatchObject({ acPresent: false, discharging: true, boost: false, voltageOutOfRange: true });
  });

  test('a surge above the upper transfer voltage is an outage', () => {
    const state = withMains('surge', act(newUnit(1), { type: 'limit', limit: 'transferHigh', value: 255 }));
    expect(flags(state)).toMatchObject({ acPresent: false, discharging: true, buck: false, voltageOutOfRange: true });
  });

  test('a drifting frequency leads to the battery and back', () => {
    const away = until(withMains('drift'), (s) => flags(s).frequencyOutOfRange, 60);
    expect(flags(away)).toMatchObject({ acPresent: false, discharging: true, voltageOutOfRange: false });
    expect(readUnit(away).outputHertz).toBe(50);
    expect(flags(until(away, (s) => flags(s).acPresent, 120)).frequencyOutOfRange).toBe(false);
  });
});

describe('switching the load', () => {
  test('shutdown and return: off after the one delay, on again after the other', () => {
    const asked = timer(timer(newUnit(1), 'startup', 30), 'shutdown', 20);
    expect(readUnit(asked)).toMatchObject({ shutdownTimer: 20, startupTimer: 30, rebootTimer: -1 });
    expect(flags(asked)).toMatchObject({ shutdownRequested: true, shutdownImminent: true });
    expect(readUnit(advance(asked, 5))).toMatchObject({ shutdownTimer: 15, startupTimer: 25 });
    expect(advance(asked, 19).isOutputOn).toBe(true);
    const off = advance(asked, 21);
    expect(off.isOutputOn).toBe(false);
    expect(readUnit(off)).toMatchObject({ shutdownTimer: -1, startupTimer: 9, outputVolts: 0 });
    const on = advance(asked, 32);
    expect(on.isOutputOn).toBe(true);
    expect(readUnit(on).startupTimer).toBe(-1);
  });

  test('a return that falls due before the shutdown still brings the load back', () => {
    const asked = timer(timer(newUnit(1), 'startup', 5), 'shutdown', 20);
    expect(advance(asked, 21).isOutputOn).toBe(false);
    expect(advance(asked, 25).isOutputOn).toBe(true);
  });

  test('during an outage the return waits for the line', () => {
    const asked = timer(timer(withMains('off'), 'startup', 30), 'shutdown', 20);
    const later = advance(asked, 600);
    expect(flags(later)).toMatchObject({ good: false, awaitingPower: true });
    expect(readUnit(later).startupTimer).toBe(0);
    expect(advance(withMains('on', later), 3).isOutputOn).toBe(true);
  });

  test('shutdown and stay off stays off, on the line too, until switched on', () => {
    const asked = timer(timer(newUnit(1), 'startup', null), 'shutdown', 20);
    const later = advance(asked, 3600);
    expect(later.isOutputOn).toBe(false);
    expect(flags(later).acPresent).toBe(true);
    expect(timer(later, 'startup', 0).isOutputOn).toBe(true);
  });

  test('a pending order to stay off holds when the battery runs empty first', () => {
    const asked = timer(withMains('off'), 'shutdown', 600);
    const empty = advance(act(asked, { type: 'charge', percent: 0 }), 5);
    expect(advance(withMains('on', empty), 60).isOutputOn).toBe(false);
  });

  test('a shutdown that is stopped does not happen', () => {
    const stopped = timer(advance(timer(newUnit(1), 'shutdown', 20), 10), 'shutdown', null);
    expect(readUnit(stopped).shutdownTimer).toBe(-1);
    expect(advance(stopped, 60).isOutputOn).toBe(true);
  });

  test('off without delay is off at once', () => {
    expect(timer(newUnit(1), 'shutdown', 0).isOutputOn).toBe(false);
  });

  test('a reboot takes the power away and gives it back', () => {
    const asked = timer(newUnit(1), 'reboot', 10);
    expect(advance(asked, 9).isOutputOn).toBe(true);
    expect(advance(asked, 12).isOutputOn).toBe(false);
    expect(advance(asked, 30).isOutputOn).toBe(true);
  });

  test('a distant shutdown is requested but not imminent', () => {
    expect(flags(timer(newUnit(1), 'shutdown', 600))).toMatchObject({
      shutdownRequested: true,
      shutdownImminent: false,
    });
  });

  test('a heavy overload is reported on the line and trips the inverter on battery', () => {
    const loaded = advance(act(newUnit(1), { type: 'load', percent: 130 }), 60);
    expect(flags(loaded)).toMatchObject({ overload: true, good: true });
    const out = withMains('off', loaded);
    expect(advance(out, 9).isOutputOn).toBe(true);
    expect(advance(out, 11).isOutputOn).toBe(false);
    expect(advance(withMains('on', advance(out, 11)), 60).isOutputOn).toBe(false);
  });
});

describe('battery test', () => {
  test('a quick test runs on battery for a moment and passes', () => {
    const testing = tested(newUnit(1), 'quick');
    expect(flags(testing)).toMatchObject({ acPresent: true, discharging: true, conditioning: false });
    expect(readUnit(testing).test).toBe(TEST_RESULT.inProgress);
    const done = advance(testing, 11);
    expect(readUnit(done).test).toBe(TEST_RESULT.passed);
    expect(flags(done).discharging).toBe(false);
  });

  test('before the first test none was done', () => {
    expect(readUnit(newUnit(1)).test).toBe(TEST_RESULT.none);
  });

  test('a deep test calibrates: it stops short of the low battery limit', () => {
    const testing = tested(newUnit(1), 'deep');
    expect(flags(advance(testing, 60)).conditioning).toBe(true);
    const done = until(testing, (s) => s.test === null, 6000);
    expect(readUnit(done).test).toBe(TEST_RESULT.passed);
    expect(readUnit(done).chargePercent).toBe(25);
    expect(flags(done)).toMatchObject({ belowRemainingCapacityLimit: false, conditioning: false });
  });

  test('a worn battery is asked to be replaced, and its test warns; a spent one fails', () => {
    const worn = act(newUnit(1), { type: 'health', percent: 50 });
    expect(flags(worn).needReplacement).toBe(true);
    expect(readUnit(advance(tested(worn, 'quick'), 11)).test).toBe(TEST_RESULT.warning);
    const spent = act(newUnit(1), { type: 'health', percent: 20 });
    expect(readUnit(advance(tested(spent, 'quick'), 11)).test).toBe(TEST_RESULT.error);
  });

  test('ageing keeps the state of charge and shortens the runtime', () => {
    const worn = act(newUnit(1), { type: 'health', percent: 50 });
    expect(charge(worn)).toBeCloseTo(100, 9);
    expect(readUnit(worn).runtimeSeconds).toBeLessThan(readUnit(newUnit(1)).runtimeSeconds / 2);
  });

  test('stopping, an outage and switching off abort it', () => {
    const testing = tested(newUnit(1), 'deep');
    expect(readUnit(tested(testing, 'abort')).test).toBe(TEST_RESULT.aborted);
    expect(readUnit(withMains('off', testing)).test).toBe(TEST_RESULT.aborted);
    expect(readUnit(timer(testing, 'shutdown', 0)).test).toBe(TEST_RESULT.aborted);
  });

  test('is refused on battery, with the output off and with little charge', () => {
    for (const state of [
      withMains('off'),
      timer(newUnit(1), 'shutdown', 0),
      act(newUnit(1), { type: 'charge', percent: 5 }),
    ]) {
      const asked = tested(state, 'quick');
      expect(asked.test).toBeNull();
      expect(readUnit(asked).test).toBe(TEST_RESULT.aborted);
    }
  });

  test('a battery that runs out during the test fails it and the line keeps the load', () => {
    const weak = act(newUnit(1), { type: 'charge', percent: 12 });
    const done = advance(tested(weak, 'quick'), 5, 1000);
    expect(readUnit(done).test).toBe(TEST_RESULT.error);
    expect(done.isOutputOn).toBe(true);
  });
});

test('the electronics warm slowly under load and say when it is too much', () => {
  const loaded = act(newUnit(1), { type: 'load', percent: 100 });
  const soon = advance(withMains('off', loaded), 60);
  const later = advance(withMains('off', loaded), 480);
  expect(readUnit(soon).unitCelsius).toBeGreaterThan(readUnit(loaded).unitCelsius);
  expect(readUnit(later).unitCelsius).toBeGreaterThan(readUnit(soon).unitCelsius);
  expect(flags({ ...loaded, temperature: 61 }).overTemperature).toBe(true);
});
