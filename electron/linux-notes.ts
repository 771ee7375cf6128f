/** Notifications with buttons on a Linux desktop, the newest of each key. Owner of those that are on the screen. */
import type { Clock, Log } from '#engine/ports.ts';
import { withinLimit } from '#engine/within-limit.ts';
import { notifySend, type LinuxNote, type ShownNote } from './notify-send.ts';

export interface LinuxNotesParts {
  readonly clock: Pick<Clock, 'after'>;
  readonly log: Log;
  /** One that was shown by another way, because the desktop was too slow, is on the screen after all, with its buttons. */
  readonly onLate: (key: string) => void;
  /** Where the desktop is found. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface LinuxNotes {
  /**
   * @param chosen called with the action a person chose
   * @returns false where it has to be shown by another way
   */
  show(key: string, note: LinuxNote, chosen: (action: string) => void): Promise<boolean>;
  close(): void;
}

/**
 * A warning waits no longer for its buttons. In the minute the power goes the disk may have to spin up before notify-send
 * starts, and without a desktop it waits for ever.
 */
export const DESKTOP_LIMIT_MS = 2_000;

export function createLinuxNotes({ clock, log, onLate, env = process.env }: LinuxNotesParts): LinuxNotes {
  const shown = new Map<string, ShownNote>();
  /** What was to be shown last under a key: what comes later than a newer one may not stand in its place. */
  const newest = new Map<string, symbol>();
  const onTheirWay = new Set<string>();
  const ending = new AbortController();
  let hasButtons = true;

  const leaveButtons = (reason: string): void => {
    if (hasButtons && !ending.signal.aborted) log.info(`Notifications are shown without buttons: ${reason}`);
    hasButtons = false;
  };

  const takeAway = (key: string): void => {
    shown.get(key)?.close();
    shown.delete(key);
  };

  return {
    async show(key, note, chosen) {
      const turn = Symbol(key);
      newest.set(key, turn);
      if (!hasButtons || onTheirWay.has(key)) {
        takeAway(key);
        return false;
      }
      let isLate = false;
      const put = async (): Promise<boolean> => {
        const before = shown.get(key);
        try {
          const one = await notifySend(note, before?.id, { env, signal: ending.signal });
          before?.leave();
          hasButtons = true;
          shown.set(key, one);
          if (newest.get(key) !== turn) {
            takeAway(key);
            return false;
          }
          if (isLate) onLate(key);
          void one.chosen.then((action) => action !== undefined && chosen(action));
          return true;
        } catch (error) {
          leaveButtons(error instanceof Error ? error.message : String(error));
          takeAway(key);
          return false;
        } finally {
          onTheirWay.delete(key);
        }
      };
      onTheirWay.add(key);
      return withinLimit(clock, DESKTOP_LIMIT_MS, put(), () => {
        isLate = true;
        leaveButtons('the desktop does not answer');
        return false;
      });
    },
    close() {
      ending.abort();
      for (const key of [...shown.keys()]) takeAway(key);
    },
  };
}
