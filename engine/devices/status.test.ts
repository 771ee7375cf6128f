import { describe, expect, test } from 'vitest';
import { STATUS_RULE_NAMES, STATUS_TABLE_NAMES } from '#domain/schema/device-definition.ts';
import type { DriverNote } from '#engine/drivers/driver.ts';
import type { ConversionContext, DeviceMemory, Reading } from './converters/conversion.ts';
import { ENUMERATIONS } from './enumerations.ts';
import { STATUS_RULES } from './status-rules.ts';
import { isStatusWord, STATUS_TABLES, StatusBoard } from './status-tables.ts';

const boardAfter = (...words: string[]): StatusBoard => {
  const board = new StatusBoard();
  board.beginPass();
  for (const word of words) board.apply(word);
  return board;
};

describe('the status board', () => {
  test('keeps what no row speaks of', () => {
    const board = boardAfter('online', 'chrg');
    board.beginPass();
    board.apply('!chrg');
    expect(board.list()).toEqual(['online']);
  });

  test('takes online and offline, full and not full, as opposites', () => {
    expect(boardAfter('online', 'offline').list()).toEqual(['offline']);
    expect(boardAfter('offline', 'online').list()).toEqual(['online']);
    expect(boardAfter('fullycharged', 'notfullycharged').list()).toEqual(['notfullycharged']);
  });

  test('loses "online" by "!online" without going offline', () => {
    expect(boardAfter('online', '!online').list()).toEqual([]);
  });

  test('keeps a fault that one part reports although the next part is well', () => {
    expect(boardAfter('overload', '!overload').list()).toEqual(['overload']);
    const board = boardAfter('overload');
    board.beginPass();
    board.apply('!overload');
    expect(board.list()).toEqual([]);
  });

  test('lets the later row decide about a low battery', () => {
    expect(boardAfter('lowbatt', '!lowbatt').list()).toEqual([]);
  });

  test('ignores words that are no conditions', () => {
    expect(boardAfter('', 'nonsense', '!nonsense', 'trim').list()).toEqual(['trim']);
  });
});

test.each(STATUS_TABLE_NAMES)('status table %s speaks in known words only', (name) => {
  const words = Object.values(STATUS_TABLES[name]).flatMap((text) => text.split(' '));
  expect(words.length).toBeGreaterThan(0);
  expect(words.filter((word) => !isStatusWord(word))).toEqual([]);
});

test('no enumeration gives one text to two codes, so that every text can be written', () => {
  for (const texts of Object.values(ENUMERATIONS)) {
    expect(new Set(Object.values(texts)).size).toBe(Object.keys(texts).length);
  }
});

type Rule = keyof typeof STATUS_RULES;
const remarked: string[] = [];
function wordsOf(
  rule: Rule,
  logical: number,
  world: { memory?: DeviceMemory; charge?: number; mode?: number; isOff?: boolean } = {},
): string {
  const reading = { logical, physical: logical } as Reading;
  const context = {
    memory: world.memory ?? {},
    number: () => world.charge,
    report: () => (world.mode === undefined ? undefined : Uint8Array.from([74, world.mode])),
    remark: ({ code }: DriverNote) => void remarked.push(code),
  } as unknown as ConversionContext;
  return STATUS_RULES[rule].words(reading, context, () => world.isOff ?? false);
}
const abm = { memory: { eatonAbm: true } };

const RULES: readonly (readonly [Rule, number, string, Parameters<typeof wordsOf>[2]?])[] = [
  ['eaton-charging', 1, 'chrg', { charge: 80 }],
  ['eaton-charging', 1, '!chrg', { charge: 100 }],
  ['eaton-charging', 1, '!chrg', abm],
  ['eaton-charging', 0, '!chrg'],
  ['eaton-discharging', 1, 'dischrg'],
  ['eaton-discharging', 1, '!dischrg', abm],
  ['eaton-abm-flow-by-mode', 3, 'chrg', abm],
  ['eaton-abm-flow-by-mode', 2, 'dischrg', abm],
  ['eaton-abm-flow-by-mode', 4, '', abm],
  ['eaton-abm-flow-by-mode', 2, ''],
  ['eaton-abm-flow-by-status', 2, 'chrg', abm],
  ['eaton-abm-flow-by-status', 4, 'dischrg', abm],
  ['eaton-abm-flow-by-status', 3, '', abm],
  ['eaton-converter-online', 1, 'online'],
  ['eaton-converter-online', 0, '!online'],
  ['eaton-converter-online', 0, '', { isOff: true }],
  ['ever-on-off', 0, '!off', { mode: 8 }],
  ['ever-on-off', 0, 'off', { mode: 2 }],
  ['ever-on-off', 0, ''],
];
for (const [rule, logical, words, world] of RULES) {
  test(`rule ${rule} at ${logical} says "${words}" ${world ? JSON.stringify(world) : ''}`, () => {
    expect(wordsOf(rule, logical, world)).toBe(words);
  });
}

test('charging at full charge is told to be cured, and only that', () => {
  remarked.length = 0;
  for (const [logical, charge] of [[1, 99], [0, 100]] as const) wordsOf('eaton-charging', logical, { charge }); // prettier-ignore
  expect(remarked).toEqual([]);
  wordsOf('eaton-charging', 1, { charge: 100 });
  expect(remarked).toEqual(['charging-when-full']);
});

test('every status rule has a meaning', () => {
  expect(STATUS_RULE_NAMES.filter((name) => STATUS_RULES[name].meaning.length < 10)).toEqual([]);
});
