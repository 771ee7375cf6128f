import { describe, expect, test } from 'vitest';
import { readNutFileConf, writeNutFileConf } from './nut-file-conf.ts';
import { readText } from './test-support.ts';

const read = (text: string) => readText(readNutFileConf, 'nut.conf', text);

describe('nut.conf', () => {
  test('the mode and other assignments are read by the rules of the shell', () => {
    const { result, told } = read(
      '# comment\nMODE=netserver # mode\nexport POWEROFF_WAIT="15m"\nPOWEROFF_QUIET=\'true\'; ALLOW_NO_DEVICE=tr"u"e\n' +
        'NUT_STATEPATH=/run/my\\ nut\nOTHER=\'a # "b" $c\'"d\\"e\\x"\n',
    );
    expect(result).toEqual({
      mode: 'netserver',
      variables: {
        POWEROFF_WAIT: '15m',
        POWEROFF_QUIET: 'true',
        ALLOW_NO_DEVICE: 'true',
        NUT_STATEPATH: '/run/my nut',
        OTHER: 'a # "b" $cd"e\\x',
      },
    });
    expect(told).toEqual(['notice nut.conf:6: OTHER has no meaning to NUT (check its spelling, or leave it)']);
  });

  test('lines joined by a backslash and line ends of Windows are fine', () => {
    expect(read('MODE=stand\\\nalone\r\nPOWEROFF_QUIET=\r\n').result).toEqual({
      mode: 'standalone',
      variables: { POWEROFF_QUIET: '' },
    });
  });

  test.each([
    ['MODE = none', 'error', 'there are blanks around = (write MODE=value without blanks)'],
    ['MODE= netserver', 'error', 'there are blanks around = (write MODE=value without blanks)'],
    [
      'MODE=netsrever',
      'error',
      'MODE cannot be "netsrever" (write one of none, standalone, netserver, netclient, controlled, manual)',
    ],
    ['MODE', 'warning', 'the line is no NAME=value; it is skipped (write NAME=value, or # in front of a comment)'],
    [
      '"MODE"=netserver',
      'warning',
      'the line is no NAME=value; it is skipped (write NAME=value, or # in front of a comment)',
    ],
    [
      'NUT_STATEPATH=$HOME/nut',
      'warning',
      'the value of NUT_STATEPATH would need a shell; the line is skipped (write the value itself, in single quotes if it holds $ or `)',
    ],
    [
      'NUT_STATEPATH="`pwd`"',
      'warning',
      'the value of NUT_STATEPATH would need a shell; the line is skipped (write the value itself, in single quotes if it holds $ or `)',
    ],
    ['ALLOW_NO_DEVICE=maybe', 'error', 'ALLOW_NO_DEVICE cannot be "maybe" (write yes or no)'],
    ['POWEROFF_WAIT="15m', 'error', 'a quote that begins here is never closed (close the quote)'],
  ])('%s sets nothing and is told', (line, severity, problem) => {
    expect(read(`\n${line}\n`)).toEqual({
      result: { mode: 'none', variables: {} },
      told: [`${severity} nut.conf:2: ${problem}`],
    });
  });

  test('a mistyped name comes with the one that was meant', () => {
    expect(read('MOED=none\n').told).toEqual([
      'warning nut.conf:1: MOED is not known; the line is skipped (write MODE if that is meant)',
    ]);
  });

  test('options of programs that are not started here are told to have no effect', () => {
    expect(read('UPSD_OPTIONS="-4"\n').told).toEqual([
      'notice nut.conf:1: UPSD_OPTIONS is accepted and has no effect: it is for the scripts that start the programs of NUT (nothing to do)',
    ]);
  });

  test('values are quoted only where a shell needs it', () => {
    expect(writeNutFileConf({ mode: 'netclient', variables: { A: '15m', B: 'a b$', C: 'it\'s "$x"' } })).toBe(
      'MODE=netclient\nA=15m\nB=\'a b$\'\nC="it\'s \\"\\$x\\""\n',
    );
  });
});
