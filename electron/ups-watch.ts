/** The UPSes as the shell sees them: the contract's events gathered into one list for tray and notifications. */
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
  /** Calls back after every change of a UPS or of the list. */
  onChange(changed: (upses: readonly WatchedUps[]) => void): Stop;
  stop(): void;
}

/** Reads everything once, then follows the events. */
export async function watchUpses(api: Pick<Api, 'handle' | 'onEvent'>): Promise<UpsWatch> {
  let snapshots = new Map<string, UpsSnapshot>();
  const outages = new Map<string, number>();
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
    const answer = await api.handle('ups.list', {}, 'read');
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
      case 'ups.sample':
      case 'settings.changed':
      case 'clients.changed':
      case 'alerts.changed':
      case 'monitor.changed':
        break;
    }
  });
  await readAll();

  return {
    list,
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
