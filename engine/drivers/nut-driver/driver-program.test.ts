import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import { NUT_DRIVER_NAMES, packageOf } from './driver-names.ts';
import { checkNames, findDriverProgram } from './driver-program.ts';

const configOf = (driver: string, name = 'office'): UpsConfig => ({ name, driver, port: 'auto', options: {} });

describe('the program of a driver', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'driver-program-'));
    await writeFile(join(folder, 'belkin'), '#!/bin/sh\n');
    await chmod(join(folder, 'belkin'), 0o755);
    await writeFile(join(folder, 'oneac'), 'no program\n');
    await chmod(join(folder, 'oneac'), 0o644);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('is found in the folder that was configured', async () => {
    expect(await findDriverProgram(configOf('belkin'), folder, {})).toBe(join(folder, 'belkin'));
  });

  test('is found in the folder that the environment names', async () => {
    const environment = { NUT_DRIVERPATH: folder };
    expect(await findDriverProgram(configOf('belkin'), undefined, environment)).toBe(join(folder, 'belkin'));
  });

  test('that cannot be run is not one', async () => {
    await expect(findDriverProgram(configOf('oneac'), folder, {})).rejects.toMatchObject({
      code: 'driver/not-installed',
    });
  });

  test.each([
    ['snmp-ups', 'nut-snmp'],
    ['netxml-ups', 'nut-xml'],
    ['nut-ipmipsu', 'nut-ipmi'],
    ['powerman-pdu', 'nut-powerman-pdu'],
    ['generic_modbus', 'nut-modbus'],
    ['pijuice', 'nut-i2c'],
    ['blazer_ser', 'nut-server'],
  ])('%s that is not installed names its package %s', async (driver, brings) => {
    await expect(findDriverProgram(configOf(driver), join(folder, 'none'), {})).rejects.toMatchObject({
      code: 'driver/not-installed',
      message: expect.stringContaining(join(folder, 'none')) as string,
      remedy: expect.stringContaining(brings) as string,
    });
  });

  test('a name that no driver of NUT has is unknown, even where a program has it', async () => {
    await expect(findDriverProgram(configOf('sh'), undefined, {})).rejects.toMatchObject({ code: 'driver/unknown' });
  });
});

test.each(['../../bin/sh', '/bin/sh', '', '-a', 'a b', 'snmp-ups\0', 'a\\b'])('%j is no driver name', (driver) => {
  expect(() => checkNames(configOf(driver))).toThrow(expect.objectContaining({ code: 'driver/unknown' }) as Error);
});

test.each(['../x', 'a b', '', 'a"b', 'a]', 'é', 'a\\b', 'a=b'])('%j is no UPS name for a driver', (name) => {
  expect(() => checkNames(configOf('belkin', name))).toThrow(
    expect.objectContaining({ code: 'driver/bad-option' }) as Error,
  );
});

test('every driver of NUT has a package', () => {
  expect(NUT_DRIVER_NAMES.length).toBeGreaterThan(75);
  expect([...NUT_DRIVER_NAMES].sort()).toEqual([...new Set(NUT_DRIVER_NAMES)].sort());
  for (const driver of NUT_DRIVER_NAMES) {
    expect(packageOf(driver)).toMatch(/^nut-/);
    expect(() => checkNames(configOf(driver))).not.toThrow();
  }
  expect(packageOf('usbhid-upps')).toBeUndefined();
});
