import { describe, expect, test } from 'vitest';
import { UsageError } from './io.ts';
import { readMoment } from './time-option.ts';

const NOW = new Date(2026, 0, 14, 19, 42).getTime();
const read = (text: string): number => readMoment('--since', text, NOW);

describe('a moment', () => {
  test.each([
    ['90s', NOW - 90_000],
    ['12h', NOW - 12 * 3_600_000],
    ['2w', NOW - 14 * 86_400_000],
    ['2026-01-14', new Date(2026, 0, 14).getTime()],
    ['2026-01-14T19:30', new Date(2026, 0, 14, 19, 30).getTime()],
    ['2026-01-14 19:30:15', new Date(2026, 0, 14, 19, 30, 15).getTime()],
    ['2026-01-14T19:30:15Z', Date.UTC(2026, 0, 14, 19, 30, 15)],
    ['2026-01-14T19:30:15.250Z', Date.UTC(2026, 0, 14, 19, 30, 15)],
    ['2026-01-14T19:30+02:00', Date.UTC(2026, 0, 14, 17, 30)],
  ])('%s is understood', (text, expected) => expect(read(text)).toBe(expected));

  test.each(['', 'yesterday', '12', '2026-13-01', '2026-01-14T25:00', '14.01.2026', '-3d'])('"%s" is refused', (text) =>
    expect(() => read(text)).toThrow(UsageError),
  );
});
