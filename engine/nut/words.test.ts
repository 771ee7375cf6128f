import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ParsedLine, parseLines, quote, WordParser, type WordParserOptions } from './words.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
const lines = (text: string, options?: WordParserOptions): ParsedLine[] => parseLines(bytes(text), options);
const words = (text: string): (readonly string[] | undefined)[] => lines(text).map((line) => line.words);

describe('words of one line', () => {
  const table: [what: string, text: string, words: string[]][] = [
    ['blanks, tabs and carriage returns separate words', 'a b\tc\vd\fe\r\n', ['a', 'b', 'c', 'd', 'e']],
    ['a hash outside quotes begins a comment', 'a # b c\n', ['a']],
    ['a hash directly after a word begins a comment too', 'abc#x\n', ['abc']],
    ['a line of nothing but a comment has no words', '# only\n', []],
    ['a line of blanks has no words', '  \t \n', []],
    ['an empty line has no words', '\n', []],
    ['a quote at the start of a word opens a quoted word', '"a b" c\n', ['a b', 'c']],
    ['a quote inside an unquoted word is an ordinary character', 'dum"my x"\n', ['dum"my', 'x"']],
    ['a closing quote ends the word even before text', '"ab"cd\n', ['ab', 'cd']],
    ['two quoted words may touch', '"a""b"\n', ['a', 'b']],
    ['empty quotes are an empty word', 'a "" b\n', ['a', '', 'b']],
    ['a backslash takes the next character as it is', 'a\\ b\\#c\\"d\\\\e\\=f\n', ['a b#c"d\\e=f']],
    ['a backslash does the same inside quotes', '"a\\"b\\#c\\\\d"\n', ['a"b#c\\d']],
    ['a backslash at the start of a word begins an unquoted word', '\\"a b\n', ['"a', 'b']],
    ['a backslash before a newline joins two lines', 'NET\\\nVER\n', ['NETVER']],
    ['a joined line between blanks gives an empty word', 'a \\\n b\n', ['a', '', 'b']],
    ['a backslash before a newline inside quotes is nothing', '"a\\\nb"\n', ['ab']],
    ['an equals sign is a word of its own', 'a=b\n', ['a', '=', 'b']],
    ['an equals sign between blanks is the same', 'a = b\n', ['a', '=', 'b']],
    ['several equals signs are several words', '==a==\n', ['=', '=', 'a', '=', '=']],
    ['an equals sign inside quotes is text', '"a=b"\n', ['a=b']],
    ['a quoted word may follow an equals sign', 'a="b c"\n', ['a', '=', 'b c']],
    ['a newline inside quotes is dropped and the word goes on', '"a\nb c"\n', ['ab c']],
    ['a tab inside quotes is dropped', '"a\tb"\n', ['ab']],
    ['bytes that are no printable ASCII are dropped', 'st\u00e4tus "\u20acx\u0001y" z\u0002\n', ['sttus', 'xy', 'z']],
    ['an escaped byte that is no printable ASCII is dropped', 'a\\\u0001b\n', ['ab']],
    ['a word of nothing but dropped bytes is an empty word', '\u0001 b\n', ['', 'b']],
    ['the last line needs no newline', 'a b', ['a', 'b']],
    ['an unclosed quote ends with the input', 'a "b c', ['a', 'b c']],
  ];
  test.each(table)('%s', (_, text, expected) => {
    expect(words(text)).toEqual([expected]);
  });

  test('more than 32 words are ignored, plain or quoted', () => {
    const many = Array.from({ length: 40 }, (_, index) => `w${index}`);
    expect(words(`${many.join(' ')}\n`)).toEqual([many.slice(0, 32)]);
    expect(words(`${many.map(quote).join(' ')}\n`)).toEqual([many.slice(0, 32)]);
  });

  test('a word is cut at 512 characters, plain, quoted or escaped', () => {
    const long = 'x'.repeat(600);
    const cut = 'x'.repeat(512);
    expect(words(`${long} y\n"${long}" y\n${'\\x'.repeat(600)} y\n`)).toEqual([
      [cut, 'y'],
      [cut, 'y'],
      [cut, 'y'],
    ]);
  });

  test('limits can be set', () => {
    expect(lines('abcd ef gh\n"abcd" ef gh\n', { maxWords: 2, maxWordLength: 3 }).map((line) => line.words)).toEqual([
      ['abc', 'ef'],
      ['abc', 'ef'],
    ]);
  });
});

