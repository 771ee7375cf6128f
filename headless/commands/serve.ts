import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endAtOnce } from '#engine/adapters/end-at-once.ts';
import { createReadFs } from '#engine/adapters/node-hid-fs.ts';
import { holdDataFolder } from '#engine/adapters/hold-data-folder.ts';
import { createMulticastDiscovery } from '#engine/adapters/multicast-discovery.ts';
import { createNodeHidPort } from '#engine/adapters/node-hid-port.ts';
import { logOutput } from '#engine/adapters/error-output.ts';
import { createPinoLog } from '#engine/adapters/pino-log.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { findDevices } from '#engine/api/found-devices.ts';
import { createSetupSystem } from '#engine/adapters/setup-system.ts';
import { createSystemPower, isPowerForbidden } from '#engine/adapters/system-power.ts';
import { holdUpsmonPid } from '#engine/adapters/upsmon-pid.ts';
import { describeError, SettingsError } from '#domain/errors.ts';
import { localeOf, phrase, type Text } from '#domain/messages/message.ts';
import type { DriverOutcome } from '#engine/drivers/driver.ts';
import { takeOwnDefinitions } from '#engine/devices/own-definitions.ts';
import { createLateHook } from '#engine/monitor/late-power-off.ts';
import type { Log } from '#engine/ports.ts';
import { createProduct, formatAddress, type Product } from '#engine/product.ts';
import {
  demoConfiguration,
  nutFilesConfiguration,
  startConfiguration,
  type Configuration,
} from '#engine/settings/configuration.ts';
import { openSettingsKeeper } from '#engine/settings/settings-keeper.ts';
import { dataDirectory } from '#engine/data-dir.ts';
import { RULE_FILE } from '#engine/setup/udev-rule.ts';
import { reasonOf } from '#engine/system-reason.ts';
import { DISK_LIMIT_MS, withinLimit } from '#engine/within-limit.ts';
import { EXIT, UsageError, type CommandIo } from '../io.ts';
import { parseOptions } from '../options.ts';
import { createWebPasswords } from '../web/web-passwords.ts';
import type { WebHost } from '../web/web-host.ts';
import { makeDataFolder } from './data-folder.ts';

const HELP = `Usage: ridethrough serve [OPTION]...

Watches the UPS, serves it over the NUT protocol and shows it in a browser. Prints one line when it is ready:
ridethrough ready nut=ADDRESS:PORT web=ADDRESS. The log goes to standard error. Ends on SIGTERM and SIGINT;
SIGHUP reads NUT's files again, SIGUSR1 shuts down now (as upsmon -c fsd).

  --nut-conf DIR   take the configuration from NUT's files in DIR (ups.conf, upsd.conf, upsd.users …)
  --data-dir DIR   folder for secrets and data (default: RIDETHROUGH_DATA_DIR, else the system's folder)
  --web HOST:PORT  where the web interface listens (default 127.0.0.1:8493)
  --no-web         no web interface
  --demo           a simulated UPS instead of a real one
  --open           open the web interface in the browser
`;

const DEFAULT_WEB = '127.0.0.1:8493';
/** Longest time an end may take; what has not finished by then is left behind. */
const STOP_LIMIT_MS = 1_800;

interface ServeOptions {
  readonly confDir: string | undefined;
  readonly dataDir: string;
  readonly web: { readonly host: string; readonly port: number } | undefined;
  readonly isDemo: boolean;
  readonly opensBrowser: boolean;
}

