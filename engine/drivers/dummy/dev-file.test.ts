import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { phrase, textIn } from '#domain/messages/message.ts';
import { parseDevFile } from './dev-file.ts';

const parse = (text: string) => parseDevFile(Buffer.from(text));
const set = (variable: string, value: string) => ({ type: 'set', variable, value });

describe('lines of a definition file', () => {
  test.each([
    ['battery.charge: 90', set('battery.charge', '90')],
    ['ups.model: He said "hi" \\ back # hash', set('ups.model', 'He said hi  back')],
    ['ups.status: OL CHRG', set('ups.status', 'OL CHRG')],
    ['ups.mfr = Equals Form', set('ups.mfr', 'Equals Form')],
    ['ups.load : 7', set('ups.load', '7')],
    ['battery.voltage:13', set('battery.voltage', '13')],
    ['ups.time:12:30', set('ups.time', '12:30')],
    ['battery.charge 55', set('battery.charge', '55')],
    ['ups.test.result: a = b', set('ups.test.result', 'a = b')],
    ['ups.alarm:', set('ups.alarm', '')],
    ['input.voltage: ""', set('input.voltage', '')],
    ['mine: yes', set('mine', 'yes')],
    ['TIMER 60', { type: 'wait', seconds: 60 }],
    ['TIMER 0.5', { type: 'wait', seconds: 0.5 }],
    ['ALARM Fan is broken!', { type: 'alarm', text: 'Fan is broken!' }],
    ['ALARM', { type: 'alarm', text: '' }],
  ])('%s is understood', (text, step) => {
    expect(parse(`${text}\n`)).toEqual({ steps: [step], problems: [] });
  });

  test('a dump of upsc is read without what belongs to driver and server', () => {
    expect(
      parse('device.mfr: X\ndriver.name: usbhid-ups\ndriver.parameter.port: auto\nserver.info: y\n').steps,
    ).toEqual([set('device.mfr', 'X')]);
  });

  test.each([
    ['TIMER', 'TIMER needs a number of seconds'],
    ['TIMER soon', 'TIMER needs a number of seconds'],
    ['some words here', 'the line is no "variable: value"'],
    ['9lives: 3', '"9lives" is no name of a variable'],
    ['ups..status: OL', '"ups..status" is no name of a variable'],
    [': 3', '"" is no name of a variable'],
    ['ups.model: "a # b"', 'a # inside quotes needs a backslash'],
  ])('%s is told and the rest of the file is used', (text, reason) => {
    const { steps, problems } = parse(`\nups.status: OL\n${text}\nups.load: 3\n`);
    expect(steps).toEqual([set('ups.status', 'OL'), set('ups.load', '3')]);
    expect(problems.map((problem) => [problem.line, textIn(problem.reason)])).toEqual([[3, reason]]);
  });

  test('letters that are lost and quotes that are not closed are told', () => {
    expect(parse('ups.id: B\u00fcro\n').problems).toEqual([{ line: 1, reason: phrase('reason.not-ascii', {}) }]);
    expect(parse('ups.id: "x\nups.load: 3\n').problems).toEqual([{ line: 1, reason: phrase('reason.open-quote', {}) }]);
  });

  test('any bytes give steps and problems', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        for (const { line } of parseDevFile(bytes).problems) expect(line).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});
