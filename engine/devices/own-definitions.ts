/** A person's own device definitions: JSON files in the folder `devices` of the data folder. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, describeError, DriverError } from '#domain/errors.ts';
import type { Clock, Log } from '#engine/ports.ts';
import { reasonOf } from '#engine/system-reason.ts';
import { DISK_LIMIT_MS, withinLimit } from '#engine/within-limit.ts';
import type { DeviceDefinition } from '#domain/schema/device-definition.ts';
import { createDefinitionSet, loadDefinition, type DefinitionSet } from './definition.ts';

export interface OwnDefinitions {
  readonly definitions: DefinitionSet;
  /** Files in use, and files that were left out with the reason. */
  readonly used: readonly string[];
  readonly problems: readonly AppError[];
}

/**
 * The built-in definitions with those of the data folder. What is used of it, and what is left out, is told in the log; a
 * disk that does not answer keeps nothing from starting.
 */
export async function takeOwnDefinitions(dataDir: string, clock: Clock, log: Log): Promise<DefinitionSet> {
  const folder = join(dataDir, 'devices');
  const reading = readOwnDefinitions(folder);
  const { definitions, used, problems } = await withinLimit<OwnDefinitions>(clock, DISK_LIMIT_MS, reading, () => {
    log.error(`Device definitions in ${folder} are left out until the next start: its disk does not answer.`);
    return { definitions: createDefinitionSet(), used: [], problems: [] };
  });
  for (const file of used) log.info(`Using device definition ${file}`);
  for (const problem of problems) log.error(describeError(problem));
  return definitions;
}

/**
 * A file that cannot be used is left out and told: one mistake must not take the other units with it.
 * @param folder may be missing
 */
export async function readOwnDefinitions(folder: string): Promise<OwnDefinitions> {
  const problems: AppError[] = [];
  const own: { file: string; definition: DeviceDefinition }[] = [];
  const files = await jsonFiles(folder).catch((error: unknown) => {
    problems.push(asDefinitionError(error, folder));
    return [];
  });
  for (const file of files) {
    try {
      own.push({ file, definition: loadDefinition(await readJson(file), file) });
    } catch (error) {
      problems.push(asDefinitionError(error, file));
    }
  }
  try {
    const definitions = createDefinitionSet(own.map(({ definition }) => definition));
    return { definitions, used: own.map(({ file }) => file), problems };
  } catch (error) {
    // They lean on each other in a way that cannot be resolved: then none of them is used.
    return { definitions: createDefinitionSet(), used: [], problems: [...problems, asDefinitionError(error, folder)] };
  }
}

async function jsonFiles(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

const readJson = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8')) as unknown;

function asDefinitionError(error: unknown, file: string): DriverError {
  if (error instanceof DriverError) return error as DriverError;
  return new DriverError('driver/bad-definition', { file, reason: reasonOf(error) }, error);
}
