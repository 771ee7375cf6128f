/** How a driver is started: its folders, its configuration, its arguments, and the user it runs as. */
import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DriverError } from '#domain/errors.ts';
import { reasonOf } from '#engine/system-reason.ts';
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
  /** The folder of its socket, where that is ours. */
  readonly ownStateFolder: string | undefined;
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

    const isOurs = params.statePath === undefined;
    const stateFolder = params.statePath ?? (await chooseStateFolder(home, config, environment));
    const user = isRoot() ? await userFor(config, stateFolder, isOurs) : undefined;
    if (isOurs) await makeStateFolder(stateFolder, user?.ids);
    return {
      order: {
        arguments: ['-a', ups, ...(user ? ['-u', user.name] : [])],
        environment: { ...environment, NUT_CONFPATH: confPath, NUT_STATEPATH: stateFolder },
      },
      socketPath: socketPathOf(config, stateFolder),
      home,
      ownStateFolder: isOurs ? stateFolder : undefined,
    };
  } catch (cause) {
    throw new DriverError('driver/start-failed', { driver, ups, reason: reasonOf(cause) }, cause);
  }
}

/** @param launch what prepareLaunch gave; its folders are of no use afterwards */
export async function forgetLaunch({ home, ownStateFolder }: Launch): Promise<void> {
  await rm(home, { recursive: true, force: true });
  if (ownStateFolder !== undefined) await rm(ownStateFolder, { recursive: true, force: true });
}

async function writePrivately(path: string, text: string): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, text, { mode: 0o600, flag: 'wx' });
}

/** Longest path of a Unix socket, in bytes: 103 on macOS, a little more elsewhere. */
const LONGEST_SOCKET_PATH = 103;

/**
 * The folder of the socket: in the one of this UPS where that will do. A data folder is closed to others, so the user
 * that a driver started by root becomes could not reach it there; and a socket deep in a tree has too long a path.
 */
async function chooseStateFolder(home: string, config: UpsConfig, environment: Environment): Promise<string> {
  const near = join(home, 'state');
  if (isWindows) return near;
  const isShort = Buffer.byteLength(socketPathOf(config, near)) <= LONGEST_SOCKET_PATH;
  if (isShort && (!isRoot() || (await isOpenToAll(home)))) return near;
  const base = await defaultRunFolder(environment);
  await mkdir(base, { recursive: true, mode: isRoot() ? 0o755 : 0o700 });
  // The same at each start, so that a run that was killed leaves nothing behind for ever.
  return join(base, createHash('sha256').update(resolve(home)).digest('hex').slice(0, 12));
}

/** Whether any user may enter the folder and all above it. */
async function isOpenToAll(folder: string): Promise<boolean> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    if (((await stat(path)).mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
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
