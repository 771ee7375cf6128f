/** The inputs for usual options: what they show is what the engine reads, and what they change is one line. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listOptions } from '#engine/drivers/driver-catalogue.ts';
import { readConfLines } from '#engine/settings/nut-conf/conf-lines.ts';
import { Problems } from '#engine/settings/nut-conf/problem.ts';
import { NUT_DRIVERS } from '#engine/settings/nut-conf/driver-options.ts';
import { readSections } from '#engine/settings/nut-conf/section-file.ts';
import { readUpsdConf } from '#engine/settings/nut-conf/upsd-conf.ts';
import { type LineOption, viewOption, withOption } from '../renderer/features/settings/option-lines.ts';
import { UPSD_OPTIONS, usualNames, usualOptions } from '../renderer/features/settings/usual-options.ts';

const upsConf = (name: string, isFlag = false): LineOption => ({ name, isFlag, separator: ' = ' });
const upsdConf = (name: string): LineOption => ({ name, isFlag: false, separator: ' ' });
const POLL = upsConf('pollinterval');

const TEXT = '# of the rack\n  pollinterval = 5 # was 2\nlowbatt="30"\npollonly\n\ndesc = "a \\"b\\" \\# Ü"\n';

describe('which have an input', () => {
  const namesOf = (driver: string): string[] => usualOptions(driver, listOptions(driver)).map(({ name }) => name);

  test('those that the driver takes and that do something with it', () => {
    const ofOthers = new Set(['protocol', 'runtimecal', 'community', 'snmp_version', 'mibs']);
    expect(namesOf('usbhid-ups')).toEqual(usualNames('ups.options').filter((name) => !ofOthers.has(name)));
    expect(namesOf('demo')).toEqual(namesOf('usbhid-ups'));
    expect(namesOf('snmp-ups')).toEqual(expect.arrayContaining(['community', 'snmp_version', 'mibs']));
    expect(namesOf('nobody-knows')).toEqual([]);
  });

  test('each is one of some driver, and each of upsd.conf one that is read', () => {
    const known = new Set(Object.keys(NUT_DRIVERS).flatMap(namesOf));
    expect(usualNames('ups.options').filter((name) => !known.has(name))).toEqual([]);
    const problems = new Problems('upsd.conf');
    readUpsdConf(Buffer.from(UPSD_OPTIONS.map(({ name }) => `${name} 5\n`).join('')), problems);
    expect(problems.list()).toEqual([]);
  });
});

describe('what an input shows', () => {
  test.each<[string, string, LineOption, unknown]>([
    ['a number', TEXT, POLL, { kind: 'given', value: '5', line: 2 }],
    ['a value in quotes', TEXT, upsConf('lowbatt'), { kind: 'given', value: '30', line: 3 }],
    ['a flag', TEXT, upsConf('pollonly', true), { kind: 'given', value: true, line: 4 }],
    ['escapes and other letters', TEXT, upsConf('desc'), { kind: 'given', value: 'a "b" # Ü', line: 6 }],
    ['one that is not there', TEXT, upsConf('offdelay'), { kind: 'absent' }],
    ['one in a comment', '# pollinterval = 5', POLL, { kind: 'absent' }],
    ['one in other capitals', 'PollInterval = 5', POLL, { kind: 'given', value: '5', line: 1 }],
    ['CRLF', 'a = 1\r\npollinterval = 5\r\n', POLL, { kind: 'given', value: '5', line: 2 }],
    ['twice', 'pollinterval = 5\n\npollinterval = 6', POLL, { kind: 'unclear', line: 1 }],
    ['without its value', 'x\npollinterval', POLL, { kind: 'unclear', line: 2 }],
    ['with nothing in quotes', 'pollinterval = ""', POLL, { kind: 'unclear', line: 1 }],
    ['with a word too many', 'pollinterval = 5 s', POLL, { kind: 'unclear', line: 1 }],
    ['as upsd.conf has it', 'pollinterval 5', POLL, { kind: 'unclear', line: 1 }],
    ['a flag with a value', 'pollonly = no', upsConf('pollonly', true), { kind: 'unclear', line: 1 }],
    ['a quote that a # breaks', 'pollinterval = "5 # 6"', POLL, { kind: 'unclear', line: 1 }],
    ['within a quote over lines', 'desc = "a\npollinterval = 5\n"', POLL, { kind: 'absent' }],
    ['below another section', '[other]\npollinterval = 5', POLL, { kind: 'absent' }],
    ['a directive', 'LISTEN 10.0.0.1\nMAXAGE 25', upsdConf('MAXAGE'), { kind: 'given', value: '25', line: 2 }],
    ['a directive in small letters', 'maxage 25', upsdConf('MAXAGE'), { kind: 'absent' }],
    ['a directive with =', 'MAXAGE = 25', upsdConf('MAXAGE'), { kind: 'unclear', line: 1 }],
  ])('%s', (_what, text, option, view) => {
    expect(viewOption(text, option)).toEqual(view);
  });
});

describe('what an input changes', () => {
  test.each<[string, string, LineOption, string, string]>([
    ['the value, not the comment', TEXT, POLL, '10', TEXT.replace('= 5 #', '= 10 #')],
    ['within its quotes', TEXT, upsConf('lowbatt'), '25', TEXT.replace('"30"', '"25"')],
    ['a line that is emptied goes', TEXT, POLL, '', TEXT.replace(/ {2}poll.*\n/, '')],
    ['the last line goes with the newline before it', 'a\r\npollinterval = 5', POLL, '', 'a'],
    ['a new line stands behind the others', TEXT, upsConf('offdelay'), '60', `${TEXT}offdelay = 60\n`],
    ['a new line where no newline ends', 'a', POLL, '5', 'a\npollinterval = 5'],
    ['a new line in CRLF', 'a\r\nb', POLL, '5', 'a\r\nb\r\npollinterval = 5'],
    ['the first line', '', POLL, '5', 'pollinterval = 5'],
    ['a flag', 'a\n', upsConf('pollonly', true), 'yes', 'a\npollonly\n'],
    ['a flag that is off goes', 'a\npollonly\nb', upsConf('pollonly', true), '', 'a\nb'],
    ['what needs quotes has them', '', upsConf('protocol'), 'a "b" # ü', String.raw`protocol = "a \"b\" \# ü"`],
    ['before another section', 'a\n[other]\nb', POLL, '5', 'a\npollinterval = 5\n[other]\nb'],
    ['before a quote that never ends', 'a\ndesc = "b', POLL, '5', 'a\npollinterval = 5\ndesc = "b'],
    ['before a line that would go on', 'a\\', POLL, '5', 'pollinterval = 5\na\\'],
    ['a directive', 'LISTEN ::1\n', upsdConf('MAXAGE'), '25', 'LISTEN ::1\nMAXAGE 25\n'],
    ['nothing where it is given twice', 'pollinterval=1\npollinterval=2', POLL, '5', 'pollinterval=1\npollinterval=2'],
  ])('%s', (_what, text, option, value, expected) => {
    expect(withOption(text, option, value)).toBe(expected);
  });
});

const piece = fc.oneof(
  fc.constantFrom('pollinterval', 'POLLINTERVAL', 'pollonly', '=', '"', '#', '\\', '\n', '\r\n', ' ', '\t', '[x]', '5'),
  fc.constantFrom(' = ', '"5"', '"a b"', '\u00a0', '\u2028', 'ü', '😀', '\n# comment\n', 'override.battery.charge.low'),
  fc.string({ maxLength: 4 }),
);
const texts = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''));
const options = fc.constantFrom(
  POLL,
  upsConf('pollonly', true),
  upsConf('override.battery.charge.low'),
  upsdConf('pollinterval'),
);
const values = fc.oneof(
  fc.integer().map(String),
  fc.stringMatching(/^[\x21-\x7e][\x20-\x7e]{0,20}$/),
  fc.constantFrom('ü', 'a "b" # \\'),
);

/** What the engine reads of the option in lines of the UPS itself: its value, or `true`, of each line. */
function readByEngine(text: string, { name, separator }: LineOption): unknown[] {
  const bytes = Buffer.from(text);
  const lines =
    separator === ' ' ? readConfLines(bytes, new Problems('x')) : readSections(bytes, new Problems('x')).global;
  return lines
    .filter(({ first }) => (separator === ' ' ? first === name : first.toLowerCase() === name))
    .map(({ rest }) => (rest.length === 0 ? true : rest.at(-1)));
}

