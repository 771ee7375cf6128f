/** Which drivers can be used on this computer, and what their sections of ups.conf may hold. */
import { DriverError } from '#domain/errors.ts';
import type { RequestResult } from '#domain/contract.ts';
import { isWithoutUse, optionsOf } from '#engine/settings/nut-conf/option-check.ts';
import { isNativeDriver, NATIVE_DRIVERS } from './native-drivers.ts';
import { NUT_DRIVER_NAMES } from './nut-driver/driver-names.ts';
import { findDriverProgram, type Environment } from './nut-driver/driver-program.ts';

export type DriverAvailability = RequestResult<'drivers.list'>['drivers'][number];
export type DriverOption = RequestResult<'drivers.options'>['options'][number];

/** In the order of the alphabet. */
export const listDrivers = (
  driverPath: string | undefined,
  environment: Environment,
): Promise<readonly DriverAvailability[]> =>
  Promise.all(
    [...new Set<string>([...NATIVE_DRIVERS, ...NUT_DRIVER_NAMES])]
      .sort()
      .map((name) => availabilityOf(name, driverPath, environment)),
  );

async function availabilityOf(
  name: string,
  driverPath: string | undefined,
  environment: Environment,
): Promise<DriverAvailability> {
  if (isNativeDriver(name)) return { name, availability: 'native' };
  try {
    await findDriverProgram({ name, driver: name, port: '', options: {} }, driverPath, environment);
    return { name, availability: 'installed' };
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    const { package: brings } = error.details;
    return { name, availability: 'missing', ...(typeof brings === 'string' ? { package: brings } : {}) };
  }
}

/** Those that have a field of their own, and those that do nothing with this driver, are left out. */
export const listOptions = (driver: string): readonly DriverOption[] =>
  [...(optionsOf(driver) ?? [])]
    .filter(([name]) => !['driver', 'port', 'desc'].includes(name) && !isWithoutUse(name, driver))
    .map(([name, type]) =>
      typeof type === 'string'
        ? { name, kind: type, choices: [] }
        : { name, kind: 'choice' as const, choices: [...type] },
    )
    .sort((a, b) => a.name.localeCompare(b.name));
