import { expect, test } from 'vitest';
import { ApiError } from '#domain/errors.ts';
import type { Api } from '#engine/api/handlers.ts';
import { runTrayCommand, runWish } from './tray-commands.ts';

const bodyOf = async (...asked: Parameters<typeof runTrayCommand>) => (await runTrayCommand(...asked))?.body;
const answering = (answer: unknown) => ({ handle: () => Promise.resolve(answer) }) as unknown as Pick<Api, 'handle'>;

test('a muted beeper is told, because nothing shows it; a test that runs is on the tray itself', async () => {
  const api = answering({ ok: true, value: { outcome: 'handled' } });
  expect(await runTrayCommand(api, 'office', 'beeper.mute', 'en')).toMatchObject({ title: 'The beeper is muted' });
  expect(await runTrayCommand(api, 'office', 'test.battery.start.quick', 'en')).toBeUndefined();
});

test('a command that the UPS refused is named in plain words', async () => {
  const api = answering({ ok: true, value: { outcome: 'failed' } });
  expect(await bodyOf(api, 'office', 'beeper.mute', 'en')).toBe(
    '"Silence the present beeping": The UPS tried and failed.',
  );
  expect(await bodyOf(api, 'office', 'vendor.own', 'en')).toBe('"vendor.own": The UPS tried and failed.');
});

test('an error is told with its remedy', async () => {
  const error = new ApiError('api/unknown-ups', { ups: 'office' }).toWire();
  expect(await bodyOf(answering({ ok: false, error }), 'office', 'beeper.mute', 'en')).toBe(
    `${error.message} ${error.remedy}`,
  );
});

test('both are told in the language asked for', async () => {
  const failed = answering({ ok: true, value: { outcome: 'failed' } });
  expect(await bodyOf(failed, 'office', 'beeper.mute', 'de')).toMatch(/^„.*“: Die USV hat es vergeblich versucht\.$/);
  const error = new ApiError('api/unknown-ups', { ups: 'office' }).toWire();
  expect(await bodyOf(answering({ ok: false, error }), 'office', 'beeper.mute', 'de')).toBe(
    'Eine USV namens office gibt es nicht. Sie wurde entfernt oder umbenannt. Eine der angezeigten wählen.',
  );
});

test('a wish that came too late is told, one that is fulfilled shows itself', async () => {
  const outcome = (told: string) => answering({ ok: true, value: { outcome: told } });
  expect(await runWish(outcome('done'), 'cancel', 'en')).toBeUndefined();
  expect(await runWish(outcome('too-late'), 'postpone', 'en')).toEqual({
    title: 'That changes nothing any more',
    body: 'Too late: the shutdown has begun.',
  });
});

test.each([
  ['cancel', 'monitor.cancel', {}],
  ['postpone', 'monitor.postpone', { seconds: 300 }],
  ['shutdown-now', 'monitor.shutdownNow', {}],
] as const)('the wish "%s" is what the contract calls %s', async (wish, name, params) => {
  const asked: unknown[] = [];
  const handle = (...request: unknown[]) => {
    asked.push(request);
    return Promise.resolve({ ok: true, value: { outcome: 'done' } });
  };
  await runWish({ handle } as unknown as Pick<Api, 'handle'>, wish, 'en');
  expect(asked).toEqual([[name, params, 'admin']]);
});
