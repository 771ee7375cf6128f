import { describe, expect, test } from 'vitest';
import { de } from './de.ts';
import { en } from './en.ts';
import {
  errorText,
  localeOf,
  LOCALES,
  message,
  messageOfCount,
  phrase,
  textIn,
  type Catalogue,
  type Locale,
  type MessageKey,
} from './message.ts';

const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort();

const others: readonly (readonly [Locale, Catalogue])[] = [['de', de]];

/** Texts that are the same in German, and why. */
const SAME_IN_GERMAN = [
  // Names
  'shell.name',
  'frame.product',
  'frame.language.en',
  'frame.language.de',
  // Units and signs
  'time.seconds',
  'time.minutes',
  'time.hours',
  'history.length.1h',
  'history.length.6h',
  'history.length.24h',
  'chart.minutes',
  'chart.minutes-axis',
  'quantity.none',
  // Only what is filled in
  'doctor.programs.found',
  'doctor.programs.fix',
  'error.settings/bad-file',
  'wizard.import.nut-conf',
  'wizard.import.apcupsd',
  'alert.title',
  'frame.title',
  'plan.line.in',
  'incidents.lasted',
  'tray.several',
  'search.device',
  'section.fault',
  'reason.last-words',
  'note.bad-line',
  'error.driver/bad-file',
  'error.settings/bad-line',
  'remedy.settings/bad-line',
  // A command to type
  'fix.world-readable',
  // The same word in both languages
  'alert.status',
  'state.bypass',
  'state.fault',
  'command.parameter',
  'dry.action',
  'alert-kind.bypass',
  'battery.age',
  'channel.discord',
  'channel.gotify',
  'channel.mqtt',
  'channel.ntfy',
  'channel.slack',
  'channel.telegram',
  'channel.webhook',
  'form.channel.chat',
  'form.channel.discovery',
  'form.channel.host',
  'form.channel.port',
  'form.channel.security.tls',
  'form.channel.server',
  'form.channel.token',
  'form.channel.topic',
  'alert.plan-at',
  'mqtt.flag.ALARM',
  'mqtt.flag.BYPASS',
  'frame.demo',
  'judge.normal',
  'judge.warm',
  'form.card.port',
  'wizard.step.name',
  'form.users.name',
  // NUT's and the mail world's own words
  'form.mail.security.starttls',
  'form.users.upsmon.primary',
  'form.users.upsmon.secondary',
].sort();

