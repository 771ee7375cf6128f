import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance, continueFrom, type KeptTime, type MachineTime } from './machine-clock.ts';

const kept: KeptTime = { at: 50_000, wall: 1_000_000, uptime: 500_000, bootId: 'x' };

describe('machine time', () => {
  test('never goes back and never runs ahead of what really passed, whatever the clocks do', () => {
    const reading = fc.record({ monotonic: fc.integer({ min: -5_000, max: 1e7 }), wall: fc.integer() });
    fc.assert(
      fc.property(fc.array(reading), (steps) => {
        let time: MachineTime = { at: 0, monotonic: 0, wall: 0 };
        for (const { monotonic, wall } of steps) {
          const next = advance(time, { monotonic: time.monotonic + monotonic, wall }).time;
          expect(next.at).toBeGreaterThanOrEqual(time.at);
          expect(next.at - time.at).toBeLessThanOrEqual(Math.max(0, monotonic));
          time = next;
        }
      }),
    );
  });

  test('a sleep shows by either clock, and counts for nearly nothing', () => {
    const before: MachineTime = { at: 10_000, monotonic: 10_000, wall: 1_000_000 };
    // Linux and macOS: the monotonic clock stands still meanwhile.
    expect(advance(before, { monotonic: 11_000, wall: 4_601_000 })).toMatchObject({
      time: { at: 11_000 },
      isGap: true,
    });
    // Windows: it goes on.
    expect(advance(before, { monotonic: 3_611_000, wall: 4_601_000 })).toMatchObject({
      time: { at: 11_000 },
      isGap: true,
    });
  });

  test('a second passes without a gap, also when the clock is set back', () => {
    const before: MachineTime = { at: 10_000, monotonic: 10_000, wall: 1_000_000 };
    expect(advance(before, { monotonic: 11_000, wall: 5 })).toMatchObject({ time: { at: 11_000 }, isGap: false });
  });
});

describe('after a start of the program', () => {
  test('in the same run of the computer the time in between counts, whatever the time of day became', () => {
    for (const wall of [0, 1_030_000, 1e12]) {
      const next = continueFrom(kept, { wall, uptime: 530_000, bootId: 'x' });
      expect(next).toEqual({ at: 80_000, isSameRun: true, isRecent: true });
    }
  });

  test('in another run it counts as far as it can be believed', () => {
    const other = { uptime: 20_000, bootId: 'y' };
    expect(continueFrom(kept, { ...other, wall: 1_120_000 })).toEqual({
      at: 170_000,
      isSameRun: false,
      isRecent: true,
    });
    expect(continueFrom(kept, { ...other, wall: 5 })).toEqual({ at: 50_000, isSameRun: false, isRecent: false });
    expect(continueFrom(kept, { ...other, wall: 9e9 })).toEqual({ at: 50_000, isSameRun: false, isRecent: false });
  });

  test('without a boot id the uptime tells', () => {
    const { bootId: _none, ...plain } = kept;
    expect(continueFrom(plain, { wall: 1_030_000, uptime: 530_000 }).isSameRun).toBe(true);
    expect(continueFrom(plain, { wall: 1_030_000, uptime: 20_000 }).isSameRun).toBe(false);
    expect(continueFrom(plain, { wall: 9_000_000, uptime: 600_000 }).isSameRun).toBe(false);
  });
});
