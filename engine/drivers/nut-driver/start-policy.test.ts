import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pauseAfter, startPolicyOf } from './start-policy.ts';

test('without options a driver has 75 s, one try and 5 s between tries, as with upsdrvctl', () => {
  expect(startPolicyOf({})).toEqual({ startLimitMs: 75_000, tries: 1, delayMs: 5_000 });
});

test('options of the UPS count', () => {
  expect(startPolicyOf({ maxstartdelay: '10', maxretry: ' 3 ', retrydelay: '0' })).toEqual({
    startLimitMs: 10_000,
    tries: 3,
    delayMs: 0,
  });
});

test('options that are no number are left out', () => {
  expect(startPolicyOf({ maxstartdelay: 'long', maxretry: true, retrydelay: '-1' })).toEqual(startPolicyOf({}));
});

test('the tries asked for follow each other after the plain delay, further ones after longer and longer pauses', () => {
  const policy = startPolicyOf({ maxretry: '3', retrydelay: '5' });
  expect([1, 2, 3, 4, 5, 6, 7, 8].map((failures) => pauseAfter(failures, policy) / 1_000)).toEqual([
    5, 5, 5, 10, 20, 40, 60, 60,
  ]);
});

test('a pause is never shorter than a second, nor longer than a minute or the delay asked for', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(900), fc.nat(20), (failures, delay, tries) => {
      const policy = startPolicyOf({ retrydelay: String(delay), maxretry: String(tries) });
      const pause = pauseAfter(failures + 1, policy);
      expect(pause).toBeGreaterThanOrEqual(Math.max(1_000, delay * 1_000));
      expect(pause).toBeLessThanOrEqual(Math.max(60_000, delay * 1_000));
    }),
  );
});
