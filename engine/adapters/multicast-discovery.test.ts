/** Where it begins; tests/contract/discovery.test.ts has networks. */
import { expect, test } from 'vitest';
import type { AppError } from '#domain/errors.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createMulticastDiscovery } from './multicast-discovery.ts';

test('where the system keeps its links to itself nothing is announced, and nothing else happens', async () => {
  const clock = createFakeClock();
  const discovery = createMulticastDiscovery(clock, () => {
    throw new Error('Unknown system error 97');
  });
  const failures: AppError[] = [];
  const end = discovery.announce({ name: 'office', port: 3493 }, (error) => failures.push(error));
  await clock.advance(30_000);
  expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['nut/cannot-announce']));
  await end();
  expect(clock.pending).toBe(0);
  await expect(discovery.browse()).rejects.toMatchObject({ code: 'nut/cannot-search' });
});

test('without a network there is nobody, and nothing to tell', async () => {
  const discovery = createMulticastDiscovery(createFakeClock(), () => ({}));
  const end = discovery.announce({ name: 'office', port: 3493 }, (error) => expect.fail(error.message));
  expect(await discovery.browse()).toEqual([]);
  await end();
});
