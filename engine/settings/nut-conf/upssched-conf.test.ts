import { describe, expect, test } from 'vitest';
import { readText } from './test-support.ts';
import { readUpsschedConf } from './upssched-conf.ts';

const read = (text: string) => readText(readUpsschedConf, 'upssched.conf', text);

describe('upssched.conf', () => {
  test('timers, their end and commands are read in their order', () => {
    const { result, told } = read(
      [
        'CMDSCRIPT /usr/bin/on-ups --quiet',
        'AT ONBATT * START-TIMER onbatt 30',
        'AT onbatt ups@nas START-TIMER-SHARED both 0',
        'AT ONLINE * CANCEL-TIMER onbatt',
        'AT ONLINE * CANCEL-TIMER onbatt back',
        'AT LOWBATT ups@localhost EXECUTE low',
      ].join('\n'),
    );
    expect(told).toEqual([]);
    expect(result).toEqual({
      cmdScript: ['/usr/bin/on-ups', '--quiet'],
      rules: [
        { type: 'ONBATT', ups: '*', command: { kind: 'start-timer', name: 'onbatt', seconds: 30, isShared: false } },
        { type: 'ONBATT', ups: 'ups@nas', command: { kind: 'start-timer', name: 'both', seconds: 0, isShared: true } },
        { type: 'ONLINE', ups: '*', command: { kind: 'cancel-timer', name: 'onbatt' } },
        { type: 'ONLINE', ups: '*', command: { kind: 'cancel-timer', name: 'onbatt', otherwise: 'back' } },
        { type: 'LOWBATT', ups: 'ups@localhost', command: { kind: 'execute', name: 'low' } },
      ],
    });
  });

  test('the files of the timer process are accepted and not needed', () => {
    const { told } = read('CMDSCRIPT /x\nPIPEFN /run/nut/upssched.pipe\nLOCKFN /run/nut/upssched.lock\n');
    expect(told).toEqual([
      'notice upssched.conf:2: PIPEFN is accepted and has no effect: timers run within this program (nothing to do)',
      'notice upssched.conf:3: LOCKFN is accepted and has no effect: timers run within this program (nothing to do)',
    ]);
  });

  test.each([
    ['AT ONBATT * START-TIMER slow -5', 'START-TIMER cannot be "-5" (write a whole number)'],
    ['AT ONBATT * START-TIMER slow 5m', 'START-TIMER cannot be "5m" (write a whole number)'],
    ['AT ONBATT * START-TIMER slow', 'START-TIMER needs a value (write the value behind it)'],
    [
      'AT ONBATT *',
      'AT needs a notice, a UPS or *, and a command (write AT ONBATT * START-TIMER name 30, or EXECUTE name)',
    ],
    ['AT ONBATT * RUN x', 'RUN is no command of AT (write START-TIMER, START-TIMER-SHARED, CANCEL-TIMER or EXECUTE)'],
  ])('%s is an error', (line, what) => {
    const { result, told } = read(`CMDSCRIPT /x\n${line}\n`);
    expect(told).toEqual([`error upssched.conf:2: ${what}`]);
    expect(result.rules).toEqual([]);
  });

  test('a rule above CMDSCRIPT is an error, as in upssched', () => {
    expect(read('AT ONBATT * EXECUTE x\nCMDSCRIPT /x\n').told).toEqual([
      'error upssched.conf:1: CMDSCRIPT must stand above the first AT (move the line CMDSCRIPT up, or add one)',
    ]);
  });

  test('a misspelt notice is told with the right word', () => {
    expect(read('CMDSCRIPT /x\nAT ONBAT * EXECUTE x\n').told).toEqual([
      'warning upssched.conf:2: AT has no notice ONBAT; the line is skipped (write ONBATT if that is meant)',
    ]);
  });
});
