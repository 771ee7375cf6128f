import { expect, test } from 'vitest';
import { AppError, DriverError, NutError } from '#domain/errors.ts';
import type { Product } from '#engine/product.ts';
import { demoConfiguration } from '#engine/settings/configuration.ts';
import { startProduct } from './engine-host.ts';
import { silentLog } from './test-support.ts';

const configuration = demoConfiguration('/nowhere');
const taken = new NutError('nut/port-in-use', { address: '127.0.0.1:3493' });

/** A product whose start fails with the given error as long as it is to serve the network. */
function productThat(fails: AppError | undefined, calls: string[]) {
  return ({ engine }: typeof configuration) => {
    const name = engine.nut ? 'with network' : 'without network';
    return {
      start: () => {
        calls.push(`start ${name}`);
        return fails && engine.nut ? Promise.reject(fails) : Promise.resolve([]);
      },
      stop: () => {
        calls.push(`stop ${name}`);
        return Promise.resolve();
      },
    } as unknown as Product;
  };
}

test('with a free port the UPS is watched and shared', async () => {
  const calls: string[] = [];
  const started = await startProduct(productThat(undefined, calls), configuration, silentLog);
  expect(started.networkProblem).toBeUndefined();
  expect(calls).toEqual(['start with network']);
});

test('with the port in use the UPS is watched all the same, and the reason is told', async () => {
  const calls: string[] = [];
  const started = await startProduct(productThat(taken, calls), configuration, silentLog);
  expect(started.networkProblem).toBe(taken);
  expect(calls).toEqual(['start with network', 'stop with network', 'start without network']);
});

test('any other trouble is not hidden', async () => {
  const broken = new DriverError('driver/unplugged', { device: 'UPS' });
  await expect(startProduct(productThat(broken, []), configuration, silentLog)).rejects.toBe(broken);
});
