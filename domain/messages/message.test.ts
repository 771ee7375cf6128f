import { describe, expect, test } from 'vitest';
import { de } from './de.ts';
import { en } from './en.ts';
import { faces } from './en/faces.ts';
import { pages } from './en/pages.ts';
import { power } from './en/power.ts';
import { errorText, message, messageOfCount } from './message.ts';

const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort();

describe('the catalogues', () => {
  test('German has everything that stands on the screen', () => {
    const missing = Object.keys({ ...faces, ...pages, ...power }).filter((key) => !(key in de));
    expect(missing).toEqual([]);
  });

  test('a German text asks for the same parameters as the English one', () => {
    const different = Object.entries(de).filter(
      ([key, text]) => placeholders(text).join() !== placeholders(en[key as keyof typeof en]).join(),
    );
    expect(different).toEqual([]);
  });

  test('no text shouts', () => {
    const shouting = Object.entries({ ...faces, ...pages, ...power, ...de }).filter(([, text]) => text.includes('!'));
    expect(shouting).toEqual([]);
  });
});

describe('a message', () => {
  test('is filled in the language asked for', () => {
    expect(message('time.ago', { time: '3 min' }, 'de')).toBe('vor 3 min');
    expect(message('time.ago', { time: '3 min' })).toBe('3 min ago');
  });

  test('follows the count', () => {
    expect(messageOfCount('time.days', 1, {})).toBe('1 day');
    expect(messageOfCount('time.days', 1234, {})).toBe('1,234 days');
    expect(messageOfCount('time.days', 1234, {}, 'de')).toBe('1.234 Tagen');
  });

  test('says an error in another language from its code and details', () => {
    const error = { code: 'driver/unplugged', details: { device: 'Back-UPS' } };
    expect(errorText('error', error, 'de')).toBe('Back-UPS ist abgesteckt.');
    expect(errorText('error', { code: 'newer/unknown', details: {} }, 'de')).toBeUndefined();
  });
});
