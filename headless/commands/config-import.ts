/** `config import`: NUT's files, TrueNAS's answer or an apcupsd.conf into the settings of a data folder. */
import { resolve } from 'node:path';
import { textIn } from '#domain/messages/message.ts';
import type { FieldProblem } from '#domain/schema/field-problem.ts';
import type { ConsolePlaces } from '#engine/drivers/system-consoles.ts';
import { newUpsId, replaceSettings } from '#engine/settings/change-settings.ts';
import { describeFieldProblem } from '#engine/settings/check-settings.ts';
import { consoleProblems } from '#engine/settings/console-ports.ts';
import { moveIn } from '#engine/settings/move-in.ts';
import { readImport, readWhole, type ImportSource } from '#engine/settings/read-import.ts';
import { PREVIOUS_FILE, readSettings, updateSettings } from '#engine/settings/settings-store.ts';
import { EXIT, UsageError, type CommandIo } from '../io.ts';
import { makeDataFolder } from './data-folder.ts';

/** What is given on the command line; exactly one of them. */
export interface ImportWords {
  readonly 'nut-conf'?: string | undefined;
  readonly truenas?: string | undefined;
  readonly apcupsd?: string | undefined;
}

/**
 * What was changed on the way goes to standard output, a line each; what is wrong to standard error, and then nothing
 * is written.
 * @throws UsageError, SettingsError
 */
export async function importSettings(
  words: ImportWords,
  dataDir: string,
  io: CommandIo,
  consoles?: ConsolePlaces,
): Promise<number> {
  const source = await sourceOf(words);
  const moved = await readImport(source, io.env);
  const { settings: before } = await readSettings(dataDir);
  const { settings, problems: found } = moveIn(before, moved, newUpsId);
  // What ran so elsewhere is moved in as it is, and told.
  const problems = [...found, ...(await consoleProblems(settings, settings, consoles))];
  for (const problem of problems) io.stderr.write(`${describeProblem(problem, source)}\n`);
  if (problems.some(({ severity }) => severity === 'error')) {
    io.stderr.write('Nothing was moved in.\n');
    return EXIT.configuration;
  }
  await makeDataFolder(dataDir);
  const now = await updateSettings(dataDir, (found) => ({
    next: replaceSettings(found, moveIn(found.settings, moved, newUpsId).settings),
    unseen: new Set(moved.made),
  }));
  for (const note of moved.notes) io.stdout.write(`${textIn(note) ?? ''}\n`);
  const come = moved.ups.map(({ identifier }) => String(identifier));
  const others = now.settings.ups.filter(({ identifier }) => !come.includes(identifier));
  for (const { identifier } of others) io.stdout.write(`The UPS ${identifier} was here before and stays.\n`);
  io.stdout.write(`Moved into ${dataDir}: ${come.length === 0 ? 'no UPS' : `UPS ${come.join(', ')}`}.`);
  io.stdout.write(before.ups.length > 0 ? ` What was there before is in ${PREVIOUS_FILE}.\n` : '\n');
  return EXIT.ok;
}

async function sourceOf({ 'nut-conf': folder, truenas, apcupsd }: ImportWords): Promise<ImportSource> {
  const [path, ...more] = [folder, truenas, apcupsd].flatMap((given) => given ?? []);
  if (path === undefined || more.length > 0) {
    throw new UsageError('"config import" takes one of --nut-conf DIR, --truenas FILE and --apcupsd FILE');
  }
  if (truenas !== undefined) return { kind: 'truenas', text: (await readWhole(path)).toString('utf8'), name: path };
  return { kind: apcupsd === undefined ? 'nut-conf' : 'apcupsd', path: resolve(path) };
}

/** With the place where it can be put right: a line of a file, or the key it came from. */
function describeProblem(problem: FieldProblem, source: ImportSource): string {
  const { path, line, reason, fix } = problem;
  if (path.length === 0) return `${textIn(reason) ?? ''} (${textIn(fix) ?? ''})`;
  if (source.kind !== 'truenas') return `${source.path}: ${describeFieldProblem(problem)}`;
  const isOfUsers = path[1] === 'users';
  const key = isOfUsers ? 'extrausers' : String(path.find((step) => typeof step === 'string' && !GROUPS.has(step)));
  return `${source.name}: ${describeFieldProblem({ path: [key], severity: problem.severity, reason, fix, ...(line === undefined ? {} : { line }) })}`;
}

/** Names of our own around TrueNAS's keys. */
const GROUPS = new Set(['ups', 'server', 'mail', 'web']);
