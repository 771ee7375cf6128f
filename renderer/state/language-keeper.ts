import type { RidethroughBridge } from '#domain/bridge.ts';
import { isLocaleChoice, type LocaleChoice } from '#domain/messages/message.ts';
import type { Preferences } from './preferences.ts';

/** Who keeps the language that was chosen: the desktop shell, whose tray speaks it too, or this browser. */
export interface LanguageKeeper {
  /** At the start. */
  readonly choice: LocaleChoice;
  /** BCP 47 tags as the system prefers them. */
  readonly ofSystem: readonly string[];
  keep(choice: LocaleChoice): void;
}

/** @param bridge undefined in a browser */
export function languageKeeper(
  bridge: RidethroughBridge | undefined,
  preferences: Preferences,
  ofBrowser: readonly string[],
): LanguageKeeper {
  if (bridge) return { ...bridge.language, keep: (choice) => bridge.chooseLanguage(choice) };
  const known = preferences.read('language');
  return {
    choice: isLocaleChoice(known) ? known : 'system',
    ofSystem: ofBrowser,
    keep: (choice) => preferences.write('language', choice === 'system' ? undefined : choice),
  };
}
