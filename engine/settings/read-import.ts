/** Reads what is to be moved in: NUT's files, TrueNAS's answer, an apcupsd.conf. Nothing is written. */
import { readFile } from 'node:fs/promises';
import { SettingsError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import type { FieldProblem } from '#domain/schema/field-problem.ts';
import { reasonOf } from '#engine/system-reason.ts';
import { fromApcupsdConf } from './apcupsd-to-settings.ts';
import { checkNutFiles } from './configuration.ts';
import { withoutRepeaters } from './local-repeaters.ts';
import type { Moved } from './move-in.ts';
import { openConfFolder } from './nut-conf/conf-folder.ts';
import { phrasesOf, Problems } from './nut-conf/problem.ts';
import { fromNutConf, readOutageTimers } from './nut-to-settings.ts';
import { fromTrueNas } from './truenas-to-settings.ts';

export type ImportSource =
  | { readonly kind: 'nut-conf' | 'apcupsd'; readonly path: string }
  /** `name`: of the file it was in, for messages. */
  | { readonly kind: 'truenas'; readonly text: string; readonly name: string };

/** @throws SettingsError settings/cannot-read, settings/no-truenas */
export async function readImport(source: ImportSource, env: NodeJS.ProcessEnv): Promise<Moved> {
  switch (source.kind) {
    case 'truenas':
      return fromTrueNas(source.text, source.name);
    case 'apcupsd':
      return fromApcupsdConf((await readWhole(source.path)).toString('utf8'), source.path);
    case 'nut-conf':
      return readNutFolder(source.path, env);
  }
}

/** The bytes of a file. @throws SettingsError settings/cannot-read */
export async function readWhole(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new SettingsError('settings/cannot-read', { file, reason: reasonOf(error) }, error);
  }
}

async function readNutFolder(path: string, env: NodeJS.ProcessEnv): Promise<Moved> {
  const { conf, faults, remarks } = await checkNutFiles(path, env);
  const folder = await openConfFolder(path);
  const schedule = await folder.read('upssched.conf');
  // What is wrong with the file was told when the folder was checked.
  const timers = schedule ? readOutageTimers(schedule.bytes, new Problems(folder.pathOf('upssched.conf'))) : [];
  const moved = fromNutConf({ conf: withoutRepeaters(conf), folder: path, timers });
  const atLine = (
    severity: FieldProblem['severity'],
    { file, line, reason, fix }: Pick<FieldProblem, 'reason' | 'fix'> & { file: string; line: number },
  ): FieldProblem => ({ path: [], severity, reason: phrase('error.settings/bad-line', { file, line, reason }), fix });
  return {
    ...moved,
    problems: [
      ...faults.map((fault) => atLine('error', fault)),
      ...remarks.map((problem) =>
        atLine(problem.severity === 'error' ? 'warning' : problem.severity, { ...problem, ...phrasesOf(problem) }),
      ),
      ...moved.problems,
    ],
  };
}
