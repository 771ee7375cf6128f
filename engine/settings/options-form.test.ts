/**
 * Every option of the form: its default, values that are taken, values that are refused with what is said, and what it
 * means to NUT. A key that the schema has and this table has not fails.
 */
import { describe, expect, test } from 'vitest';
import { changeSettings, type SettingChange } from './change-settings.ts';
import { keysOfSettings } from './setting-keys.ts';
import { meaningOf, primary, saidOf, secondary, textOf, type Meaning } from './test-support.ts';

interface Row {
  readonly default: string;
  /** Text given, and what `config get` says then. */
  readonly taken: readonly (string | readonly [given: string, kept: string])[];
  /** Text given, and the sentence about it. */
  readonly refused: readonly (readonly [given: string, said: RegExp])[];
  /** Set together with it. */
  readonly with?: readonly SettingChange[];
  readonly as?: 'secondary';
  /** A value, and what is to be found of it in NUT's model or files; absent: NUT has nothing of the kind. */
  readonly means?: readonly (readonly [given: string, (meaning: Meaning) => unknown, expected: unknown])[];
}

const LONG = 'x'.repeat(121);
const upsOf = ({ conf }: Meaning): unknown => conf.ups[0];
const monitorOf = ({ conf }: Meaning) => conf.upsmon?.monitors[0];
const shutdownCmdOf = ({ conf }: Meaning) => conf.upsmon?.shutdownCmd;
const fileOf =
  (name: string) =>
  ({ files }: Meaning): string =>
    files[name] ?? '';
const containing = (text: string): unknown => expect.stringContaining(text);
const lacking = (text: string): unknown => expect.not.stringContaining(text);

const TIMER: Row['refused'] = [
  ['-1', /Write a number from 0/],
  ['86401', /Write a number up to 86400/],
  ['1.5', /Write a whole number/],
  ['soon', /Write a whole number/],
];
const YES_NO: Pick<Row, 'taken' | 'refused'> = {
  taken: [['yes', 'true'], ['on', 'true'], ['1', 'true'], 'true', ['no', 'false'], 'false'],
  refused: [['perhaps', /Write true or false/]],
};

/** NUT has no limits of its own: they are watched here. */
const limitRow = (good: string, low: string, high: string): Row => ({
  default: '',
  taken: [good],
  refused: [
    [low, /a number from 1/],
    [high, /a number up to/],
    ['warm', /a whole number/],
  ],
});
const routingRows = (group: string, least: string, except: string): Record<string, Row> => ({
  [`${group}.least`]: {
    default: least,
    taken: ['info', 'care', 'danger'],
    refused: [['all', /one of info, care, danger/]],
  },
  [`${group}.except`]: {
    default: except,
    taken: [['trim, boost', 'trim,boost'], 'on-battery'],
    refused: [['storm', /one of on-battery, /]],
  },
  [`${group}.quietFrom`]: { default: '', taken: ['22:30'], refused: [['24:00', /a time of day/]] },
  [`${group}.quietTo`]: { default: '', taken: ['07:00'], refused: [['7', /a time of day/]] },
});

