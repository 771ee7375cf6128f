import { expect, test } from 'vitest';
import { jsonFault, lineOfPath } from './json-lines.ts';

const TEXT = `{
  "ups": [
    { "identifier": "a", "text": "], {",
      "aliases": [
        "b",
        "c"
      ] },
    {
      "identifier": "d"
    }
  ],
  "allow": [
    "10.0.0.1"
  ],
  "users": [{ "name": "x" }]
}`;

test.each<[readonly PropertyKey[], number]>([
  [['ups', 0], 3],
  [['ups', 0, 'aliases'], 4],
  [['ups', 0, 'aliases', 1], 6],
  [['ups', 1], 8],
  [['ups', 1, 'identifier'], 9],
  [['allow', 0], 13],
  [['users', 0, 'name'], 15],
  [['allow', 1], 12],
  [['gone'], 1],
])('%j stands in line %i', (path, line) => {
  expect(lineOfPath(TEXT, path)).toBe(line);
});

test('the elements of a list that is the whole text are found, too', () => {
  expect(lineOfPath('[\n  { "a": 1 },\n  { "a": 2 }\n]', [1, 'a'])).toBe(3);
});

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
