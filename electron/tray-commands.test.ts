import { expect, test } from 'vitest';
import { ApiError } from '#domain/errors.ts';
import type { Api } from '#engine/api/handlers.ts';
import { runTrayCommand } from './tray-commands.ts';

const answering = (answer: unknown) => ({ handle: () => Promise.resolve(answer) }) as unknown as Pick<Api, 'handle'>;

test('a command that was carried out needs no word', async () => {
  const api = answering({ ok: true, value: { outcome: 'handled' } });
  expect(await runTrayCommand(api, 'office', 'beeper.mute', 'en')).toBeUndefined();
});

test('a command that the UPS refused is named in plain words', async () => {
  const api = answering({ ok: true, value: { outcome: 'failed' } });
  expect(await runTrayCommand(api, 'office', 'beeper.mute', 'en')).toBe(
    '"Silence the present beeping": The UPS tried and failed.',
  );
  expect(await runTrayCommand(api, 'office', 'vendor.own', 'en')).toBe('"vendor.own": The UPS tried and failed.');
});

test('an error is told with its remedy', async () => {
  const error = new ApiError('api/unknown-ups', { ups: 'office' }).toWire();
  expect(await runTrayCommand(answering({ ok: false, error }), 'office', 'beeper.mute', 'en')).toBe(
    `${error.message} ${error.remedy}`,
  );
});

test('both are told in the language asked for', async () => {
  const failed = answering({ ok: true, value: { outcome: 'failed' } });
  expect(await runTrayCommand(failed, 'office', 'beeper.mute', 'de')).toMatch(
    /^„.*“: Die USV hat es vergeblich versucht\.$/,
  );
  const error = new ApiError('api/unknown-ups', { ups: 'office' }).toWire();
  expect(await runTrayCommand(answering({ ok: false, error }), 'office', 'beeper.mute', 'de')).toBe(
    'Eine USV namens office gibt es nicht. Sie wurde entfernt oder umbenannt. Eine der angezeigten wählen.',
  );
});
