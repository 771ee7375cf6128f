/** The built program on a computer of a test network, with a UPS that it serves to the others at NUT's port. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { NetworkHost } from './network-namespaces.ts';
import { runProgram } from './run-program.ts';
import { CLI, ridethrough, startProgram, type RunningProgram } from './served-program.ts';

export interface NetworkServer {
  readonly program: RunningProgram;
  /** Data folder. */
  readonly data: string;
  /** Changes settings, as key and value in turn. */
  readonly set: (...pairs: string[]) => Promise<void>;
}

/** @param folder where its files go @param settings besides the UPS, as key and value in turn */
export async function serveTo(
  folder: string,
  host: NetworkHost,
  ups: string,
  ...settings: string[]
): Promise<NetworkServer> {
  const data = await mkdtemp(join(folder, `${ups}-`));
  const device = join(data, 'ups.dev');
  await writeFile(device, 'ups.status: OL\nbattery.charge: 90\n');
  const set = async (...pairs: string[]): Promise<void> => {
    const { status, stderr } = await ridethrough(['config', 'set', ...pairs, '--data-dir', data]);
    expect([status, stderr]).toEqual([0, '']);
  };
  const values = { identifier: ups, driver: 'dummy-ups', port: device, shutdownaction: 'nothing' };
  await set(
    ...Object.entries(values).flatMap(([key, value]) => [`ups.0.${key}`, value]),
    ...['server.rmonitor', 'true', 'server.monpwd', 'mon-pw', ...settings],
  );
  const [outer, args] = host.on(process.execPath, [CLI]);
  const program = startProgram(['serve', '--data-dir', data, '--no-web'], { command: [outer, ...args] });
  await program.ready();
  return { program, data, set };
}

/** What a server answers to a client that asks for the version; empty where it says nothing within two seconds. */
export async function heardFrom(host: NetworkHost, server = host.server): Promise<string> {
  const script = `exec 3<>/dev/tcp/${server}/3493; printf 'NETVER\\nLOGOUT\\n' >&3; cat <&3`;
  return (await runProgram(...host.on('timeout', ['2', 'bash', '-c', script]))).stdout;
}
