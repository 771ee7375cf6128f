import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listDrivers, listOptions } from './driver-catalogue.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-drivers-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a driver is spoken here, installed, or told with the package that brings it', async () => {
  const program = join(folder, process.platform === 'win32' ? 'nutdrv_qx.exe' : 'nutdrv_qx');
  await writeFile(program, '');
  await chmod(program, 0o755);
  const drivers = new Map((await listDrivers(folder, {})).map((driver) => [driver.name, driver]));
  expect(drivers.get('usbhid-ups')).toEqual({ name: 'usbhid-ups', availability: 'native' });
  expect(drivers.get('demo')).toEqual({ name: 'demo', availability: 'native' });
  expect(drivers.get('nutdrv_qx')).toEqual({ name: 'nutdrv_qx', availability: 'installed' });
  expect(drivers.get('snmp-ups')).toEqual({ name: 'snmp-ups', availability: 'missing', package: 'nut-snmp' });
});

test('options are those that do something, with what may follow them', () => {
  const options = new Map(listOptions('usbhid-ups').map((option) => [option.name, option]));
  expect(options.get('pollinterval')).toEqual({ name: 'pollinterval', kind: 'integer', choices: [] });
  expect(options.get('serial')?.kind).toBe('regex');
  expect(options.get('pollonly')?.kind).toBe('flag');
  for (const name of ['driver', 'port', 'desc', 'maxretry', 'sddelay']) expect(options.has(name), name).toBe(false);
  expect(listOptions('apc_modbus').find(({ name }) => name === 'parity')?.choices).toEqual(['N', 'E', 'O']);
  expect(listOptions('nobody-knows')).toEqual([]);
});
