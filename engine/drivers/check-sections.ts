/** Checks before anything starts whether every section can have its driver: what is missing now is told with its line. */
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describeError, SettingsError } from '#domain/errors.ts';
import { readRecording, RECORDING_PREFIX } from '#engine/adapters/recording-port.ts';
import type { UpsConfig } from './driver.ts';
import { isNativeDriver } from './native-drivers.ts';
import { NUT_DRIVER_NAMES } from './nut-driver/driver-names.ts';
import { findDriverProgram } from './nut-driver/driver-program.ts';

export interface SectionCheckParts {
  readonly confDir: string;
  readonly statePath: string | undefined;
  readonly driverPath: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** @throws SettingsError settings/bad-line for the first section that could never work as it is */
export async function checkSections(sections: readonly UpsConfig[], parts: SectionCheckParts): Promise<void> {
  for (const section of sections) {
    const problem = await problemOf(section, parts);
    if (!problem) continue;
    const { file, line } = section.origin ?? { file: parts.confDir, line: 0 };
    throw new SettingsError('settings/bad-line', {
      file,
      line,
      reason: `[${section.name}] ${problem.what}`,
      fix: problem.fix,
    });
  }
}

interface SectionProblem {
  readonly what: string;
  readonly fix: string;
}

async function problemOf(section: UpsConfig, parts: SectionCheckParts): Promise<SectionProblem | undefined> {
  const { driver, port } = section;
  if (driver === 'usbhid-ups' && port.startsWith(RECORDING_PREFIX)) {
    return recordingProblem(resolve(parts.confDir, port.slice(RECORDING_PREFIX.length)));
  }
  if (driver === 'dummy-ups' && /\.(dev|seq)$/.test(port) && !(await exists(resolve(parts.confDir, port)))) {
    return {
      what: `the file ${resolve(parts.confDir, port)} of dummy-ups is missing`,
      fix: 'make the file or correct port',
    };
  }
  if (isNativeDriver(driver) || NUT_DRIVER_NAMES.includes(driver)) return undefined;
  return unknownDriverProblem(section, parts);
}

async function recordingProblem(folder: string): Promise<SectionProblem | undefined> {
  try {
    await readRecording(folder);
    return undefined;
  } catch (error) {
    return { what: describeError(error), fix: 'give a folder that "ridethrough record" wrote' };
  }
}

/** A driver program NUT does not ship may be installed all the same, or run already. */
async function unknownDriverProblem(section: UpsConfig, parts: SectionCheckParts): Promise<SectionProblem | undefined> {
  const { driver, name } = section;
  const socket = join(parts.statePath ?? '/run/nut', `${driver}-${name}`);
  if (await exists(socket)) return undefined;
  try {
    await findDriverProgram(section, parts.driverPath, parts.env);
    return undefined;
  } catch {
    // Why it was not found is said here in the words of a configuration error.
    return {
      what: `driver ${driver} is not known and no such program is installed`,
      fix: 'correct its name, or install the package that brings it',
    };
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false; // missing, or in a folder that may not be searched: either way not usable
  }
}
