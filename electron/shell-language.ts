/** The language of the whole desktop program: chosen in a window, kept by the shell, which is its only owner. */
import type { IpcMain } from 'electron';
import { IPC, type ShellLanguageFacts } from '#domain/bridge.ts';
import { isLocaleChoice, localeOf, type Locale, type LocaleChoice } from '#domain/messages/message.ts';
import type { Log } from '#engine/ports.ts';
import { isOwnSender } from './ipc-server.ts';
import type { UiPreferences } from './ui-preferences.ts';

export interface ShellLanguage {
  /** What the shell says now: tray, notifications, menu, dialogs. */
  readonly locale: Locale;
  /** What a window needs to know when it opens. */
  readonly facts: ShellLanguageFacts;
  choose(choice: LocaleChoice): void;
}

/**
 * @param ofSystem BCP 47 tags as the system prefers them
 * @param changed the shell has to say everything anew
 */
export function createShellLanguage(
  preferences: Pick<UiPreferences, 'get' | 'set'>,
  ofSystem: readonly string[],
  changed: () => void,
): ShellLanguage {
  let choice = preferences.get('language');
  return {
    get locale() {
      return localeOf(choice, ofSystem);
    },
    get facts() {
      return { choice, ofSystem };
    },
    choose(next) {
      if (next === choice) return;
      const before = localeOf(choice, ofSystem);
      choice = next;
      preferences.set('language', next);
      if (localeOf(next, ofSystem) !== before) changed();
    },
  };
}

/** Lets windows of ours ask for the language before they show anything, and choose it. */
export function serveLanguage(ipcMain: Pick<IpcMain, 'on'>, language: ShellLanguage, log: Log): void {
  const isOwn = (frame: Parameters<typeof isOwnSender>[0]): boolean => {
    if (isOwnSender(frame)) return true;
    log.warn('A page that is not ours asked for the language', { url: frame?.url ?? 'gone' });
    return false;
  };
  ipcMain.on(IPC.language, (event) => {
    // A synchronous question gets an answer in any case, or the page would wait for ever.
    event.returnValue = isOwn(event.senderFrame) ? language.facts : undefined;
  });
  ipcMain.on(IPC.chooseLanguage, (event, choice: unknown) => {
    if (isOwn(event.senderFrame) && isLocaleChoice(choice)) language.choose(choice);
  });
}
