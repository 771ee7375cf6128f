import { expect, test } from 'vitest';
import { systemClock } from './system-clock.ts';

test('sleep ends with the reason of the signal, whether it was given before or meanwhile', async () => {
  const reason = new Error('the driver is stopped');
  const abort = new AbortController();
  const sleeping = systemClock.sleep(60_000, abort.signal);
  abort.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  await expect(systemClock.sleep(60_000, abort.signal)).rejects.toBe(reason);
});

test('sleep without a signal, and with one that stays quiet, just ends', async () => {
  await systemClock.sleep(0);
  await systemClock.sleep(0, new AbortController().signal);
});
