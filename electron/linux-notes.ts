/** Notifications with buttons on a Linux desktop, the newest of each key. Owner of those that are on the screen. */
import type { Clock, Log } from '#engine/ports.ts';
import { withinLimit } from '#engine/within-limit.ts';
import { notifySend, type LinuxNote, type ShownNote } from './notify-send.ts';

export interface LinuxNotesParts {
  readonly clock: Pick<Clock, 'after' | 'monotonic'>;
  readonly log: Log;
  /** One that was shown by another way, because the desktop was too slow, is on the screen after all, with its buttons. */
  readonly onLate: (key: string) => void;
  /** Where the desktop is found. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * `refused` has to be shown by another way; `outdated` is not to be shown any more, because a newer one of its key was, or
 * because the program ends.
 */
export type NoteOutcome = 'shown' | 'refused' | 'outdated';

export interface LinuxNotes {
  /** @param chosen called with the action a person chose */
  show(key: string, note: LinuxNote, chosen: (action: string) => void): Promise<NoteOutcome>;
  close(): void;
}

/**
 * A warning waits no longer for its buttons. In the minute the power goes the disk may have to spin up before notify-send
 * starts, and without a desktop it waits for ever.
 */
export const DESKTOP_LIMIT_MS = 2_000;

/** A desktop that refused one is left in peace for so long: its daemon may have been about to start. */
export const DESKTOP_REST_MS = 300_000;

export function createLinuxNotes({ clock, log, onLate, env = process.env }: LinuxNotesParts): LinuxNotes {
  const shown = new Map<string, ShownNote>();
  /** What was to be shown last under a key: what comes later than a newer one may not stand in its place. */
  const newest = new Map<string, symbol>();
  const onTheirWay = new Set<string>();
  const ending = new AbortController();
  let isWorking = true;
  /** On the monotonic clock. */
  let restsUntil = -Infinity;

  const rest = (reason: string): void => {
    if (isWorking) log.info(`Notifications are shown without buttons: ${reason}`);
    isWorking = false;
    restsUntil = clock.monotonic() + DESKTOP_REST_MS;
  };

  const takeAway = (key: string): void => {
    shown.get(key)?.close();
    shown.delete(key);
  };

  return {
    async show(key, note, chosen) {
      const turn = Symbol(key);
      newest.set(key, turn);
      const isOutdated = (): boolean => ending.signal.aborted || newest.get(key) !== turn;
      if (isOutdated()) return 'outdated';
      if (clock.monotonic() < restsUntil || onTheirWay.has(key)) {
        takeAway(key);
        return 'refused';
      }
      const refused = (reason: string): NoteOutcome => {
        if (!ending.signal.aborted) rest(reason);
        return isOutdated() ? 'outdated' : 'refused';
      };
      let isLate = false;
      const put = async (): Promise<NoteOutcome> => {
        const before = shown.get(key);
        try {
          const one = await notifySend(note, before?.id, { env, signal: ending.signal });
          before?.leave();
          isWorking = true;
          restsUntil = -Infinity;
          shown.set(key, one);
          if (isOutdated()) {
            takeAway(key);
            return 'outdated';
          }
          if (isLate) onLate(key);
          void one.chosen.then((action) => action !== undefined && chosen(action));
          return 'shown';
        } catch (error) {
          takeAway(key);
          return refused(error instanceof Error ? error.message : String(error));
        } finally {
          onTheirWay.delete(key);
        }
      };
      onTheirWay.add(key);
      return withinLimit(clock, DESKTOP_LIMIT_MS, put(), () => {
        isLate = true;
        return refused('the desktop does not answer');
      });
    },
    close() {
      ending.abort();
      for (const key of [...shown.keys()]) takeAway(key);
    },
  };
}