export async function serve(args: readonly string[], io: CommandIo): Promise<number> {
  const options = readOptions(args, io.env);
  if (options === 'help') {
    io.stdout.write(HELP);
    return EXIT.ok;
  }
  const startLog = createPinoLog(io.env.RIDETHROUGH_LOG === 'debug' ? 'debug' : 'info');
  // Asked for before anything is started: a signal that comes early must not be lost.
  const ending = nextEnding(startLog);
  await prepareDataFolder(options.dataDir, startLog);
  const letGo = await holdDataFolder(options.dataDir, systemClock, startLog);
  const isOwn = options.confDir === undefined && !options.isDemo;
  const keeper = isOwn
    ? await openSettingsKeeper({ dataDir: options.dataDir, clock: systemClock, log: startLog })
    : undefined;
  const configuration = keeper
    ? await startConfiguration(keeper.current.settings, options.dataDir, startLog)
    : await readConfiguration(options, io.env, startLog);
  // DEBUG_MIN of upsd.conf.
  const log = configuration.isDebug ? createPinoLog('debug') : startLog;
  const readAgain = oneAtATime(() => takeUpAgain(options, io.env, product, log));
  const hidPort = createNodeHidPort({ clock: systemClock, log });
  const product: Product = createProduct({
    configuration,
    ...(keeper ? { settings: keeper } : {}),
    locale: () => localeOf('system', [(io.env.LC_ALL ?? io.env.LC_MESSAGES ?? io.env.LANG ?? '').replace('_', '-')]),
    dataDir: options.dataDir,
    clock: systemClock,
    log,
    hidPort,
    power: createSystemPower({
      clock: systemClock,
      log,
      folder: join(options.dataDir, 'shutdown-actions'),
      env: io.env,
    }),
    ...(process.platform === 'linux' && !isPowerForbidden(io.env)
      ? { lateHook: createLateHook(configuration.baseDir) }
      : {}),
    definitions: await takeOwnDefinitions(options.dataDir, systemClock, log),
    setupSystem: createSetupSystem({
      platform: process.platform,
      env: io.env,
      fs: createReadFs(),
      log,
      ruleFile: join(programFolder(), 'resources', 'udev', RULE_FILE),
    }),
    ...(options.web ? { webPasswords: createWebPasswords(options.dataDir, options.web, log) } : {}),
    discovery: createMulticastDiscovery(systemClock),
    scanDevices: () => findDevices(hidPort),
    reload: readAgain,
  });
  const web = options.web && (await createWeb(options.web, options.dataDir, product, log));
  let releasePid = (): Promise<void> => Promise.resolve();
  try {
    const opening = web?.start();
    // Without its passwords it must not open, and those may lie on a disk that hangs. What watches goes on.
    const opened = (): Promise<string | undefined> | undefined =>
      opening && withinLimit<string | undefined>(systemClock, DISK_LIMIT_MS, opening, () => undefined);
    await opened();
    // A service of NUT's files is expected to serve; what people set up here is to guard this computer in any case.
    const addresses = await product.start(isOwn ? 'wished' : 'needed');
    if (configuration.monitor) releasePid = await holdUpsmonPid(io.env, log);
    const nut = addresses.length === 0 ? 'off' : addresses.map(formatAddress).join(',');
    const openIn = (link: string): void => {
      if (options.opensBrowser) openBrowser(link, log);
    };
    const link = await opened();
    // Once: who starts the program waits for one line.
    io.stdout.write(`ridethrough ready nut=${nut} web=${link ?? 'off'}\n`);
    if (link !== undefined) openIn(link);
    else if (opening) {
      log.warn(`The web interface is not open yet: it waits for the disk with ${options.dataDir}.`);
      const toldLate = (late: string): void => {
        log.info(`The web interface is open: ${late}`);
        openIn(late);
      };
      opening.then(toldLate, (error: unknown) => log.error(describeError(error)));
    }
  } catch (error) {
    keeper?.stop();
    if (await stopAll(product, web, releasePid)) letGo();
    // Once the error is told.
    else process.once('exit', () => endAtOnce(false));
    throw error;
  }

  for (;;) {
    const signal = await ending();
    if (signal === 'SIGUSR1') {
      // As `upsmon -c fsd` does.
      void product.monitor
        .ask({ kind: 'shutdown-now' })
        .then((outcome) => log.warn(`SIGUSR1: shutdown now: ${outcome}`));
      continue;
    }
    if (signal === 'SIGHUP') {
      // Not waited for: the signal to end is obeyed meanwhile.
      void readAgain();
      continue;
    }
    log[signal === 'broken' ? 'error' : 'info'](
      `Ending on ${signal === 'broken' ? 'an error of the program' : signal}`,
    );
    keeper?.stop();
    if (!(await stopAll(product, web, releasePid))) {
      log.warn('Ending: something is not waited for, as a disk that does not answer.');
      await logOutput.settled();
      endAtOnce(signal !== 'broken');
    }
    letGo();
    return signal === 'broken' ? EXIT.failed : EXIT.ok;
  }
}

/**
 * Watching and shutting down need no disk, so a folder that cannot be written to, or whose disk does not answer, is told
 * and lived with.
 * @throws SettingsError settings/cannot-keep when there is none and none can be made
 */
async function prepareDataFolder(folder: string, log: Log): Promise<void> {
  const cannotKeep = (reason: Text, error?: unknown): void =>
    log.warn(describeError(new SettingsError('settings/cannot-keep', { file: folder, reason }, error)));
  const prepared = makeDataFolder(folder)
    .then(() => access(folder, constants.W_OK | constants.X_OK))
    .catch((error: unknown) => {
      if (error instanceof SettingsError) throw error;
      cannotKeep(reasonOf(error), error);
    });
  await withinLimit(systemClock, DISK_LIMIT_MS, prepared, () => cannotKeep(phrase('reason.no-answer-in-time', {})));
}

