/**
 * `usbhid-ups`: keeps a session with the unit that a section asks for, and finds it again when it was gone.
 * The same for real devices, recordings and the demo UPS: the port decides.
 */
import { AppError, DriverError, describeError, phraseOf } from '#domain/errors.ts';
import type { Driver, DriverOutcome, DriverSink } from '#engine/drivers/driver.ts';
import type { HidDeviceInfo, Stop } from '#engine/ports.ts';
import { newConditionLog, tellCondition, type Condition } from './condition-log.ts';
import { deviceLabel } from './device-choice.ts';
import { planTalk, readTalkOptions } from './driver-options.ts';
import { asAppError, createUnitFinder, type FinderParts, type OpenUnit } from './find-unit.ts';
import { createSession, type Session } from './session.ts';
import type { SessionEnd } from './session-life.ts';
import { createWaiter, waitAtMost } from './waiter.ts';

export interface UsbHidDriverParts extends FinderParts {
  readonly sink: DriverSink;
}

const STOP_LIMIT_MS = 1_500;
const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000] as const;
const SLOWEST_RETRY_MS = 30_000;
/** A session that lasted as long was no failed attempt. */
const STABLE_MS = 30_000;
/** Nodes, their rights and their place in the list come one after the other: trouble right after plugging in may pass. */
const SETTLE_MS = 1_500;
const SETTLE_RETRY_MS = 250;
const TELL_PENDING_MS = 30_000;

type Ending = SessionEnd | { readonly why: 'not-started'; readonly error: AppError };

