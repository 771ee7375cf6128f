import { describe, expect, test } from 'vitest';
import type { Plan } from '#domain/schema/plan.ts';
import { monitorWith } from '#tests/support/monitor-view.ts';
import { comingText, planWords } from './plan-words.ts';

const plain = (lines: readonly string[]): readonly string[] => lines.map((line) => line.replaceAll(/\s/g, ' '));

describe('what will happen next', () => {
  const from = new Date(2026, 0, 14, 2, 0).getTime();
  const plan: Plan = {
    ...monitorWith().plan,
    from,
    steps: [
      {
        afterSeconds: 0,
        who: { phrase: 'rehearsal.mains', params: {} },
        what: { phrase: 'rehearsal.fail', params: {} },
      },
      { afterSeconds: 300, who: 'nas', what: { phrase: 'monitor.plan.fsd', params: {} } },
      {
        who: { phrase: 'monitor.this-computer', params: {} },
        what: { phrase: 'rehearsal.when-low', params: {} },
      },
    ],
  };

  test('is the reason and each step with its time, without what has just happened', () => {
    const reason = { phrase: 'monitor.now.counting', params: { ups: 'office' } };
    const told = plain(planWords(monitorWith({ phase: 'counting-down', reason, plan }), from, 'en'));
    expect(told).toHaveLength(4);
    expect(told[0]).toContain('office is on battery');
    expect(told[2]).toMatch(/2:05:00 AM.*nas/);
    expect(told[3]).toContain('This computer');
    expect(told.join()).not.toContain('Mains');
  });

  test('is nothing where nothing is watched, and one sentence before it is decided', () => {
    expect(planWords(monitorWith({ phase: 'off', plan }), from, 'en')).toEqual([]);
    expect(planWords(monitorWith(), from, 'en')).toEqual([]);
    const soon = { ...monitorWith().plan, beginsAfterSeconds: 300 };
    expect(plain(planWords(monitorWith({ plan: soon }), from, 'en'))).toEqual([
      'Shutting down in 5 min. Nothing is shut down if the power returns before.',
    ]);
  });
});

describe('with the news that the power went', () => {
  const plan = { ...monitorWith().plan, beginsAfterSeconds: 300 };
  const said = 'Shutting down in 5\u00a0min. Nothing is shut down if the power returns before.';

  test('comes when this computer goes down, also where the monitor has not looked yet', () => {
    expect(comingText(monitorWith({ plan }), 0, 'en')).toBe(said);
    expect(comingText(monitorWith({ phase: 'counting-down', endsAt: 300_000 }), 0, 'en')).toBe(said);
  });

  test('comes nothing where nothing goes down, or nobody knows when', () => {
    expect(comingText(undefined, 0, 'en')).toBeUndefined();
    expect(comingText(monitorWith(), 0, 'en')).toBeUndefined();
    expect(comingText(monitorWith({ plan: { ...plan, action: 'nothing' } }), 0, 'en')).toBeUndefined();
  });
});
