import { expect, test } from 'vitest';
import { createTally, type Counts } from './kernel/tally.ts';
import type { MachineOutcome } from './kernel/virtual-machine.ts';

function count(outcome: MachineOutcome, ...lines: string[]): Counts & { readonly shown: string[] } {
  const tally = createTally();
  const shown = lines.filter((line) => tally.take(line));
  return { ...tally.close(outcome), shown };
}

const BROKEN_OFF: MachineOutcome = { status: 'none', why: 'it was turned off', console: '' };

test('results are counted by what became of them', () => {
  const { shown, ...counts } = count(
    { status: 1 },
    'TAP version 13',
    '# Subtest: the unit is found',
    'ok 1 - the unit is found',
    'not ok 2 - its charge is read',
    'ok 3 - a unit # 2 is found # SKIP there is none',
    '    not ok 1 - a part of a test',
    '1..3',
  );
  expect(counts).toEqual({ passed: 1, failed: 1, skipped: 1 });
  expect(shown).toEqual([
    'ok 1 - the unit is found',
    'not ok 2 - its charge is read',
    'ok 3 - a unit # 2 is found # SKIP there is none',
  ]);
});

test('details are shown for failures only, and what tests print is always shown', () => {
  const { shown } = count(
    { status: 1 },
    'ok 1 - fine',
    '  duration_ms: 5',
    'not ok 2 - broken',
    "  error: 'never came: the unit'",
    '# a line of the log',
    '1..2',
  );
  expect(shown).toEqual(['ok 1 - fine', 'not ok 2 - broken', "  error: 'never came: the unit'", '# a line of the log']);
});

test('a run that breaks off after good results is a failure', () => {
  expect(count(BROKEN_OFF, 'ok 1 - fine')).toMatchObject({ passed: 1, failed: 1 });
  expect(count({ status: 0 }, 'ok 1 - fine')).toMatchObject({ passed: 1, failed: 1 });
  expect(count({ status: 7 }, 'ok 1 - fine', '1..1')).toMatchObject({ passed: 1, failed: 1 });
});

test('a run without any result is a failure', () => {
  expect(count({ status: 0 }, '1..0')).toMatchObject({ passed: 0, failed: 1 });
});
