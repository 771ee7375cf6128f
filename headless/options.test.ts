import { describe, expect, test } from 'vitest';
import { UsageError } from './io.ts';
import { parseOptions } from './options.ts';

const OPTIONS = {
  out: { type: 'string' },
  each: { type: 'string', multiple: true },
  force: { type: 'boolean', short: 'f' },
} as const;
const parse = (...args: readonly string[]) => parseOptions(args, OPTIONS);

describe('words of a call', () => {
  test('a negative number is a value, of an option and by itself', () => {
    const { values, positionals } = parse('set', '-5', '--out', '-1.5', '--each', '-1', '--each', 'x', '-.5', '-f');
    expect(positionals).toEqual(['set', '-5', '-.5']);
    expect(values).toEqual({ out: '-1.5', each: ['-1', 'x'], force: true });
  });

  test('what begins with a dash stands behind "--"', () => {
    expect(parse('set', '--', '-P now', '--force')).toMatchObject({
      positionals: ['set', '-P now', '--force'],
      values: {},
    });
  });

  test.each([
    [['--nosuch'], 'there is no option --nosuch; a value that begins with a dash stands behind "--"'],
    [['-x'], 'there is no option -x; a value that begins with a dash stands behind "--"'],
    [['--out'], '--out has no value; one that begins with a dash is written --out=-…'],
    [['--out', '--force'], '--out has no value; one that begins with a dash is written --out=-…'],
    [['--force=3'], '--force takes no value'],
  ])('%j is told in words of our own', (args, said) => {
    expect(() => parse(...args)).toThrow(new UsageError(said));
  });
});
