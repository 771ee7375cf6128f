/** Avahi, the responder of most Linux systems, on a computer of a test network: what it hears, and what it tells. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess } from './end-process.ts';
import type { NetworkHost } from './network-namespaces.ts';
import { runProgram } from './run-program.ts';
import { until } from './served-program.ts';

export const AVAHI_PROGRAMS = [
  { program: 'avahi-daemon', package: 'avahi-daemon' },
  { program: 'avahi-browse', package: 'avahi-utils' },
  { program: 'avahi-publish', package: 'avahi-utils' },
  { program: 'dbus-daemon', package: 'dbus-daemon' },
];

/** A service as it was found: name, address, port. */
export type SeenService = readonly [name: string, address: string, port: string];

export interface Avahi {
  /** What is announced on the cable now. */
  seen(type: string): Promise<readonly SeenService[]>;
  /** Names that came and went since: `+name`, `-name`. */
  watch(type: string): Promise<() => readonly string[]>;
  publish(name: string, type: string, port: number): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

export async function startAvahi(host: NetworkHost): Promise<Avahi> {
  const folder = await mkdtemp(join(tmpdir(), 'ridethrough-avahi-'));
  const bus = join(folder, 'bus');
  const config = join(folder, 'avahi.conf');
  // What its programs say is read here, in English.
  const env = { ...process.env, LC_ALL: 'C.UTF-8', DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${bus}` };
  const children: ChildProcess[] = [];
  const start = (program: string, args: readonly string[]): { child: ChildProcess; said: () => string } => {
    const [outer, all] = host.on('setpriv', ['--pdeathsig', 'KILL', program, ...args]);
    const child = spawn(outer, all, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (text += piece.toString()));
    return { child, said: () => text };
  };
  // Neither this computer's own services are told, nor its daemon disturbed.
  const script = [
    'mkdir -p /run/avahi-daemon /etc/avahi/services',
    'mount -t tmpfs none /run/avahi-daemon && mount -t tmpfs none /etc/avahi/services',
    `exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f ${config}`,
  ].join(' && ');
  await writeFile(config, '[server]\nhost-name=nas\nuse-ipv4=yes\nuse-ipv6=no\n');
  const busArgs = ['--session', '--nofork', '--print-address', `--address=unix:path=${bus}`];
  const { said: ofBus } = start('dbus-daemon', busArgs);
  await until('a bus', () => ofBus().includes('unix:path='), ofBus);
  const { said: ofDaemon } = start('unshare', ['--mount', 'sh', '-c', script]);
  await until('avahi', () => ofDaemon().includes('startup complete'), ofDaemon);

  const linesOf = (text: string, kind: string): string[][] =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${kind};eth0;`))
      // What is no letter is written as \DDD.
      .map((line) => line.replace(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(Number(code))).split(';'));
  return {
    async seen(type) {
      const { stdout } = await runProgram(...host.on('avahi-browse', ['-rtp', type]), { env });
      return linesOf(stdout, '=').map(([, , , name = '', , , , address = '', port = '']) => [name, address, port]);
    },
    async watch(type) {
      // Only the form for people says when it has told what is there.
      const { said } = start('stdbuf', ['-oL', 'avahi-browse', '--verbose', '--no-db-lookup', type]);
      await until('a first look', () => said().includes('All for now'), said);
      const line = /^([+-]) +\S+ IPv4 (.+?) +_\w+\._tcp /gm;
      return () => [...said().matchAll(line)].map(([, sign = '', name = '']) => `${sign}${name}`);
    },
    async publish(name, type, port) {
      const { child, said } = start('avahi-publish', ['-s', name, type, String(port)]);
      await until(`${name} published`, () => said().includes('Established'), said);
      return () => endProcess(child, 'SIGTERM');
    },
    async stop() {
      for (const child of children.toReversed()) await endProcess(child, 'SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
