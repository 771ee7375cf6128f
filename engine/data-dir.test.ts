import { homedir, platform } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dataDirectory } from './data-dir.ts';

test('what was asked for comes before the environment', () => {
  const env = { RIDETHROUGH_DATA_DIR: '/from/environment', XDG_DATA_HOME: '/from/desktop' };
  expect(dataDirectory('/asked', env)).toBe('/asked');
  expect(dataDirectory(undefined, env)).toBe('/from/environment');
});

test.runIf(platform() === 'linux').each([
  ['/from/desktop', '/from/desktop/ridethrough'],
  ['', join(homedir(), '.local/share/ridethrough')],
  ['beside/me', join(homedir(), '.local/share/ridethrough')],
  [undefined, join(homedir(), '.local/share/ridethrough')],
])('with XDG_DATA_HOME %j the data lie in %s', (told, folder) => {
  expect(dataDirectory(undefined, told === undefined ? {} : { XDG_DATA_HOME: told })).toBe(folder);
});
