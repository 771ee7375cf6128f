/** Checks before anything starts whether every section can have its driver: what is missing now is told with its line. */
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describeError } from '#domain/errors.ts';
import { phrase, type Text } from '#domain/messages/message.ts';
import { readRecording, RECORDING_PREFIX } from '#engine/adapters/recording-port.ts';
import { nearestName } from '#engine/settings/nut-conf/nearest-name.ts';
import type { UpsConfig } from './driver.ts';
import { isNativeDriver, NATIVE_DRIVERS } from './native-drivers.ts';
import { NUT_DRIVER_NAMES } from './nut-driver/driver-names.ts';
import { findDriverProgram } from './nut-driver/driver-program.ts';

export interface SectionCheckParts {
  readonly confDir: string;
  readonly statePath: string | undefined;
  readonly driverPath: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A line that could never work as it is, with its place. */
export interface ConfigFault {
  readonly file: string;
  readonly line: number;
  readonly reason: Text;
  readonly fix: Text;
}

/** The sections that could never work as they are, in their order. */
export async function findSectionFaults(
  sections: readonly UpsConfig[],
  parts: SectionCheckParts,
): Promise<readonly ConfigFault[]> {
  const faults: ConfigFault[] = [];
  for (const section of sections) {
    const problem = await problemOf(section, parts);
    if (!problem) continue;
    const { file, line } = section.origin ?? { file: parts.confDir, line: 0 };
    faults.push({
      file,
      line,
      reason: phrase('section.fault', { section: section.name, what: problem.what }),
      fix: problem.fix,
    });
  }
  return faults;
}

interface SectionProblem {
  readonly what: Text;
  readonly fix: Text;
}

async function problemOf(section: UpsConfig, parts: SectionCheckParts): Promise<SectionProblem | undefined> {
  const { driver, port } = section;
  if (driver === 'usbhid-ups' && port.startsWith(RECORDING_PREFIX)) {
    return recordingProblem(resolve(parts.confDir, port.slice(RECORDING_PREFIX.length)));
  }
  if (driver === 'dummy-ups' && /\.(dev|seq)$/.test(port) && !(await exists(resolve(parts.confDir, port)))) {
    return {
      what: phrase('section.no-dummy-file', { file: resolve(parts.confDir, port) }),
      fix: phrase('section.no-dummy-file.fix', {}),
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
    return { what: describeError(error), fix: phrase('section.bad-recording.fix', {}) };
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
    const nearest = nearestName(driver, [...NATIVE_DRIVERS, ...NUT_DRIVER_NAMES]);
    return {
      what: phrase('section.unknown-driver', { driver }),
      fix:
        nearest === undefined
          ? phrase('section.unknown-driver.fix', {})
          : phrase('section.mistyped-driver.fix', { nearest, driver }),
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
