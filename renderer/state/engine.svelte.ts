/** What the page knows of the engine: one snapshot, kept up to date by numbered events. */
import type { ConnectionState, EngineClient } from '#domain/client.ts';
import {
  events,
  mayAccess,
  type AccessLevel,
  type EventName,
  type EventPayload,
  type RequestResult,
} from '#domain/contract.ts';
import { powerStateOf } from '#domain/power-state.ts';
import type { ChannelTrouble } from '#domain/schema/alerts.ts';
import type { MonitorView } from '#domain/schema/monitor.ts';
import type { Incident, NetworkClient, Sample, UpsSnapshot } from '#domain/schema/snapshot.ts';
import type { Schedule } from './frames.ts';

const KEPT_SAMPLES = 30 * 60;
/** Clocks of two computers differ a little; only more than this is a difference worth correcting. */
const TOLERATED_SKEW_MS = 2000;

/** After an answer that failed over a connection that holds. */
const ASK_AGAIN_MS = 5000;

/** What is known of the engine at one moment. */
interface Known {
  readonly upses: readonly UpsSnapshot[];
  readonly clients: readonly NetworkClient[];
  /** Undefined before the first answer. */
  readonly monitor: MonitorView | undefined;
  /** Ways to people that do not work at the moment. */
  readonly troubles: readonly ChannelTrouble[];
  /** Newest first. */
  readonly incidents: readonly Incident[];
  /** The last half hour by UPS, oldest first. */
  readonly samples: Readonly<Record<string, readonly Sample[]>>;
  /** How far this computer's clock is ahead of the engine's, in ms. */
  readonly skew: number;
}

type AnyEvent = { [Name in EventName]: { readonly name: Name; readonly payload: EventPayload<Name> } }[EventName];

export class EngineStore {
  connection = $state<ConnectionState>('connecting');
  /** When the connection was lost; undefined while it holds. Milliseconds since 1970 of this computer. */
  lostAt = $state<number>();
  /** The first snapshot has arrived. */
  isLoaded = $state(false);
  /** Why the snapshot could not be had, when the connection is not the reason. */
  problem = $state.raw<unknown>();
  /** The program was updated while the page was open: the page is not made for it any more. */
  isOutdated = $state(false);
  hello = $state.raw<RequestResult<'engine.hello'>>();
  upses = $state.raw<Known['upses']>([]);
  clients = $state.raw<Known['clients']>([]);
  monitor = $state.raw<Known['monitor']>();
  troubles = $state.raw<Known['troubles']>([]);
  incidents = $state.raw<Known['incidents']>([]);
  samples = $state.raw<Known['samples']>({});
  skew = $state(0);

  readonly client: EngineClient;
  readonly #now: () => number;
  readonly #schedule: Schedule;
  /** What was heard so far; the fields above follow it when the screen is ready for it. */
  #known: Known = { upses: [], clients: [], monitor: undefined, troubles: [], incidents: [], samples: {}, skew: 0 };
  readonly #stops: (() => void)[] = [];
  #sequence: number | undefined;
  #isRefreshing = false;
  #mustRefreshAgain = false;
  #early: AnyEvent[] = [];
  #again: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param now this computer's clock, milliseconds since 1970
   * @param schedule when the screen takes up what was told; at once without one
   */
  constructor(client: EngineClient, now: () => number = Date.now, schedule: Schedule = (publish) => publish()) {
    this.client = client;
    this.#now = now;
    this.#schedule = schedule;
    for (const name of Object.keys(events) as EventName[]) {
      this.#stops.push(client.subscribe(name, (payload) => this.#receive({ name, payload } as AnyEvent)));
    }
    this.#stops.push(
      client.onConnection((state) => {
        this.connection = state;
        this.lostAt = state === 'connected' ? undefined : (this.lostAt ?? this.#now());
        if (state === 'connected') void this.refresh();
      }),
    );
  }

  may(access: AccessLevel): boolean {
    return this.hello !== undefined && mayAccess(this.hello.access, access);
  }

  ups(name: string): UpsSnapshot | undefined {
    return this.upses.find((ups) => ups.name === name);
  }

