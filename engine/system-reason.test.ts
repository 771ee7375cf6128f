import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import { textIn } from '#domain/messages/message.ts';
import { reasonOf } from './system-reason.ts';

test('an error of the system is said in the words of a language', async () => {
  const missing: unknown = await readFile('/nowhere/at/all').catch((error: unknown) => error);
  expect(textIn(reasonOf(missing))).toBe('it does not exist');
  expect(textIn(reasonOf(missing), 'de')).toBe('nicht vorhanden');
});

test('a name with several addresses gives one reason', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  // Port 1 of the loopback: nobody serves there.
  connect({ host: 'localhost', port: 1, autoSelectFamily: true }).on('error', resolve);
  expect(textIn(reasonOf(await promise), 'de')).toBe('Verbindung abgelehnt');
});

test('an error of ours keeps its code and is said by it', () => {
  const reason = reasonOf(new DriverError('driver/unplugged', { device: 'Back-UPS' }));
  expect(textIn(reason, 'de')).toBe('Back-UPS ist abgesteckt.');
});

test('what nobody foresaw is said as it was told', () => {
  expect(reasonOf(new Error('the moon is full'))).toBe('the moon is full');
  expect(reasonOf('odd')).toBe('odd');
});
