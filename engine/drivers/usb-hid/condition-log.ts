/**
 * One line per change of condition, and never a flood: a cable with a loose contact changes its condition every second.
 * Pure: what happened and when in, the line to write out.
 */
import type { Monotonic } from '#domain/units.ts';

export interface Condition {
  readonly level: 'info' | 'warn' | 'error';
  /** A sentence; the same sentence is the same condition. */
  readonly text: string;
}

export interface ConditionLog {
  /** What the log said last. */
  readonly told: Condition | undefined;
  /** What holds but could not be told yet. */
  readonly pending: Condition | undefined;
  /** Changes left out since the last line. */
  readonly leftOut: number;
  /** Lines that may be written at once. */
  readonly allowance: number;
  readonly countedAt: Monotonic;
}

const BURST = 8;
const MS_PER_LINE = 30_000;

export const newConditionLog = (now: Monotonic): ConditionLog => ({
  told: undefined,
  pending: undefined,
  leftOut: 0,
  allowance: BURST,
  countedAt: now,
});

export interface Told {
  readonly log: ConditionLog;
  readonly line: Condition | undefined;
}

/** @param condition undefined: time passed, so that what is pending may be told */
export function tellCondition(log: ConditionLog, condition: Condition | undefined, now: Monotonic): Told {
  const current = condition ?? log.pending ?? log.told;
  const earned = Math.min(BURST, log.allowance + Math.max(0, now - log.countedAt) / MS_PER_LINE);
  const refilled = { ...log, allowance: earned, countedAt: now };
  if (current === undefined || current.text === log.told?.text) {
    // Back to what the log says already: the changes in between are not told, but counted.
    const leftOut = log.pending === undefined ? log.leftOut : log.leftOut + 1;
    return { log: { ...refilled, pending: undefined, leftOut }, line: undefined };
  }
  if (earned < 1) {
    const leftOut = log.pending !== undefined && log.pending.text !== current.text ? log.leftOut + 1 : log.leftOut;
    return { log: { ...refilled, pending: current, leftOut }, line: undefined };
  }
  const text = log.leftOut === 0 ? current.text : `${current.text} (${log.leftOut} changes before it were not told)`;
  return {
    log: { told: current, pending: undefined, leftOut: 0, allowance: earned - 1, countedAt: now },
    line: { ...current, text },
  };
}
