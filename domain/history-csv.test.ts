import { expect, test } from 'vitest';
import { csvLine } from './history-csv.ts';

const AT = Date.UTC(2026, 0, 14, 19, 42, 10);

test('a line has the moment in UTC, the variable and three figures', () => {
  expect(csvLine(AT, 'input.voltage', { min: 229.1, mean: 230.25, max: 231 })).toBe(
    '2026-01-14T19:42:10.000Z,input.voltage,229.1,230.25,231\r\n',
  );
});

test('where nothing is known the figures are empty', () => {
  expect(csvLine(AT, 'ups.load', undefined)).toBe('2026-01-14T19:42:10.000Z,ups.load,,,\r\n');
});

test('a name with a comma or a quote stays one field', () => {
  expect(csvLine(AT, 'my "rack", left/ups.load', undefined)).toBe(
    '2026-01-14T19:42:10.000Z,"my ""rack"", left/ups.load",,,\r\n',
  );
});
