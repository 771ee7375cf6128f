/**
 * The journal: what changed since the last full hour, in rows of a few seconds each, as it was written. Pure.
 * Values hold from row to row as long as one begins where the one before ended; a gap means that nobody was watching.
 */

export interface JournalRow<Key> {
  readonly since: number;
  readonly until: number;
  /** Oldest first. NaN: unknown from then on. */
  readonly changes: readonly { readonly at: number; readonly key: Key; readonly value: number }[];
}

/** Tells each time in which a value held; those of one key in the order of the rows. */
export function replay<Key>(
  rows: Iterable<JournalRow<Key>>,
  tell: (key: Key, start: number, end: number, value: number) => void,
): void {
  const held = new Map<Key, { since: number; value: number }>();
  let until: number | undefined;
  const closeAll = (): void => {
    for (const [key, { since, value }] of held) tell(key, since, until ?? since, value);
    held.clear();
  };
  for (const row of rows) {
    if (until !== undefined && row.since !== until) closeAll();
    until = row.until;
    for (const { at, key, value } of row.changes) {
      const before = held.get(key);
      if (before) tell(key, before.since, at, before.value);
      if (Number.isNaN(value)) held.delete(key);
      else held.set(key, { since: at, value });
    }
  }
  closeAll();
}
