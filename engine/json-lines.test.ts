import { expect, test } from 'vitest';
import { jsonFault } from './json-lines.ts';

const lineOf = (text: string): number => {
  try {
    JSON.parse(text);
  } catch (error) {
    return jsonFault(text, error).line;
  }
  throw new Error('this is JSON');
};

const LONG = `"${'long '.repeat(20)}"`;
test.each([
  ['', 1],
  ['x', 1],
  ['{\n"a":}', 2],
  ['{\n"a": -1.5,\n"b": tru\n}', 3],
  ['[1,\n\n x]', 3],
  [`[1,\n\n x, ${LONG}]`, 3],
  [`[${LONG},\n\n x, ${LONG}]`, 3],
  [`[${LONG},\n\n x]`, 3],
  ['{\n"a": 1,\n}', 3],
  ['{"ups": [\n', 2],
  ['NaN', 1],
])('%j is no JSON in line %i', (text, line) => {
  expect(lineOf(text)).toBe(line);
});
