import { expect, test } from 'vitest';
import { monitorWith } from '#tests/support/monitor-view.ts';
import { storyNotice } from './story-notice.ts';

const story = {
  outageBeganAt: Date.UTC(2026, 0, 14, 2, 14),
  shutDownAt: Date.UTC(2026, 0, 14, 2, 31),
  charge: 18,
  startedAt: Date.UTC(2026, 0, 14, 3, 5),
  backAt: Date.UTC(2026, 0, 14, 3, 5),
  reason: { phrase: 'monitor.why.low', params: { ups: 'ups' } },
};

test('the story of a shutdown is told once power is back, and never again', () => {
  const { backAt: _later, ...open } = story;
  expect(storyNotice(monitorWith({ story: open }), 0, 'en')).toBeUndefined();
  expect(storyNotice(monitorWith(), 0, 'en')).toBeUndefined();
  const notice = storyNotice(monitorWith({ story }), 0, 'en');
  expect(notice).toMatchObject({ title: 'This computer was shut down', startedAt: story.startedAt });
  expect(notice?.body).toMatch(
    /^Power was out from .+; this computer shut down at .+ with 18 % left; power came back at .+\.$/,
  );
  expect(storyNotice(monitorWith({ story }), story.startedAt, 'en')).toBeUndefined();
});
