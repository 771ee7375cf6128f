import { expect, test } from 'vitest';
import { Settings } from '#domain/schema/settings/settings.ts';
import { changeSettings } from './change-settings.ts';
import { inSteps, renamedUpses, withFollowedNames, type Renaming } from './renamed-upses.ts';
import { stored } from './stored-settings.ts';

const settings = (...upses: readonly object[]): Settings =>
  Settings.parse({ ups: upses.map((ups) => ({ driver: 'usbhid-ups', port: 'auto', ...ups })) });
const renamed = (before: Settings, after: Settings) => renamedUpses(before, after, 'ups');

test('a UPS is followed by its id, wherever it stands in the list', () => {
  const before = settings({ id: 'a', identifier: 'one' }, { id: 'b', identifier: 'two' });
  const after = settings(
    { id: 'b', identifier: 'zwei' },
    { id: 'a', identifier: 'one' },
    { id: 'c', identifier: 'two' },
  );
  expect(renamed(before, after)).toEqual([['two', 'zwei']]);
});

test('another UPS of the same name is another UPS', () => {
  expect(renamed(settings({ id: 'a', identifier: 'one' }), settings({ id: 'b', identifier: 'two' }))).toEqual([]);
});

test('the one that was found without settings is the first that is named on USB', () => {
  const named = settings({ id: 'r', identifier: 'r', port: 'recording:/x' }, { id: 'a', identifier: 'office' });
  expect(renamed(settings(), named)).toEqual([['ups', 'office']]);
  expect(renamed(settings(), settings({ id: 'a', identifier: 'ups' }))).toEqual([]);
  expect(renamed(settings(), settings({ id: 'a', identifier: 'demo', driver: 'demo' }))).toEqual([]);
});

test('names that are exchanged do not meet on the way', () => {
  const at = new Map([
    ['a', 'history of a'],
    ['b', 'history of b'],
    ['c', 'history of c'],
  ]);
  const around: Renaming[] = [
    ['a', 'b'],
    ['b', 'c'],
    ['c', 'a'],
  ];
  for (const [before, after] of inSteps(around)) {
    expect(at.has(after)).toBe(false);
    at.set(after, at.get(before) ?? '');
    at.delete(before);
  }
  expect(Object.fromEntries(at)).toEqual({ b: 'history of a', c: 'history of b', a: 'history of c' });
  expect(inSteps([['a', 'A']])).toEqual([['a', 'A']]);
});

test('a channel for some UPSes follows them to their new names, unless it is set anew', () => {
  const ups = (id: string, identifier: string) => ({ id, identifier, driver: 'usbhid-ups', port: 'auto' });
  const channel = { id: 'c', type: 'syslog', upses: ['One', 'two'] };
  const before = stored({ ups: [ups('a', 'one'), ups('b', 'two')], alerts: { channels: [channel] } }, 'r');
  const upsesAfter = (...changes: [string, string][]) =>
    withFollowedNames(before, changeSettings(before, changes)).settings.alerts.channels[0]?.upses;
  expect(upsesAfter(['ups.0.identifier', 'office'])).toEqual(['office', 'two']);
  expect(upsesAfter(['ups.0.identifier', 'two'], ['ups.1.identifier', 'one'])).toEqual(['two', 'one']);
  expect(upsesAfter(['ups.0.identifier', 'office'], ['alerts.channels.0.upses', 'two'])).toEqual(['two']);
});