  /** Asks for everything; what is told meanwhile is applied afterwards. */
  async refresh(): Promise<void> {
    if (this.#isRefreshing) {
      this.#mustRefreshAgain = true;
      return;
    }
    this.#isRefreshing = true;
    try {
      await this.#load();
      this.problem = undefined;
    } catch (error) {
      this.problem = error;
      clearTimeout(this.#again);
      if (this.connection === 'connected') this.#again = setTimeout(() => void this.refresh(), ASK_AGAIN_MS);
    } finally {
      this.#isRefreshing = false;
    }
    if (this.#mustRefreshAgain) {
      this.#mustRefreshAgain = false;
      await this.refresh();
    }
  }

  stop(): void {
    clearTimeout(this.#again);
    for (const stop of this.#stops) stop();
    this.client.close();
  }

  async #load(): Promise<void> {
    const [hello, list, monitor, { troubles }] = await Promise.all([
      this.client.request('engine.hello', {}),
      this.client.request('ups.list', {}),
      this.client.request('monitor.get', {}),
      this.client.request('alerts.troubles', {}),
    ]);
    const histories = await Promise.all(list.upses.map((ups) => this.#loadSamples(ups.name)));
    this.isOutdated ||= this.hello !== undefined && this.hello.version !== hello.version;
    this.hello = hello;
    this.#know({
      upses: list.upses,
      clients: list.clients,
      monitor,
      troubles,
      incidents: newestFirst(list.incidents),
      samples: Object.fromEntries(histories),
    });
    this.#sequence = list.sequence;
    const early = this.#early;
    this.#early = [];
    for (const event of early) this.#apply(event);
    this.#publish();
    this.isLoaded = true;
  }

  async #loadSamples(name: string): Promise<readonly [string, readonly Sample[]]> {
    const known = this.#known.samples[name] ?? [];
    const sinceAt = known.at(-1)?.at;
    const { samples } = await this.client.request('ups.samples', {
      ups: name,
      ...(sinceAt === undefined ? {} : { sinceAt }),
    });
    return [name, [...known, ...samples].slice(-KEPT_SAMPLES)];
  }

  #know(news: Partial<Known>): void {
    this.#known = { ...this.#known, ...news };
  }

  readonly #publish = (): void => {
    Object.assign(this, this.#known);
  };

  #receive(event: AnyEvent): void {
    if (this.#isRefreshing) this.#early.push(event);
    // Before the first answer nothing can be applied, and the answer will hold it.
    else if (this.#sequence !== undefined) this.#apply(event);
  }

  #apply(event: AnyEvent): void {
    const { sequence } = event.payload;
    if (this.#sequence === undefined || sequence <= this.#sequence) return;
    if (sequence > this.#sequence + 1) {
      this.#sequence = sequence;
      void this.refresh();
      return;
    }
    this.#sequence = sequence;
    // What the program runs on and where it listens is told by hello alone.
    if (event.name === 'ups.listChanged' || event.name === 'settings.changed') void this.refresh();
    else this.#schedule(this.#publish, this.#take(event));
  }

  /** @returns whether it is worth to be told where nobody looks */
  #take(event: Exclude<AnyEvent, { readonly name: 'ups.listChanged' | 'settings.changed' }>): boolean {
    const { upses, incidents } = this.#known;
    switch (event.name) {
      case 'ups.changed': {
        const { ups: name, snapshot } = event.payload;
        const before = upses.find((ups) => ups.name === name);
        this.#know({ upses: upses.map((ups) => (ups.name === name ? snapshot : ups)) });
        return before !== undefined && powerStateOf(before) !== powerStateOf(snapshot);
      }
      case 'ups.sample':
        this.#append(event.payload.ups, event.payload.sample);
        return false;
      case 'incident': {
        const { incident } = event.payload;
        const others = incidents.filter(({ id }) => id !== incident.id);
        this.#know({ incidents: newestFirst([incident, ...others]) });
        return false;
      }
      case 'clients.changed':
        this.#know({ clients: event.payload.clients });
        return false;
      case 'alerts.changed':
        this.#know({ troubles: event.payload.troubles });
        return true;
      case 'monitor.changed':
        // What the shutdown monitor decides matters wherever somebody may hear of it.
        this.#know({ monitor: event.payload.monitor });
        return true;
    }
  }

  #append(name: string, sample: Sample): void {
    const ahead = this.#now() - sample.at;
    const { samples } = this.#known;
    const known = samples[name] ?? [];
    const isNew = (known.at(-1)?.at ?? -Infinity) < sample.at;
    this.#know({
      skew: Math.abs(ahead) > TOLERATED_SKEW_MS ? ahead : 0,
      samples: isNew ? { ...samples, [name]: [...known.slice(-KEPT_SAMPLES + 1), sample] } : samples,
    });
  }
}

const newestFirst = (incidents: readonly Incident[]): readonly Incident[] =>
  [...incidents].sort((a, b) => b.startedAt - a.startedAt || b.id - a.id);
