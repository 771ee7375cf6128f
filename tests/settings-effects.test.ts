/** docs/developer/settings.md names for every key the test that sees its effect from outside. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Settings } from '#domain/schema/settings/settings.ts';
import { keysOfSettings } from '#engine/settings/setting-keys.ts';

const UPS = { driver: 'usbhid-ups', port: 'auto' };
/** Of one UPS that hangs here and one that hangs elsewhere, by group. */
const settings = Settings.parse({
  ups: [
    { id: 'a', identifier: 'a', ...UPS },
    { id: 'b', identifier: 'b', mode: 'SLAVE', remotehost: 'nas' },
  ],
});
/** Which news goes by which way, and when, is what the tests of the alerts are about. */
const OF_ALERTS = /^alerts\.|^mail\.(least|except|quietFrom|quietTo)$/;
const keys = [...new Set([...keysOfSettings(settings).keys()].map((key) => key.replace(/^ups\.\d+\./, 'ups.')))].filter(
  (key) => !OF_ALERTS.test(key),
);

const rows = readFileSync('docs/developer/settings.md', 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, key, , file, title] = /^\| `([a-z]+\.[a-zA-Z]+)` +\|(.*?)\| `(\S+)` +\| (.*?) *\|$/.exec(line) ?? [];
    return key === undefined || file === undefined || title === undefined ? [] : [{ key, file, title }];
  });

test('every key has a line', () => {
  const told = new Set(rows.map(({ key }) => key));
  const isOfServer = (key: string): boolean => told.has(key.replace(/^ups\./, 'server.'));
  expect(keys.filter((key) => !told.has(key) && !isOfServer(key))).toEqual([]);
  expect(rows.map(({ key }) => key).filter((key) => !keys.includes(key))).toEqual([]);
});

test.each(rows)('$key: $title', ({ file, title }) => {
  expect(existsSync(file)).toBe(true);
  const text = readFileSync(file, 'utf8');
  // Declared in one line, or with its title in the next one.
  const found = ['', '\n  ', '\n    '].some((gap) => text.includes(`(${gap}'${title}'`));
  expect(found).toBe(true);
});
