import { expect, test } from 'vitest';
import { createUpsStore } from '#engine/state/ups-store.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { DECISION_VARIABLE, readDecision, type Decision } from './decisions.ts';
import { createHistory } from './history.ts';

test('decisions are kept in their order, also those of one moment and those in the same words', async () => {
  const clock = createFakeClock();
  const history = createHistory({
    store: createUpsStore(clock),
    clock,
    log: createRememberingLog(),
    file: ':memory:',
  });
  await history.start();
  const decision = (phrase: string): Decision => ({ at: clock.now(), level: 'info', text: { phrase, params: {} } });
  history.decide('office', decision('one'));
  history.decide('office', decision('two'));
  await clock.advance(10_000);
  history.decide('office', decision('two'));
  await clock.advance(10_000);
  const kept = history.texts('office', [DECISION_VARIABLE]).map(({ value }) => readDecision(value)?.text.phrase);
  expect(kept).toEqual(['one', 'two', 'two']);
  await history.stop();
});

test('what is none is passed over', () => {
  expect(readDecision('{')).toBeUndefined();
  expect(readDecision('{"at":1}')).toBeUndefined();
});
