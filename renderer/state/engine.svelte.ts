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
import type { Incident, NetworkClient, Sample, UpsSnapshot } from '#domain/schema/snapshot.ts';

const KEPT_SAMPLES = 30 * 60;
/** Clocks of two computers differ a little; only more than this is a difference worth correcting. */
const TOLERATED_SKEW_MS = 2000;

type AnyEvent = { [Name in EventName]: { readonly name: Name; readonly payload: EventPayload<Name> } }[EventName];

export class EngineStore {
  connection = $state<ConnectionState>('connecting');
  /** When the connection was lost; undefined while it holds. Milliseconds since 1970 of this computer. */
  lostAt = $state<number>();
  /** The first snapshot has arrived. */
  isLoaded = $state(false);
  /** Why the snapshot could not be had, when the connection is not the reason. */
  problem = $state.raw<unknown>();
  hello = $state.raw<RequestResult<'engine.hello'>>();
  upses = $state.raw<readonly UpsSnapshot[]>([]);
  clients = $state.raw<readonly NetworkClient[]>([]);
  /** Newest first. */
  incidents = $state.raw<readonly Incident[]>([]);
  /** The last half hour by UPS, oldest first. */
  samples = $state.raw<Readonly<Record<string, readonly Sample[]>>>({});
  /** How far this computer's clock is ahead of the engine's, in ms. */
  skew = $state(0);

  readonly client: EngineClient;
  readonly #now: () => number;
  readonly #stops: (() => void)[] = [];
  #sequence: number | undefined;
  #isRefreshing = false;
  #mustRefreshAgain = false;
  #early: AnyEvent[] = [];

  /** @param now this computer's clock, milliseconds since 1970 */
  constructor(client: EngineClient, now: () => number = Date.now) {
    this.client = client;
    this.#now = now;
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
    } finally {
      this.#isRefreshing = false;
    }
    if (this.#mustRefreshAgain) {
      this.#mustRefreshAgain = false;
      await this.refresh();
    }
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.client.close();
  }

  async #load(): Promise<void> {
    const [hello, list] = await Promise.all([
      this.client.request('engine.hello', {}),
      this.client.request('ups.list', {}),
    ]);
    const histories = await Promise.all(list.upses.map((ups) => this.#loadSamples(ups.name)));
    this.hello = hello;
    this.upses = list.upses;
    this.clients = list.clients;
    this.incidents = [...list.incidents].sort((a, b) => b.startedAt - a.startedAt || b.id - a.id);
    this.samples = Object.fromEntries(histories);
    this.#sequence = list.sequence;
    this.isLoaded = true;
    const early = this.#early;
    this.#early = [];
    for (const event of early) this.#apply(event);
  }

  async #loadSamples(name: string): Promise<readonly [string, readonly Sample[]]> {
    const known = this.samples[name] ?? [];
    const sinceAt = known.at(-1)?.at;
    const { samples } = await this.client.request('ups.samples', {
      ups: name,
      ...(sinceAt === undefined ? {} : { sinceAt }),
    });
    return [name, [...known, ...samples].slice(-KEPT_SAMPLES)];
  }

  #receive(event: AnyEvent): void {
    if (this.#isRefreshing || this.#sequence === undefined) this.#early.push(event);
    else this.#apply(event);
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
    switch (event.name) {
      case 'ups.changed': {
        const { ups: name, snapshot } = event.payload;
        this.upses = this.upses.map((ups) => (ups.name === name ? snapshot : ups));
        break;
      }
      case 'ups.sample':
        this.#append(event.payload.ups, event.payload.sample);
        break;
      case 'incident': {
        const { incident } = event.payload;
        const others = this.incidents.filter(({ id }) => id !== incident.id);
        this.incidents = [incident, ...others].sort((a, b) => b.startedAt - a.startedAt || b.id - a.id);
        break;
      }
      case 'clients.changed':
        this.clients = event.payload.clients;
        break;
      case 'ups.listChanged':
        void this.refresh();
        break;
    }
  }

  #append(name: string, sample: Sample): void {
    const skew = this.#now() - sample.at;
    this.skew = Math.abs(skew) > TOLERATED_SKEW_MS ? skew : 0;
    const known = this.samples[name] ?? [];
    if ((known.at(-1)?.at ?? -Infinity) >= sample.at) return;
    this.samples = { ...this.samples, [name]: [...known.slice(-KEPT_SAMPLES + 1), sample] };
  }
}
