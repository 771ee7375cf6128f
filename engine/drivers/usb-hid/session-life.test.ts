import { beforeEach, describe, expect, test } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import { createFakeClock, type FakeClock } from '#tests/support/fake-clock.ts';
import { createSessionLife, type SessionLife } from './session-life.ts';

const error = (reason: string): DriverError => new DriverError('driver/no-answer', { device: 'X', reason });
const never = (): Promise<never> => new Promise(() => undefined);

let clock: FakeClock;
let life: SessionLife;
beforeEach(() => {
  clock = createFakeClock();
  life = createSessionLife(clock, () => error('stopped'));
});

describe('the life of a session', () => {
  test('ends once, for the first reason', async () => {
    life.finish({ why: 'gone', error: error('unplugged') });
    life.finish({ why: 'stopped' });
    expect(await life.ended).toMatchObject({ why: 'gone' });
    expect(life.isOver()).toBe(true);
  });

  test('takes everything that waits with it, and leaves no timer', async () => {
    const request = life.within(10_000, never(), () => error('late'));
    const pause = life.pause(10_000);
    let isTold = false;
    life.onEnd(() => (isTold = true));
    life.finish({ why: 'gone', error: error('unplugged') });
    await expect(request).rejects.toThrow('unplugged');
    await expect(pause).resolves.toBeUndefined();
    expect(isTold).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('that is over lets nothing begin', async () => {
    life.finish({ why: 'stopped' });
    await expect(life.within(10_000, never(), () => error('late'))).rejects.toThrow('stopped');
    await life.pause(10_000);
    expect(() => life.throwIfOver()).toThrow('stopped');
    expect(clock.pending).toBe(0);
  });
});

describe('a request', () => {
  test('gives its answer, or its error', async () => {
    expect(await life.within(10_000, Promise.resolve(7), () => error('late'))).toBe(7);
    await expect(life.within(10_000, Promise.reject(error('stall')), () => error('late'))).rejects.toThrow('stall');
    expect(clock.pending).toBe(0);
  });

  test('that takes too long is an error', async () => {
    const outcome = expect(life.within(10_000, never(), () => error('late'))).rejects.toThrow('late');
    await clock.advance(10_000);
    await outcome;
  });
});

describe('a pause', () => {
  test('ends with its time or with the work it waits for', async () => {
    const long = life.pause(10_000);
    await life.pause(10_000, Promise.resolve());
    await clock.advance(10_000);
    await expect(long).resolves.toBeUndefined();
    expect(clock.pending).toBe(0);
  });
});
