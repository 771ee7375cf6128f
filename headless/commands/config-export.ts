/** `config export`: the settings of a data folder as a plain NUT configuration. */
import { randomBytes } from 'node:crypto';
import { access, chmod, chown, open, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SettingsError } from '#domain/errors.ts';
import { phrase, textIn, type Text } from '#domain/messages/message.ts';
import type { Settings } from '#domain/schema/settings/settings.ts';
import { makeFolder } from '#engine/make-folder.ts';
import { beyondNut } from '#engine/settings/beyond-nut.ts';
import { checkSettings } from '#engine/settings/check-settings.ts';
import { newPassword } from '#engine/settings/new-password.ts';
import type { NutConf } from '#engine/settings/nut-conf/nut-conf.ts';
import { writeNutFiles, type NutFile } from '#engine/settings/nut-files.ts';
import { wholePort } from '#engine/settings/nut-to-settings.ts';
import { readWhole } from '#engine/settings/read-import.ts';
import { readSettings, SETTINGS_FILE } from '#engine/settings/settings-store.ts';
import { toNutConf } from '#engine/settings/settings-to-nut.ts';
import { reasonOf } from '#engine/system-reason.ts';
import { describeConfigError, describeInFile, lostInFile } from '../error-place.ts';
import { EXIT, type CommandIo } from '../io.ts';

/** NUT's daemons read them by their group; nobody else does. */
const FILE_MODE = 0o640;
const PROGRAM_MODE = 0o755;

/**
 * @param isForced files that are there are replaced
 * @throws SettingsError
 */
export async function exportSettings(
  target: string,
  dataDir: string,
  isForced: boolean,
  io: CommandIo,
): Promise<number> {
  const stored = await readSettings(dataDir);
  if (stored.settings.ups.length === 0) {
    io.stderr.write(`There is no UPS in the settings of ${dataDir}; add one, or move a configuration in.\n`);
    return EXIT.failed;
  }
  const file = join(dataDir, SETTINGS_FILE);
  const written = (await readWhole(file)).toString('utf8');
  const [lost, ...more] = lostInFile(stored, file, written);
  for (const other of more) io.stderr.write(`${describeConfigError(other)}\n`);
  if (lost) throw lost;
  const problems = checkSettings(stored.settings);
  for (const problem of problems) io.stderr.write(`${describeInFile(problem, file, written)}\n`);
  if (problems.some(({ severity }) => severity === 'error')) return EXIT.configuration;

  const { settings, notes } = withAccount(stored.settings);
  const folder = resolve(target);
  const files = writeNutFiles(withWholePaths(toNutConf(settings).conf, resolve(dataDir)), settings, folder);
  const there = isForced ? [] : await existing(files.map(({ name }) => join(folder, name)));
  if (there.length > 0) {
    for (const file of there) io.stderr.write(`${file} is there already; --force replaces it.\n`);
    return EXIT.failed;
  }
  await writeFiles(folder, files);
  for (const { name } of files) io.stdout.write(`${join(folder, name)}\n`);
  for (const note of [...notes, ...beyondNut(settings)]) io.stdout.write(`${textIn(note) ?? ''}\n`);
  if (files.some(({ isProgram }) => isProgram)) {
    io.stdout.write(`upssched.conf names the script in ${folder}: correct CMDSCRIPT if the files are moved.\n`);
  }
  return EXIT.ok;
}

/** Files that the settings name relative to the data folder. */
function withWholePaths(conf: NutConf, dataDir: string): NutConf {
  const { certFile, certPath } = conf.upsd;
  return {
    ...conf,
    ups: conf.ups.map((ups) => ({ ...ups, port: wholePort(ups.driver, ups.port, dataDir) })),
    upsd: {
      ...conf.upsd,
      ...(certFile === undefined ? {} : { certFile: resolve(dataDir, certFile) }),
      ...(certPath === undefined ? {} : { certPath: resolve(dataDir, certPath) }),
    },
  };
}

/** The account of this computer has a password as soon as the program has run once. */
function withAccount(settings: Settings): { readonly settings: Settings; readonly notes: readonly Text[] } {
  const { server, ups } = settings;
  if (server.monpwd !== undefined || ups.every(({ mode }) => mode === 'SLAVE')) return { settings, notes: [] };
  return {
    settings: { ...settings, server: { ...server, monpwd: newPassword() } },
    notes: [phrase('beyond.no-password', { user: server.monuser })],
  };
}

async function existing(files: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return files.filter((_, index) => found[index]);
}

/** All of them are written before the first one takes its name. */
async function writeFiles(folder: string, files: readonly NutFile[]): Promise<void> {
  const drafts: string[] = [];
  let file = folder;
  try {
    await makeFolder(folder, 0o755);
    const { gid } = await stat(folder);
    for (const { name, text, isProgram } of files) {
      file = join(folder, name);
      const draft = `${file}.${randomBytes(4).toString('hex')}.new`;
      drafts.push(draft);
      const handle = await open(draft, 'wx', 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      // A folder of NUT's has the group of its daemons.
      if (process.getuid?.() === 0) await chown(draft, 0, gid);
      await chmod(draft, isProgram ? PROGRAM_MODE : FILE_MODE);
    }
    for (const [index, { name }] of files.entries()) {
      file = join(folder, name);
      await rename(drafts[index] ?? '', file);
    }
  } catch (error) {
    await Promise.all(drafts.map((draft) => rm(draft, { force: true })));
    throw new SettingsError('settings/cannot-keep', { file, reason: reasonOf(error) }, error);
  }
}
