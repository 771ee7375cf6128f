/**
 * Computers of their own, as far as the network goes: one namespace of Linux for a server and one for each of its
 * clients, with a cable from each client to the server. Each namespace lives as long as the process that holds it, and
 * that one no longer than the test.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { endProcess } from './end-process.ts';

export interface NetworkHost {
  /** Where the server is reached from here. */
  readonly server: string;
  /** Own address on the cable; undefined for the server and where all are one computer. */
  readonly address: string | undefined;
  /** Program and arguments that run the given ones on this computer. */
  on(program: string, args: readonly string[]): readonly [string, readonly string[]];
}

export interface Network {
  /** False: this system has no namespaces for us, and all are one computer on its loopback. */
  readonly isApart: boolean;
  readonly server: NetworkHost;
  readonly clients: readonly NetworkHost[];
  remove(): Promise<void>;
}

const LOOPBACK: NetworkHost = { server: '127.0.0.1', address: undefined, on: (program, args) => [program, args] };

export async function layNetwork(clients: number): Promise<Network> {
  const holders: ChildProcess[] = [];
  const remove = async (): Promise<void> => {
    await Promise.all(holders.splice(0).map((holder) => endProcess(holder)));
  };
  const server = await holdNamespace(holders);
  if (server === undefined) return { isApart: false, server: LOOPBACK, clients: Array(clients).fill(LOOPBACK), remove };
  const hosts: NetworkHost[] = [];
  for (let index = 1; index <= clients; index += 1) {
    const client = await holdNamespace(holders);
    const [near, far] = [`10.83.${index}.1`, `10.83.${index}.2`];
    const isLaid =
      client !== undefined &&
      inside(server, 'ip', [
        'link',
        'add',
        `to${index}`,
        'type',
        'veth',
        'peer',
        'name',
        'eth0',
        'netns',
        `${client}`,
      ]) &&
      inside(server, 'ip', ['address', 'add', `${near}/30`, 'dev', `to${index}`]) &&
      inside(server, 'ip', ['link', 'set', `to${index}`, 'up']) &&
      inside(client, 'ip', ['address', 'add', `${far}/30`, 'dev', 'eth0']) &&
      inside(client, 'ip', ['link', 'set', 'eth0', 'up']);
    if (!isLaid) {
      await remove();
      return { isApart: false, server: LOOPBACK, clients: Array(clients).fill(LOOPBACK), remove };
    }
    hosts.push({ server: near, address: far, on: (program, args) => entered(client, program, args) });
  }
  return {
    isApart: true,
    server: { ...LOOPBACK, on: (program, args) => entered(server, program, args) },
    clients: hosts,
    remove,
  };
}

const entered = (pid: number, program: string, args: readonly string[]): readonly [string, readonly string[]] => [
  'nsenter',
  ['--target', String(pid), '--net', program, ...args],
];

const inside = (pid: number, program: string, args: readonly string[]): boolean =>
  spawnSync(...entered(pid, program, args)).status === 0;

/** @returns the process that holds a new namespace whose loopback is up; undefined where there can be none */
async function holdNamespace(holders: ChildProcess[]): Promise<number | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const script = 'ip link set lo up && echo ready && exec sleep infinity';
  const holder = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', '--net', 'sh', '-c', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  holders.push(holder);
  const isReady = await Promise.race([
    once(holder.stdout, 'data').then(() => true),
    once(holder, 'close').then(() => false),
    once(holder, 'error').then(() => false),
  ]);
  return isReady ? holder.pid : undefined;
}
