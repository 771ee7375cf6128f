import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batteryBegan, batteryDate, dayLike, dayOf, testsOf } from './battery-facts.ts';

const NOON = new Date(2026, 5, 15, 12).getTime();
const DAY = 86_400_000;
const midnight = (year: number, month: number, day: number): number => new Date(year, month - 1, day).getTime();
const told = (variable: string, ...values: string[]) =>
  values.map((value, place) => ({ variable, value, at: NOON + place * DAY }));

test('dates are read as units write them, and written back the same way', () => {
  for (const [text, day] of [
    ['2024/03/18', '2024-03-18'],
    ['2024-3-8', '2024-03-08'],
    ['2024-03-18 10:11', '2024-03-18'],
    ['03/18/24', '2024-03-18'],
    ['03/18/99', '1999-03-18'],
    ['3/18/2024', '2024-03-18'],
  ] as const) {
    expect(dayOf(text)).toBe(day);
  }
  for (const text of ['', 'not set', '2024/13/01', '2023-02-29', '18/03/2024', '0/0/0', 'O3/18/24', '20240318']) {
    expect([text, dayOf(text)]).toEqual([text, undefined]);
  }
  const days = fc
    .date({ min: new Date('1990-01-01'), max: new Date('2089-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  fc.assert(
    fc.property(days, fc.constantFrom('2024/03/18', '2024-03-18', '03/18/24', '3/18/2024', ''), (day, like) => {
      expect(dayOf(dayLike(day, like))).toBe(day);
    }),
  );
  expect(dayLike('2026-06-15', '03/18/24')).toBe('06/15/26');
});

test('a battery begins with a date that changes or that a person says, not with the first that is heard', () => {
  expect(batteryBegan([])).toBeUndefined();
  expect(batteryBegan(told('battery.date', '2024/03/18'))).toBeUndefined();
  // The day it was put in, where that is over; else the moment it was told.
  expect(batteryBegan(told('battery.date', '2001/09/25', '2026/06/01'))).toBe(midnight(2026, 6, 1));
  expect(batteryBegan(told('battery.date', '2001/09/25', '2026/06/16'))).toBe(NOON + DAY);
  expect(batteryBegan(told('battery.date', '2001/09/25', '2030/01/01'))).toBe(NOON + DAY);
  expect(batteryBegan(told('battery.date', '2001/09/25', 'who knows'))).toBe(NOON + DAY);
  expect(batteryBegan(told('battery.mfr.date', '2020/01/01', '2026/01/01'))).toBe(NOON + DAY);
  expect(batteryBegan(told('battery.replaced', '2026-05-02'))).toBe(midnight(2026, 5, 2));
  expect(batteryBegan(told('ups.test.result', 'Done and passed', 'In progress'))).toBeUndefined();
});

test('the date is that of who spoke last; the day it was put in comes before the day it was made', () => {
  const made = { 'battery.mfr.date': '2023/11/02' };
  const both = { ...made, 'battery.date': '03/18/24' };
  expect(batteryDate([], {})).toBeUndefined();
  expect(batteryDate([], { 'battery.date': ' ' })).toBeUndefined();
  expect(batteryDate([], made)).toEqual({ day: '2023-11-02', text: '2023/11/02', from: 'made' });
  expect(batteryDate([], both)).toEqual({ day: '2024-03-18', text: '03/18/24', from: 'installed' });
  expect(batteryDate([], { 'battery.date': 'soon' })).toEqual({ text: 'soon', from: 'installed' });
  const said = { variable: 'battery.replaced', value: '2026-06-01', at: NOON };
  const first = { variable: 'battery.mfr.date', value: '2020/01/01', at: NOON - 9 * DAY };
  const another = { ...first, value: '2023/11/02', at: NOON + DAY };
  expect(batteryDate([first, said], made)?.from).toBe('person');
  expect(batteryDate([first, said, another], made)?.from).toBe('made');
  expect(batteryDate([first, { ...another, at: NOON - DAY }, said], made)?.from).toBe('person');
});

test('tests are listed newest first, those that run or never were are none', () => {
  expect(testsOf(told('ups.test.result', 'No test initiated', 'In progress', 'Done and passed'))).toEqual([
    { at: NOON + 2 * DAY, result: 'Done and passed' },
  ]);
  const result = (value: string, day: number) => ({ variable: 'ups.test.result', value, at: NOON + day * DAY });
  const date = (value: string, day: number) => ({
    variable: 'ups.test.date',
    value,
    at: NOON + day * DAY + 30_000,
  });
  expect(
    testsOf([
      result('Done and passed', 0),
      date('2024/01/01', 0),
      // The same result again: only the date tells that there was another test.
      date('2026/06/20', 5),
      result('In progress', 9),
      result('Done and error', 10),
      date('2026/06/25', 10),
    ]),
  ).toEqual([
    { at: NOON + 10 * DAY, result: 'Done and error', date: '2026/06/25' },
    { at: NOON + 5 * DAY + 30_000, result: 'Done and passed', date: '2026/06/20' },
    { at: NOON, result: 'Done and passed', date: '2024/01/01' },
  ]);
});
