import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asMonotonic } from '#domain/units.ts';
import { newConditionLog, tellCondition, type ConditionLog } from './condition-log.ts';

/** Feeds conditions (undefined: time passes) at times in ms; gives the lines with the time each was written. */
function play(steps: readonly (readonly [number, string | undefined])[]): {
  lines: [number, string][];
  log: ConditionLog;
} {
  let log = newConditionLog(asMonotonic(0));
  const lines: [number, string][] = [];
  for (const [at, text] of steps) {
    const told = tellCondition(log, text === undefined ? undefined : { level: 'info', text }, asMonotonic(at));
    log = told.log;
    if (told.line) lines.push([at, told.line.text]);
  }
  return { lines, log };
}

describe('the log of conditions', () => {
  test('has one line for each change', () => {
    expect(
      play([
        [0, 'good'],
        [1, 'good'],
        [2, 'bad'],
        [3, 'bad'],
        [4, 'good'],
      ]).lines,
    ).toEqual([
      [0, 'good'],
      [2, 'bad'],
      [4, 'good'],
    ]);
  });

  test('leaves out what changes too often, and says how much when it has settled', () => {
    const flapping = Array.from({ length: 60 }, (_, second) => [second * 1_000, second % 2 ? 'bad' : 'good'] as const);
    const { lines } = play([...flapping, [60_500, 'bad'], [90_500, undefined], [200_000, undefined]]);
    expect(lines.length).toBeLessThan(12);
    expect(lines.at(-1)?.[1]).toMatch(/^bad/);
    expect(lines.some(([, text]) => /\(\d+ changes before it were not told\)/.test(text))).toBe(true);
  });

  test('whatever happens, never has more than eight lines at once and two a minute after', () => {
    const step = fc.tuple(
      fc.integer({ min: 0, max: 20_000 }),
      fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let now = 0;
        const { lines } = play(steps.map(([pause, text]) => [(now += pause), text] as const));
        expect(lines.length).toBeLessThanOrEqual(8 + Math.ceil(now / 30_000));
      }),
    );
  });

  test('whatever happened, says what holds once time has passed', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 100 }), (texts) => {
        const steps = texts.map((text, index) => [index * 10, text] as const);
        const { lines } = play([...steps, [3_600_000, undefined]]);
        expect(lines.at(-1)?.[1].split(' ')[0]).toBe(texts.at(-1));
      }),
    );
  });
});
