/** UPSes and shutdown monitor as the shell sees them: the contract's events gathered for tray and notifications. */
import type { MonitorView } from '#domain/schema/monitor.ts';
import type { Incident, UpsSnapshot } from '#domain/schema/snapshot.ts';
import type { Api } from '#engine/api/handlers.ts';
import type { Stop } from '#engine/ports.ts';

export interface WatchedUps {
  readonly snapshot: UpsSnapshot;
  /** Start of the outage that lasts, milliseconds since 1970. */
  readonly onBatterySince: number | undefined;
}

export interface UpsWatch {
  list(): readonly WatchedUps[];
  /** Undefined where the engine does not say. */
  monitor(): MonitorView | undefined;
  /** Calls back after every change of a UPS, of the list or of the monitor. */
  onChange(changed: (upses: readonly WatchedUps[]) => void): Stop;
  stop(): void;
}

/** Reads everything once, then follows the events. */
export async function watchUpses(api: Pick<Api, 'handle' | 'onEvent'>): Promise<UpsWatch> {
  let snapshots = new Map<string, UpsSnapshot>();
  const outages = new Map<string, number>();
  let monitor: MonitorView | undefined;
  const listeners = new Set<(upses: readonly WatchedUps[]) => void>();

  const list = (): readonly WatchedUps[] =>
    [...snapshots.values()].map((snapshot) => ({ snapshot, onBatterySince: outages.get(snapshot.name) }));
  const tell = (): void => {
    const upses = list();
    for (const listener of listeners) listener(upses);
  };
  const follow = ({ ups, kind, startedAt, endedAt }: Incident): void => {
    if (kind !== 'on-battery') return;
    if (endedAt === undefined) outages.set(ups, startedAt);
    else if (outages.get(ups) === startedAt) outages.delete(ups);
  };
  const readAll = async (): Promise<void> => {
    const [answer, told] = await Promise.all([
      api.handle('ups.list', {}, 'read'),
      api.handle('monitor.get', {}, 'read'),
    ]);
    if (told.ok) monitor = told.value;
    if (!answer.ok) return;
    snapshots = new Map(answer.value.upses.map((ups) => [ups.name, ups]));
    // Newest first; an older outage must not stand before the present one.
    for (const incident of answer.value.incidents.toReversed()) follow(incident);
    tell();
  };

  const stopEvents = api.onEvent((event) => {
    switch (event.name) {
      case 'ups.changed':
        snapshots.set(event.payload.snapshot.name, event.payload.snapshot);
        tell();
        break;
      case 'incident':
        follow(event.payload.incident);
        tell();
        break;
      case 'ups.listChanged':
        void readAll();
        break;
      case 'monitor.changed':
        ({ monitor } = event.payload);
        tell();
        break;
      case 'ups.sample':
      case 'settings.changed':
      case 'clients.changed':
      case 'alerts.changed':
        break;
    }
  });
  await readAll();

  return {
    list,
    monitor: () => monitor,
    onChange(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    stop() {
      stopEvents();
      listeners.clear();
    },
  };
}
