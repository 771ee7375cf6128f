/** What a person chose for this browser or window. Lives in localStorage; without it (private mode) it lasts a visit. */

const PREFIX = 'ridethrough.';

export interface Preferences {
  read(key: string): string | undefined;
  write(key: string, value: string | undefined): void;
}

/** @param storage undefined where the browser denies it */
export function createPreferences(storage: Storage | undefined): Preferences {
  const held = new Map<string, string>();
  return {
    read: (key) => held.get(key) ?? storage?.getItem(PREFIX + key) ?? undefined,
    write(key, value) {
      if (value === undefined) held.delete(key);
      else held.set(key, value);
      try {
        if (value === undefined) storage?.removeItem(PREFIX + key);
        else storage?.setItem(PREFIX + key, value);
      } catch {
        // A full or forbidden store: the choice holds until the page is closed.
      }
    },
  };
}

/** The browser's storage, or undefined where even asking for it is forbidden. */
export function storageOf(window: Window): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}
