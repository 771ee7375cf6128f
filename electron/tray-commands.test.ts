import { expect, test } from 'vitest';
import { ApiError } from '#domain/errors.ts';
import type { Api } from '#engine/api/handlers.ts';
import { runTrayCommand } from './tray-commands.ts';

const answering = (answer: unknown) => ({ handle: () => Promise.resolve(answer) }) as unknown as Pick<Api, 'handle'>;

test('a command that was carried out needs no word', async () => {
  const api = answering({ ok: true, value: { outcome: 'handled' } });
  expect(await runTrayCommand(api, 'office', 'beeper.mute')).toBeUndefined();
});

test('a command that the UPS refused is named in plain words', async () => {
  const api = answering({ ok: true, value: { outcome: 'failed' } });
  expect(await runTrayCommand(api, 'office', 'beeper.mute')).toBe('"Silence the present beeping" ended with: failed.');
  expect(await runTrayCommand(api, 'office', 'vendor.own')).toBe('"vendor.own" ended with: failed.');
});

test('an error is told with its remedy', async () => {
  const error = new ApiError('api/unknown-ups', { ups: 'office' }).toWire();
  expect(await runTrayCommand(answering({ ok: false, error }), 'office', 'beeper.mute')).toBe(
    `${error.message} ${error.remedy}`,
  );
});
