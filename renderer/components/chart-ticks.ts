const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CLOCK_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * MINUTE);
const DAY = 24 * HOUR;

/** What distinguishes two ticks: how they have to be written. */
export type TickUnit = 'clock' | 'day' | 'month' | 'year';

/** Steps of the calendar, which are not all of one length. */
const CALENDAR_STEPS = [
  { unit: 'day', count: 1, lengthMs: DAY },
  { unit: 'day', count: 2, lengthMs: 2 * DAY },
  { unit: 'day', count: 7, lengthMs: 7 * DAY },
  { unit: 'month', count: 1, lengthMs: 30.4 * DAY },
  { unit: 'month', count: 3, lengthMs: 91 * DAY },
  { unit: 'month', count: 6, lengthMs: 182 * DAY },
  { unit: 'year', count: 1, lengthMs: 365 * DAY },
  { unit: 'year', count: 2, lengthMs: 731 * DAY },
] as const;

interface Ticks {
  readonly unit: TickUnit;
  /** Milliseconds since 1970. */
  readonly at: readonly number[];
}

/** Round times between two moments, at most about `most` of them. Pure. */
export function timeTicks(from: number, to: number, most: number): Ticks {
  const step = CLOCK_STEPS.find((candidate) => (to - from) / candidate <= most);
  if (step !== undefined) return { unit: 'clock', at: clockTicks(from, to, step) };
  const calendar = CALENDAR_STEPS.find(({ lengthMs }) => (to - from) / lengthMs <= most) ?? CALENDAR_STEPS[7];
  return { unit: calendar.unit, at: calendarTicks(from, to, calendar) };
}

function clockTicks(from: number, to: number, step: number): number[] {
  // Whole hours of the day differ from whole hours since 1970 by the time zone, in quarters of an hour.
  const offset = new Date(to).getTimezoneOffset() * MINUTE;
  const ticks: number[] = [];
  for (let at = Math.ceil((from - offset) / step) * step + offset; at <= to; at += step) ticks.push(at);
  return ticks;
}

function calendarTicks(from: number, to: number, { unit, count }: (typeof CALENDAR_STEPS)[number]): number[] {
  const first = new Date(from);
  const [year, month, day] = [first.getFullYear(), first.getMonth(), first.getDate()];
  const tick = (step: number): number => {
    if (unit === 'year') return new Date(Math.floor(year / count) * count + step * count, 0, 1).getTime();
    if (unit === 'month') return new Date(year, Math.floor(month / count) * count + step * count, 1).getTime();
    // Counted from a fixed day on, so that ticks stay on their days when the span moves.
    const past = Math.round(Date.UTC(year, month, day) / DAY) % count;
    return new Date(year, month, day - past + step * count).getTime();
  };
  const ticks: number[] = [];
  for (let step = 0; tick(step) <= to; step += 1) if (tick(step) >= from) ticks.push(tick(step));
  return ticks;
}

/** Round values between two, at most about `most` of them. Pure. */
export function valueTicks(from: number, to: number, most: number): readonly number[] {
  const rough = (to - from) / most;
  if (!(rough > 0) || !Number.isFinite(rough)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10);
  // Counted in steps: a sum of fractions would drift off the round values.
  const first = Math.ceil(from / step - 0.001);
  const count = Math.floor(to / step + 0.001) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, place) => Number(((first + place) * step).toPrecision(12)));
}

export function isMidnight(at: number): boolean {
  const date = new Date(at);
  return date.getHours() === 0 && date.getMinutes() === 0;
}
