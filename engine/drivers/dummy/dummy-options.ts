/** What a section with `driver = dummy-ups` asks for. */
import type { UpsConfig } from '#engine/drivers/driver.ts';

/** `once`: a file, read again when it changes. `loop`: a file, played over and over. */
export type DummyMode = 'once' | 'loop' | 'repeater';

const MODES: ReadonlyMap<string, DummyMode> = new Map([
  ['dummy-once', 'once'],
  ['dummy-loop', 'loop'],
  // What there was before the two above.
  ['dummy', 'loop'],
  ['repeater', 'repeater'],
]);

/** The `mode` option, else what the port looks like. */
export function modeOf({ port, options }: UpsConfig): DummyMode {
  const asked = typeof options.mode === 'string' ? MODES.get(options.mode.toLowerCase()) : undefined;
  if (asked !== undefined) return asked;
  if (port.includes('@')) return 'repeater';
  return port.toLowerCase().endsWith('.dev') ? 'once' : 'loop';
}

/** `pollinterval` of NUT's drivers, which is what is published where the section has none. */
const USUAL_POLL_MS = 2_000;
const FASTEST_POLL_MS = 100;
const SLOWEST_POLL_MS = 86_400_000;
/** Longest silence between two polls: signs of life must come more often than any usual MAXAGE. */
export const SIGN_OF_LIFE_MS = 5_000;

/** `pollinterval`, as far as it is a number above zero. @returns milliseconds */
export function pollMsOf(options: UpsConfig['options']): number {
  const seconds = Number(options.pollinterval ?? '');
  return seconds > 0 ? Math.min(SLOWEST_POLL_MS, Math.max(FASTEST_POLL_MS, seconds * 1000)) : USUAL_POLL_MS;
}