export function createUsbHidDriver(parts: UsbHidDriverParts): Driver {
  const { config, port, clock, log, sink, claims } = parts;
  const options = readTalkOptions(config);
  const finder = createUnitFinder(parts);
  const waiter = createWaiter(clock);
  let conditions = newConditionLog(clock.monotonic());
  /** The open session, started or not. */
  let session: Session | undefined;
  /** The session that has told its first data: commands go there. */
  let ready: Session | undefined;
  let hasData = false;
  let lastTrouble: AppError | undefined;
  let failedTries = 0;
  let shortAttempts = 0;
  let pluggedAt = -Infinity;
  let unwatch: Stop | undefined;
  let loop: Promise<void> | undefined;
  let hasEnded = false;
  let isStopped = false;
  let resolveStopped: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (resolveStopped = resolve));
  const isOff = (): boolean => isStopped;

  const toldOnce = new Set<string>();
  const tellOnce = (line: string): void => {
    if (!toldOnce.has(line)) log.info(line);
    toldOnce.add(line);
  };

  // --- what is told --------------------------------------------------------------------------------------------------

  const logCondition = (condition: Condition | undefined): void => {
    const told = tellCondition(conditions, condition, clock.monotonic());
    conditions = told.log;
    if (told.line) log[told.line.level](told.line.text);
  };

  /** There is nothing to read, and why. Values that are there stay, marked as old. */
  const tellTrouble = (error: AppError): void => {
    // That a unit whose cable is out is not found either is no news.
    if (lastTrouble?.code === 'driver/unplugged' && error.code === 'driver/no-device') return;
    logCondition({ level: 'warn', text: describeError(error) });
    if (lastTrouble?.message === error.message) return;
    lastTrouble = error;
    sink(hasData ? { type: 'stale', error } : { type: 'disconnected', error });
  };

  const tellGood = (device: HidDeviceInfo): void => {
    hasData = true;
    lastTrouble = undefined;
    failedTries = 0;
    logCondition({ level: 'info', text: `Reading ${deviceLabel(device)} at ${device.path}.` });
  };

  // --- the life of the driver ----------------------------------------------------------------------------------------

  const run = async (): Promise<void> => {
    const stopTelling = clock.every(TELL_PENDING_MS, () => logCondition(undefined));
    try {
      while (!isOff()) {
        watchPort();
        const found = await finder.find();
        if (isOff()) {
          if (!(found instanceof AppError)) await closeUnit(found);
          break;
        }
        const beganAt = clock.monotonic();
        const ending = found instanceof AppError ? notStarted(found) : await serve(found);
        if (isOff() || !(await recover(ending, clock.monotonic() - beganAt))) break;
      }
    } finally {
      stopTelling();
      unwatchPort();
    }
  };

  /** One session from start to end, closed and given back. */
  const serve = async (unit: OpenUnit): Promise<Ending> => {
    const { device } = unit.connection;
    const opened = createSession({
      connection: unit.connection,
      binding: unit.binding,
      plan: planTalk(options, unit.binding.defaults),
      clock,
      log,
      sink,
      tellOnce,
    });
    session = opened;
    let ending: Ending;
    try {
      await opened.start();
      unwatchPort();
      claims?.remember(config.name, device);
      tellGood(device);
      ready = opened;
      ending = await opened.run();
    } catch (error) {
      ending = notStarted(asAppError(error, deviceLabel(device)));
    }
    ready = undefined;
    if (!isOff()) {
      // Before closing, which may take a while: the data are old from this moment on, and a replug must be seen.
      watchPort();
      if (ending.why === 'gone' || ending.why === 'silent') tellTrouble(ending.error);
    }
    await opened.stop();
    session = undefined;
    unit.release();
    return ending;
  };

  const closeUnit = async (unit: OpenUnit): Promise<void> => {
    await waitAtMost(clock, STOP_LIMIT_MS, unit.connection.close());
    unit.release();
  };

  /** Waits for the right moment to try again. @returns false when there will be no other try */
  const recover = async (ending: Ending, lastedMs: number): Promise<boolean> => {
    if (ending.why === 'stopped') return false;
    if (ending.why === 'not-started') {
      if (isSettling()) {
        await waiter.wait(SETTLE_RETRY_MS);
        return !isOff();
      }
      return tryLater(ending.error);
    }
    if (lastedMs >= STABLE_MS) shortAttempts = 0;
    if (ending.why === 'restart') log.info(`Opening it again: ${ending.error.message}`);
    // Not cut short by a replug: there are units that drop their load when they are opened too early.
    await waitAtMost(clock, options.waitBeforeReconnectMs, stopped);
    if (ending.why === 'silent') await waiter.wait(nextRetryMs());
    return !isOff();
  };

  const tryLater = async (error: AppError): Promise<boolean> => {
    failedTries += 1;
    tellTrouble(error);
    const { reconnectMaxTries, reconnectReportEvery } = options;
    if (reconnectMaxTries !== undefined && failedTries > reconnectMaxTries) {
      const last = new DriverError('driver/gave-up', { ups: config.name, tries: failedTries, reason: phraseOf(error) });
      log.error(describeError(last));
      sink({ type: 'disconnected', error: last });
      return false;
    }
    if (reconnectReportEvery !== undefined && failedTries % reconnectReportEvery === 0) {
      log.info(`Still trying, ${failedTries} times by now: ${error.message}`);
    }
    await waiter.wait(nextRetryMs());
    return !isOff();
  };

  const nextRetryMs = (): number => {
    shortAttempts += 1;
    return RETRY_MS[shortAttempts - 1] ?? SLOWEST_RETRY_MS;
  };

  const isSettling = (): boolean => clock.monotonic() - pluggedAt < SETTLE_MS;

  const watchPort = (): void => {
    unwatch ??= port.watch(() => {
      pluggedAt = clock.monotonic();
      shortAttempts = 0;
      finder.forgetStrangers();
      waiter.wake();
    });
  };
  const unwatchPort = (): void => {
    unwatch?.();
    unwatch = undefined;
  };

  const toReady = (act: (running: Session) => Promise<DriverOutcome>): Promise<DriverOutcome> =>
    ready ? act(ready) : Promise.resolve('failed');

  return {
    start() {
      if (loop) return;
      for (const problem of options.problems) log.warn(describeError(problem));
      loop = run()
        .catch((error: unknown) => {
          log.error(`The driver ended unexpectedly: ${describeError(error)}`, { error });
          sink({ type: 'disconnected', error: asAppError(error, config.name) });
        })
        .finally(() => {
          hasEnded = true;
        });
    },
    async stop() {
      isStopped = true;
      resolveStopped();
      waiter.wake();
      await session?.stop();
      if (loop) await waitAtMost(clock, STOP_LIMIT_MS, loop);
      claims?.forget(config.name);
    },
    runCommand: (command, parameter) => toReady((running) => running.runCommand(command, parameter)),
    setVariable: (variable, value) => toReady((running) => running.setVariable(variable, value)),
    killPower: () => toReady((running) => running.killPower()),
    retry() {
      shortAttempts = 0;
      waiter.wake();
      return !hasEnded;
    },
  };
}

const notStarted = (error: AppError): Ending => ({ why: 'not-started', error });
