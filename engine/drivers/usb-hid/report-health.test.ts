import { describe, expect, test } from 'vitest';
import { createReportHealth, type ReportHealth } from './report-health.ts';

const request = (reportId: number) => ({ reportId, maxLength: 8 });
const A = request(1);
const B = request(2);
const C = request(3);

const ids = (requests: readonly { reportId: number }[]): number[] => requests.map(({ reportId }) => reportId);

/** A unit that answered A and never B. */
function oneSilent(): ReportHealth {
  const health = createReportHealth();
  health.select('start', [A, B]);
  health.answered(A);
  health.failed(B);
  return health;
}

describe('reports that do not answer', () => {
  test('are asked at the start, all of them', () => {
    expect(ids(createReportHealth().select('start', [A, B, C]))).toEqual([1, 2, 3]);
  });

  test('are left out of quick passes', () => {
    expect(ids(oneSilent().select('quick', [A, B]))).toEqual([1]);
  });

  test('are asked ever more rarely in full passes', () => {
    const health = oneSilent();
    const asked = Array.from({ length: 40 }, () => {
      const due = ids(health.select('full', [A, B])).includes(2);
      if (due) health.failed(B);
      return due ? 'x' : '.';
    }).join('');
    expect(asked).toBe('.x..x....x........x................x....');
  });

  test('are asked as before once they answer', () => {
    const health = oneSilent();
    health.answered(B);
    expect(ids(health.select('quick', [A, B]))).toEqual([1, 2]);
  });

  test('that answered before keep their bytes through two failures and lose them with the third', () => {
    const health = oneSilent();
    expect([health.failed(A), health.failed(A), health.failed(A)]).toEqual(['keep', 'keep', 'forget']);
  });
});

describe('a sign of life', () => {
  test('is asked for where a pass has nothing that ever answered', () => {
    expect(ids(oneSilent().select('quick', [B]))).toEqual([1]);
  });

  test('is not asked for of a unit that never answered', () => {
    const health = createReportHealth();
    health.failed(A);
    expect(health.select('quick', [A])).toEqual([]);
    expect(health.hasAnswers).toBe(false);
  });
});
