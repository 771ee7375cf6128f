/** Plays a definition file: once and again when it changes, or over and over. */
import { readFile, stat } from 'node:fs/promises';
import { DriverError, describeError } from '#domain/errors.ts';
import { phrase, type Text } from '#domain/messages/message.ts';
import { reasonOf } from '#engine/system-reason.ts';
import {
  driverNote,
  type Driver,
  type DriverOutcome,
  type DriverSink,
  type UpsConfig,
} from '#engine/drivers/driver.ts';
import type { Clock, Log, Stop } from '#engine/ports.ts';
import { type DevFile, isReservedName, isVariableName, parseDevFile } from './dev-file.ts';
import { DummyData } from './dummy-data.ts';
import { pollMsOf, SIGN_OF_LIFE_MS } from './dummy-options.ts';
import { changesBetween, type DriverData, NO_DATA } from './told-data.ts';

export interface FilePlayerParts {
  readonly config: UpsConfig;
  readonly path: string;
  /** From the end back to the beginning, after a second. */
  readonly isLooping: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly sink: DriverSink;
}

const PAUSE_BETWEEN_ROUNDS_MS = 1_000;
/** Longer timers fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const LARGEST_FILE_BYTES = 1 << 20;
const MOST_NOTES = 20;

export function createFilePlayer(parts: FilePlayerParts): Driver {
  const { config, path, isLooping, clock, log, sink } = parts;
  const data = new DummyData();
  let told: DriverData = NO_DATA;
  let isReady = false;
  let trouble: DriverError | undefined;
  let wasStale = false;
  /** Identity, size and time of what was read last. */
  let version: string | undefined;
  let file: DevFile = { steps: [], problems: [] };
  let stopPolling: Stop | undefined;
  let cancelStep: Stop | undefined;
  let checking: Promise<void> | undefined;
  let isStopped = false;

  const cannotRead = (reason: Text, cause?: unknown): DriverError =>
    new DriverError('driver/cannot-read', { file: path, reason }, cause);

  const publish = (): void => {
    const now = data.snapshot();
    if (!isReady) sink({ type: 'connected' });
    const changes = changesBetween(told, now);
    told = now;
    if (changes) sink(changes);
    if (!isReady) sink({ type: 'ready' });
    isReady = true;
  };

  const play = (from: number): void => {
    for (let at = from; at < file.steps.length; at++) {
      const step = file.steps[at];
      if (!step) break;
      if (step.type === 'wait') {
        publish();
        cancelStep = clock.after(Math.min(LONGEST_TIMER_MS, step.seconds * 1000), () => play(at + 1));
        return;
      }
      data.apply(step);
    }
    publish();
    cancelStep = isLooping ? clock.after(PAUSE_BETWEEN_ROUNDS_MS, () => play(0)) : undefined;
  };

  const tellBadLines = (): void => {
    const errors = file.problems.map(
      ({ line, reason }) => new DriverError('driver/bad-file', { file: path, line, reason }),
    );
    for (const error of errors.slice(0, MOST_NOTES)) log.warn(describeError(error));
    sink({
      type: 'notes',
      notes: file.problems.slice(0, MOST_NOTES).map((problem) => driverNote('bad-line', { file: path, ...problem })),
    });
  };

  const tellTrouble = (error: DriverError): void => {
    cancelStep?.();
    version = undefined;
    if (trouble?.message === error.message) return;
    trouble = error;
    log.warn(describeError(error));
    wasStale = isReady;
    sink(isReady ? { type: 'stale', error } : { type: 'disconnected', error });
  };

  /** @returns undefined when nothing changed since the last time */
  const readIfChanged = async (): Promise<Uint8Array | undefined> => {
    const found = await stat(path, { bigint: true });
    if (!found.isFile()) throw cannotRead(phrase('reason.no-file', {}));
    if (found.size > LARGEST_FILE_BYTES) throw cannotRead(phrase('reason.too-large', { bytes: LARGEST_FILE_BYTES }));
    const seen = `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}`;
    if (seen === version) return undefined;
    const bytes = await readFile(path);
    version = seen;
    return bytes;
  };

  const take = (bytes: Uint8Array): void => {
    const hadProblems = file.problems.length > 0;
    file = parseDevFile(bytes);
    cancelStep?.();
    play(0);
    if (hadProblems || file.problems.length > 0) tellBadLines();
    if (!trouble) return;
    if (wasStale) sink({ type: 'fresh' });
    log.info(`${path} can be read again.`);
    trouble = undefined;
    wasStale = false;
  };

  const check = async (): Promise<void> => {
    let bytes: Uint8Array | undefined;
    try {
      bytes = await readIfChanged();
    } catch (error) {
      if (!isStopped)
        tellTrouble(error instanceof DriverError ? (error as DriverError) : cannotRead(reasonOf(error), error));
      return;
    }
    if (isStopped) return;
    if (bytes) take(bytes);
    else sink({ type: 'alive' });
  };

  const giveSignOfLife = (): void => {
    if (isReady && !trouble) sink({ type: 'alive' });
  };

  const checkOnceAtATime = (): void => {
    checking ??= check().finally(() => (checking = undefined));
  };

  return {
    start() {
      const pollMs = pollMsOf(config.options);
      const stopChecks = clock.every(pollMs, checkOnceAtATime);
      const stopSigns = pollMs > SIGN_OF_LIFE_MS ? clock.every(SIGN_OF_LIFE_MS, giveSignOfLife) : undefined;
      stopPolling = () => {
        stopChecks();
        stopSigns?.();
      };
      checkOnceAtATime();
    },
    async stop() {
      isStopped = true;
      stopPolling?.();
      cancelStep?.();
      await checking;
      cancelStep?.();
    },
    runCommand: () => Promise.resolve<DriverOutcome>('unknown'),
    setVariable(variable, value) {
      const isRefused = isStopped || !isReady || isReservedName(variable) || !isVariableName(variable);
      if (isRefused) return Promise.resolve<DriverOutcome>(isReady ? 'invalid' : 'failed');
      data.set(variable, value);
      publish();
      return Promise.resolve<DriverOutcome>('handled');
    },
    killPower: () => Promise.resolve<DriverOutcome>('unknown'),
  };
}
