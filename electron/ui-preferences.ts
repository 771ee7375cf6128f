/**
 * What the shell itself remembers: where the window stood, what was already explained or told, which language was chosen.
 * Kept with electron-store.
 */
import Store from 'electron-store';
import { z } from 'zod';
import { isLocaleChoice, type LocaleChoice } from '#domain/messages/message.ts';
import type { Log } from '#engine/ports.ts';
import { WindowState } from './window-bounds.ts';

const Preferences = z.object({
  window: WindowState,
  /** The person was told that closing the window only minimises it. */
  knowsMinimising: z.boolean(),
  /** The start of the computer whose story was told last: what happened in the outage before it. */
  storyTold: z.number(),
  /** Of windows, tray, notifications, menu and dialogs. */
  language: z.custom<LocaleChoice>(isLocaleChoice),
});
export type Preferences = z.infer<typeof Preferences>;

const DEFAULTS: Preferences = {
  window: { isMaximized: false },
  knowsMinimising: false,
  storyTold: 0,
  language: 'system',
};

export interface UiPreferences {
  get<Key extends keyof Preferences>(key: Key): Preferences[Key];
  set<Key extends keyof Preferences>(key: Key, value: Preferences[Key]): void;
}

/**
 * A value that does not fit (another version, a hand in the file) counts as not there; a broken file begins anew. The file
 * is read once: its library would do it for each value, waiting for the disk in the thread that decides.
 */
export function openUiPreferences(log: Log): UiPreferences {
  const store = new Store<Record<string, unknown>>({ name: 'shell', clearInvalidConfig: true });
  const kept: Record<string, unknown> = { ...store.store };
  return {
    get<Key extends keyof Preferences>(key: Key) {
      const parsed = Preferences.shape[key].safeParse(kept[key]);
      return (parsed.success ? parsed.data : DEFAULTS[key]) as Preferences[Key];
    },
    set(key, value) {
      kept[key] = value;
      try {
        store.set(key, value);
      } catch (error) {
        // A full or read-only disk must not stand in the way of a window that closes.
        log.warn('A preference of the window could not be kept', {
          key,
          reason: error instanceof Error ? error.message : String(error),
        });
      }
    },
  };
}
