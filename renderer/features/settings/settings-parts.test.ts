/** The small decisions of the form: completing, pinning, searching, reading what was typed. */
import { describe, expect, test } from 'vitest';
import type { ChannelType } from '#domain/schema/alerts.ts';
import { CHANNEL_FIELDS } from '#domain/schema/settings/alert-settings.ts';
import { SettingsDraft } from '#domain/schema/settings/settings.ts';
import { LocaleState } from '../../state/locale.svelte.ts';
import { languageKeeper } from '../../state/language-keeper.ts';
import { createPreferences } from '../../state/preferences.ts';
import { changesBetween, withValueAt } from '../../state/settings-changes.ts';
import { changeLine, choiceText, isFound, problemText } from './field-text.ts';
import {
  CHANNEL_FIELD_LIST,
  COMMON_PARTS,
  defaultOf,
  fieldsOfChannel,
  newChannel,
  newUps,
  pathOf,
  textOf,
  UPS_PARTS,
  valueOf,
  type FieldName,
} from './fields.ts';
import { driverIn, findHardware, modelIn } from './hardware-search.ts';
import { nameAt, withName } from './option-names.ts';
import { pinsIn, withPins } from './pin-unit.ts';
import { randomId, randomPassword } from './random.ts';

const locale = new LocaleState(languageKeeper(undefined, createPreferences(undefined), ['en-GB']));
const fields = [...UPS_PARTS, ...COMMON_PARTS].flatMap((part) => part.fields);

describe('the table of fields', () => {
  test('has every value of a UPS, of the server, the mail server and the web interface once', () => {
    const settings = SettingsDraft.parse({ ups: [{ id: 'a', identifier: 'a', driver: 'x', port: 'x' }] });
    const wanted = [
      ...Object.keys(settings.ups[0]!)
        .filter((key) => key !== 'id')
        .map((key) => `ups.${key}`),
      'ups.nocommwarntime',
      ...Object.keys(settings.server)
        .filter((key) => key !== 'users')
        .map((key) => `server.${key}`),
      ...Object.keys(settings.mail).map((key) => `mail.${key}`),
      'mail.port',
      ...Object.keys(settings.alerts.desktop).map((key) => `alerts.desktop.${key}`),
      ...['load', 'inputLow', 'inputHigh', 'temperature', 'batteryYears', 'shortRuntime'].map(
        (key) => `alerts.limits.${key}`,
      ),
      ...Object.keys(settings.web).map((key) => `web.${key}`),
      'web.certFile',
      'web.keyFile',
    ];
    expect(fields.map(({ name }) => name).sort()).toEqual([...new Set(wanted)].sort());
  });

  test('a card has every field of its kind of channel, and no other', () => {
    for (const [type, own] of Object.entries(CHANNEL_FIELDS)) {
      const shown = fieldsOfChannel({ ...newChannel(randomId(), type as ChannelType), transport: 'udp' });
      const common = ['enabled', 'name', 'upses', 'least', 'except', 'quietFrom', 'quietTo'];
      expect(shown.map(({ name }) => name.slice('channel.'.length)).toSorted()).toEqual([...own, ...common].toSorted());
    }
    expect(fieldsOfChannel(newChannel(randomId(), 'syslog')).map(({ name }) => name)).not.toContain('channel.host');
  });

  test.each([...fields, ...CHANNEL_FIELD_LIST].filter(({ kind }) => kind.type === 'choice'))(
    '$name has a word for each of its choices',
    (field) => {
      for (const value of field.kind.type === 'choice' ? field.kind.values : []) {
        expect(choiceText(field.name, value, locale)).not.toBe(value);
      }
    },
  );

  test('a new UPS is one that the settings take', () => {
    expect(SettingsDraft.safeParse({ ups: [newUps(randomId(), 'ups2')] }).success).toBe(true);
  });

  test('defaults are those of the settings', () => {
    expect(defaultOf('ups.shutdowntimer')).toBe(30);
    expect(defaultOf('server.remoteport')).toBe(3493);
    expect(defaultOf('ups.driver')).toBe('');
    expect(pathOf('ups.options', 2)).toEqual(['ups', 2, 'options']);
    expect(pathOf('mail.host', 2)).toEqual(['mail', 'host']);
  });
});

describe('what is typed', () => {
  const NUMBER = { type: 'number' } as const;
  test.each([
    ['60', 'ups.shutdowntimer', 60],
    [' 60 ', 'ups.shutdowntimer', 60],
    ['-5', 'ups.shutdowntimer', '-5'],
    ['', 'ups.shutdowntimer', ''],
    ['', 'ups.nocommwarntime', undefined],
    ['soon', 'mail.port', 'soon'],
  ] as const)('"%s" in %s is %s', (text, name, value) => {
    expect(valueOf(text, NUMBER, name)).toBe(value);
  });

  test('addresses are taken apart, and written as they are read', () => {
    const kind = { type: 'texts', separator: ';' } as const;
    const value = valueOf('a@example.org;  b@example.org;', kind, 'ups.toemail');
    expect(value).toEqual(['a@example.org', 'b@example.org']);
    expect(textOf(value, kind)).toBe('a@example.org; b@example.org');
  });
});

