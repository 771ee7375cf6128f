/**
 * NUT's own server and dummy driver, started in a folder of their own on a free loopback port. Used to compare our
 * server and clients with the originals. `ensurePrograms(UPSD_PROGRAMS)` first.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endProcess } from './end-process.ts';
import type { ProgramNeed } from './programs.ts';

const UPSD = '/lib/nut/upsd';
const DUMMY_UPS = '/lib/nut/dummy-ups';

/** Debian's /usr/sbin/upsd is a script that refuses to run until nut.conf says so; the program itself is this one. */
export const UPSD_PROGRAMS: readonly ProgramNeed[] = [
  { program: UPSD, package: 'nut-server' },
  { program: DUMMY_UPS, package: 'nut-server' },
];

export interface DummyDevice {
  /** Content of the .dev file: lines of `name: value`. */
  readonly dev: string;
  readonly description?: string;
  /** False: the section is there but its driver is not started. */
  readonly isRunning?: boolean;
}

export interface NutUpsdOptions {
  readonly devices: Readonly<Record<string, DummyDevice>>;
  /** Content of upsd.users. */
  readonly users?: string;
  /** More lines for the top of ups.conf. */
  readonly upsConf?: string;
  /** More lines for upsd.conf. */
  readonly upsdConf?: string;
}

export interface NutUpsd {
  readonly host: string;
  readonly port: number;
  /** `127.0.0.1:PORT`, as in `ups@127.0.0.1:PORT`. */
  readonly address: string;
  /** NUT_CONFPATH and NUT_STATEPATH. */
  readonly folder: string;
  /** Process id of upsd, for its memory. */
  readonly pid: number;
  /** Writes a .dev file anew; dummy-ups reads it again when its time stamp changes. */
  writeDevice(name: string, dev: string): Promise<void>;
  stopDriver(name: string): Promise<void>;
  startDriver(name: string): Promise<void>;
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
  /** Everything the programs wrote to stderr. */
  log(): string;
  stop(): Promise<void>;
}

/** A loopback port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

/** Sends lines and returns what comes back until the server closes or a line ends the reply. */
export async function askOnce(port: number, line: string, host = '127.0.0.1'): Promise<string> {
  const socket = connect({ port, host });
  socket.setTimeout(5_000, () => socket.destroy(new Error(`no answer to ${line}`)));
  let text = '';
  socket.setEncoding('latin1');
  socket.write(`${line}\nLOGOUT\n`);
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.endsWith('OK Goodbye\n')) break;
  }
  socket.destroy();
  return text.slice(0, text.length - 'OK Goodbye\n'.length);
}

export async function startNutUpsd(options: NutUpsdOptions): Promise<NutUpsd> {
  const folder = await mkdtemp(join(tmpdir(), 'nut-upsd-'));
  const port = await freePort();
  // The programs drop to this user; as anybody else they stay who they are.
  const user = process.getuid?.() === 0 ? ['-u', 'root'] : [];
  const env = { ...process.env, NUT_CONFPATH: folder, NUT_STATEPATH: folder, NUT_ALTPIDPATH: folder };
  const children = new Map<string, ChildProcess>();
  let log = '';

  const write = async (name: string, text: string): Promise<void> => {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o640); // upsd complains of files the world can read
  };
  const start = (key: string, program: string, args: string[]): ChildProcess => {
    const child = spawn(program, args, { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => (log += text));
    }
    child.on('error', (error) => (log += `${program}: ${error.message}\n`));
    children.set(key, child);
    return child;
  };
  const end = async (key: string): Promise<void> => {
    const child = children.get(key);
    children.delete(key);
    child?.kill('SIGCONT'); // a stopped process does not take the signal to end
    if (child) await endProcess(child, 'SIGTERM');
  };
  const waitUntil = async (what: string, isDone: () => Promise<boolean>): Promise<void> => {
    for (let attempt = 0; attempt < 300; attempt++) {
      if (await isDone().catch(() => false)) return;
      await delay(50);
    }
    throw new Error(`${what} did not come up:\n${log}`);
  };
  const isServed = async (name: string): Promise<boolean> =>
    (await askOnce(port, `GET VAR ${name} driver.name`)).startsWith('VAR ');
  const startDriver = async (name: string): Promise<void> => {
    start(name, DUMMY_UPS, ['-a', name, '-F', ...user]);
    await waitUntil(name, () => isServed(name));
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...children.keys()].map(end));
    await rm(folder, { recursive: true, force: true });
  };

  const names = Object.keys(options.devices);
  const sections = names.map((name) => {
    const description = options.devices[name]?.description;
    const text = description === undefined ? '' : `  desc = "${description.replace(/["\\#]/g, '\\$&')}"\n`;
    return `[${name}]\n  driver = dummy-ups\n  port = ${name}.dev\n${text}`;
  });
  await write('ups.conf', `maxretry = 1\n${options.upsConf ?? ''}\n${sections.join('')}`);
  await write('upsd.conf', `LISTEN 127.0.0.1 ${port}\n${options.upsdConf ?? ''}\n`);
  await write('upsd.users', options.users ?? '');
  for (const name of names) await write(`${name}.dev`, options.devices[name]?.dev ?? '');
  const startServer = async (): Promise<void> => {
    start('upsd', UPSD, ['-F', ...user]);
    await waitUntil('upsd', async () => (await askOnce(port, 'NETVER')) !== '');
  };
  try {
    await startServer();
    await Promise.all(names.filter((name) => options.devices[name]?.isRunning !== false).map(startDriver));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    host: '127.0.0.1',
    port,
    address: `127.0.0.1:${port}`,
    folder,
    pid: children.get('upsd')?.pid ?? 0,
    writeDevice: (name, dev) => write(`${name}.dev`, dev),
    stopDriver: end,
    startDriver,
    stopServer: () => end('upsd'),
    startServer,
    log: () => log,
    stop,
  };
}