/** The folder of this program, found from wherever this module runs: its bundle or its source. */
function programFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): ServeOptions | 'help' {
  const { values, positionals } = parseOptions(args, {
    'nut-conf': { type: 'string' },
    'data-dir': { type: 'string' },
    web: { type: 'string' },
    'no-web': { type: 'boolean' },
    demo: { type: 'boolean' },
    open: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) return 'help';
  if (positionals.length > 0) throw new UsageError(`"serve" takes no "${positionals.join(' ')}"`);
  if (values.demo && values['nut-conf'] !== undefined) throw new UsageError('--demo and --nut-conf exclude each other');
  if (values['no-web'] && (values.web !== undefined || values.open)) {
    throw new UsageError('--no-web excludes --web and --open');
  }
  return {
    confDir: values['nut-conf'],
    dataDir: dataDirectory(values['data-dir'], env),
    web: values['no-web'] ? undefined : readWebAddress(values.web ?? DEFAULT_WEB),
    isDemo: values.demo ?? false,
    opensBrowser: values.open ?? false,
  };
}

function readWebAddress(text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:]+)):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || !(port <= 65_535)) throw new UsageError(`--web takes HOST:PORT, not "${text}"`);
  return { host, port };
}

async function readConfiguration(options: ServeOptions, env: NodeJS.ProcessEnv, log: Log): Promise<Configuration> {
  if (options.confDir !== undefined) return nutFilesConfiguration(options.confDir, options.dataDir, env, log);
  return demoConfiguration(options.dataDir);
}

/** Calls are carried out one after the other, so that the newest files are taken up last. */
function oneAtATime<Result>(run: () => Promise<Result>): () => Promise<Result> {
  let turn: Promise<unknown> = Promise.resolve();
  return () => {
    const done = turn.then(run);
    turn = done.catch(() => undefined); // whoever asked is told
    return done;
  };
}

/** A configuration that cannot be used leaves the running one in force. */
async function takeUpAgain(
  options: ServeOptions,
  env: NodeJS.ProcessEnv,
  product: Product,
  log: Log,
): Promise<DriverOutcome> {
  if (options.confDir === undefined) return 'handled';
  try {
    await product.reconfigure(await readConfiguration(options, env, log));
    log.info('Configuration read again');
    return 'handled';
  } catch (error) {
    log.error(`The configuration was not taken up: ${describeError(error)}`);
    return 'failed';
  }
}

async function createWeb(
  address: { readonly host: string; readonly port: number },
  dataDir: string,
  product: Product,
  log: Log,
): Promise<WebHost> {
  // Not loaded where nothing is shown.
  const [{ createLiveWebHost }, { createStaticFiles }] = await Promise.all([
    import('../web/live-web-host.ts'),
    import('../web/static-files.ts'),
  ]);
  const host: WebHost = createLiveWebHost({
    ...address,
    dataDir,
    api: product.api,
    files: createStaticFiles(join(programFolder(), 'dist', 'renderer')),
    clock: systemClock,
    log,
    metrics: () => product.metrics(host.clientCount),
    health: () => product.health(),
  });
  return host;
}

/** @returns whether everything has ended in time */
async function stopAll(product: Product, web: WebHost | undefined, releasePid: () => Promise<void>): Promise<boolean> {
  const stopping = Promise.all([web?.stop(), product.stop(), releasePid()]).then(() => true);
  return withinLimit(systemClock, STOP_LIMIT_MS, stopping, () => false);
}

type Ending = 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGUSR1' | 'broken';

/**
 * What asks for an end or a reload, one after the other, none lost between two calls. An error that nobody caught ends
 * the program in order, so that whoever started it can start it anew and no driver program is left behind.
 */
function nextEnding(log: Log): () => Promise<Ending> {
  const waiting: Ending[] = [];
  let wake: (() => void) | undefined;
  const tell = (ending: Ending): void => {
    waiting.push(ending);
    wake?.();
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1'] as const) process.on(signal, () => tell(signal));
  process.on('uncaughtException', (error) => {
    log.error('The program met an error that nobody caught', { error: error.stack ?? error.message });
    tell('broken');
  });
  return async () => {
    for (;;) {
      const signal = waiting.shift();
      if (signal) return signal;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
}

function openBrowser(link: string, log: Log): void {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', link]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '""', link]
        : ['xdg-open', link];
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  child.on('error', (error) => log.warn(`No browser could be opened (${error.message}); open the link by hand.`));
  child.unref();
}
