import { describe, expect, test } from 'vitest';
import { SettingsError } from '#domain/errors.ts';
import { NUT_DRIVER_NAMES } from '#engine/drivers/nut-driver/driver-names.ts';
import { readUpsConf, writeUpsConf } from './ups-conf.ts';
import { readText } from './test-support.ts';

const read = (text: string) => readText(readUpsConf, 'ups.conf', text);
const section = (lines: string, driver = 'usbhid-ups'): string => `[a]\ndriver = ${driver}\nport = auto\n${lines}`;

describe('sections of ups.conf', () => {
  test('every driver of NUT is known, and a section with it is fine', () => {
    const text = NUT_DRIVER_NAMES.map((driver, place) => `[u${place}]\ndriver = ${driver}\nport = auto\n`).join('');
    const { result, told } = read(text);
    expect(told).toEqual([]);
    expect(result.ups.map(({ driver }) => driver)).toEqual(NUT_DRIVER_NAMES);
  });

  test('a section with driver, port, description and options is a UPS', () => {
    const { result, told } = read(
      'maxretry = 3\n\n[Office]\n  driver = usbhid-ups # the USB one\n  port=auto\n  desc = "Under the \\"desk\\""\n' +
        '  pollonly\n  offdelay = 60\n  override.battery.charge.low = 40\n',
    );
    expect(told).toEqual([]);
    expect(result.ups).toEqual([
      {
        name: 'Office',
        driver: 'usbhid-ups',
        port: 'auto',
        description: 'Under the "desk"',
        options: { maxretry: '3', pollonly: true, offdelay: '60', 'override.battery.charge.low': '40' },
        origin: { file: 'ups.conf', line: 3 },
      },
    ]);
    expect(result.global).toEqual({ maxretry: '3' });
  });

  test('sections keep the order of the file', () => {
    const { result } = read(
      ['zeta', 'alpha', 'Mid'].map((name) => `[${name}]\ndriver=dummy-ups\nport=x.dev\n`).join(''),
    );
    expect(result.ups.map((ups) => ups.name)).toEqual(['zeta', 'alpha', 'Mid']);
  });

  test('a global option is the default of every section that does not set it', () => {
    const { result } = read(
      `pollinterval = 5\nmaxstartdelay = 20\ndriverpath = /x\n${section('pollinterval = 1\n')}[b]\ndriver=demo\nport=x\n`,
    );
    expect(result.ups.map((ups) => ups.options)).toEqual([
      { pollinterval: '1', maxstartdelay: '20' },
      { pollinterval: '5', maxstartdelay: '20' },
    ]);
  });

  test('an option called like a part of every object is an option like any other', () => {
    const { result } = read(section('__proto__ = x\nconstructor = y\n', 'some-driver'));
    expect(Object.entries(result.ups[0]!.options)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  test.each([
    ['a section without a driver', '[a]\nport = auto\n', 'error ups.conf:1: [a] has no driver (add driver = NAME)'],
    [
      'a section without a port',
      '\n[a]\ndriver = usbhid-ups\n',
      'error ups.conf:2: [a] has no port (add port = auto, or what the driver needs)',
    ],
    [
      'a section called default',
      '[default]\ndriver = usbhid-ups\nport = auto\n',
      'error ups.conf:1: [default] is reserved and cannot be the name of a UPS (choose another name)',
    ],
  ])('%s is told and skipped', (_, text, problem) => {
    const { result, told } = read(text);
    expect(result.ups).toEqual([]);
    expect(told).toEqual([problem]);
  });

  test('two names that differ only by capitals are an error and the first one stays', () => {
    const { result, told } = read(`${section('')}[A]\ndriver = demo\nport = x\n`);
    expect(result.ups.map((ups) => ups.driver)).toEqual(['usbhid-ups']);
    expect(told).toEqual([
      'error ups.conf:4: [A] and [a] of line 1 differ only by capitals, and clients see no difference (rename one of the two)',
    ]);
  });

  test('a section that stands twice is taken together', () => {
    const { result, told } = read(`${section('offdelay = 30\n')}[a]\noffdelay = 40\n`);
    expect(result.ups.map((ups) => ups.options)).toEqual([{ offdelay: '40' }]);
    expect(told).toEqual([
      'warning ups.conf:5: section [a] began in line 1 already; both are taken together (join the two sections)',
      'warning ups.conf:6: offdelay stands in line 4 already; this line counts (remove one of the two)',
    ]);
  });

  test('the options below a broken title do not change the section above', () => {
    const { result, told } = read(`${section('offdelay = 30\n')}[my ups]\noffdelay = 99\n`);
    expect(result.ups.map((ups) => ups.options)).toEqual([{ offdelay: '30' }]);
    expect(told).toEqual(['error ups.conf:5: this is no section title (write [name] with no blanks in the name)']);
  });

  test('a byte order mark in front of the file is no part of the first word', () => {
    const { result, told } = read(`\ufeff${section('')}`);
    expect(result.ups).toHaveLength(1);
    expect(told).toEqual([]);
  });
});

describe('options of ups.conf', () => {
  const problemOf = (line: string, driver?: string): string | undefined =>
    read(section(`${line}\n`, driver)).told[0]?.replace('ups.conf:4: ', '');

  test.each([
    [
      'a mistyped option',
      'polfreq = 30',
      'error polfreq is no option of usbhid-ups; it is not used (write pollfreq if that is meant)',
    ],
    [
      'an option of another driver',
      'upstype = 4',
      'error upstype is no option of usbhid-ups; it is not used (check its spelling, or remove the line)',
    ],
    ['a number that is none', 'pollinterval = often', 'error pollinterval cannot be "often" (write a whole number)'],
    ['a pattern that is none', 'vendorid = "05(1d"', 'error vendorid cannot be "05(1d" (write a regular expression)'],
    [
      'a hexadecimal number that is none',
      'usb_hid_rep_index = xyz',
      'error usb_hid_rep_index cannot be "xyz" (write a hexadecimal number)',
    ],
    [
      'a word that is not among those possible',
      'synchronous = maybe',
      'notice synchronous is accepted and has no effect: no driver program is started for it (nothing to do)',
    ],
    [
      'two words without an equals sign',
      'offdelay 30',
      'error the line is neither a flag nor an option (write offdelay = VALUE)',
    ],
    ['an equals sign and nothing behind it', 'offdelay =', 'error offdelay needs a value (write offdelay = VALUE)'],
    ['an option without its value', 'offdelay', 'error offdelay needs a value (write offdelay = VALUE)'],
    [
      'words behind the value',
      'offdelay = 30 s',
      'warning "s" is not used (remove it, or put quotes around the whole value)',
    ],
    [
      'a flag with a value',
      'pollonly = 5',
      'warning pollonly is a flag and takes no value; "5" is not used (write pollonly alone to switch it on, or remove the line)',
    ],
    [
      'an override without a value',
      'override.ups.mfr',
      'error override.ups.mfr needs a value (write override.ups.mfr = VALUE)',
    ],
    [
      'a shared option in other capitals',
      'IgnoreLB',
      'warning IgnoreLB is read as ignorelb; NUT would refuse it (write ignorelb)',
    ],
    [
      'an option without meaning here',
      'usb_config_index = 0',
      'notice usb_config_index is accepted and has no effect: the HID driver of the system talks to the device, not libusb (nothing to do)',
    ],
    ['an obsolete option', 'sddelay = 5', 'notice sddelay is obsolete and has no effect (remove the line)'],
    [
      'a hash inside quotes',
      'desc = "a # b"',
      'error a # inside quotes makes the line unreadable (write \\# instead of #)',
    ],
    [
      'letters that are lost',
      'desc = "B\u00fcro"',
      'warning characters other than printable ASCII are lost (write the line in plain ASCII)',
    ],
  ])('%s is told', (_, line, problem) => {
    expect(problemOf(line)).toBe(problem);
  });

  test.each(['VendorID = 051d', 'POLLONLY', 'lowbatt = 30', 'ignorelb', 'allow_killpower', 'allow_killpower = 1'])(
    'nothing is told of %s',
    (line) => {
      expect(problemOf(line)).toBeUndefined();
    },
  );

  test('a number with something behind it is read as NUT reads it', () => {
    const { result, told } = read(section('offdelay = 60s\n'));
    expect(result.ups[0]?.options).toEqual({ offdelay: '60' });
    expect(told).toEqual(['warning ups.conf:4: offdelay is "60s"; read as 60 (write a whole number)']);
  });

  test('a value that makes no sense is left out, and its default holds', () => {
    expect(read(section('offdelay = soon\n')).result.ups[0]?.options).toEqual({});
    expect(read(`maxretry = x\n${section('')}`).result.ups[0]?.options).toEqual({});
  });

  test('a poll interval may be a part of a second, but not nothing', () => {
    expect(read(section('pollinterval = 0.5\n')).told).toEqual([]);
    expect(read(section('pollinterval = 0\n')).told[0]).toMatch(/^error ups\.conf:4: pollinterval cannot be "0"/);
    expect(read(section('pollinterval = -1\n')).told[0]).toMatch(/^error ups\.conf:4: pollinterval cannot be "-1"/);
  });

  test('a value for an installed driver is told and passed on, since that driver is the judge', () => {
    const { result, told } = read(section('pollfreq = often\n', 'snmp-ups'));
    expect(result.ups[0]?.options).toEqual({ pollfreq: 'often' });
    expect(told[0]).toMatch(/^warning ups\.conf:4: pollfreq cannot be "often"/);
  });

  test.each([
    ['override.battery.charge.low = abc', 'error', '"abc" (write a number)', undefined],
    ['default.input.voltage.nominal = mains', 'error', '"mains" (write a number)', undefined],
    ['override.battery.charge.low = 101', 'error', '"101" (write a number up to 100)', undefined],
    ['override.battery.charge.low = -5', 'error', '"-5" (write a number from 0)', undefined],
    ['override.battery.charge.low = 30%', 'warning', '"30%"; read as 30 (write a number)', '30'],
    ['override.ups.load.high = 110', '', '', '110'],
    ['override.battery.voltage.nominal = 13.6', '', '', '13.6'],
    ['override.battery.date = 2024/05/01', '', '', '2024/05/01'],
    ['override.of.my.own = abc', '', '', 'abc'],
  ])('a variable that is a number is given one: %s', (line, severity, said, used) => {
    const { result, told } = read(section(`${line}\n`));
    expect(Object.values(result.ups[0]?.options ?? {})).toEqual(used === undefined ? [] : [used]);
    expect(told).toHaveLength(severity === '' ? 0 : 1);
    expect(told[0] ?? '').toMatch(severity === '' ? /^$/ : new RegExp(`^${severity} ups\\.conf:4: `));
    expect(told[0] ?? '').toContain(said);
    // A driver of NUT puts it over its values itself.
    const others = read(section(`${line}\n`, 'snmp-ups'));
    expect(Object.values(others.result.ups[0]?.options ?? {})).toEqual([line.split(' = ')[1]]);
    expect(others.told).toHaveLength(told.length);
    expect(others.told[0] ?? '').not.toMatch(/^error/);
  });

  test('an option of a driver is known by its own name whatever its capitals', () => {
    expect(read(section('VendorID = 051d\n')).result.ups[0]?.options).toEqual({ vendorid: '051d' });
  });

  test('a flag that is set to no is left out, one that is set to anything else counts', () => {
    expect(read(section('pollonly = no\ninterruptonly = 7\n')).result.ups[0]?.options).toEqual({ interruptonly: true });
  });

  test('driver and port in other capitals are taken and told', () => {
    const { result, told } = read('[a]\nDriver = demo\nPORT = x\n');
    expect(result.ups).toHaveLength(1);
    expect(told).toEqual([
      'warning ups.conf:2: Driver is read as driver; NUT would refuse it (write driver)',
      'warning ups.conf:3: PORT is read as port; NUT would refuse it (write port)',
    ]);
  });

  test('an unknown option of an installed driver is left out with a warning, since that driver may be newer', () => {
    expect(problemOf('mib = apc', 'snmp-ups')).toBe(
      'warning mib is no option of snmp-ups; it is not used (write mibs if that is meant)',
    );
  });

  test('nothing is said of the options of a driver that is not known', () => {
    const { result, told } = read(section('anything = 1\n', 'my-own-driver'));
    expect(result.ups[0]?.options).toEqual({ anything: '1' });
    expect(told).toEqual([
      'warning ups.conf:1: my-own-driver is no driver of NUT that is known here ' +
        '(check its spelling; a driver program of that name is used if one is installed)',
    ]);
  });

  test('a mistyped driver comes with the name that was meant', () => {
    expect(read(section('', 'usbhid-usp')).told).toEqual([
      'warning ups.conf:1: usbhid-usp is no driver of NUT that is known here (write usbhid-ups if that is meant)',
    ]);
  });

  test('global options are checked where they stand', () => {
    const { told } = read(
      `pollintervall = 3\nfoo = bar\nmaxretry = x\nchroot = /y\nnowait = 1\nstatepath\n${section('')}`,
    );
    expect(told).toEqual([
      'warning ups.conf:1: pollintervall is not known; the line is skipped (write pollinterval if that is meant)',
      'warning ups.conf:2: foo is no global option; it is not used (move it into a section if it belongs to a UPS, else remove the line)',
      'error ups.conf:3: maxretry cannot be "x" (write a whole number)',
      'notice ups.conf:4: chroot is accepted and has no effect: one program does all, as the user it was started by (nothing to do)',
      'notice ups.conf:5: nowait is accepted and has no effect: no driver program is started for it (nothing to do)',
      'warning ups.conf:5: nowait is a flag and takes no value; "1" is not used (write nowait alone to switch it on, or remove the line)',
      'error ups.conf:6: statepath needs a value (write statepath = VALUE)',
    ]);
  });
});

describe('writing ups.conf', () => {
  test('sections are written as a person would', () => {
    const text = writeUpsConf(
      [
        {
          name: 'a',
          driver: 'usbhid-ups',
          port: 'auto',
          description: 'My "UPS"',
          options: { pollonly: true, offdelay: '60' },
        },
        { name: 'b', driver: 'dummy-ups', port: 'b.dev', options: {} },
      ],
      { maxretry: '3' },
    );
    expect(text).toBe(
      'maxretry = "3"\n\n[a]\n  driver = "usbhid-ups"\n  port = "auto"\n  desc = "My \\"UPS\\""\n  pollonly\n  offdelay = "60"\n' +
        '\n[b]\n  driver = "dummy-ups"\n  port = "b.dev"\n',
    );
  });

  test.each(['two words', '', 'a"b', 'a#b', 'b\u00fcro', 'a=b', 'a\nb'])('a name like "%s" is refused', (name) => {
    const ups = { name, driver: 'demo', port: 'x', options: {} };
    expect(() => writeUpsConf([ups])).toThrow(SettingsError);
  });

  test('an option name that would break its line is refused', () => {
    expect(() => writeUpsConf([{ name: 'a', driver: 'demo', port: 'x', options: { 'a b': '1' } }])).toThrow(
      SettingsError,
    );
  });
});
