/** The two servers to compare, on the same data: NUT's upsd with dummy-ups, and ours in a process of its own. */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { connectNutClient } from '#engine/nut/client.ts';
import { type NutUpsd, startNutUpsd, UPSD_PROGRAMS } from '#tests/support/nut-upsd.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import type { Order, Report } from './nut-server-process.ts';

const run = promisify(execFile);

/** What a middling USB unit says of itself. */
const DEVICE = `battery.charge: 100
battery.charge.low: 10
battery.charge.warning: 50
battery.date: 2024/03/11
battery.mfr.date: 2024/03/11
battery.runtime: 2134
battery.runtime.low: 120
battery.type: PbAc
battery.voltage: 27.3
battery.voltage.nominal: 24.0
input.sensitivity: medium
input.transfer.high: 280
input.transfer.low: 170
input.transfer.reason: input voltage out of range
input.voltage: 232.0
input.voltage.nominal: 230
ups.beeper.status: enabled
ups.delay.shutdown: 20
ups.firmware: 879.L4 .I
ups.load: 17
ups.mfr: Bench
ups.model: Bench 900
ups.realpower.nominal: 540
ups.serial: 000000000000
ups.status: OL
ups.test.result: No test initiated
ups.timer.shutdown: -1
ups.vendorid: 051d
`;
export const UPS = 'bench';

export interface OurServer {
  readonly port: number;
  /** Changes a variable. @returns when, in nanoseconds of the monotonic clock */
  set(variable: string, value: string): Promise<bigint>;
  /** Resident memory after a garbage collection, in bytes. */
  resident(): Promise<number>;
}

export interface Servers {
  readonly upsd: NutUpsd;
  readonly ours: OurServer;
  /** Path of the load generator. */
  readonly load: string;
  stop(): Promise<void>;
}

/** @throws Error when a program is missing and cannot be installed */
export async function startServers(): Promise<Servers> {
  const found = await ensurePrograms([...UPSD_PROGRAMS, { program: 'cc', package: 'gcc' }]);
  if (!found.ok) throw new Error(found.reason);
  const folder = await mkdtemp(join(tmpdir(), 'bench-nut-'));
  const load = join(folder, 'nut-load');
  await run('cc', ['-O2', '-o', load, join(import.meta.dirname, 'nut-load.c')]);
  const upsd = await startNutUpsd({
    devices: { [UPS]: { dev: DEVICE } },
    users: '[mon]\n password = pw\n upsmon secondary\n',
    upsdConf: 'MAXCONN 2048',
  });
  const client = await connectNutClient({ host: '127.0.0.1', port: upsd.port, clock: systemClock });
  const listed = await client.listVariables(UPS);
  await client.close();
  if (!listed.ok) throw new Error(`upsd refuses its list: ${listed.error}`);
  const { child, ours } = await startOurs(Object.fromEntries(listed.value));
  return {
    upsd,
    ours,
    load,
    async stop() {
      child.kill();
      await once(child, 'exit');
      await upsd.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startOurs(variables: Record<string, string>): Promise<{ child: ChildProcess; ours: OurServer }> {
  const child = fork(join(import.meta.dirname, 'nut-server-process.ts'), [], { execArgv: ['--expose-gc'] });
  const ask = async (order: Order): Promise<Report> => {
    child.send(order);
    const [report] = (await once(child, 'message')) as [Report];
    return report;
  };
  const serving = await ask({ type: 'serve', ups: UPS, variables });
  if (serving.type !== 'serving') throw new Error('our server did not start');
  return {
    child,
    ours: {
      port: serving.port,
      async set(variable, value) {
        const report = await ask({ type: 'set', variable, value });
        return report.type === 'set' ? BigInt(report.at) : 0n;
      },
      async resident() {
        const report = await ask({ type: 'measure' });
        return report.type === 'measured' ? report.resident : 0;
      },
    },
  };
}

export interface Load {
  readonly perSecond: number;
  readonly p50us: number;
  readonly p99us: number;
}

/** Lets the load generator ask one thing again and again. */
export async function measureLoad(
  load: string,
  port: number,
  connections: number,
  depth: number,
  seconds: number,
  request: string,
): Promise<Load> {
  const { stdout } = await run(load, [port, connections, depth, seconds, ...request.split(' ')].map(String), {
    timeout: 60_000,
  });
  return JSON.parse(stdout) as Load;
}

/** Resident memory of another process in bytes, as the kernel counts it. */
export async function residentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
}
