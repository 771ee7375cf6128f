import { expect, test, vi } from 'vitest';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { withinLimit } from './within-limit.ts';

const never = new Promise<string>(() => undefined);

test('what comes in time is the answer, and nothing is waited for any more', async () => {
  const clock = createFakeClock();
  const onTooLong = vi.fn(() => 'late');
  expect(await withinLimit(clock, 5_000, Promise.resolve('there'), onTooLong)).toBe('there');
  await expect(withinLimit(clock, 5_000, Promise.reject(new Error('gone')), onTooLong)).rejects.toThrow('gone');
  await clock.advance(10_000);
  expect(onTooLong).not.toHaveBeenCalled();
});

test('what does not come is done without, neither sooner nor later', async () => {
  const clock = createFakeClock();
  const answered = vi.fn();
  void withinLimit(clock, 5_000, never, () => 'late').then(answered);
  await clock.advance(4_999);
  expect(answered).not.toHaveBeenCalled();
  await clock.advance(1);
  expect(answered).toHaveBeenCalledExactlyOnceWith('late');
});

test('that it did not come may be an error', async () => {
  const clock = createFakeClock();
  const waiting = withinLimit(clock, 5_000, never, () => {
    throw new Error('no answer');
  });
  const failed = expect(waiting).rejects.toThrow('no answer');
  await clock.advance(5_000);
  await failed;
});
