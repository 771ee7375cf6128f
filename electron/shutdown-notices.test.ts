import { describe, expect, test } from 'vitest';
import type { MonitorView } from '#domain/schema/monitor.ts';
import { monitorWith } from './test-support.ts';
import { comingText } from '#engine/alerts/plan-words.ts';
import { stepShutdownNotices } from './shutdown-notices.ts';

const NOTHING = { isFailureTold: false, storyTold: 0 };
const story = {
  outageBeganAt: Date.UTC(2026, 0, 14, 2, 14),
  shutDownAt: Date.UTC(2026, 0, 14, 2, 31),
  charge: 18,
  startedAt: Date.UTC(2026, 0, 14, 3, 5),
  backAt: Date.UTC(2026, 0, 14, 3, 5),
  reason: { phrase: 'monitor.why.low', params: { ups: 'ups' } },
};

function told(...monitors: MonitorView[]): (string | undefined)[] {
  let memory = NOTHING;
  return monitors.map((monitor) => {
    const step = stepShutdownNotices(memory, monitor, 'en');
    ({ memory } = step);
    return step.notice?.title;
  });
}

test('a shutdown that failed for good is told once, loudly, and again after the next one', () => {
  const failed = monitorWith({ phase: 'failed', failure: 'exit status 1' });
  expect(told(monitorWith(), failed, failed, monitorWith(), failed)).toEqual([
    undefined,
    'This computer could not be shut down.',
    undefined,
    undefined,
    'This computer could not be shut down.',
  ]);
  expect(stepShutdownNotices(NOTHING, failed, 'en').notice).toMatchObject({
    body: 'What failed: exit status 1. Save your work and shut this computer down by hand, or try again.',
    isUrgent: true,
  });
});

test('the story of a shutdown is told once power is back, and never again', () => {
  const { backAt: _later, ...open } = story;
  expect(told(monitorWith({ story: open }), monitorWith({ story }), monitorWith({ story }))).toEqual([
    undefined,
    'This computer was shut down',
    undefined,
  ]);
  const known = { ...NOTHING, storyTold: story.startedAt };
  expect(stepShutdownNotices(known, monitorWith({ story }), 'en').notice).toBeUndefined();
  expect(stepShutdownNotices(NOTHING, monitorWith({ story }), 'en').notice?.body).toMatch(
    /^Power was out from .+; this computer shut down at .+ with 18 % left; power came back at .+\.$/,
  );
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
