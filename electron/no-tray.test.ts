import { expect, test } from 'vitest';
import { hasTray, isTrayExpected, readOwnerAnswer } from './no-tray.ts';
import { silentLog } from './test-support.ts';

test.each([
  ['KDE', true],
  ['XFCE', true],
  ['X-Cinnamon', true],
  ['Budgie:GNOME', true],
  ['GNOME', false],
  ['ubuntu:GNOME', false],
  ['', false],
  [undefined, false],
])('a desktop called %s is expected to show a tray: %s', (desktop, expected) => {
  expect(isTrayExpected(desktop)).toBe(expected);
});

test.each([
  ['b true\n', true],
  ['b false\n', false],
  ['(true,)\n', true],
  ['(false,)\n', false],
  ['', undefined],
])('the answer %o of the session bus is read', (output, expected) => {
  expect(readOwnerAnswer(output)).toBe(expected);
});

test('Windows and macOS always have one', async () => {
  expect(await hasTray('win32', {}, silentLog)).toBe(true);
  expect(await hasTray('darwin', {}, silentLog)).toBe(true);
});
