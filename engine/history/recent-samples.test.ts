import { expect, test } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import { createUpsStore } from '#engine/state/ups-store.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createRecentSamples } from './recent-samples.ts';

function sampled() {
  const clock = createFakeClock();
  const store = createUpsStore(clock);
  store.add({ name: 'office', driver: 'dummy-ups', port: 'x.dev', options: {} }, 3600 * 24);
  store.dispatch('office', { type: 'connected' });
  store.dispatch('office', { type: 'update', set: { 'ups.status': 'OB', 'battery.charge': '90', 'ups.load': 'n/a' } });
  return { clock, store, samples: createRecentSamples(store, clock) };
}

test('one sample a second, with what is known and nothing else', async () => {
  const { clock, samples } = sampled();
  await clock.advance(2000);
  expect(samples.of('OFFICE')).toEqual([
    { at: clock.now() - 1000, charge: 90, onBattery: true },
    { at: clock.now(), charge: 90, onBattery: true },
  ]);
});

test('old data leave a gap', async () => {
  const { clock, store, samples } = sampled();
  store.dispatch('office', { type: 'stale', error: new DriverError('driver/unplugged', { device: 'UPS' }) });
  await clock.advance(1000);
  expect(samples.of('office')).toEqual([{ at: clock.now() }]);
});

test('keeps about half an hour and forgets a UPS that is gone', async () => {
  const { clock, store, samples } = sampled();
  await clock.advance(2 * 3600 * 1000);
  expect(samples.of('office').length).toBeGreaterThanOrEqual(1800);
  expect(samples.of('office').length).toBeLessThanOrEqual(1860);
  store.remove('office');
  await clock.advance(1000);
  expect(samples.of('office')).toEqual([]);
});

test('hands out only what is new when asked so', async () => {
  const { clock, samples } = sampled();
  await clock.advance(3000);
  expect(samples.of('office', clock.now() - 1000)).toHaveLength(1);
});