describe('lines', () => {
  test('each line says on which physical line it began', () => {
    expect(lines('a\n\n"b\nc" d\ne\\\nf\ng')).toEqual([
      { words: ['a'], line: 1 },
      { words: [], line: 2 },
      { words: ['bc', 'd'], line: 3, oddity: 'quote-over-lines' },
      { words: ['ef'], line: 5 },
      { words: ['g'], line: 7 },
    ]);
  });

  test('a hash inside quotes costs its line and no more', () => {
    expect(lines('a\nb "c#d" e\nf\n')).toEqual([
      { words: ['a'], line: 1 },
      { error: 'hash-in-quotes', line: 2 },
      { words: ['f'], line: 3 },
    ]);
  });

  test('a hash inside quotes on the last line without a newline is told once', () => {
    expect(lines('b "c#d')).toEqual([{ error: 'hash-in-quotes', line: 1 }]);
  });

  test('on a socket a hash inside quotes costs the rest of the chunk and the next chunk is fine', () => {
    const parser = new WordParser({ errorCosts: 'chunk' });
    expect(parser.push(bytes('PROTVER\nGET VAR dummy "ups#status"\nNETVER\n'))).toEqual([
      { words: ['PROTVER'], line: 1 },
      { error: 'hash-in-quotes', line: 2 },
    ]);
    expect(parser.push(bytes('PROTVER\n'))).toEqual([{ words: ['PROTVER'], line: 4 }]);
  });

  test('a line in two chunks is one line', () => {
    const parser = new WordParser();
    expect(parser.push(bytes('NET'))).toEqual([]);
    expect(parser.push(bytes('VER\nHE'))).toEqual([{ words: ['NETVER'], line: 1 }]);
    expect(parser.push(bytes('LP\n'))).toEqual([{ words: ['HELP'], line: 2 }]);
    expect(parser.end()).toEqual([]);
  });

  test('an unclosed quote swallows line ends until it closes', () => {
    const parser = new WordParser();
    expect(parser.push(bytes('GET VAR dummy "ups.status\n'))).toEqual([]);
    expect(parser.push(bytes('VER\n" x\n'))).toEqual([
      { words: ['GET', 'VAR', 'dummy', 'ups.statusVER', 'x'], line: 1, oddity: 'quote-over-lines' },
    ]);
  });

  test('input after the end begins a new line', () => {
    const parser = new WordParser();
    parser.push(bytes('"half'));
    expect(parser.end()).toEqual([{ words: ['half'], line: 1, oddity: 'quote-over-lines' }]);
    expect(parser.push(bytes('whole\n'))).toEqual([{ words: ['whole'], line: 1 }]);
  });

  test('endless input without a line end does not grow the parser beyond its limits', () => {
    const parser = new WordParser({ maxWords: 4, maxWordLength: 8 });
    for (let round = 0; round < 1001; round++) expect(parser.push(bytes(`${'y'.repeat(100)} "`))).toEqual([]);
    const [line] = parser.push(bytes('"\n'));
    expect(line?.words?.length).toBeLessThanOrEqual(4);
    expect(line?.words?.every((word) => word.length <= 8)).toBe(true);
  });
});

