import { expect, test } from 'vitest';
import { readLaunchOptions } from './launch-options.ts';

test('words of our own are read among those of Chromium', () => {
  expect(
    readLaunchOptions(['--no-sandbox', '--demo', '--nut-conf', '/etc/nut', '--ozone-platform=x11', '--hidden', 'x']),
  ).toEqual({ isDemo: true, confDir: '/etc/nut', isHidden: true, dataDir: undefined });
});

test('without words nothing is asked', () => {
  expect(readLaunchOptions([])).toEqual({ isDemo: false, confDir: undefined, isHidden: false, dataDir: undefined });
});

test('a folder that is missing is none', () => {
  expect(readLaunchOptions(['--nut-conf']).confDir).toBeUndefined();
});
