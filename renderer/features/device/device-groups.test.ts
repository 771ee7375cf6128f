import { describe, expect, test } from 'vitest';
import { gather, groupOfCommand, groupOfVariable, matches, problemOfValue, VARIABLE_GROUPS } from './device-groups.ts';

test('variables are gathered by their first word, numbers in their order', () => {
  const gathered = gather(
    ['outlet.10.status', 'outlet.2.status', 'battery.charge', 'strange.one'],
    VARIABLE_GROUPS,
    groupOfVariable,
  );
  expect(gathered).toEqual([
    { group: 'battery', names: ['battery.charge'] },
    { group: 'outlet', names: ['outlet.2.status', 'outlet.10.status'] },
    { group: 'other', names: ['strange.one'] },
  ]);
});

test('a command nobody knows still has a group', () => {
  expect(['shutdown.return', 'beeper.mute', 'vendor.magic'].map(groupOfCommand)).toEqual(['load', 'beeper', 'other']);
});

test('a search finds all its words in any order, in name, meaning or value', () => {
  const texts = ['battery.charge.low', 'Charge at which the UPS reports a low battery', '20'];
  expect(matches('low CHARGE', texts)).toBe(true);
  expect(matches('20', texts)).toBe(true);
  expect(matches('low voltage', texts)).toBe(false);
  expect(matches('', texts)).toBe(true);
});

describe('a value to be written', () => {
  const percent = { kind: 'number' as const, ranges: [{ min: 5, max: 95 }] };
  test.each([
    [percent, '20', undefined],
    [percent, ' 20 ', undefined],
    [percent, '96', 'out-of-range'],
    [percent, 'much', 'not-a-number'],
    [percent, '', 'empty'],
    [{ kind: 'number' as const }, 'Infinity', 'not-a-number'],
    [{ maxLength: 4 }, 'attic', 'too-long'],
    [{}, 'attic', undefined],
  ])('judged by %o, "%s": %s', (variable, value, problem) => {
    expect(problemOfValue(variable, value)).toBe(problem);
  });
});