describe('names of options', () => {
  test.each([
    ['po', 2, 'po'],
    ['pollonly\n  ser', 14, 'ser'],
    ['', 0, ''],
    ['serial = 4', 10, undefined],
    ['# po', 4, undefined],
    ['pollonly', 3, undefined],
  ])('in "%s" at %i there is %s', (text, at, begun) => {
    expect(nameAt(text, at)).toBe(begun);
  });

  test('are completed in their line, with what a value needs', () => {
    expect(withName('pollonly\n  ser', 14, 'serial', true)).toEqual({ text: 'pollonly\n  serial = ', at: 20 });
    expect(withName('po\nx', 2, 'pollonly', false)).toEqual({ text: 'pollonly\nx', at: 8 });
    expect(withName('poll = 5', 4, 'pollfreq', true)).toEqual({ text: 'pollfreq = 5', at: 8 });
  });
});

describe('a pinned unit', () => {
  test('takes the place of the one before, and leaves other lines', () => {
    const options = 'pollinterval = 10\nvendorid = 051d\nserial = "A"\n';
    const pinned = withPins(options, ['vendorid = 0764', 'serial = "B"']);
    expect(pinned).toBe('pollinterval = 10\nvendorid = 0764\nserial = "B"');
    expect(pinsIn(pinned)).toEqual(['vendorid = 0764', 'serial = "B"']);
    expect(withPins(pinned, [])).toBe('pollinterval = 10');
  });
});

describe('the search for a model', () => {
  const row = (maker: string, model: string, driver: string, hint = '') => ({
    maker,
    model,
    driver,
    hint,
    key: `${driver}$${model}`,
    level: 3,
  });
  const rows = [
    row('Eaton', 'Back-UPS lookalike', 'usbhid-ups'),
    row('APC', 'Back-UPS 500', 'usbhid-ups', 'USB'),
    row('Armac', 'R/2000', 'nutdrv_qx', 'USB ID 0925:1234'),
  ];
  const models = (query: string) => findHardware(rows, query).map(({ model }) => model);

  test('takes maker, model, driver and USB id, in any capitals and order', () => {
    expect(models('500 apc')).toEqual(['Back-UPS 500']);
    expect(models('0925:1234')).toEqual(['R/2000']);
    expect(models('NUTDRV')).toEqual(['R/2000']);
    expect(models('nothing')).toEqual([]);
    expect(models('backups 500')).toEqual(['Back-UPS 500']);
    expect(models('back ups  apc')).toEqual(['Back-UPS 500']);
  });

  test('puts what is named so before what is mentioned', () => {
    expect(models('apc')).toEqual(['Back-UPS 500']);
    expect(models('usb')[0]).toBe('Back-UPS lookalike');
  });

  test('a choice is read as driver and model', () => {
    expect([driverIn('genericups upstype=4$Old one'), modelIn('genericups upstype=4$Old one')]).toEqual([
      'genericups',
      'Old one',
    ]);
    expect([driverIn('usbhid-ups'), modelIn('usbhid-ups')]).toEqual(['usbhid-ups', '']);
  });
});

describe('texts of the form', () => {
  test('options are found by label, meaning, key and directive', () => {
    const found = (query: string): FieldName[] =>
      fields.filter(({ name, directive }) => isFound(name, directive, query, locale)).map(({ name }) => name);
    expect(found('HOSTSYNC')).toEqual(['ups.hostsync']);
    expect(found('killpower')).toEqual([]);
    expect(found('mains return')).toEqual(['ups.powerdown']);
    expect(found('shutdowncmd')).toContain('ups.shutdowncmd');
  });

  test('a problem is told as sentences, with its line', () => {
    const reason = { phrase: 'problem.mistyped-option', params: { name: 'polonly', driver: 'usbhid-ups' } };
    const fix = { phrase: 'fix.mistyped-option', params: { nearest: 'pollonly' } };
    expect(problemText({ path: [], severity: 'error', reason, fix, line: 2 }, locale)).toBe(
      'Line 2: polonly is no option of usbhid-ups; it is not used. Write pollonly if that is meant.',
    );
    const missing = { phrase: 'field.missing', params: { because: 'x' } };
    expect(problemText({ path: [], severity: 'error', reason: missing, fix: '' }, locale)).toBe('This is needed.');
  });

  test('a change is told with what it is in words, and a password never', () => {
    const before = SettingsDraft.parse({ ups: [newUps('a', 'ups')], mail: { password: { isSet: true } } });
    const after = withValueAt(
      withValueAt(withValueAt(before, ['ups', 0, 'shutdown'], 'LOWBATT'), ['ups', 0, 'hostsync'], 20),
      ['mail', 'password'],
      { value: 'secret' },
    );
    const lines = changesBetween(before, after).map((change) => changeLine(change, () => undefined, locale));
    expect(lines).toEqual([
      { title: 'Shutdown Mode', before: 'After a time on battery', after: 'When the battery is low' },
      { title: 'Host Sync', before: '15\u00a0s', after: '20\u00a0s' },
      { title: 'Password', before: 'set', after: 'a new password' },
    ]);
  });
});

test('passwords and ids are new each time, and such as the settings take', () => {
  expect(randomPassword()).toMatch(/^[a-km-np-z2-9]{20}$/);
  expect(randomPassword()).not.toBe(randomPassword());
  expect(randomId()).toMatch(/^[0-9a-f]{12}$/);
});