const ROWS: Readonly<Record<string, Row>> = {
  'ups.0.identifier': {
    default: 'ups',
    taken: ['qnapups', 'Office-2.main_rack'],
    refused: [
      ['a,b', /cannot be "a,b"\. Write letters, digits, "\.", "-" and "_"/],
      ['a|b', /Write letters/],
      ['a b', /Write letters/],
      ['default', /Write another name; NUT keeps/],
      [LONG, /no more than 120 characters/],
    ],
    means: [
      ['office', upsOf, { name: 'office' }],
      ['office', monitorOf, { ups: 'office' }],
      ['office', fileOf('upssched.conf'), containing('AT ONBATT "office"')],
    ],
  },
  'ups.0.aliases': {
    default: '',
    taken: ['qnapups', ['qnapups nas.2', 'qnapups,nas.2']],
    refused: [
      ['a+b', /Write letters, digits/],
      ['default', /Write another name; NUT keeps/],
      ['UPS', /a name that no other UPS has, and that is no alias/],
      ['a,A', /a name that no other UPS has, and that is no alias/],
      [LONG, /no more than 120 characters/],
    ],
    means: [
      ['qnapups', upsOf, { name: 'ups', aliases: ['qnapups'] }],
      ['qnapups', fileOf('ups.conf'), containing('[qnapups]\n  driver = "dummy-ups"\n  port = "ups@localhost"\n')],
    ],
  },
  'ups.0.mode': {
    default: 'MASTER',
    taken: ['MASTER', 'SLAVE'],
    with: [['ups.0.remotehost', 'nas']],
    refused: [
      ['primary', /Write one of MASTER, SLAVE/],
      ['slave', /Write one of MASTER, SLAVE/],
    ],
    means: [
      ['MASTER', monitorOf, { role: 'primary', host: 'localhost' }],
      ['MASTER', ({ conf }) => conf.nut.mode, 'netserver'],
      ['SLAVE', monitorOf, { role: 'secondary', host: 'nas' }],
      ['SLAVE', ({ conf }) => [conf.nut.mode, conf.ups], ['netclient', []]],
      ['SLAVE', ({ files }) => Object.keys(files).includes('ups.conf'), false],
    ],
  },
  'ups.0.driver': {
    default: 'usbhid-ups',
    taken: ['usbhid-ups$CP1500EPFCLCD', 'genericups upstype=4$APC'],
    refused: [
      ['', /ups\.0\.driver is not set, but ups\.0\.mode is "MASTER"/],
      ['ümlaut', /one line of letters, digits and signs without accents/],
    ],
    means: [
      ['usbhid-ups$Back-UPS', upsOf, { driver: 'usbhid-ups', options: {} }],
      ['genericups upstype=4$Some (remark) model', upsOf, { driver: 'genericups', options: { upstype: '4' } }],
      ['blazer_ser or blazer_usb', upsOf, { driver: 'blazer_ser' }],
    ],
  },
  'ups.0.port': {
    default: 'auto',
    taken: ['/dev/ttyS0', 'recording:/tmp/ä b', 'ups.example:161'],
    refused: [
      ['', /ups\.0\.port is not set, but ups\.0\.mode is "MASTER"/],
      ['x'.repeat(1025), /no more than 1024/],
    ],
    means: [
      ['/dev/ttyUSB0', upsOf, { port: '/dev/ttyUSB0' }],
      ['recording:/tmp/ä "b" \\', upsOf, { port: 'recording:/tmp/ä "b" \\' }],
      ['y'.repeat(600), upsOf, { port: 'y'.repeat(600) }],
    ],
  },
  'ups.0.remotehost': {
    as: 'secondary',
    default: 'nas',
    taken: ['192.0.2.7', 'fe80::1', 'nas.example.'],
    refused: [
      ['', /remotehost is not set, but ups\.0\.mode is "SLAVE"/],
      ['nas:3493', /a host name or an address, without port/],
      ['http://nas', /a host name/],
      ['[::1]', /a host name/],
      ['a b', /a host name/],
    ],
    means: [
      ['fe80::1', monitorOf, { host: 'fe80::1' }],
      ['fe80::1', fileOf('upsmon.conf'), containing('MONITOR "ups@[fe80::1]" 1')],
    ],
  },
  'ups.0.remoteport': {
    as: 'secondary',
    default: '3493',
    taken: ['1', '65535'],
    refused: [
      ['0', /a port from 1 to 65535/],
      ['65536', /a port/],
      ['nut', /a port/],
    ],
    means: [['3494', monitorOf, { port: 3494 }]],
  },
  'ups.0.monuser': {
    as: 'secondary',
    default: 'upsmon',
    taken: ['nas-1'],
    refused: [
      ['two words', /a name without blanks/],
      ['a#b', /a name without blanks/],
      ['x'.repeat(51), /no more than 50/],
    ],
    means: [['nas-1', monitorOf, { user: 'nas-1' }]],
  },
  'ups.0.monpwd': {
    as: 'secondary',
    default: '(set)',
    taken: [
      ["pw'$%/[x]", '(set)'],
      ['fixmepass', '(set)'],
      ['', '(not set)'],
    ],
    refused: [
      ['two words', /cannot be "…".*no blank, no quote/],
      ['a#b', /cannot be "…"/],
      ['pässword', /without accents/],
      // upsmon sends it as it is, and the grammar of the protocol would eat it.
      ['a=b', /no quote and none of/],
      ['a\\b', /none of/],
      ['a"b', /none of/],
    ],
    means: [["pw'$%/[x]", monitorOf, { password: "pw'$%/[x]" }]],
  },
  'ups.0.shutdown': {
    default: 'BATT',
    taken: ['BATT', 'LOWBATT'],
    refused: [['batt', /Write one of BATT, LOWBATT/]],
    means: [
      ['BATT', fileOf('upssched.conf'), containing('START-TIMER shutdown-ups 30')],
      ['LOWBATT', ({ files }) => Object.hasOwn(files, 'upssched.conf'), false],
      ['LOWBATT', ({ conf }) => conf.upsmon?.notifyCmd, undefined],
    ],
  },
  'ups.0.shutdowntimer': {
    default: '30',
    taken: ['0', '86400'],
    refused: TIMER,
    means: [
      ['300', fileOf('upssched.conf'), containing('AT ONBATT "ups" START-TIMER shutdown-ups 300')],
      ['0', fileOf('upssched.conf'), containing('START-TIMER shutdown-ups 0')],
    ],
  },
  'ups.0.shutdowncmd': {
    default: '',
    taken: ['/usr/local/bin/bye "now" \\ #'],
    refused: [
      ['a\nb', /Write one line/],
      ['x'.repeat(1025), /no more than 1024/],
    ],
    means: [
      ['', ({ conf }) => conf.upsmon?.shutdownCmd, '/sbin/shutdown -P now'],
      ['say "bye"', fileOf('upsmon.conf'), containing('SHUTDOWNCMD "say \\"bye\\""')],
    ],
  },
  'ups.0.shutdownbefore': {
    default: '',
    taken: ['/usr/local/bin/vms "stop" \\ #'],
    refused: [
      ['a\nb', /Write one line/],
      ['x'.repeat(1025), /no more than 1024/],
    ],
    means: [
      ["say 'bye'", shutdownCmdOf, `timeout -k 5 30 sh -c 'say '\\''bye'\\'''; sh -c '/sbin/shutdown -P now'`],
      // No word of NUT holds it.
      ['é', shutdownCmdOf, '/sbin/shutdown -P now'],
    ],
  },
  'ups.0.shutdownafter': {
    default: '',
    taken: ['echo > /run/gone'],
    refused: [
      ['a\nb', /Write one line/],
      ['x'.repeat(1025), /no more than 1024/],
    ],
    means: [['say bye', shutdownCmdOf, `sh -c '/sbin/shutdown -P now' && timeout -k 5 30 sh -c 'say bye'`]],
  },
  'ups.0.shutdownextratimeout': {
    default: '30',
    taken: ['1', '3600'],
    refused: [
      ['0', /a number from 1/],
      ['3601', /up to 3600/],
    ],
    with: [['ups.0.shutdownbefore', 'true']],
    means: [['7', shutdownCmdOf, `timeout -k 5 7 sh -c 'true'; sh -c '/sbin/shutdown -P now'`]],
  },
  'ups.0.shutdownaction': {
    default: 'shutdown',
    taken: ['hibernate', 'sleep', 'hybrid-sleep', 'restart', 'nothing'],
    refused: [
      ['explode', /Write one of shutdown, hibernate/],
      ['command', /shutdowncmd is not set, but ups\.0\.shutdownaction is "command"/],
    ],
    means: [
      ['hibernate', ({ conf }) => conf.upsmon?.shutdownCmd, '/bin/systemctl hibernate'],
      ['sleep', ({ conf }) => conf.upsmon?.shutdownCmd, '/bin/systemctl suspend'],
      ['hybrid-sleep', ({ conf }) => conf.upsmon?.shutdownCmd, '/bin/systemctl hybrid-sleep'],
      ['restart', ({ conf }) => conf.upsmon?.shutdownCmd, '/sbin/shutdown -r now'],
      ['nothing', monitorOf, { powerValue: 0 }],
      ['nothing', ({ conf }) => conf.upsmon?.minSupplies, 0],
      ['nothing', ({ files }) => Object.hasOwn(files, 'upssched.conf'), false],
    ],
  },
  'ups.0.shutdowncharge': {
    default: '0',
    taken: ['99'],
    refused: [
      ['100', /up to 99/],
      ['-1', /from 0/],
    ],
  },
  'ups.0.shutdownruntime': { default: '0', taken: ['86400'], refused: TIMER },
  'ups.0.shutdownignore': {
    default: '0',
    taken: ['3600'],
    refused: [
      ['3601', /up to 3600/],
      ['-1', /from 0/],
    ],
  },
  'ups.0.powerdown': {
    default: 'false',
    ...YES_NO,
    means: [
      ['yes', fileOf('upsmon.conf'), containing('POWERDOWNFLAG "/etc/killpower"')],
      ['no', fileOf('upsmon.conf'), lacking('POWERDOWNFLAG')],
    ],
  },
  'ups.0.nocommwarntime': {
    default: '',
    taken: ['1', '86400'],
    refused: [
      ['0', /a number from 1/],
      ['86401', /up to 86400/],
    ],
    means: [
      ['', ({ conf }) => conf.upsmon?.noCommWarnTime, 300],
      ['60', fileOf('upsmon.conf'), containing('NOCOMMWARNTIME 60')],
    ],
  },
  'ups.0.hostsync': {
    default: '15',
    taken: ['0', '3600'],
    refused: [
      ['-1', /from 0/],
      ['3601', /up to 3600/],
    ],
    means: [['60', fileOf('upsmon.conf'), containing('HOSTSYNC 60')]],
  },
  'ups.0.description': {
    default: '',
    taken: ['The "big" one # = \\', 'USV im Büro', 'Onduleur côté rue', '書斎'],
    refused: [
      [LONG, /no more than 120/],
      ['a\nb', /one line/],
    ],
    means: [
      ['The "big" one # = \\', upsOf, { description: 'The "big" one # = \\' }],
      ['Größe № 1, côté', upsOf, { description: 'Größe № 1, côté' }],
      ['Größe № 1, côté', fileOf('ups.conf'), containing('desc = "Groesse No 1, cote"')],
      ['The "big" one # = \\', fileOf('ups.conf'), containing('desc = "The \\"big\\" one \\# = \\\\"')],
    ],
  },
  'ups.0.options': {
    default: '',
    taken: ['pollinterval = 10\nignorelb', 'override.battery.charge.low = 30'],
    refused: [
      ['lowbat = 3', /ups\.0\.options, line 1: lowbat is no option of usbhid-ups.*\(write lowbatt if that is meant\)/],
      ['pollonly\npollinterval', /ups\.0\.options, line 2: pollinterval needs a value \(write pollinterval = VALUE\)/],
      ['pollonly\n\npollinterval = fast', /line 3: pollinterval cannot be "fast" \(write a whole number\)/],
      ['[other]\n driver = x', /line 1: \[other\] begins another UPS \(add it as a UPS of its own\)/],
      ['vendor = "a#b"', /line 1: a # inside quotes/],
    ],
    means: [
      ['pollinterval = 10\nignorelb', upsOf, { options: { pollinterval: '10', ignorelb: true } }],
      ['override.battery.charge.low = 30', fileOf('ups.conf'), containing('override.battery.charge.low = "30"')],
    ],
  },
  'ups.0.emailnotify': { default: 'false', with: [['ups.0.toemail', 'a@example.org']], ...YES_NO },
  'ups.0.toemail': {
    default: '',
    taken: ['a@example.org', ['a@example.org; b@example.org,a@example.org', 'a@example.org;b@example.org']],
    refused: [
      ['nobody', /an e-mail address/],
      ['a@example.org;b@', /an e-mail address/],
    ],
  },
  'ups.0.subject': {
    default: 'UPS report generated by %h',
    taken: ['USV %h meldet: größer %d'],
    refused: [
      [LONG, /no more than 120/],
      ['a\r\nBcc: x@example.org', /one line/],
    ],
  },
  'server.rmonitor': {
    default: 'false',
    ...YES_NO,
    means: [
      ['no', ({ conf }) => conf.upsd.listen.map(({ address }) => address), ['127.0.0.1', '::1']],
      ['yes', ({ conf }) => conf.upsd.listen.map(({ address }) => address), ['0.0.0.0', '::0']],
      ['yes', fileOf('upsd.conf'), containing('LISTEN "0.0.0.0" 3493\nLISTEN "::0" 3493')],
    ],
  },
  'server.allow': {
    default: '',
    taken: [
      '192.168.1.7',
      ['192.168.1.0/24, fd00::/8\n2001:db8::7', '192.168.1.0/24,fd00::/8,2001:db8::7'],
      '::ffff:c0a8:107',
      '0.0.0.0/0,::/0',
    ],
    refused: [
      '192.168.1',
      '192.168.1.7:3493',
      '192.168.1.0/33',
      '192.168.1.0/24,nas.example',
      '192.168.001.7',
      '10.0.0.0/255.0.0.0',
      'fd00::/129',
      '[fd00::7]',
      'fe80::1%eth0',
      '::ffff:192.168.1.7',
    ].map((given) => [given, /Write addresses such as 192\.168\.1\.7 or fd00::7, or networks/] as const),
  },
  'server.announce': { default: 'true', ...YES_NO },
  'server.remoteport': {
    default: '3493',
    taken: ['1', '65535'],
    refused: [
      ['0', /a port/],
      ['65536', /a port/],
      ['x', /a port/],
    ],
    means: [
      ['3999', ({ conf }) => conf.upsd.listen.map(({ port }) => port), [3999, 3999]],
      ['3999', monitorOf, { port: 3999 }],
      ['3999', fileOf('upssched.conf'), containing('AT ONBATT "ups@localhost:3999"')],
    ],
  },
  'server.monuser': {
    default: 'upsmon',
    taken: ['mon'],
    refused: [
      ['a b', /a name without blanks/],
      ['a#b', /a name/],
      ['[a]', /a name/],
    ],
    means: [
      ['mon', ({ conf }) => conf.users[0], { name: 'mon', upsmon: 'primary' }],
      ['mon', monitorOf, { user: 'mon' }],
    ],
  },
  'server.monpwd': {
    default: '(set)',
    taken: [
      ["a'b$c%d", '(set)'],
      ['', '(not set)'],
    ],
    refused: [
      ['a b', /cannot be "…"/],
      ['a#b', /cannot be "…"/],
    ],
    means: [
      ["a'b$c%d", ({ conf }) => conf.users[0], { password: "a'b$c%d" }],
      ["a'b$c%d", monitorOf, { password: "a'b$c%d" }],
      ["a'b$c%d", fileOf('upsd.users'), containing('password = "a\'b$c%d"')],
    ],
  },
  'server.extrausers': {
    default: '',
    taken: [
      [
        '[nas]\n password = pw\n upsmon slave\n[admin]\n password=x\n actions = SET FSD\n instcmds = all\n',
        '[nas]\n  password = "(set)"\n  upsmon secondary\n\n[admin]\n  password = "(set)"\n  actions = SET FSD\n  instcmds = ALL\n',
      ],
    ],
    refused: [
      ['[nas]\n password = pw\n actions = WIN', /server\.extrausers:3: WIN is no action/],
      ['[nas]\n upsmon boss', /server\.extrausers:2: boss is no role/],
      ['[upsmon]\n password = x', /a name that no other account has/],
    ],
    means: [
      [
        '[nas]\n password = pw\n upsmon slave\n',
        ({ conf }) => conf.users[1],
        { name: 'nas', password: 'pw', upsmon: 'secondary', actions: new Set(['LOGIN']) },
      ],
      [
        '[admin]\n password = pw\n actions = SET\n instcmds = load.off\n',
        ({ conf }) => conf.users[1],
        { actions: new Set(['SET']), instcmds: new Set(['load.off']) },
      ],
    ],
  },
  'server.optionsupsd': {
    default: '',
    taken: ['MAXAGE 25', 'MAXCONN 5\nTRACKINGDELAY 60'],
    refused: [
      ['MAXAGE many', /server\.optionsupsd, line 1: MAXAGE cannot be "many" \(write a whole number\)/],
      ['MAXCONN 0', /line 1: MAXCONN cannot be "0"/],
      ['MAXAGE 25\nLISTEN 127.0.0.1:3500', /line 2: LISTEN cannot be "127\.0\.0\.1:3500"/],
      ['MAXAGE = 25', /line 1: MAXAGE takes no = sign/],
    ],
    means: [
      ['MAXAGE 25', ({ conf }) => conf.upsd.maxAge, 25],
      ['MAXCONN 5', ({ conf }) => conf.upsd.maxConn, 5],
      ['LISTEN 127.0.0.2 3500', ({ conf }) => conf.upsd.listen.at(-1), { address: '127.0.0.2', port: 3500 }],
      ['', ({ conf }) => conf.upsd.disableWeakSsl, true],
      ['DISABLE_WEAK_SSL no', ({ conf }) => conf.upsd.disableWeakSsl, false],
    ],
  },
  'mail.host': { default: '', taken: ['smtp.example.org', '::1'], refused: [['smtp:25', /without port/]] },
  'mail.port': {
    default: '',
    taken: ['587'],
    refused: [
      ['0', /a port/],
      ['x', /a port/],
    ],
  },
  'mail.security': { default: 'starttls', taken: ['none', 'tls'], refused: [['ssl', /one of none, starttls, tls/]] },
  'mail.user': { default: '', taken: ['ups@example.org'], refused: [['x'.repeat(255), /no more than 254/]] },
  'mail.password': {
    default: '(not set)',
    taken: [['pass wörd #1', '(set)']],
    refused: [['x'.repeat(1025), /cannot be "…"/]],
  },
  'mail.from': { default: '', taken: ['ups@example.org'], refused: [['ups', /an e-mail address/]] },
  ...routingRows('mail', 'care', ''),
  'alerts.desktop.enabled': { default: 'true', ...YES_NO },
  ...routingRows('alerts.desktop', 'info', 'trim,boost,eco,calibration,other-status,waiting,sleep,wake'),
  'alerts.limits.load': limitRow('80', '0', '201'),
  'alerts.limits.inputLow': limitRow('207', '0', '501'),
  'alerts.limits.inputHigh': limitRow('253', '0', '501'),
  'alerts.limits.temperature': limitRow('40', '0', '101'),
  'alerts.limits.batteryYears': limitRow('4', '0', '31'),
  'alerts.limits.shortRuntime': { default: 'true', ...YES_NO },
  'web.tls': {
    default: 'none',
    taken: ['own', 'none'],
    refused: [
      ['sure', /one of none, own, files/],
      ['files', /web\.certFile is not set, but web\.tls is "files"/],
    ],
  },
  'web.certFile': { default: '', taken: ['/a/b.pem'], refused: [['x'.repeat(4097), /no more than 4096/]] },
  'web.keyFile': { default: '', taken: ['/a/b.pem'], refused: [['x'.repeat(4097), /no more than 4096/]] },
  'web.allowPlainHttp': { default: 'false', ...YES_NO },
  'web.hostNames': {
    default: '',
    taken: [['ups.example, nas', 'ups.example,nas']],
    refused: [['http://a', /a host name/]],
  },
  'energy.price': {
    default: '',
    taken: ['0', '0.3127'],
    refused: [
      ['-1', /a number from 0/],
      ['0,32', /a number/],
    ],
  },
  'energy.currency': { default: '', taken: ['EUR'], refused: [['€', /three letters of a currency/]] },
  'setup.isDone': { default: 'false', ...YES_NO },
};

/** Fields of a UPS that stand for something of the one server. */
const ALIASES = {
  'ups.0.rmonitor': 'server.rmonitor',
  'ups.0.optionsupsd': 'server.optionsupsd',
  'ups.0.extrausers': 'server.extrausers',
} as const;
const ALIASES_OF_PRIMARY = {
  'ups.0.remoteport': 'server.remoteport',
  'ups.0.monuser': 'server.monuser',
  'ups.0.monpwd': 'server.monpwd',
} as const;

test('the table has every key there is, and the twenty rows of TrueNAS are among them', () => {
  const keys = [...keysOfSettings(primary.settings).keys()];
  expect(keys.filter((key) => !Object.hasOwn(ROWS, key) && !Object.hasOwn(ALIASES, key))).toEqual([]);
  expect(Object.keys(ROWS).filter((key) => !keys.includes(key))).toEqual([]);
  const rows =
    'identifier mode driver remotehost port remoteport shutdown shutdowntimer shutdowncmd powerdown nocommwarntime hostsync description options optionsupsd monuser monpwd extrausers rmonitor emailnotify toemail subject';
  for (const name of rows.split(' ')) expect(keys).toContain(`ups.0.${name}`);
});

describe.each(Object.entries(ROWS))('%s', (key, row) => {
  const base = row.as === 'secondary' ? secondary : primary;
  const beside = row.with ?? [];

  test(`is ${JSON.stringify(row.default)} by default`, () => {
    expect(textOf(base, key)).toBe(row.default);
  });

  test.each(row.taken.map((one) => (typeof one === 'string' ? ([one, one] as const) : one)))(
    'takes %j',
    (given, kept) => {
      expect(saidOf(base, [...beside, [key, given]])).toBe('');
      const changed = changeSettings(base, [...beside, [key, given]]);
      expect(textOf(changed, key)).toBe(kept);
      // As it is told it is taken again, and means the same.
      if (!kept.startsWith('(')) {
        expect(changeSettings(changed, [[key, kept]]).settings).toEqual(changed.settings);
      }
    },
  );

  test.each(row.refused)('refuses %j', (given, said) => {
    expect(saidOf(base, [...beside, [key, given]])).toMatch(said);
  });

  test.each(row.means ?? [])('%j means to NUT', (given, of, expected) => {
    const found = of(meaningOf(changeSettings(base, [...beside, [key, given]])));
    const isPart = typeof expected === 'object' && expected?.constructor === Object;
    if (isPart) expect(found).toMatchObject(expected);
    else expect(found).toEqual(expected);
  });
});

describe('keys that stand for others', () => {
  test.each(Object.entries({ ...ALIASES, ...ALIASES_OF_PRIMARY }))('%s is %s of a primary', (alias, key) => {
    const [given] = ROWS[key]?.taken ?? [];
    const text = typeof given === 'string' ? given : (given?.[0] ?? '');
    const byAlias = changeSettings(primary, [[alias, text]]);
    expect(byAlias.settings).toEqual(changeSettings(primary, [[key, text]]).settings);
    expect(byAlias.settings).not.toEqual(primary.settings);
    expect(textOf(byAlias, alias)).toBe(textOf(byAlias, key));
  });

  test.each(Object.keys(ALIASES_OF_PRIMARY))('%s of a secondary is about the other server', (alias) => {
    const value = alias.endsWith('port') ? '4000' : 'x';
    const changed = changeSettings(secondary, [[alias, value]]);
    expect(changed.settings.server).toEqual(secondary.settings.server);
    expect(changed.settings.ups[0]).not.toEqual(secondary.settings.ups[0]);
  });
});
