/** A UPS on somebody else's NUT server, watched as upsmon does: logged in, asked again and again, for ever. */
import { describeError } from '#domain/errors.ts';
import { connectNutClient, type NutClient, type NutReply } from '#engine/nut/client.ts';
import { keepConnected } from '#engine/nut/reconnecting-client.ts';
import type { Clock, Log } from '#engine/ports.ts';
import type { Facts } from './monitor-state.ts';
import type { MonitorPolicy, RemoteSource, SupplyPolicy } from './policy.ts';

export interface RemoteWatch {
  /** Declares FSD, now or as soon as the server is reached. */
  setForcedShutdown(): Promise<void>;
  /** Addresses of the other computers that are logged in; empty where the server does not tell. */
  others(): Promise<readonly string[]>;
  /** Ends the login; the UPS is watched on. */
  logOut(): Promise<void>;
  /** Takes the login up again, after a shutdown that is over: an FSD that could not be declared in it is wanted no more. */
  logIn(): void;
  stop(): Promise<void>;
}

export interface RemoteWatchOptions {
  readonly supply: SupplyPolicy;
  readonly source: RemoteSource;
  readonly policy: Pick<MonitorPolicy, 'pollFreq' | 'pollFreqAlert' | 'pollFailLogThrottleMax'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly onLook: (facts: Facts) => void;
  readonly onLost: () => void;
}

/** As upsmon's own limit for a connection. */
const TIMEOUT_MS = 10_000;
const LOGIN_AGAIN_MS = 30_000;
/** Where drivers tell of an economy mode since it stands no longer in ups.status. */
export const MODE_VARIABLES = ['ups.mode.buzzwords', 'experimental.ups.mode.buzzwords'] as const;
/** `vendor:NAME:ECO`, and what a maker calls the same. */
const SAVING_MODE = /:(?:ECO|ESS)$/i;
/** While one of them holds, looks come more often. */
const ALERT_WORDS = ['OB', 'OFF', 'BYPASS', 'ALARM', 'OVER'];