describe('the catalogues', () => {
  test('every language but English is looked at here', () => {
    expect(['en', ...others.map(([locale]) => locale)]).toEqual([...LOCALES]);
  });

  test.each(others)('%s has every text', (_locale, catalogue) => {
    expect(Object.keys(catalogue).sort()).toEqual(Object.keys(en).sort());
    expect(Object.entries(catalogue).filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  test.each(others)('a text in %s asks for the same parameters as the English one', (_locale, catalogue) => {
    const different = Object.entries(catalogue).filter(
      ([key, text]) => placeholders(text).join() !== placeholders(en[key as MessageKey]).join(),
    );
    expect(different).toEqual([]);
  });

  test('no German text is the English one, except where both languages say the same', () => {
    const same = Object.keys(en).filter((key) => de[key as MessageKey] === en[key as MessageKey]);
    expect(same.sort()).toEqual(SAME_IN_GERMAN);
  });

  test('the plural categories of every language are those that the keys are made for', () => {
    for (const locale of LOCALES) {
      expect(new Intl.PluralRules(locale).resolvedOptions().pluralCategories.sort()).toEqual(['one', 'other']);
    }
  });

  test('no text shouts, and none has blanks at its ends or two in a row', () => {
    const texts = [...Object.entries(en), ...Object.entries(de)];
    expect(texts.filter(([, text]) => text.includes('!') || /^\s|\s$|\s\s/.test(text))).toEqual([]);
  });

  test('German quotes like German, and calls nobody by a pronoun', () => {
    // A straight quote stands only for the sign itself, in files that are written with it.
    const mayHoldQuotes = /^(fix|reason|problem)\./;
    const wrong = Object.entries(de).filter(
      ([key, text]) =>
        (text.includes('"') && !mayHoldQuotes.test(key)) || /\b(Ihre?[mnrs]?|Ihnen)\b|[a-zäöüß] Sie\b/.test(text),
    );
    expect(wrong).toEqual([]);
  });

  test('German keeps to its glossary', () => {
    const strange = /Batterie|Kennwort|Piepser|Computer|USV-Anlage/;
    expect(Object.entries(de).filter(([, text]) => strange.test(text))).toEqual([]);
  });

  test('every error has a remedy', () => {
    const lonely = Object.keys(en).filter((key) => key.startsWith('error.') && !(`remedy.${key.slice(6)}` in en));
    expect(lonely).toEqual([]);
  });
});

describe('a message', () => {
  test('is filled in the language asked for', () => {
    expect(message('time.ago', { time: '3 min' }, 'de')).toBe('vor 3 min');
    expect(message('time.ago', { time: '3 min' })).toBe('3 min ago');
  });

  test('follows the count, and writes it as the language does', () => {
    expect(messageOfCount('time.days', 1, {})).toBe('1\u00a0day');
    expect(messageOfCount('time.days', 1234, {})).toBe('1,234\u00a0days');
    expect(messageOfCount('time.days', 1, {}, 'de')).toBe('1\u00a0Tag');
    expect(messageOfCount('time.days', 1234, {}, 'de')).toBe('1.234\u00a0Tage');
    expect(messageOfCount('time.days-ago', 3, {}, 'de')).toBe('vor\u00a03\u00a0Tagen');
  });

  test('says a phrase inside of it in its own language', () => {
    const params = { device: 'Back-UPS', reason: phrase('reason.nothing-came', { seconds: 10 }) };
    expect(message('error.driver/io', params)).toBe('Back-UPS did not answer: nothing came for 10 s.');
    expect(message('error.driver/io', params, 'de')).toBe('Back-UPS hat nicht geantwortet: 10 s lang kam nichts.');
  });

  test('makes a list of several phrases', () => {
    const searched = [
      phrase('search.device', { device: 'Mouse', reason: phrase('reason.no-power-device', {}) }),
      phrase('search.more', { count: 2 }),
    ];
    expect(message('error.driver/no-device', { ups: 'office', searched }, 'de')).toBe(
      'Keine USV für office gefunden: Mouse: es ist kein Stromversorgungsgerät; weitere HID-Geräte: 2.',
    );
  });

  test('shows a placeholder that nothing was given for', () => {
    expect(textIn({ phrase: 'time.ago', params: {} })).toBe('{time} ago');
    expect(textIn({ phrase: 'time.ago', params: { time: { phrase: 'toString', params: {} } } })).toBe('{time} ago');
  });
});

describe('an error that came over the contract', () => {
  test('is said in another language from its code and details', () => {
    const error = { code: 'driver/unplugged', details: { device: 'Back-UPS' } };
    expect(errorText('error', error, 'de')).toBe('Back-UPS ist abgesteckt.');
  });

  test('of a newer version is not said at all, rather than with a hole', () => {
    expect(errorText('error', { code: 'newer/unknown', details: {} }, 'de')).toBeUndefined();
    const reason = { phrase: 'reason.newer', params: {} };
    expect(errorText('error', { code: 'driver/io', details: { device: 'UPS', reason } }, 'de')).toBeUndefined();
  });
});

test('the language of the system is the first one that is spoken here', () => {
  expect(localeOf('system', ['fr-FR', 'de-AT', 'en-US'])).toBe('de');
  expect(localeOf('system', ['den-CA', 'fr'])).toBe('en');
  expect(localeOf('de', ['en-GB'])).toBe('de');
});
