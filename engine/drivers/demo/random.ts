/** Reproducible noise. The generator's state is a plain number inside the model's state, so a step stays a pure function. */

export interface Draw {
  readonly value: number;
  /** State for the next draw. */
  readonly random: number;
}

/** A number in 0..1 (mulberry32). @param random any 32-bit state */
export function drawUniform(random: number): Draw {
  const next = (random + 0x6d2b79f5) | 0;
  let mixed = Math.imul(next ^ (next >>> 15), next | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return { value: ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32, random: next };
}

/** A roughly normal number: mean 0, deviation 1, never beyond ±3 (so a simulated value stays within known bounds). */
export function drawNormal(random: number): Draw {
  let sum = 0;
  let state = random;
  for (let i = 0; i < 3; i++) {
    const draw = drawUniform(state);
    sum += draw.value;
    state = draw.random;
  }
  return { value: (sum - 1.5) * 2, random: state };
}

/**
 * One step of noise that wanders around 0 and forgets itself with time constant `tau`: the same spread whatever the step.
 * @param previous value before the step, in deviations
 * @param dt step in seconds; 0 changes nothing
 */
export function wander(previous: number, random: number, dt: number, tau: number): Draw {
  if (dt <= 0) return { value: previous, random };
  const keep = Math.exp(-dt / tau);
  const draw = drawNormal(random);
  return { value: clamp(previous * keep + draw.value * Math.sqrt(1 - keep * keep), -3, 3), random: draw.random };
}

/** `value` within the bounds; not-a-number becomes the lower one. */
export const clamp = (value: number, low: number, high: number): number => (value >= low ? Math.min(value, high) : low);
