/** What one part of the benchmark hands over. */

/** A number of docs/developer that this part proves or fails to prove. */
export interface Check {
  readonly what: string;
  /** What it should be, in words. */
  readonly reach: string;
  readonly measured: string;
  readonly isMet: boolean;
}

export interface Section {
  readonly title: string;
  /** How it was measured. */
  readonly notes: readonly string[];
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly checks: readonly Check[];
}

/** A part of the benchmark: a file of its own, listed in run.ts. It must end by itself and leave no process behind. */
export type Part = () => Promise<Section>;

export const count = (value: number): string => Math.round(value).toLocaleString('en');

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('the median of nothing');
  return middle;
};

/** @param share between 0 and 1 */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};
