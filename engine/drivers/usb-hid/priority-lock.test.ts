import { describe, expect, test } from 'vitest';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createPriorityLock } from './priority-lock.ts';
import { createWaiter, waitAtMost, withDeadline } from './waiter.ts';

describe('the lock', () => {
  test('lets one at a time in, urgent work first', async () => {
    const lock = createPriorityLock();
    const order: string[] = [];
    let isBusy = false;
    const work = (name: string) => async (): Promise<void> => {
      expect(isBusy).toBe(false);
      isBusy = true;
      await Promise.resolve();
      order.push(name);
      isBusy = false;
    };
    await Promise.all([
      lock.run('normal', work('first')),
      lock.run('normal', work('second')),
      lock.run('urgent', work('command')),
      lock.run('normal', work('third')),
    ]);
    expect(order).toEqual(['first', 'command', 'second', 'third']);
  });

  test('goes on after work that failed', async () => {
    const lock = createPriorityLock();
    await expect(lock.run('normal', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await lock.run('normal', () => Promise.resolve(1))).toBe(1);
  });
});

describe('a pause', () => {
  test('ends with its time, or when it is cut short', async () => {
    const clock = createFakeClock();
    const waiter = createWaiter(clock);
    const ended: string[] = [];
    void waiter.wait(1_000).then(() => ended.push('time'));
    await clock.advance(1_000);
    void waiter.wait(1_000).then(() => ended.push('woken'));
    waiter.wake();
    await clock.advance(0);
    expect(ended).toEqual(['time', 'woken']);
    expect(clock.pending).toBe(0);
  });

  test('is left out when it was cut short before it began', async () => {
    const clock = createFakeClock();
    const waiter = createWaiter(clock);
    waiter.wake();
    await waiter.wait(1_000);
    expect(clock.pending).toBe(0);
  });
});

describe('a deadline', () => {
  test('is an error when it passes, and leaves no timer when it does not', async () => {
    const clock = createFakeClock();
    expect(await withDeadline(clock, 1_000, Promise.resolve(1), () => new Error('late'))).toBe(1);
    expect(clock.pending).toBe(0);
    const late = withDeadline(clock, 1_000, new Promise(() => undefined), () => new Error('late'));
    const outcome = expect(late).rejects.toThrow('late');
    await clock.advance(1_000);
    await outcome;
  });

  test('that only limits a wait is no error', async () => {
    const clock = createFakeClock();
    const wait = waitAtMost(clock, 1_000, new Promise(() => undefined));
    await clock.advance(1_000);
    await expect(wait).resolves.toBeUndefined();
    await waitAtMost(clock, 1_000, Promise.resolve());
    expect(clock.pending).toBe(0);
  });
});