export function watchRemote(options: RemoteWatchOptions): RemoteWatch {
  const { supply, source, policy, clock, onLook, onLost } = options;
  const log = options.log.child({ ups: supply.ups });
  let client: NutClient | undefined;
  let isLoggedIn = false;
  /** A login is not wanted (any more). */
  let isLeaving = false;
  /** The connection is closed from here, to be opened again without a login. */
  let isClosing = false;
  /** FSD is to be declared as soon as the server can be told. */
  let isForcing = false;
  let failures = 0;
  /** Why the login was refused when that was last told: it is tried again for as long as it is. */
  let refusedBefore: string | undefined;

  const wantsLogin = (): boolean => !isLoggedIn && !isLeaving;

  const failed = (why: string): void => {
    failures += 1;
    const every = policy.pollFailLogThrottleMax;
    if (failures === 1 || every < 0 || (every > 0 && failures % every === 0)) {
      log.warn(`Poll of UPS ${supply.ups} failed: ${why}`);
    }
    onLost();
  };

  const logIn = async (connection: NutClient): Promise<void> => {
    const refused = (what: string, reply: NutReply): boolean => {
      if (reply.ok) return false;
      const refusal = `${what} was refused by ${connection.address}: ${reply.error}`;
      if (refusal !== refusedBefore) log.warn(refusal);
      refusedBefore = refusal;
      return true;
    };
    if (refused('LOGIN', await connection.login(supply.name))) return;
    isLoggedIn = true;
    log.info(`Logged in to UPS ${supply.ups}`);
    if (supply.role !== 'primary') {
      refusedBefore = undefined;
      return;
    }
    let granted = await connection.command(['PRIMARY', supply.name]);
    // Servers before NUT 2.8 know only the old name.
    if (!granted.ok && granted.error === 'UNKNOWN-COMMAND') granted = await connection.command(['MASTER', supply.name]);
    if (refused('The role of primary', granted)) return;
    refusedBefore = undefined;
    if (isForcing) await declare(connection);
  };

  const declare = async (connection: NutClient): Promise<void> => {
    const reply = await connection.command(['FSD', supply.name]);
    if (!reply.ok) log.error(`FSD could not be set on ${supply.ups}: ${reply.error}`);
    // One that was refused before the login was through is declared again after it.
    isForcing = !reply.ok;
  };

  const look = async (connection: NutClient): Promise<Facts | undefined> => {
    const [status, charge, runtime, test, alarm, ...modes] = await Promise.all(
      ['ups.status', 'battery.charge', 'battery.runtime', 'ups.test.result', 'ups.alarm', ...MODE_VARIABLES].map(
        (name) => connection.get('VAR', supply.name, name),
      ),
    );
    const textOf = (result: typeof status): string | undefined => (result?.ok ? result.value : undefined);
    const text = textOf(status) ?? '';
    if (text.trim() === '') {
      failed(status?.ok === false ? status.error : 'ups.status is empty');
      return undefined;
    }
    return factsOf({
      status: text,
      charge: textOf(charge),
      runtime: textOf(runtime),
      test: textOf(test),
      alarm: textOf(alarm),
      modes: modes.map(textOf),
    });
  };

  const session = async (connection: NutClient, signal: AbortSignal): Promise<void> => {
    client = connection;
    isLoggedIn = false;
    try {
      // Reading needs no login: a refused one does not keep the UPS from being watched.
      await connection.authenticate(source.user, source.password);
      let loginAt = -Infinity;
      for (;;) {
        if (wantsLogin() && clock.monotonic() - loginAt >= LOGIN_AGAIN_MS) {
          loginAt = clock.monotonic();
          await logIn(connection);
        }
        const facts = await look(connection);
        if (facts) {
          failures = 0;
          onLook(facts);
        }
        const isAlert = facts?.status.some((word) => ALERT_WORDS.includes(word)) ?? true;
        await clock.sleep((isAlert ? policy.pollFreqAlert : policy.pollFreq) * 1000, signal);
      }
    } finally {
      client = undefined;
      isLoggedIn = false;
    }
  };

  const kept = keepConnected({
    clock,
    connect: () =>
      connectNutClient({
        host: source.host,
        port: source.port,
        clock,
        timeoutMs: TIMEOUT_MS,
        tls: source.tls,
        verify: source.verify,
        ...(source.ca === undefined ? {} : { ca: source.ca }),
        ...(source.pinnedFingerprint === undefined ? {} : { pinnedFingerprint: source.pinnedFingerprint }),
        ...(source.certificateName === undefined ? {} : { certificateName: source.certificateName }),
        ...(source.identity === undefined ? {} : { identity: source.identity }),
      }),
    session,
    onFailure: (error) => {
      if (!isClosing) failed(describeError(error));
      isClosing = false;
    },
    longestPauseMs: policy.pollFreq * 1000,
  });

  /** What breaks the connection is told by the session. */
  const ask = async (words: readonly string[]): Promise<NutReply | undefined> => {
    try {
      return await client?.command(words);
    } catch (error) {
      log.warn(`${words[0] ?? ''} was not answered: ${describeError(error)}`);
      return undefined;
    }
  };

  return {
    async setForcedShutdown() {
      isForcing = true;
      if (!client) return;
      try {
        await declare(client);
      } catch (error) {
        log.warn(`FSD could not be told to ${supply.ups}: ${describeError(error)}`);
      }
    },
    async others() {
      const count = await ask(['GET', 'NUMLOGINS', supply.name]);
      const own = isLoggedIn ? 1 : 0;
      const others = count?.ok === true ? Number(count.words[2]) - own : 0;
      if (!(others > 0)) return [];
      const listed = await ask(['LIST', 'CLIENT', supply.name]);
      const addresses = listed?.ok === true ? listed.rows.map((row) => row[2] ?? '') : [];
      const mine = addresses.indexOf(client?.localAddress ?? '');
      const named = own === 1 && mine >= 0 ? addresses.toSpliced(mine, 1) : addresses;
      return named.length === others ? named : Array.from({ length: others }, () => supply.ups);
    },
    async logOut() {
      isLeaving = true;
      isClosing = client !== undefined;
      await client?.close();
    },
    logIn() {
      isLeaving = false;
      isForcing = false;
    },
    stop: () => kept.stop(),
  };
}

/** What a UPS told, in the texts of its variables. */
export function factsOf(texts: {
  readonly status: string;
  readonly charge: string | undefined;
  readonly runtime: string | undefined;
  readonly test: string | undefined;
  readonly alarm: string | undefined;
  /** Of MODE_VARIABLES. */
  readonly modes: readonly (string | undefined)[];
}): Facts {
  const number = (text: string | undefined): number | undefined => {
    const value = Number(text);
    return text === undefined || text.trim() === '' || !Number.isFinite(value) ? undefined : value;
  };
  const words = texts.status.toUpperCase().split(/\s+/).filter(Boolean);
  const isSaving = texts.modes.some((modes) => modes?.split(/\s+/).some((mode) => SAVING_MODE.test(mode)));
  return {
    status: isSaving && !words.includes('ECO') ? [...words, 'ECO'] : words,
    isTesting: texts.test?.toLowerCase() === 'in progress',
    // What is no longer told is forgotten, not kept.
    charge: number(texts.charge),
    runtime: number(texts.runtime),
    alarm: texts.alarm,
  };
}
