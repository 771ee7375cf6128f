/** Looks at the UPSes: at those of our own drivers here, at those of other servers through one watch each. */
import { attachmentOf } from '#engine/drivers/attachment.ts';
import type { Clock, Log } from '#engine/ports.ts';
import type { UpsState } from '#engine/state/ups-state.ts';
import type { UpsStore } from '#engine/state/ups-store.ts';
import { batteryFiguresOf, type BatteryFigures } from './battery-figures.ts';
import type { MonitorEvent } from './machine-step.ts';
import { NEW_SUPPLY, type Standing } from './monitor-state.ts';
import type { MonitorPolicy, SupplyPolicy } from './policy.ts';
import { factsOf, MODE_VARIABLES, watchRemote, type RemoteWatch } from './remote-watch.ts';
import { keyOf } from './supply.ts';

/** A driver may need so long for its first word after a start or a sleep; until then its silence is none. */
const START_GRACE_MS = 10_000;

export interface Looks {
  /**
   * What our own drivers say now.
   * @param isTurn it is time for a word from everybody @param only the name of one UPS, in lower case
   */
  local(isTurn: boolean, only?: string): readonly MonitorEvent[];
  /** For UPSes on other servers; empty until they are watched. */
  remotes(): readonly RemoteWatch[];
  remote(supply: Pick<SupplyPolicy, 'ups'>): RemoteWatch | undefined;
  /**
   * Watches those of the policy: one that is watched in the same way already is left in peace, with its login and with
   * what its server could not be told yet.
   * @returns those whose watch is new
   */
  watchRemotes(): Promise<readonly SupplyPolicy[]>;
  stopRemotes(): Promise<void>;
  /** Drivers have a while to speak (again). */
  giveGrace(): void;
  /** Nothing that was told before a sleep is served as new. */
  forget(): void;
  /** By `ups` of the policy's supplies. */
  batteries(): ReadonlyMap<string, BatteryFigures>;
  /** Everything that is watched is a simulation. */
  isSimulated(): boolean;
}

export interface LooksOptions {
  readonly standing: Standing;
  readonly store: UpsStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: (...events: readonly MonitorEvent[]) => Promise<void>;
}

export function createLooks({ standing, store, clock, log, tell }: LooksOptions): Looks {
  const remotes = new Map<string, RemoteWatch>();
  /** By the same keys: all that a watch depends on. */
  const ways = new Map<string, string>();
  let quietUntil = clock.monotonic() + START_GRACE_MS;

  const giveGrace = (): void => {
    quietUntil = clock.monotonic() + START_GRACE_MS;
  };

  /** Undefined while there is nothing to be made of what it says. */
  const lookAt = (supply: SupplyPolicy, isTurn: boolean): MonitorEvent | undefined => {
    const known = store.get(supply.name);
    const text = known?.variables.get('ups.status')?.value.trim() ?? '';
    if (known?.availability === 'available' && known.isReady && text !== '') {
      const facts = factsOf({ ...textsOf(known), status: known.isForcedShutdown ? `FSD ${text}` : text });
      return { type: 'facts', ups: supply.ups, facts };
    }
    // A driver that is just connecting gets until its next turn, one that has never spoken a little longer.
    const isSilent = known?.availability !== 'available' || isTurn;
    const { contact } = standing.state.supplies[keyOf(supply)] ?? NEW_SUPPLY;
    if (!isSilent || (contact === 'unheard' && clock.monotonic() < quietUntil)) return undefined;
    return { type: 'lost', ups: supply.ups };
  };

  const stopWatches = async (keys: readonly string[]): Promise<void> => {
    const ending = keys.flatMap((key) => remotes.get(key)?.stop() ?? []);
    for (const key of keys) {
      remotes.delete(key);
      ways.delete(key);
    }
    await Promise.all(ending);
  };

  return {
    local: (isTurn, only) =>
      standing.policy.supplies
        .filter(({ source, name }) => source.kind === 'local' && (only === undefined || name.toLowerCase() === only))
        .flatMap((supply) => lookAt(supply, isTurn) ?? []),
    remotes: () => [...remotes.values()],
    remote: (supply) => remotes.get(keyOf(supply)),
    async watchRemotes() {
      const { policy } = standing;
      const wanted = policy.supplies.filter(({ source }) => source.kind === 'remote');
      const isSame = (supply: SupplyPolicy): boolean => ways.get(keyOf(supply)) === wayOf(supply, policy);
      const begun = wanted.filter((supply) => !isSame(supply));
      const staying = new Set(wanted.filter(isSame).map(keyOf));
      await stopWatches([...remotes.keys()].filter((key) => !staying.has(key)));
      for (const supply of begun) {
        const { source, ups } = supply;
        if (source.kind !== 'remote') continue;
        const watch = watchRemote({
          supply,
          source,
          policy,
          clock,
          log,
          onLook: (facts) => void tell({ type: 'facts', ups, facts }, { type: 'pass' }),
          onLost: () => void tell({ type: 'lost', ups }, { type: 'pass' }),
        });
        remotes.set(keyOf(supply), watch);
        ways.set(keyOf(supply), wayOf(supply, policy));
      }
      return begun;
    },
    stopRemotes: () => stopWatches([...remotes.keys()]),
    giveGrace,
    forget() {
      giveGrace();
      for (const { config } of store.list()) store.dispatch(config.name, { type: 'slept' });
    },
    batteries: () =>
      new Map(
        standing.policy.supplies.map((supply) => {
          const { facts } = standing.state.supplies[keyOf(supply)] ?? NEW_SUPPLY;
          const remote = {
            ...(facts.charge === undefined ? {} : { charge: facts.charge }),
            ...(facts.runtime === undefined ? {} : { runtime: facts.runtime }),
          };
          return [supply.ups, supply.source.kind === 'local' ? batteryFiguresOf(store.get(supply.name)) : remote];
        }),
      ),
    isSimulated() {
      const { supplies } = standing.policy;
      return (
        supplies.length > 0 &&
        supplies.every(({ source, name }) => {
          const known = source.kind === 'local' ? store.get(name) : undefined;
          return known !== undefined && attachmentOf(known.config) === 'simulated';
        })
      );
    },
  };
}

/** What is done about a UPS is decided here: its rules are no matter of the watch. */
const wayOf = ({ ups, name, role, source }: SupplyPolicy, policy: MonitorPolicy): string =>
  JSON.stringify([ups, name, role, source, policy.pollFreq, policy.pollFreqAlert, policy.pollFailLogThrottleMax]);

function textsOf({ variables }: UpsState): Omit<Parameters<typeof factsOf>[0], 'status'> {
  const text = (name: string): string | undefined => variables.get(name)?.value;
  return {
    charge: text('battery.charge'),
    runtime: text('battery.runtime'),
    test: text('ups.test.result'),
    alarm: text('ups.alarm'),
    modes: MODE_VARIABLES.map(text),
  };
}
