/** Shows a UPS of another NUT server as if it were attached here. */
import { AppError, DriverError, NutError, describeError } from '#domain/errors.ts';
import { reasonOf } from '#engine/system-reason.ts';
import type { Driver, DriverOutcome, DriverSink, UpsConfig } from '#engine/drivers/driver.ts';
import { connectNutClient, type NutClient } from '#engine/nut/client.ts';
import { keepConnected, type KeptConnection } from '#engine/nut/reconnecting-client.ts';
import { formatUpsAddress, type UpsAddress } from '#engine/nut/ups-address.ts';
import type { Clock, Log } from '#engine/ports.ts';
import type { NutCredentials } from '#engine/settings/nut-conf/nutauth-conf.ts';
import { pollMsOf, SIGN_OF_LIFE_MS } from './dummy-options.ts';
import { readAbilities, readValues, RefusedByServer, request } from './remote-ups.ts';
import { changesBetween, type DriverData, NO_DATA } from './told-data.ts';

export interface RepeaterParts {
  readonly config: UpsConfig;
  readonly address: UpsAddress;
  /** Asked before each connection, so that a changed file is taken up. */
  readonly credentials: () => Promise<NutCredentials>;
  readonly clock: Clock;
  readonly log: Log;
  readonly sink: DriverSink;
}

const ANSWER_LIMIT_MS = 5_000;

export function createRepeater(parts: RepeaterParts): Driver {
  const { config, address, clock, log, sink } = parts;
  const shown = formatUpsAddress(address);
  let told: DriverData = NO_DATA;
  /** What listeners know: nothing, good data, or data marked as old. */
  let state: 'disconnected' | 'good' | 'stale' = 'disconnected';
  let lastTrouble: string | undefined;
  let kept: KeptConnection | undefined;
  /** The open connection, when it may act for a user. */
  let acting: NutClient | undefined;

  const tellTrouble = (error: AppError): void => {
    if (lastTrouble === error.message) return;
    lastTrouble = error.message;
    log.warn(describeError(error));
    const isStale = error.code === 'driver/upstream-stale' && state !== 'disconnected';
    state = isStale ? 'stale' : 'disconnected';
    if (!isStale) told = NO_DATA;
    sink(isStale ? { type: 'stale', error } : { type: 'disconnected', error });
  };

  const tellData = (data: DriverData): void => {
    if (state === 'disconnected') sink({ type: 'connected' });
    const changes = changesBetween(told, data);
    told = data;
    sink(changes ?? { type: 'alive' });
    if (state === 'disconnected') sink({ type: 'ready' });
    if (state === 'stale') sink({ type: 'fresh' });
    if (state !== 'good') log.info(`${shown} is shown.`);
    state = 'good';
    lastTrouble = undefined;
  };

  const poll = async (client: NutClient, before: DriverData): Promise<DriverData> => {
    const values = await readValues(client, address.ups);
    // What can be done with a UPS changes with what it shows, or not at all.
    const isKnown = before !== NO_DATA && isSameNames(before.values, values);
    const { traits, commands } = isKnown ? before : await readAbilities(client, address.ups);
    return { values, traits, commands, alarms: [] };
  };

  /** An open connection is a sign of life as long as the data were good when last asked for. */
  const untilNextPoll = async (signal: AbortSignal): Promise<void> => {
    for (let left = pollMsOf(config.options); left > 0; left -= SIGN_OF_LIFE_MS) {
      await clock.sleep(Math.min(left, SIGN_OF_LIFE_MS), signal).catch((error: unknown) => {
        throw signal.aborted ? signal.reason : error;
      });
      if (left > SIGN_OF_LIFE_MS && state === 'good') sink({ type: 'alive' });
    }
  };

  const session = async (client: NutClient, signal: AbortSignal): Promise<void> => {
    acting = await logIn(client, await parts.credentials());
    try {
      while (!signal.aborted) {
        try {
          const startedAt = clock.monotonic();
          tellData(await poll(client, state === 'good' ? told : NO_DATA));
          sink({ type: 'polled', tookMs: clock.monotonic() - startedAt });
        } catch (error) {
          if (!(error instanceof RefusedByServer)) throw error;
          tellTrouble(refusal(error.word));
        }
        await untilNextPoll(signal);
      }
    } finally {
      acting = undefined;
    }
  };

  const refusal = (word: string): DriverError =>
    word === 'DATA-STALE'
      ? new DriverError('driver/upstream-stale', { address: shown })
      : new DriverError('driver/upstream-refused', { address: shown, reason: word });

  const asAppError = (error: unknown): AppError =>
    error instanceof AppError
      ? (error as AppError)
      : new NutError('nut/connection-lost', { address: shown, reason: reasonOf(error) }, error);

  const connect = async (): Promise<NutClient> => {
    const { isTlsRequired, isVerified } = await parts.credentials();
    return connectNutClient({
      host: address.host,
      port: address.port,
      clock,
      timeoutMs: ANSWER_LIMIT_MS,
      tls: isTlsRequired ? 'require' : 'off',
      ...(isVerified === undefined ? {} : { verify: isVerified }),
    });
  };

  const act = async (words: readonly string[]): Promise<DriverOutcome> => {
    if (!acting) return 'failed';
    try {
      return await request(acting, clock, words);
    } catch (error) {
      if (!(error instanceof NutError)) throw error;
      log.warn(describeError(error));
      return 'failed';
    }
  };

  return {
    start() {
      kept = keepConnected({
        clock,
        connect,
        session,
        onFailure: (error) => tellTrouble(asAppError(error)),
      });
    },
    async stop() {
      await kept?.stop();
    },
    runCommand: (command, parameter) =>
      act(['INSTCMD', address.ups, command, ...(parameter === undefined ? [] : [parameter])]),
    setVariable: (variable, value) => act(['SET', 'VAR', address.ups, variable, value]),
    // Others hang on that UPS as well; its own server decides when its power is cut.
    killPower: () => Promise.resolve<DriverOutcome>('unknown'),
  };
}

/** @returns the client when it may act for a user from now on */
async function logIn(client: NutClient, { user, password }: NutCredentials): Promise<NutClient | undefined> {
  if (user === undefined || password === undefined) return undefined;
  const reply = await client.authenticate(user, password);
  if (!reply.ok) return undefined;
  // Servers before 2.8.0 do not know it: their OK is taken for the result then.
  await client.command(['SET', 'TRACKING', 'ON']);
  return client;
}

const isSameNames = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a.keys()].every((name) => b.has(name));
