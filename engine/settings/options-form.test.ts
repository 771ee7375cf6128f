/**
 * Every option of the form: its default, values that are taken, values that are refused with what is said, and what it
 * means to NUT. A key that the schema has and this table has not fails.
 */
import { describe, expect, test } from 'vitest';
import { YES_NO, type Row } from '#tests/support/option-rows.ts';
import { SERVER_ROWS } from '#tests/support/option-rows-server.ts';
import { UPS_ROWS } from '#tests/support/option-rows-ups.ts';
import { changeSettings } from './change-settings.ts';
import { keysOfSettings } from './setting-keys.ts';
import { meaningOf, primary, saidOf, secondary, textOf } from './test-support.ts';

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
  ...UPS_ROWS,
  ...SERVER_ROWS,
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
    taken: ['0', '0.3127', ['0.0000005', '5e-7'], '5e-7'],
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
