/** What is not in the file yet, in the order in which it has to get there. No clock, no disk. */
import type { Incident } from '#domain/schema/snapshot.ts';
import type { HistoryBatch, StatusChange, TextChange } from './history-store.ts';

/** What is held while the disk cannot be written to; about five hours of a talkative UPS. */
const MOST_CHANGES = 50_000;
/** The same for words. */
const MOST_WORDS = 10_000;

export type HeldStep =
  | ({ readonly type: 'write' } & HistoryBatch)
  | { readonly type: 'rename'; readonly name: string; readonly next: string; readonly at: number };

export interface HeldHistory {
  addRows(rows: HistoryBatch['rows']): void;
  addStatus(change: StatusChange): void;
  addText(change: TextChange): void;
  /** The newest of an incident counts. Incidents are never dropped. */
  addIncident(incident: Incident): void;
  /** What was added before goes under the old name, what comes under the new one. */
  rename(name: string, next: string, at: number): void;
  /** What is to be carried out now. It stays as it is until `done` or `failed`; undefined when nothing is held. */
  next(): HeldStep | undefined;
  done(): void;
  /** It was not carried out, and comes first the next time. */
  failed(): void;
  /** Drops the oldest readings where there are too many. @returns whether there were */
  trim(): boolean;
}

interface OpenBatch {
  rows: HistoryBatch['rows'][number][];
  statuses: StatusChange[];
  texts: TextChange[];
  readonly incidents: Map<number, Incident>;
}

type Entry = OpenBatch | Extract<HeldStep, { type: 'rename' }>;

export function createHeldHistory(): HeldHistory {
  const entries: Entry[] = [];
  /** The first of them may be on its way into the file; nothing is added to it meanwhile. */
  let isUnderWay = false;

  const openBatch = (): OpenBatch => {
    const last = entries.at(-1);
    if (last && !('type' in last) && !(isUnderWay && entries.length === 1)) return last;
    const batch: OpenBatch = { rows: [], statuses: [], texts: [], incidents: new Map() };
    entries.push(batch);
    return batch;
  };
  const isEmpty = (entry: Entry): boolean =>
    !('type' in entry) && entry.rows.length + entry.statuses.length + entry.texts.length + entry.incidents.size === 0;

  return {
    addRows(rows) {
      if (rows.length > 0) openBatch().rows.push(...rows);
    },
    addStatus: (change) => void openBatch().statuses.push(change),
    addText: (change) => void openBatch().texts.push(change),
    addIncident: (incident) => void openBatch().incidents.set(incident.id, incident),
    rename: (name, next, at) => void entries.push({ type: 'rename', name, next, at }),
    next() {
      while (entries[0] && isEmpty(entries[0])) entries.shift();
      const [first] = entries;
      isUnderWay = first !== undefined;
      if (!first || 'type' in first) return first;
      return { type: 'write', ...first, incidents: [...first.incidents.values()] };
    },
    done() {
      entries.shift();
      isUnderWay = false;
    },
    failed() {
      isUnderWay = false;
    },
    trim() {
      let changes = 0;
      let isDropped = false;
      const batches = entries.slice(isUnderWay ? 1 : 0).flatMap((entry) => ('type' in entry ? [] : [entry]));
      for (const batch of batches.reverse()) {
        const from = batch.rows.findLastIndex((row) => (changes += row.changes.length) > MOST_CHANGES);
        const words = Math.max(batch.statuses.length, batch.texts.length);
        if (from < 0 && words <= MOST_WORDS) continue;
        isDropped = true;
        batch.rows = batch.rows.slice(from + 1);
        batch.statuses = batch.statuses.slice(-MOST_WORDS);
        batch.texts = batch.texts.slice(-MOST_WORDS);
      }
      return isDropped;
    },
  };
}
