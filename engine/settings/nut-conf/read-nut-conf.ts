/** Reads a folder of NUT's configuration files as NUT would, and tells what is wrong with it. */
import type { ConfFile, ConfFolder } from './conf-folder.ts';
import { openConfFolder } from './conf-folder.ts';
import type { NutConf, NutFileConf, UpsdConf, UserConf } from './nut-conf.ts';
import { NUT_FILE_DEFAULTS, readNutFileConf } from './nut-file-conf.ts';
import { Problems } from './problem.ts';
import { readUpsConf } from './ups-conf.ts';
import { readUpsdConf, UPSD_DEFAULTS } from './upsd-conf.ts';
import { readUpsdUsers } from './upsd-users.ts';
import { readUpsmonConf } from './upsmon-conf.ts';
import { readUpsschedConf } from './upssched-conf.ts';
import { parseBoolean } from './values.ts';

/** Variables of the process that win over the files: NUT_STATEPATH, ALLOW_NO_DEVICE, ALLOW_NOT_ALL_LISTENERS. */
export type NutEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * Files that are not there count as empty. Never fails for what a file says: that is in `problems`.
 * @param folder path, or a folder that is already open
 * @throws SettingsError settings/cannot-read when the folder, or a file that exists, cannot be read
 */
export async function readNutConf(folder: string | ConfFolder, environment: NutEnvironment = {}): Promise<NutConf> {
  const conf = typeof folder === 'string' ? await openConfFolder(folder) : folder;
  const [upsFile, upsdFile, usersFile, upsmonFile, upsschedFile, nutFile] = await Promise.all(
    (['ups.conf', 'upsd.conf', 'upsd.users', 'upsmon.conf', 'upssched.conf', 'nut.conf'] as const).map(
      async (name) => ({
        file: await conf.read(name),
        problems: new Problems(conf.pathOf(name)),
      }),
    ),
  );
  const read = <Result>(
    from: { readonly file: ConfFile | undefined; readonly problems: Problems } | undefined,
    reader: (bytes: Uint8Array, problems: Problems) => Result,
  ): Result | undefined => (from?.file ? reader(from.file.bytes, from.problems) : undefined);

  const nut: NutFileConf = read(nutFile, readNutFileConf) ?? NUT_FILE_DEFAULTS;
  const upsConf = read(upsFile, readUpsConf) ?? { ups: [], global: {} };
  const written = read(upsdFile, readUpsdConf) ?? UPSD_DEFAULTS;
  const upsd = withStrongerSources(written, upsConf.global, { ...nut.variables, ...definedOnly(environment) });
  const users: readonly UserConf[] = read(usersFile, readUpsdUsers) ?? [];
  const upsmon = read(upsmonFile, readUpsmonConf);
  const upssched = read(upsschedFile, readUpsschedConf);

  const isOnlyWatching = upsmon !== undefined && upsmon.monitors.length > 0;
  if (upsConf.ups.length === 0 && !upsd.allowNoDevice && !isOnlyWatching) upsFile?.problems.error('no-ups', 1, {});
  const hasPasswords = { users: users.some((user) => user.password !== undefined), upsmon: isOnlyWatching };
  if (hasPasswords.users) tellWorldReadable(usersFile);
  if (hasPasswords.upsmon) tellWorldReadable(upsmonFile);

  return {
    ups: upsConf.ups,
    upsGlobal: upsConf.global,
    upsd,
    users,
    upsmon,
    upssched,
    nut,
    problems: [upsFile, upsdFile, usersFile, upsmonFile, upsschedFile, nutFile].flatMap(
      (from) => from?.problems.list() ?? [],
    ),
  };
}

function tellWorldReadable(
  from: { readonly file: ConfFile | undefined; readonly problems: Problems } | undefined,
): void {
  if (from?.file?.isWorldReadable) from.problems.warning('world-readable', 1, { file: from.problems.file });
}

const definedOnly = (environment: NutEnvironment): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined));

/** Strength: the environment, nut.conf (it becomes the environment of NUT's programs), ups.conf, upsd.conf. */
function withStrongerSources(
  upsd: UpsdConf,
  upsGlobal: Readonly<Record<string, string | true>>,
  environment: NutEnvironment,
): UpsdConf {
  const yesNo = (name: string): boolean | undefined => parseBoolean(environment[name] ?? '');
  const candidates = [environment.NUT_STATEPATH, upsGlobal.statepath, upsd.statePath];
  const statePath = candidates.find((path): path is string => typeof path === 'string' && path !== '');
  return {
    ...upsd,
    ...(statePath === undefined ? {} : { statePath }),
    allowNoDevice: yesNo('ALLOW_NO_DEVICE') ?? upsd.allowNoDevice,
    allowNotAllListeners: yesNo('ALLOW_NOT_ALL_LISTENERS') ?? upsd.allowNotAllListeners,
  };
}
