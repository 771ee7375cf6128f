import { describe, expect, test } from 'vitest';
import { changeBetween, DriverDataDraft, NO_DATA, type DriverData } from './driver-data.ts';
import { DriverLineReader } from './driver-lines.ts';

function after(data: DriverData, ...lines: string[]): DriverData {
  const draft = new DriverDataDraft(data);
  for (const { says } of new DriverLineReader().push(Buffer.from(`${lines.join('\n')}\n`))) if (says) draft.apply(says);
  return draft.finish();
}
const changeOf = (before: DriverData, ...lines: string[]) => changeBetween(before, after(before, ...lines));

describe('traits of a variable', () => {
  test.each([
    [['SETFLAGS a RW STRING', 'SETAUX a 32'], { isWritable: true, kind: 'string', maxLength: 32 }],
    [['SETAUX a 32', 'SETFLAGS a RW STRING'], { isWritable: true, kind: 'string', maxLength: 32 }],
    [['SETFLAGS a STRING'], { kind: 'string' }],
    // snmp-ups 2.8.0 sends a length for numbers; it means nothing to clients.
    [['SETAUX a 60'], undefined],
    [['SETFLAGS a rw number'], { isWritable: true, kind: 'number' }],
    [['SETFLAGS a RW STRING', 'SETFLAGS a'], undefined],
    [['ADDENUM a "x"', 'ADDENUM a "y"', 'ADDENUM a "x"'], { values: ['x', 'y'] }],
    [['ADDENUM a "x"', 'ADDENUM a "y"', 'DELENUM a "x"'], { values: ['y'] }],
    [['ADDRANGE a 1 5', 'ADDRANGE a 7 9'], { ranges: [{ min: 1, max: 5 }, { min: 7, max: 9 }] }], // prettier-ignore
    // Drivers take ranges as the same when either end is.
    [['ADDRANGE a 1 5', 'ADDRANGE a 1 9'], { ranges: [{ min: 1, max: 5 }] }],
    [['ADDRANGE a 1 5', 'ADDRANGE a 7 9', 'DELRANGE a 1 6'], { ranges: [{ min: 7, max: 9 }] }],
  ])('%j', (lines, traits) => {
    expect(changeOf(NO_DATA, 'SETINFO a "1"', ...lines)?.traits).toEqual(traits && { a: traits });
  });

  test('of a variable that does not exist are left out', () => {
    expect(changeOf(NO_DATA, 'ADDENUM a "x"', 'SETFLAGS a RW', 'SETAUX a 1', 'ADDRANGE a 1 2')).toBeUndefined();
  });
});

describe('what changed', () => {
  const base = after(NO_DATA, 'SETINFO Ups.Id "1"', 'SETFLAGS ups.id RW', 'SETINFO b "2"', 'ADDCMD load.off');

  test('is nothing when lines say what is known', () => {
    expect(changeOf(base, 'SETINFO ups.id "1"', 'SETFLAGS UPS.ID RW', 'ADDCMD LOAD.OFF')).toBeUndefined();
  });

  test('is the value only when the traits stay', () => {
    expect(changeOf(base, 'SETINFO ups.id "5"')).toEqual({ type: 'update', set: { 'Ups.Id': '5' } });
  });

  test('tells what went, by the name it had', () => {
    expect(changeOf(base, 'DELINFO UPS.ID', 'DELCMD load.off')).toEqual({
      type: 'update',
      remove: ['Ups.Id'],
      commands: [],
    });
  });

  test('a variable that comes back in the same breath has not gone', () => {
    expect(changeOf(base, 'DELINFO b', 'SETINFO b "2"')).toBeUndefined();
  });

  test('a driver out of its mind is cut off at 5,000 variables and commands', () => {
    const lines = Array.from({ length: 6_000 }, (_, index) => [`SETINFO v${index} "1"`, `ADDCMD c${index}`]).flat();
    const data = after(NO_DATA, ...lines);
    expect([data.variables.size, data.commands.size]).toEqual([5_000, 5_000]);
  });
});
