/** The numbers by which UPSes and their variables go in the file. */
import { number, type SqliteSession } from './sqlite-session.ts';

export interface SqliteNames {
  find(ups: string): number | undefined;
  /** Gives a number to a UPS that has none. */
  of(ups: string): number;
  seriesOf(ups: number, variable: string): number;
  allSeries(ups: number): readonly { readonly id: number; readonly variable: string }[];
  /** Names were changed in the file. */
  forget(): void;
}

export function createNames({ all, get, run, onRollback }: SqliteSession): SqliteNames {
  const upsIds = new Map<string, number>();
  const seriesIds = new Map<string, number>();
  const forget = (): void => {
    upsIds.clear();
    seriesIds.clear();
  };
  onRollback(forget);
  const find = (name: string): number | undefined => {
    const known = upsIds.get(name.toLowerCase());
    if (known !== undefined) return known;
    const row = get('SELECT id FROM ups WHERE name = ?', name);
    if (row) upsIds.set(name.toLowerCase(), number(row.id));
    return row && number(row.id);
  };
  const of = (name: string): number => {
    const known = find(name);
    if (known !== undefined) return known;
    run('INSERT INTO ups (name) VALUES (?)', name);
    return of(name);
  };
  return {
    find,
    of,
    seriesOf(ups, variable) {
      const key = `${ups} ${variable}`;
      const known = seriesIds.get(key);
      if (known !== undefined) return known;
      run('INSERT OR IGNORE INTO series (ups, variable) VALUES (?, ?)', ups, variable);
      const id = number(get('SELECT id FROM series WHERE ups = ? AND variable = ?', ups, variable)?.id);
      seriesIds.set(key, id);
      return id;
    },
    allSeries: (ups) =>
      all('SELECT id, variable FROM series WHERE ups = ? ORDER BY variable', ups).map((row) => ({
        id: number(row.id),
        variable: String(row.variable),
      })),
    forget,
  };
}
