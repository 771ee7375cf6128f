const MINUTE = 60_000;
const STEPS = [1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE);

/** Round clock times between two moments, at most `most` of them. Milliseconds since 1970. Pure. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const step = STEPS.find((candidate) => (to - from) / candidate <= most) ?? 60 * MINUTE;
  // Whole hours of the day differ from whole hours since 1970 by the time zone, in quarters of an hour.
  const offset = new Date(to).getTimezoneOffset() * MINUTE;
  const ticks: number[] = [];
  for (let at = Math.ceil((from - offset) / step) * step + offset; at <= to; at += step) ticks.push(at);
  return ticks;
}
