import { describe, expect, test } from 'vitest';
import type { Incident } from '#domain/schema/snapshot.ts';
import { asTimestamp } from '#domain/units.ts';
import type { NamedVariable } from '#engine/state/ups-state.ts';
import { beyondLimits, type Limits } from './limits.ts';

type Kind = Incident['kind'];
const NOW = Date.UTC(2026, 10, 22);

function kinds(variables: Readonly<Record<string, string>>, limits: Limits, open: readonly Kind[] = []): Kind[] {
  const known = Object.entries({ 'ups.status': 'OL', ...variables }).map(([name, value]): [string, NamedVariable] => [
    name,
    { name, value, traits: {}, changedAt: asTimestamp(0) },
  ]);
  return [...beyondLimits({ variables: new Map(known) }, limits, new Set(open), NOW).keys()];
}

test('what is not watched or not known is not told', () => {
  expect(kinds({ 'ups.load': '150', 'ups.temperature': '90', 'input.voltage': '400' }, {})).toEqual([]);
  expect(kinds({ 'ups.load': 'much' }, { load: 80, temperature: 40, inputHigh: 250, batteryYears: 4 })).toEqual([]);
});

test('a load at its limit is told until it is well below', () => {
  expect(kinds({ 'ups.load': '79' }, { load: 80 })).toEqual([]);
  expect(kinds({ 'ups.load': '80' }, { load: 80 })).toEqual(['high-load']);
  expect(kinds({ 'ups.load': '76' }, { load: 80 }, ['high-load'])).toEqual(['high-load']);
  expect(kinds({ 'ups.load': '74' }, { load: 80 }, ['high-load'])).toEqual([]);
});

test('the hotter of unit and battery counts', () => {
  expect(kinds({ 'ups.temperature': '30', 'battery.temperature': '41' }, { temperature: 40 })).toEqual(['hot']);
});

describe('the mains voltage', () => {
  const limits = { inputLow: 200, inputHigh: 250 };
  test('is told below and above, and within again with some distance', () => {
    expect(kinds({ 'input.voltage': '230' }, limits)).toEqual([]);
    expect(kinds({ 'input.voltage': '199' }, limits)).toEqual(['input-voltage']);
    expect(kinds({ 'input.voltage': '251' }, limits)).toEqual(['input-voltage']);
    expect(kinds({ 'input.voltage': '203' }, limits, ['input-voltage'])).toEqual(['input-voltage']);
    expect(kinds({ 'input.voltage': '205' }, limits, ['input-voltage'])).toEqual([]);
  });
  test('of an outage is no news: nothing begins and nothing ends', () => {
    const out = { 'ups.status': 'OB', 'input.voltage': '0' };
    expect(kinds(out, limits)).toEqual([]);
    expect(kinds(out, limits, ['input-voltage'])).toEqual(['input-voltage']);
  });
});

test('a full battery that is too short for the plan is told, one that is charging is given time', () => {
  const limits = { planSeconds: 600 };
  expect(kinds({ 'battery.runtime': '599', 'battery.charge': '100' }, limits)).toEqual(['short-runtime']);
  expect(kinds({ 'battery.runtime': '601', 'battery.charge': '100' }, limits)).toEqual([]);
  expect(kinds({ 'battery.runtime': '300', 'battery.charge': '60' }, limits)).toEqual([]);
  expect(kinds({ 'battery.runtime': '650', 'battery.charge': '100' }, limits, ['short-runtime'])).toEqual([
    'short-runtime',
  ]);
  expect(kinds({ 'ups.status': 'OB', 'battery.runtime': '10' }, limits)).toEqual([]);
});

test.each([
  ['2022/11/21', true],
  ['2022-11-23', false],
  ['11/20/22', true],
  ['1/2/2023', false],
  ['soon', false],
  ['2022/13/40', false],
])('a battery put in at %s is older than four years: %s', (date, isOld) => {
  expect(kinds({ 'battery.date': date }, { batteryYears: 4 })).toEqual(isOld ? ['old-battery'] : []);
  expect(kinds({ 'battery.mfr.date': date }, { batteryYears: 4 })).toEqual(isOld ? ['old-battery'] : []);
});