describe('oddities that a person should be told', () => {
  test.each([
    ['an unclosed quote', 'a "b\nc" d\n', 'quote-over-lines'],
    ['an unclosed quote at the end of input', 'a "b', 'quote-over-lines'],
    ['a letter that is no ASCII in a word', 'b\u00fcro\n', 'dropped-text'],
    ['a tab inside quotes', '"a\tb"\n', 'dropped-text'],
    ['an escaped letter that is no ASCII', 'a\\\u00fc\n', 'dropped-text'],
    ['more than 32 words', `${'w '.repeat(33)}\n`, 'cut'],
    ['a word of more than 512 characters', `${'w'.repeat(513)}\n`, 'cut'],
    ['a quoted word of more than 512 characters', `"${'w'.repeat(513)}"\n`, 'cut'],
  ])('%s is marked', (_, text, oddity) => {
    expect(lines(text)).toEqual([expect.objectContaining({ line: 1, oddity })]);
  });

  test.each([
    ['letters that are no ASCII in a comment', 'a # b\u00fcro\n'],
    ['a joined line', '"a\\\nb" c\\\nd\n'],
    ['exactly 32 words', `${'w '.repeat(32)}\n`],
    ['a word of exactly 512 characters', `${'w'.repeat(512)} "${'w'.repeat(512)}"\n`],
  ])('%s is none', (_, text) => {
    expect(lines(text)[0]).not.toHaveProperty('oddity');
  });

  test('an oddity belongs to its own line alone', () => {
    expect(lines('"\u00fc"\n"plain"\n').map((line) => ('oddity' in line ? line.oddity : undefined))).toEqual([
      'dropped-text',
      undefined,
    ]);
  });
});

describe('quote', () => {
  test('only quotes, backslashes and hashes get a backslash', () => {
    expect(quote('He said "hi" \\ back # hash =')).toBe('"He said \\"hi\\" \\\\ back \\# hash ="');
    expect(quote('')).toBe('""');
    expect(quote('plain text')).toBe('"plain text"');
  });

  test('control characters are left out and other text is kept', () => {
    expect(quote('a\nb\r\u0000#c\u00e4')).toBe('"ab\\#c\u00e4"');
  });
});

describe('properties', () => {
  const printable = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) });
  const anyText = fc.string({
    unit: fc.constantFrom('a', 'b', '"', '\\', '#', '=', ' ', '\t', '\r', '\n', '\u0001', '\u00e4', '.', 'Z'),
    maxLength: 60,
  });

  test('quoting words and parsing them again returns the words', () => {
    fc.assert(
      fc.property(fc.array(printable, { minLength: 1, maxLength: 32 }), (values) => {
        expect(words(`${values.map(quote).join(' ')}\n`)).toEqual([values]);
      }),
    );
  });

  test('input split at any places gives the same lines as input in one piece', () => {
    fc.assert(
      fc.property(anyText, fc.array(fc.nat(60)), (text, cuts) => {
        const whole = bytes(text);
        const places = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length];
        const parser = new WordParser();
        const split = places.slice(1).flatMap((end, index) => parser.push(whole.subarray(places[index], end)));
        expect([...split, ...parser.end()]).toEqual(parseLines(whole));
      }),
      { numRuns: 2000 },
    );
  });

  test('plain lines read the same by the fast path and byte by byte', () => {
    const plain = fc.string({ unit: fc.constantFrom('a', 'b', '.', ' ', '\t', '\r', '\n'), maxLength: 60 });
    fc.assert(
      fc.property(plain, (text) => {
        const parser = new WordParser();
        const single = [...bytes(text)].flatMap((byte) => parser.push(Uint8Array.of(byte)));
        expect([...single, ...parser.end()]).toEqual(lines(text));
      }),
      { numRuns: 1000 },
    );
  });

  test('any bytes end in lines within the limits', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (input) => {
        for (const line of parseLines(input)) {
          expect(line.words?.length ?? 0).toBeLessThanOrEqual(32);
          for (const word of line.words ?? []) {
            expect(word.length).toBeLessThanOrEqual(512);
            expect(word).toMatch(/^[\x20-\x7f]*$/);
          }
        }
      }),
    );
  });
});
