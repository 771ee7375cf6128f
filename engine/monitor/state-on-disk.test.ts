import { expect, test } from 'vitest';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createFakePower } from '#tests/support/fake-power.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import type { Kept } from './kept-state.ts';
import { NEW_STATE, type MonitorState } from './monitor-state.ts';
import { createStateOnDisk } from './state-on-disk.ts';

/** A disk that takes a write when it is told to. */
function slowDisk() {
  const clock = createFakeClock();
  const written: MonitorState[] = [];
  const waiting: { readonly kept: Kept; readonly settle: (failure?: Error) => void }[] = [];
  const log = createRememberingLog();
  const disk = createStateOnDisk({
    clock,
    log,
    power: createFakePower(clock),
    keeper: {
      read: () => Promise.resolve(undefined),
      write: (kept) =>
        new Promise((resolve, reject) => {
          const settle = (failure?: Error): void => {
            if (failure) return reject(failure);
            written.push(kept.state);
            resolve();
          };
          waiting.push({ kept, settle });
        }),
    },
  });
  const keep = (state: MonitorState, isOut = false): Promise<boolean> =>
    disk.keep(state, { at: clock.monotonic(), monotonic: clock.monotonic(), wall: clock.now() }, isOut);
  return { clock, log, written, waiting, keep };
}

const stateOf = (took: number): MonitorState => ({ ...NEW_STATE, shutdownTook: [took] });

test('what says nothing new is not written, but again and again while a battery is in use', async () => {
  const { clock, waiting, keep } = slowDisk();
  expect(await keep(NEW_STATE)).toBe(false);
  const first = keep(stateOf(1), true);
  waiting[0]?.settle();
  expect(await first).toBe(true);
  expect(await keep(stateOf(1), true)).toBe(false);
  await clock.advance(30_000);
  expect(await keep(stateOf(1), false)).toBe(false);
  expect(waiting).toHaveLength(1);
  const again = keep(stateOf(1), true);
  waiting[1]?.settle();
  expect(await again).toBe(false);
});

test('a write that failed is made up for, on line too', async () => {
  const { clock, written, waiting, keep } = slowDisk();
  const failing = keep(stateOf(1));
  waiting[0]?.settle(new Error('no space'));
  await failing;
  await keep(stateOf(1));
  expect(waiting).toHaveLength(1);
  await clock.advance(30_000);
  const again = keep(stateOf(1));
  waiting[1]?.settle();
  await again;
  expect(written).toEqual([stateOf(1)]);
});

test('a disk that comes back late gets what it missed meanwhile, and is never asked twice at a time', async () => {
  const { clock, log, written, waiting, keep } = slowDisk();
  const first = keep(stateOf(1));
  await clock.advance(5_000);
  expect(await first).toBe(true);
  expect(await keep(stateOf(2))).toBe(true);
  expect(waiting).toHaveLength(1);
  waiting[0]?.settle();
  await clock.advance(30_000);
  const second = keep(stateOf(2));
  waiting[1]?.settle();
  await second;
  expect(written).toEqual([stateOf(1), stateOf(2)]);
  expect(log.lines).toHaveLength(1);
});
