import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DeviceDefinition } from '#domain/schema/device-definition.ts';
import { claimDevice } from './match.ts';
import { readOwnDefinitions } from './own-definitions.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-definitions-'));
});
afterEach(() => rm(folder, { recursive: true }));

const own: DeviceDefinition = {
  id: 'acme',
  name: 'Acme UPS',
  extends: 'power-device',
  source: ['a test'],
  match: [{ vendorId: 'acbe', productId: '0001' }],
  variables: [],
  status: [],
  commands: [],
};
const acme = { path: 'x', vendorId: 0xacbe, productId: 0x0001, usagePage: 0x84 };

test('a file in the folder makes a unit known', async () => {
  await writeFile(join(folder, 'acme.json'), JSON.stringify(own));
  const { definitions, problems, used } = await readOwnDefinitions(folder);
  expect(problems).toEqual([]);
  expect(used).toEqual([join(folder, 'acme.json')]);
  expect(claimDevice(acme, {}, definitions)).toMatchObject({ kind: 'known', definition: 'Acme UPS' });
});

test('a broken file is told by its name and the others are used', async () => {
  await writeFile(join(folder, 'acme.json'), JSON.stringify(own));
  await writeFile(join(folder, 'broken.json'), '{ "id": ');
  await writeFile(join(folder, 'wrong.json'), JSON.stringify({ ...own, id: 'wrong', variables: [{ variable: 1 }] }));
  const { definitions, problems } = await readOwnDefinitions(folder);
  expect(problems.map((problem) => problem.message)).toEqual([
    expect.stringContaining('broken.json'),
    expect.stringContaining('wrong.json'),
  ]);
  expect(definitions.get('acme')).toBeDefined();
  expect(definitions.get('wrong')).toBeUndefined();
});

test('without the folder the built-in definitions stand', async () => {
  const { definitions, problems } = await readOwnDefinitions(join(folder, 'missing'));
  expect(problems).toEqual([]);
  expect(definitions.get('apc')).toBeDefined();
});

test('a folder that cannot be read is told, and the built-in definitions stand', async () => {
  await writeFile(join(folder, 'devices'), '');
  const { definitions, problems } = await readOwnDefinitions(join(folder, 'devices'));
  expect(problems).toMatchObject([{ code: 'driver/bad-definition', details: { file: join(folder, 'devices') } }]);
  expect(definitions.get('apc')).toBeDefined();
});
