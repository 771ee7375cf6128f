import { expect, test } from 'vitest';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createQuitSequence, QUIT_LIMIT_MS } from './quit-sequence.ts';
import { silentLog } from './test-support.ts';

test('steps run one after the other in their order', async () => {
  const order: string[] = [];
  const step = (name: string) => ({
    name,
    run: async () => {
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
    },
  });
  await createQuitSequence([step('tell'), step('flush')], createFakeClock(), silentLog).run();
  expect(order).toEqual(['tell begins', 'tell ends', 'flush begins', 'flush ends']);
});

test('a step that fails is told and keeps no later one from running', async () => {
  const lines: string[] = [];
  let isFlushed = false;
  const sequence = createQuitSequence(
    [
      { name: 'tell', run: () => Promise.reject(new Error('no paper')) },
      { name: 'flush', run: () => void (isFlushed = true) },
    ],
    createFakeClock(),
    { ...silentLog, error: (line) => lines.push(line) },
  );
  await sequence.run();
  expect(isFlushed).toBe(true);
  expect(lines).toEqual(['Ending: "tell" failed: no paper']);
});

test('a step that hangs is left behind in less than two seconds, and later ones are still started', async () => {
  const clock = createFakeClock();
  const done: string[] = [];
  const sequence = createQuitSequence(
    [
      { name: 'engine', run: () => new Promise<void>(() => undefined) },
      { name: 'flush', run: () => void done.push('flush') },
    ],
    clock,
    silentLog,
  );
  const ended = sequence.run().then(() => done.push('ended'));
  await clock.advance(QUIT_LIMIT_MS - 1);
  expect(done).toEqual([]);
  await clock.advance(1);
  await ended;
  expect(done).toEqual(['flush', 'ended']);
  expect(QUIT_LIMIT_MS).toBeLessThan(2000);
});

test('an end that is asked for twice happens once', async () => {
  let count = 0;
  const sequence = createQuitSequence([{ name: 'flush', run: () => void (count += 1) }], createFakeClock(), silentLog);
  expect(sequence.isRunning).toBe(false);
  await Promise.all([sequence.run(), sequence.run()]);
  expect(count).toBe(1);
  expect(sequence.isRunning).toBe(true);
});

test('no timer is left over', async () => {
  const clock = createFakeClock();
  await createQuitSequence([], clock, silentLog).run();
  await clock.advance(0);
  expect(clock.pending).toBe(0);
});
