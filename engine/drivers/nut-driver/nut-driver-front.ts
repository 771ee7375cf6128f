/**
 * The front of installed NUT drivers: a driver that this program does not speak itself is used through its socket.
 * A socket that is open already is used as it is; else the driver is started, watched and stopped.
 */
import { AppError, describeError, DriverError } from '#domain/errors.ts';
import { asMonotonic, type Monotonic } from '#domain/units.ts';
import { phrase, type Text } from '#domain/messages/message.ts';
import { reasonOf } from '#engine/system-reason.ts';
import type { Driver, DriverOutcome, DriverSink, UpsConfig } from '#engine/drivers/driver.ts';
import type { Clock, Log } from '#engine/ports.ts';
import { socketPathOf } from './driver-launch.ts';
import { DriverLink } from './driver-link.ts';
import { checkNames, type Environment } from './driver-program.ts';
import type { DriverRun } from './driver-run.ts';
import type { DriverSocket, NutDriverHost, SocketAnswer } from './host.ts';
import { cutPowerByProgram, startInstalledDriver, type InstalledDriverParams } from './installed-driver.ts';
import { nodeHost } from './node-host.ts';
import type { SessionRequest } from './socket-session.ts';
import { pauseAfter, startPolicyOf, WELL_AFTER_MS, type StartPolicy } from './start-policy.ts';

export interface NutDriverFrontParams {
  readonly config: UpsConfig;
  /** Folder of the driver sockets (statepath), where one is configured. */
  readonly statePath: string | undefined;
  /** Folder of the driver programs (driverpath), where one is configured. */
  readonly driverPath: string | undefined;
  /** Folder of NUT's ups.conf, where the configuration came from NUT's files. */
  readonly confDir: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly sink: DriverSink;
  /** MAXAGE of upsd.conf; default 15. */
  readonly maxAgeSeconds?: number;
  /** Folder for sockets and files of drivers that we start; no other run may use it at the same time. */
  readonly runFolder?: string;
  readonly environment?: Environment;
  readonly host?: NutDriverHost;
}

/** Where the sockets of drivers are that somebody else started, when nothing is configured. */
const USUAL_STATE_FOLDERS = ['/run/nut', '/var/run/nut', '/var/state/ups', '/var/lib/nut', '/var/db/nut'];

const ANSWER_LIMIT_MS = 15_000;
const STOP_LIMIT_MS = 1_000;
/** How often a socket that should be there is tried. */
const SOCKET_CHECK_MS = 250;
/** How often a driver that others run is looked for. */
const FOREIGN_CHECK_MS = 2_000;
/**
 * A driver that others run and that went away is given back to them first: systemd starts it again after 15 s, and two
 * copies would fight for the device.
 */
const FOREIGN_GRACE_MS = 20_000;
/** A driver that dies closes its socket a moment before its end is known. */
const LAST_WORDS_MS = 300;

/** @returns a driver whose data are those of an installed NUT driver */
export function createNutDriverFront(params: NutDriverFrontParams): Driver {
  return new NutDriverFront(params);
}

class NutDriverFront implements Driver {
  readonly #params: NutDriverFrontParams;
  readonly #config: UpsConfig;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #host: NutDriverHost;
  readonly #environment: Environment;
  readonly #installed: InstalledDriverParams;

  #link: DriverLink | undefined;
  #watching: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;
  #lastTold: string | undefined;

