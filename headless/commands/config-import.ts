/** `config import`: NUT's files, TrueNAS's answer or an apcupsd.conf into the settings of a data folder. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { textIn } from '#domain/messages/message.ts';
import type { FieldPath, FieldProblem } from '#domain/schema/field-problem.ts';
import type { ConsolePlaces } from '#engine/drivers/system-consoles.ts';
import { newUpsId, replaceSettings } from '#engine/settings/change-settings.ts';
import { describeFieldProblem } from '#engine/settings/check-settings.ts';
import { consoleProblems } from '#engine/settings/console-ports.ts';
import { moveIn, type Moved } from '#engine/settings/move-in.ts';
import { readImport, readWhole, type ImportSource } from '#engine/settings/read-import.ts';
import { PREVIOUS_FILE, readSettings, updateSettings } from '#engine/settings/settings-store.ts';
import type { Group } from '#engine/settings/stored-settings.ts';
import { describeInFile } from '../error-place.ts';
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
  for (const problem of problems) io.stderr.write(`${await describeProblem(problem, source, moved)}\n`);
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

/** With the place where it can be put right: a line of a file, and the key that it became. */
async function describeProblem(problem: FieldProblem, source: ImportSource, moved: Moved): Promise<string> {
  const { path, reason, fix } = problem;
  if (path.length === 0) return `${textIn(reason) ?? ''} (${textIn(fix) ?? ''})`;
  if (source.kind === 'truenas') {
    const isOfUsers = path[1] === 'users';
    const key = isOfUsers ? 'extrausers' : String(path.find((step) => typeof step === 'string' && !GROUPS.has(step)));
    return describeInFile(problem, source.name, source.text, [key]);
  }
  const place = source.kind === 'apcupsd' ? `${source.path}:1` : await placeInNut(path, source.path, moved);
  return `${place}: ${describeFieldProblem(problem)}`;
}

/** Where the section or the MONITOR line is that a UPS or an account came from; else the file that it would stand in. */
async function placeInNut([group, key, index]: FieldPath, folder: string, { ups, server }: Moved): Promise<string> {
  const users = (server.users ?? []) as readonly Group[];
  const one = group === 'ups' ? ups[Number(key)] : undefined;
  const isFar = one?.mode === 'SLAVE';
  const name = String(one?.identifier ?? (key === 'users' ? users[Number(index)]?.name : undefined));
  const isOfUsers = ['users', 'monuser', 'monpwd'].includes(String(key));
  const file = join(folder, isFar ? 'upsmon.conf' : one ? 'ups.conf' : isOfUsers ? 'upsd.users' : 'upsd.conf');
  const begins = isFar ? /^\s*MONITOR\s+"?([^@\s"]+)@/ : /^\s*\[(.*)\]/;
  const text = await readFile(file, 'utf8').catch(() => ''); // what is not there has no such line either
  const at = text.split('\n').findIndex((line) => begins.exec(line)?.[1] === name);
  return `${file}:${Math.max(at, 0) + 1}`;
}

/** Names of our own around TrueNAS's keys. */
const GROUPS = new Set(['ups', 'server', 'mail', 'web']);
