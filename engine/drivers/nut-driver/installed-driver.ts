/** The program of a NUT driver on this computer: starts it for one UPS, and lets it cut the power. */
import { DriverError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import type { Clock, Log } from '#engine/ports.ts';
import { forgetLaunch, prepareLaunch } from './driver-launch.ts';
import { checkNames, findDriverProgram, type Environment } from './driver-program.ts';
import { DriverRun } from './driver-run.ts';
import type { NutDriverHost } from './host.ts';
import { endLeftover, writeOwner } from './leftover.ts';

export interface InstalledDriverParams {
  readonly config: UpsConfig;
  readonly statePath: string | undefined;
  readonly driverPath: string | undefined;
  readonly confDir: string | undefined;
  readonly runFolder: string | undefined;
  readonly environment: Environment;
  readonly host: NutDriverHost;
  readonly clock: Clock;
  readonly log: Log;
}

export interface StartedDriver {
  readonly run: DriverRun;
  /** Where it will listen. */
  readonly socketPath: string;
  /** Takes away what was made for it, once it has ended. */
  readonly forget: () => Promise<void>;
}

const HELP_LIMIT_MS = 5_000;
const KILL_POWER_LIMIT_MS = 75_000;

/**
 * Starts the driver in the foreground, as a child of ours.
 * @throws DriverError driver/not-installed, driver/unknown, driver/bad-option, driver/start-failed, driver/held-by-other;
 * the signal's reason
 */
export async function startInstalledDriver(params: InstalledDriverParams, signal: AbortSignal): Promise<StartedDriver> {
  const { config, host, clock, log } = params;
  checkNames(config);
  const program = await findDriverProgram(config, params.driverPath, params.environment);
  const foreground = await foregroundOption(params, program, signal);
  const launch = await prepareLaunch(params);
  const forget = (): Promise<void> => forgetLaunch(launch);
  const owner = await endLeftover(launch.home, clock, signal);
  if (owner !== undefined) {
    // The folder is in use by that other run: it stays.
    const holder = phrase('holder.process', { program: 'Ridethrough', pid: owner });
    throw new DriverError('driver/held-by-other', { device: config.name, holder });
  }
  if (signal.aborted) await forget();
  signal.throwIfAborted();
  const order = { ...launch.order, program, arguments: [foreground, ...launch.order.arguments] };
  const run = new DriverRun(host, order, clock, log.child({ driver: config.driver }));
  if (run.pid !== undefined) await writeOwner(launch.home, run.pid, program);
  return { run, socketPath: launch.socketPath, forget };
}

/**
 * Runs the driver once, only to cut the power. No other copy of ours may run.
 * @returns whether it says that the UPS took it
 * @throws as startInstalledDriver
 */
export async function cutPowerByProgram(params: InstalledDriverParams): Promise<boolean> {
  const { config, host, clock, log } = params;
  checkNames(config);
  const program = await findDriverProgram(config, params.driverPath, params.environment);
  const launch = await prepareLaunch(params);
  try {
    const order = { ...launch.order, program, arguments: [...launch.order.arguments, '-k'] };
    return await new DriverRun(host, order, clock, log.child({ driver: config.driver })).endsWell(KILL_POWER_LIMIT_MS);
  } finally {
    await forgetLaunch(launch);
  }
}

/** Drivers before NUT 2.8 know no -F; they stay in the foreground when they are to tell more. */
async function foregroundOption(
  { host, clock, environment }: InstalledDriverParams,
  program: string,
  signal: AbortSignal,
): Promise<string> {
  const help: string[] = [];
  const process = host.startProcess({ program, arguments: ['-h'], environment });
  process.onLine((line) => help.push(line));
  const end = (): void => void process.signal('SIGKILL');
  const limit = clock.after(HELP_LIMIT_MS, end);
  signal.addEventListener('abort', end);
  await process.exited;
  signal.removeEventListener('abort', end);
  limit();
  signal.throwIfAborted();
  const knows = (option: string): boolean => help.some((line) => line.startsWith(`${option} `));
  return knows('-D') && !knows('-F') ? '-D' : '-F';
}
