import { expect, test } from 'vitest';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { Tracking } from './tracking.ts';

test('an id is a version-4 UUID in capitals, and each is another', () => {
  const tracking = new Tracking(createFakeClock(), 3600);
  const ids = Array.from({ length: 50 }, () => tracking.begin());
  for (const id of ids) expect(id).toMatch(/^[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/);
  expect(new Set(ids).size).toBe(50);
});

test.each([
  ['handled', 'SUCCESS'],
  ['unknown', 'ERR UNKNOWN'],
  ['invalid', 'ERR INVALID-ARGUMENT'],
  ['conversion-failed', 'ERR INVALID-ARGUMENT'],
  ['failed', 'ERR FAILED'],
] as const)('a request is pending until the driver says %s', (outcome, reply) => {
  const tracking = new Tracking(createFakeClock(), 3600);
  const id = tracking.begin();
  expect(tracking.reply(id)).toBe('PENDING\n');
  tracking.finish(id, outcome);
  expect(tracking.reply(id)).toBe(`${reply}\n`);
  expect(tracking.reply(id.toLowerCase())).toBe(`${reply}\n`);
});

test('a result is kept for its time and no longer', async () => {
  const clock = createFakeClock();
  const tracking = new Tracking(clock, 10);
  const id = tracking.begin();
  tracking.finish(id, 'handled');
  await clock.advance(9_999);
  expect(tracking.reply(id)).toBe('SUCCESS\n');
  await clock.advance(1);
  expect(tracking.reply(id)).toBe('ERR UNKNOWN\n');
  tracking.finish(id, 'handled'); // a driver that answers too late is not minded
  expect(tracking.reply(id)).toBe('ERR UNKNOWN\n');
});

test('asking for ids without end does not fill the memory', () => {
  const tracking = new Tracking(createFakeClock(), 3600);
  const first = tracking.begin();
  for (let count = 0; count < 10_000; count++) tracking.begin();
  expect(tracking.reply(first)).toBe('ERR UNKNOWN\n');
});