describe('whatever the lines are', () => {
  test('what is set as it is shown changes nothing', () => {
    fc.assert(
      fc.property(texts, options, (text, option) => {
        const view = viewOption(text, option);
        const shown = view.kind === 'given' ? String(view.value) : '';
        expect(withOption(text, option, shown)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  test('what was set is shown, and every other byte stays', () => {
    fc.assert(
      fc.property(texts, options, values, (text, option, value) => {
        const before = viewOption(text, option);
        const set = withOption(text, option, value);
        if (before.kind === 'unclear') {
          expect(set).toBe(text);
          return;
        }
        expect(viewOption(set, option)).toMatchObject({ kind: 'given', value: option.isFlag ? true : value });
        if (before.kind === 'absent') {
          expect(withOption(set, option, '')).toBe(text);
          return;
        }
        const shown = String(before.value);
        if (!/[\p{Cc}]/u.test(shown)) {
          const back = viewOption(withOption(set, option, shown), option);
          expect(back).toEqual(before);
        }
        // The line is where it was; those around it are what they were.
        const others = (all: string): string[] => all.split('\n').filter((_line, index) => index !== before.line - 1);
        expect(others(set)).toEqual(others(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('what is shown is what the engine reads', () => {
    fc.assert(
      fc.property(texts, options, fc.option(values), (text, option, value) => {
        const lines = value === null ? text : withOption(text, option, value);
        const view = viewOption(lines, option);
        if (view.kind !== 'given') return;
        const [read, ...more] = readByEngine(lines, option);
        expect(more).toEqual([]);
        // Letters beyond ASCII do not reach a driver, and the line says so.
        expect(read).toBe(view.value === true ? true : view.value.replaceAll(/[^\x20-\x7f]/gu, ''));
      }),
      { numRuns: 2000 },
    );
  });
});
