import { expect, test } from 'vitest';
import { ApiError } from '#domain/errors.ts';
import type { Api } from '#engine/api/handlers.ts';
import { runTrayCommand } from './tray-commands.ts';

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
