/**
 * upsmon's PID file. Scripts call `upsmon -c fsd`, which sends SIGUSR1 to the process that the file names; and an upsmon
 * that finds a living process in it does not start, so that two do not shut the same computer down.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError } from '#domain/errors.ts';
import type { Log } from '#engine/ports.ts';

/** Built into Debian's, Fedora's and Arch's NUT; newer releases obey NUT_PIDPATH. */
const PID_FOLDER = '/run/nut';

/** Writes the file where its folder is. @returns what takes it away again */
export async function holdUpsmonPid(env: NodeJS.ProcessEnv, log: Log): Promise<() => Promise<void>> {
  const file = join(env.NUT_PIDPATH ?? PID_FOLDER, 'upsmon.pid');
  const other = Number((await textOf(file)).trim());
  if (other > 0 && other !== process.pid && (await textOf(`/proc/${other}/comm`)).trim() === 'upsmon') {
    log.error(`NUT's upsmon runs too (process ${other}): both would shut this computer down. Stop one of the two.`);
    return () => Promise.resolve();
  }
  try {
    await writeFile(file, `${process.pid}\n`);
  } catch (error) {
    // Without NUT there is no such folder, and nobody who would call upsmon.
    log.debug(`upsmon's PID file was not written: ${describeError(error)}`);
  }
  return async () => {
    if (Number((await textOf(file)).trim()) === process.pid) await rm(file, { force: true });
  };
}

const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => ''); // it need not be there
