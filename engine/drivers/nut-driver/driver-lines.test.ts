import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quote } from '#engine/nut/words.ts';
import { DriverLineReader, meaningOf, type ReadLine } from './driver-lines.ts';

const read = (text: string): ReadLine[] => new DriverLineReader().push(Buffer.from(text, 'latin1'));
const saysOf = (text: string): unknown[] => read(text).map((line) => line.says);

describe('what a driver says', () => {
  test.each([
    ['SETINFO ups.mfr "A B"', { type: 'set', variable: 'ups.mfr', value: 'A B' }],
    ['setinfo ups.mfr ""', { type: 'set', variable: 'ups.mfr', value: '' }],
    ['DELINFO ups.mfr', { type: 'remove', variable: 'ups.mfr' }],
    ['ADDENUM a "low"', { type: 'add-value', variable: 'a', value: 'low' }],
    ['DELENUM a "low"', { type: 'remove-value', variable: 'a', value: 'low' }],
    ['ADDRANGE a -5 10', { type: 'add-range', variable: 'a', min: -5, max: 10 }],
    ['DELRANGE a -5 10', { type: 'remove-range', variable: 'a', min: -5, max: 10 }],
    ['SETAUX a 32', { type: 'length', variable: 'a', length: 32 }],
    ['SETFLAGS a RW STRING', { type: 'flags', variable: 'a', flags: ['RW', 'STRING'] }],
    ['SETFLAGS a', { type: 'flags', variable: 'a', flags: [] }],
    ['ADDCMD load.off', { type: 'add-command', command: 'load.off' }],
    ['DELCMD load.off', { type: 'remove-command', command: 'load.off' }],
    ['TRACKING id 3', { type: 'tracking', id: 'id', code: 3 }],
    ['DATAOK', { type: 'data-ok' }],
    ['DATASTALE', { type: 'data-stale' }],
    ['DUMPDONE', { type: 'dump-done' }],
    ['PONG', { type: 'answer' }],
    ['PID 17', { type: 'answer' }],
    ['OK Goodbye', { type: 'answer' }],
  ])('%s is understood', (text, says) => {
    expect(saysOf(`${text}\n`)).toEqual([says]);
  });

  test.each([
    '',
    'SETINFO',
    'SETINFO a',
    'ADDRANGE a b c',
    'ADDRANGE a 1',
    'SETAUX a x',
    'TRACKING x',
    'HELLO',
    'DELINFO',
  ])('"%s" says nothing', (text) => {
    expect(saysOf(`${text}\n`)).toEqual([undefined]);
  });

  test('numbers too long for a number say nothing', () => {
    expect(meaningOf(['ADDRANGE', 'a', '0', '9'.repeat(40)])).toBeUndefined();
  });
});

describe('live lines in which nothing is escaped', () => {
  test.each([
    ['a quote inside', 'SETINFO ups.id "a"b"'],
    ['a hash', 'SETINFO ups.id "a #1"'],
    ['words left over', 'SETINFO ups.id "a" b'],
    ['a backslash, which may be itself or an escape', 'SETINFO ups.id "a\\b"'],
  ])('%s makes the line doubtful', (_, text) => {
    expect(read(`${text}\n`)).toEqual([expect.objectContaining({ text, isDoubtful: true })]);
  });

  test('a quote at the end does not swallow the next line', () => {
    expect(read('SETINFO ups.id "a""\nSETINFO ups.status "OB"\n')).toEqual([
      { text: 'SETINFO ups.id "a""', says: undefined, isDoubtful: true },
      {
        text: 'SETINFO ups.status "OB"',
        says: { type: 'set', variable: 'ups.status', value: 'OB' },
        isDoubtful: false,
      },
    ]);
  });

  test('a backslash at the end does not swallow the next line', () => {
    expect(saysOf('SETINFO ups.id "a\\"\nPONG\n')).toEqual([undefined, { type: 'answer' }]);
  });

  test('a line feed inside a value is left out, as upsd does', () => {
    expect(saysOf('SETINFO ups.id "two\nlines"\nPONG\n')).toEqual([
      { type: 'set', variable: 'ups.id', value: 'twolines' },
      { type: 'answer' },
    ]);
  });
});

describe('any bytes', () => {
  test('come out the same however they are cut', () => {
    const text = fc.string({ unit: fc.constantFrom('SETINFO ups.id ', ' ', '"', '#', '\\', 'a', '\n', '\0', 'ÿ') });
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), fc.array(fc.nat(50)), (content, cuts) => {
        const bytes = Buffer.from(`${content}\nPONG\n`, 'latin1');
        const reader = new DriverLineReader();
        const pieces: ReadLine[] = [];
        let at = 0;
        for (const length of cuts) pieces.push(...reader.push(bytes.subarray(at, (at += length))));
        pieces.push(...reader.push(bytes.subarray(Math.min(at, bytes.length))));
        expect(pieces).toEqual(new DriverLineReader().push(bytes));
      }),
    );
  });

  test('never hide the plain line that follows them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const reader = new DriverLineReader();
        reader.push(bytes);
        expect(reader.push(Buffer.from('\nDATASTALE\n')).at(-1)?.says).toEqual({ type: 'data-stale' });
      }),
    );
  });

  test('without an end are dropped, and the next line is read', () => {
    const reader = new DriverLineReader();
    for (let index = 0; index < 100; index++) expect(reader.push(Buffer.alloc(1000, 'x'))).toEqual([]);
    expect(reader.push(Buffer.from('x\nPONG\n')).map((line) => line.says)).toEqual([{ type: 'answer' }]);
  });
});

test('every printable value that was escaped is read as it was', () => {
  const printable = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) });
  fc.assert(
    fc.property(printable, (value) => {
      expect(saysOf(`SETINFO ups.id ${quote(value)}\n`)).toEqual([{ type: 'set', variable: 'ups.id', value }]);
    }),
  );
});
