import { UsageError } from './io.ts';

const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/**
 * A moment as it is typed: a length of time back from now (`30m`, `12h`, `7d`, `2w`), or a date, with or without a time,
 * in the computer's own time zone unless it names another (`2026-01-14`, `2026-01-14 19:42`, `2026-01-14T19:42:10Z`).
 * @param name of the option, for the message
 * @param now milliseconds since 1970
 * @throws UsageError
 */
export function readMoment(name: string, text: string, now: number): number {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
  const [, day, time, seconds = '00', zone = ''] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/.exec(text) ?? [];
  const at = day === undefined ? NaN : new Date(`${day}T${time ?? '00:00'}:${seconds}${zone}`).getTime();
  if (Number.isNaN(at)) {
    throw new UsageError(`${name} takes a date (2026-01-14, 2026-01-14T19:42) or a time back (12h, 7d), not "${text}"`);
  }
  return at;
}
