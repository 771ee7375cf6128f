/** How a driver is started: its folders, its configuration, its arguments, and the user it runs as. */
import { chmod, chown, lstat, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DriverError } from '#domain/errors.ts';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import type { Environment } from './driver-program.ts';
import type { ProcessOrder } from './host.ts';
import { driverConfFor, hasSection } from './driver-conf.ts';

export interface LaunchParams {
  readonly config: UpsConfig;
  /** Folder of the driver sockets where one is configured. */
  readonly statePath: string | undefined;
  /** Folder of NUT's ups.conf where the UPS comes from there. */
  readonly confDir: string | undefined;
  /** Folder for what belongs to this run of the program; one is chosen when absent. */
  readonly runFolder: string | undefined;
  readonly environment: Environment;
}

/** Everything but the program. */
export interface Launch {
  readonly order: Omit<ProcessOrder, 'program'>;
  readonly socketPath: string;
  /** A folder of ours that only we write to. */
  readonly home: string;
}

/** Users that packages of NUT make for its drivers. */
const NUT_USERS = ['nut', 'upsd', 'ups', 'uupsd'];

const isWindows = process.platform === 'win32';
const isRoot = (): boolean => process.getuid?.() === 0;

/** Where the driver of a UPS listens. @param folder of no meaning on Windows, where it is a named pipe */
export function socketPathOf(config: UpsConfig, folder: string): string {
  const name = `${config.driver}-${config.name}`;
  return isWindows ? `\\\\.\\pipe\\${name}` : join(folder, name);
}

/** Makes folders and files as needed. @throws DriverError driver/start-failed when that cannot be done */
export async function prepareLaunch(params: LaunchParams): Promise<Launch> {
  const { config, environment } = params;
  const { driver, name: ups } = config;
  try {
    const home = await makeHome(params);
    const isInFile = params.confDir !== undefined && (await hasSection(params.confDir, ups));
    const confPath = (isInFile ? params.confDir : undefined) ?? home;
    // A file rather than arguments: secrets among the options are for the driver only, and arguments are for all to see.
    if (!isInFile) await writePrivately(join(home, 'ups.conf'), driverConfFor(config));

    const stateFolder = params.statePath ?? join(home, 'state');
    const user = isRoot() ? await userFor(config, stateFolder, params.statePath === undefined) : undefined;
    if (params.statePath === undefined) await makeStateFolder(stateFolder, user?.ids);
    return {
      order: {
        arguments: ['-a', ups, ...(user ? ['-u', user.name] : [])],
        environment: { ...environment, NUT_CONFPATH: confPath, NUT_STATEPATH: stateFolder },
      },
      socketPath: socketPathOf(config, stateFolder),
      home,
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DriverError('driver/start-failed', { driver, ups, reason }, cause);
  }
}

/** @param launch what prepareLaunch gave; its folder is of no use afterwards */
export async function forgetLaunch(launch: Launch): Promise<void> {
  await rm(launch.home, { recursive: true, force: true });
}

async function writePrivately(path: string, text: string): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, text, { mode: 0o600, flag: 'wx' });
}

/** The folder for what concerns this UPS only. Root's is for all to enter, since drivers do not run as root. */
async function makeHome(params: LaunchParams): Promise<string> {
  const base = params.runFolder ?? (await defaultRunFolder(params.environment));
  await mkdir(base, { recursive: true, mode: isRoot() ? 0o755 : 0o700 });
  const home = join(base, `${params.config.driver}-${params.config.name}`);
  await mkdir(home, { recursive: true });
  await chmod(home, isRoot() ? 0o755 : 0o700);
  return home;
}

/** Short, since the path of a Unix socket ends after some hundred characters. */
async function defaultRunFolder(environment: Environment): Promise<string> {
  if (isWindows) return join(tmpdir(), 'ridethrough');
  if (isRoot()) return '/var/run/ridethrough';
  if (environment.XDG_RUNTIME_DIR) return join(environment.XDG_RUNTIME_DIR, 'ridethrough');
  const folder = join(tmpdir(), `ridethrough-${process.getuid?.() ?? 'me'}`);
  await mkdir(folder, { mode: 0o700, recursive: true });
  // Anybody may make folders there: one that others can write to is not ours to use.
  const found = await lstat(folder);
  const isOurs = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
  return isOurs ? folder : mkdtemp(join(tmpdir(), 'ridethrough-'));
}

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

async function makeStateFolder(folder: string, owner: Ids | undefined): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700);
  if (owner) await chown(folder, owner.uid, owner.gid);
}

/**
 * The user a driver started by root is to become. Undefined: the one it was built with, or ups.conf names.
 * @param isOurs the folder of its socket is made by us and can be given to any user
 */
async function userFor(
  config: UpsConfig,
  stateFolder: string,
  isOurs: boolean,
): Promise<{ readonly name: string; readonly ids: Ids | undefined } | undefined> {
  if (!isOurs) {
    const found = await stat(stateFolder);
    const isForRootOnly =
      !(found.uid !== 0 && found.mode & 0o200) && !(found.gid !== 0 && found.mode & 0o020) && !(found.mode & 0o002);
    return isForRootOnly ? { name: 'root', ids: undefined } : undefined;
  }
  const asked = config.options.user;
  const users = await readUsers();
  const name = typeof asked === 'string' ? asked : NUT_USERS.find((user) => users.has(user));
  return name === undefined ? { name: 'root', ids: undefined } : { name, ids: users.get(name) };
}

async function readUsers(): Promise<ReadonlyMap<string, Ids>> {
  // A system without this file has none of NUT's users either.
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return new Map(
    text
      .split('\n')
      .map((line) => line.split(':'))
      .filter((fields) => fields.length >= 4)
      .map(([name = '', , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  );
}
