import { describe, expect, test } from 'vitest';
import { IPC } from '#domain/bridge.ts';
import type { LocaleChoice } from '#domain/messages/message.ts';
import { createShellLanguage, serveLanguage, type ShellLanguage } from './shell-language.ts';
import { silentLog } from './test-support.ts';
import type { UiPreferences } from './ui-preferences.ts';

const setUp = (choice: LocaleChoice = 'system', ofSystem: readonly string[] = ['fr-FR', 'de-AT', 'en-US']) => {
  const kept: unknown[] = [];
  let changes = 0;
  const preferences = {
    get: () => choice,
    set: (_key: string, value: unknown) => void kept.push(value),
  } as unknown as Pick<UiPreferences, 'get' | 'set'>;
  const language = createShellLanguage(preferences, ofSystem, () => (changes += 1));
  return { language, kept, changes: () => changes };
};

describe('the language of the shell', () => {
  test('is the first of the system that it speaks, else English', () => {
    expect(setUp().language.locale).toBe('de');
    expect(setUp('system', ['fr-FR']).language.locale).toBe('en');
    expect(setUp('system', []).language.locale).toBe('en');
  });

  test('is the chosen one, which is kept', () => {
    const { language, kept } = setUp();
    language.choose('en');
    expect(language.locale).toBe('en');
    expect(kept).toEqual(['en']);
  });

  test('makes the shell say everything anew when another one is spoken', () => {
    const { language, kept, changes } = setUp();
    language.choose('de');
    expect([changes(), kept]).toEqual([0, ['de']]);
    language.choose('en');
    language.choose('en');
    expect(changes()).toBe(1);
  });
});

describe('a window', () => {
  const listen = (language: ShellLanguage) => {
    const listeners = new Map<string, (event: unknown, ...args: unknown[]) => void>();
    const ipcMain = { on: (channel: string, listener: () => void) => listeners.set(channel, listener) };
    serveLanguage(ipcMain as never, language, silentLog);
    const ask = (url: string, channel: string, ...args: unknown[]): unknown => {
      const event = { senderFrame: { url, parent: null }, returnValue: 'nothing yet' as unknown };
      listeners.get(channel)?.(event, ...args);
      return event.returnValue;
    };
    return ask;
  };
  const ours = 'app://ridethrough/index.html';

  test('learns what was chosen and what the system speaks', () => {
    const { language } = setUp('de', ['en-GB']);
    expect(listen(language)(ours, IPC.language)).toEqual({ choice: 'de', ofSystem: ['en-GB'] });
  });

  test('chooses for tray and notifications too', () => {
    const { language, changes } = setUp();
    const ask = listen(language);
    ask(ours, IPC.chooseLanguage, 'en');
    expect([language.locale, changes()]).toEqual(['en', 1]);
    ask(ours, IPC.chooseLanguage, 'klingon');
    ask(ours, IPC.chooseLanguage, { choice: 'de' });
    expect(language.locale).toBe('en');
  });

  test('that is not ours learns and chooses nothing', () => {
    const { language } = setUp();
    const ask = listen(language);
    expect(ask('https://example.org/', IPC.language)).toBeUndefined();
    ask('https://example.org/', IPC.chooseLanguage, 'en');
    expect(language.locale).toBe('de');
  });
});
