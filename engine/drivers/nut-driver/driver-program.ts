/** Finds the program of a NUT driver. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { DriverError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import { NUT_DRIVER_NAMES, packageOf } from './driver-names.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where distributions and builds of NUT put their drivers, the most usual first. */
const NUT_FOLDERS: readonly string[] = [
  '/lib/nut',
  '/usr/lib/nut',
  '/usr/libexec/nut',
  '/usr/lib/ups/driver',
  '/usr/lib64/nut',
  '/usr/local/ups/bin',
  '/usr/local/lib/nut',
  '/usr/local/libexec/nut',
  '/opt/local/libexec/nut',
];
/** Folders with all kinds of programs: only for names that are drivers for certain. */
const SHARED_FOLDERS: readonly string[] = ['/opt/homebrew/bin', '/usr/local/bin', '/usr/bin', '/bin'];

const windowsFolders = (environment: Environment): readonly string[] =>
  [environment.ProgramFiles, environment['ProgramFiles(x86)'], 'C:']
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [join(folder, 'NUT', 'bin'), join(folder, 'NUT', 'sbin')]);

/** @returns the folders to look in; one that was asked for is the only one */
function foldersFor(driver: string, driverPath: string | undefined, environment: Environment): readonly string[] {
  const asked = driverPath ?? environment.NUT_DRIVERPATH;
  if (asked) return [asked];
  if (process.platform === 'win32') return windowsFolders(environment);
  return NUT_DRIVER_NAMES.includes(driver) ? [...NUT_FOLDERS, ...SHARED_FOLDERS] : NUT_FOLDERS;
}

/**
 * Both names become parts of paths, and the driver's is a program: anything but a plain name could be anything.
 * @throws DriverError driver/unknown, driver/bad-option
 */
export function checkNames({ driver, name: ups }: UpsConfig): void {
  if (!/^[A-Za-z0-9][\w.+-]*$/.test(driver)) throw new DriverError('driver/unknown', { driver, ups });
  if (!/^[!-~]+$/.test(ups) || /["#=\\/[\]]/.test(ups)) {
    throw new DriverError('driver/bad-option', {
      option: 'name',
      ups,
      reason: phrase('reason.bad-driver-name', {}),
    });
  }
}

/**
 * @returns full path of the program
 * @param config with names that checkNames accepts
 * @throws DriverError driver/not-installed with the package that brings it, driver/unknown when NUT has no such driver
 */
export async function findDriverProgram(
  config: UpsConfig,
  driverPath: string | undefined,
  environment: Environment,
): Promise<string> {
  const { driver, name: ups } = config;
  const folders = foldersFor(driver, driverPath, environment);
  const file = process.platform === 'win32' ? `${driver}.exe` : driver;
  for (const folder of folders) {
    const program = join(folder, file);
    if (await isProgram(program)) return program;
  }
  const brings = packageOf(driver);
  if (brings === undefined) throw new DriverError('driver/unknown', { driver, ups });
  throw new DriverError('driver/not-installed', { driver, ups, folders: folders.join(', '), package: brings });
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not to be run by us: the next folder may have it
  }
}