  constructor(params: NutDriverFrontParams) {
    this.#params = params;
    this.#config = params.config;
    this.#clock = params.clock;
    this.#log = params.log;
    this.#host = params.host ?? nodeHost;
    this.#environment = params.environment ?? process.env;
    this.#installed = {
      ...params,
      // As in NUT's own programs, the environment is stronger than the files.
      statePath: this.#environment.NUT_STATEPATH ?? params.statePath,
      runFolder: params.runFolder,
      environment: this.#environment,
      host: this.#host,
    };
  }

  start(): void {
    if (this.#watching) return;
    const abort = new AbortController();
    const done = this.#watch(abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted) this.#log.error(describeError(error));
    });
    this.#watching = { abort, done };
  }

  async stop(): Promise<void> {
    const watching = this.#watching;
    this.#watching = undefined;
    watching?.abort.abort(new Error('the driver is stopped'));
    await watching?.done;
  }

  runCommand(command: string, parameter?: string): Promise<DriverOutcome> {
    return this.#request({ type: 'run-command', command, ...(parameter === undefined ? {} : { parameter }) });
  }

  setVariable(variable: string, value: string): Promise<DriverOutcome> {
    return this.#request({ type: 'set-variable', variable, value });
  }

  /** Asks the driver that runs; one that does not know how is started anew for it, as upsdrvctl would. */
  async killPower(): Promise<DriverOutcome> {
    const allowed = await this.setVariable('driver.flag.allow_killpower', '1');
    if (allowed === 'handled' && (await this.runCommand('driver.killpower')) === 'handled') return 'handled';

    const wasWatching = this.#watching !== undefined;
    await this.stop();
    try {
      if (await cutPowerByProgram(this.#installed)) {
        const { driver, name: ups } = this.#config;
        // It is not started again: opening the line to it switches some UPSes on.
        this.#tellGone(new DriverError('driver/power-cut', { driver, ups }));
        return 'handled';
      }
    } catch (error) {
      this.#log.error(describeError(error));
    }
    if (wasWatching) this.start();
    return 'failed';
  }

  #request(request: SessionRequest): Promise<DriverOutcome> {
    return this.#link?.request(request) ?? Promise.resolve('failed');
  }

  /** Keeps a driver connected until the signal comes, then leaves nothing behind. Rejects only with the signal. */
  async #watch(signal: AbortSignal): Promise<never> {
    const policy = startPolicyOf(this.#config.options);
    let failures = 0;
    let mayStartAt = this.#clock.monotonic();
    for (;;) {
      try {
        checkNames(this.#config);
        const foreign = await this.#openForeign(signal);
        if (foreign) {
          failures = 0;
          await this.#serve(foreign, undefined, signal);
          mayStartAt = later(this.#clock.monotonic(), FOREIGN_GRACE_MS);
        } else if (this.#clock.monotonic() >= mayStartAt) {
          const { wasWell, error } = await this.#runDriver(policy, signal);
          failures = wasWell ? 1 : failures + 1;
          mayStartAt = later(this.#clock.monotonic(), pauseAfter(failures, policy));
          this.#tellGone(error);
        }
      } catch (error) {
        signal.throwIfAborted();
        failures += 1;
        mayStartAt = later(this.#clock.monotonic(), pauseAfter(failures, policy));
        this.#tellGone(this.#asAppError(error));
      }
      await this.#clock.sleep(FOREIGN_CHECK_MS, signal);
    }
  }

  /**
   * @returns the socket of a driver that somebody else runs; undefined when there is none
   * @throws DriverError driver/socket-denied when there is one and we may not use it
   */
  async #openForeign(signal: AbortSignal): Promise<DriverSocket | undefined> {
    const { driver, name: ups } = this.#config;
    for (const folder of this.#stateFolders()) {
      const path = socketPathOf(this.#config, folder);
      const answer = await this.#openSocket(path, signal);
      if (answer.ok) {
        this.#log.info(`Using driver ${driver} of ${ups}, which runs already.`, { path });
        return answer.socket;
      }
      // Usual places that we may not look into say nothing; in one that was asked for, no driver of ours could listen.
      if (answer.reason === 'denied' || (answer.reason === 'hidden' && this.#installed.statePath !== undefined)) {
        throw new DriverError('driver/socket-denied', { driver, ups, path, reason: answer.text });
      }
    }
    return undefined;
  }

  #stateFolders(): readonly string[] {
    const asked = this.#installed.statePath;
    return asked ? [asked] : USUAL_STATE_FOLDERS;
  }

  async #openSocket(path: string, signal: AbortSignal): Promise<SocketAnswer> {
    const answer = await this.#host.openSocket(path);
    if (signal.aborted && answer.ok) answer.socket.close();
    signal.throwIfAborted();
    return answer;
  }

  /** Starts the driver and serves it to its end. @returns why it ended */
  async #runDriver(
    policy: StartPolicy,
    signal: AbortSignal,
  ): Promise<{ readonly wasWell: boolean; readonly error: AppError }> {
    const { driver, name: ups } = this.#config;
    const { run, socketPath, forget } = await startInstalledDriver(this.#installed, signal);
    try {
      let wellSince: number | undefined;
      for (;;) {
        const found = await this.#awaitSocket(socketPath, run, policy, signal);
        if ('none' in found) {
          const wasWell = wellSince !== undefined && this.#clock.monotonic() - wellSince >= WELL_AFTER_MS;
          const code = wellSince === undefined ? 'driver/start-failed' : 'driver/ended';
          return { wasWell, error: new DriverError(code, { driver, ups, reason: found.none }) };
        }
        wellSince ??= this.#clock.monotonic();
        await this.#serve(found.socket, run, signal);
      }
    } finally {
      await run.stop(STOP_LIMIT_MS, () => this.#link?.send('INSTCMD driver.exit'));
      this.#endLink(undefined);
      await forget();
    }
  }

  /** @returns the driver's socket, or why there is none: its end, or the start limit */
  async #awaitSocket(
    path: string,
    run: DriverRun,
    policy: StartPolicy,
    signal: AbortSignal,
  ): Promise<{ readonly socket: DriverSocket } | { readonly none: Text }> {
    const limit = this.#clock.monotonic() + policy.startLimitMs;
    for (;;) {
      if (run.exit) return { none: await run.ended };
      const answer = await this.#openSocket(path, signal);
      if (answer.ok) return { socket: answer.socket };
      if (this.#clock.monotonic() >= limit) {
        return { none: phrase('reason.no-socket', { seconds: policy.startLimitMs / 1_000, text: answer.text }) };
      }
      await Promise.race([run.ended, this.#clock.sleep(SOCKET_CHECK_MS, signal)]);
    }
  }

  /** Tells what the driver says until its socket ends. @throws the signal's reason; a driver of ours is still linked then */
  async #serve(socket: DriverSocket, run: DriverRun | undefined, signal: AbortSignal): Promise<void> {
    const { driver, name: ups } = this.#config;
    const link = new DriverLink({
      socket,
      settings: {
        maxAgeMs: (this.#params.maxAgeSeconds ?? 15) * 1_000,
        answerLimitMs: ANSWER_LIMIT_MS,
        staleError: () => new DriverError('driver/data-stale', { driver, ups }),
      },
      clock: this.#clock,
      log: this.#log,
      sink: this.#params.sink,
    });
    this.#link = link;
    this.#lastTold = undefined;
    const aborted = whenAborted(signal);
    try {
      await Promise.race([link.closed, run?.ended ?? link.closed, aborted.promise]);
      if (signal.aborted) {
        if (!run) this.#endLink(undefined);
        signal.throwIfAborted();
      }
      const reason = run && (await Promise.race([run.ended, this.#clock.sleep(LAST_WORDS_MS, signal)]));
      const error =
        reason !== undefined
          ? new DriverError('driver/ended', { driver, ups, reason })
          : new DriverError('driver/socket-lost', { driver, ups });
      this.#log.warn(error.message);
      this.#lastTold = error.message;
      this.#endLink(error);
    } finally {
      aborted.forget();
    }
  }

  #endLink(error: AppError | undefined): void {
    this.#link?.end(error);
    this.#link = undefined;
  }

  /** Tells once that there is no source, and why. */
  #tellGone(error: AppError): void {
    if (error.message === this.#lastTold) return;
    this.#lastTold = error.message;
    this.#log.warn(error.message, { remedy: error.remedy });
    this.#params.sink({ type: 'disconnected', error });
  }

  #asAppError(error: unknown): AppError {
    if (error instanceof AppError) return error as AppError;
    const { driver, name: ups } = this.#config;
    return new DriverError('driver/start-failed', { driver, ups, reason: reasonOf(error) }, error);
  }
}

const later = (from: Monotonic, ms: number): Monotonic => asMonotonic(from + ms);

function whenAborted(signal: AbortSignal): { readonly promise: Promise<void>; forget(): void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const listener = (): void => resolve(undefined);
  if (signal.aborted) listener();
  signal.addEventListener('abort', listener);
  return { promise, forget: () => signal.removeEventListener('abort', listener) };
}
