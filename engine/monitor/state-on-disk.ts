/** Keeps the machine's state on disk, as often as it says something new. A disk that fails or hangs holds nothing up. */
import { describeError } from '#domain/errors.ts';
import type { Clock, Log, SystemPower } from '#engine/ports.ts';
import { DISK_LIMIT_MS, DISK_LIMIT_SECONDS, withinLimit } from '#engine/within-limit.ts';
import { essenceOf, type Kept, type StateKeeper } from './kept-state.ts';
import type { MachineTime } from './machine-clock.ts';
import { NEW_STATE, type MonitorState } from './monitor-state.ts';

/**
 * While a UPS is on battery, so that little is lost should the computer break down; and until a disk that failed has
 * taken what it missed.
 */
const KEEP_AGAIN_MS = 30_000;

export interface StateOnDisk {
  /** @returns undefined where nothing was kept, or nothing that can be used */
  read(): Promise<Kept | undefined>;
  /**
   * Resolves when a power cut would no longer lose the state, or when the disk does not let us.
   * @param isOut a UPS is on battery
   * @returns whether something but what passes has changed since the last time
   */
  keep(state: MonitorState, time: MachineTime, isOut: boolean): Promise<boolean>;
}

export interface StateOnDiskOptions {
  readonly keeper: StateKeeper;
  readonly clock: Clock;
  readonly log: Log;
  readonly power: Pick<SystemPower, 'bootId' | 'uptime'>;
}

export function createStateOnDisk({ keeper, clock, log, power }: StateOnDiskOptions): StateOnDisk {
  let newest = essenceOf(NEW_STATE);
  let triedAt = -Infinity;
  /** The disk holds the newest. */
  let isKept = true;
  let isFailureTold = false;
  /** A write that the disk has not come back from. */
  let isStuck = false;

  const write = async (kept: Kept, essence: string): Promise<void> => {
    const failed = (why: string): void => {
      if (!isFailureTold) log.error(why);
      isFailureTold = true;
    };
    const written = keeper.write(kept).then(
      () => {
        isFailureTold = false;
        isStuck = false;
        // One that came late is not the newest any more.
        isKept = essence === newest;
      },
      (error: unknown) => {
        isStuck = false;
        failed(describeError(error));
      },
    );
    await withinLimit(clock, DISK_LIMIT_MS, written, () => {
      isStuck = true;
      failed(`The state of the shutdown monitor has not been written within ${DISK_LIMIT_SECONDS} s.`);
    });
  };

  return {
    async read() {
      const read = keeper.read().catch((error: unknown) => {
        log.error(describeError(error));
        return undefined;
      });
      const kept = await withinLimit(clock, DISK_LIMIT_MS, read, () => {
        log.error(
          `The state of the shutdown monitor has not been read within ${DISK_LIMIT_SECONDS} s: it begins anew.`,
        );
        return undefined;
      });
      if (kept) newest = essenceOf(kept.state);
      return kept;
    },
    async keep(state, time, isOut) {
      const essence = essenceOf(state);
      const isChanged = essence !== newest;
      const isDue = (isOut || !isKept) && time.at - triedAt >= KEEP_AGAIN_MS;
      if (!isChanged && !isDue) return isChanged;
      const { bootId } = power;
      triedAt = time.at;
      newest = essence;
      isKept = false;
      const kept = {
        at: time.at,
        wall: time.wall,
        uptime: power.uptime(),
        ...(bootId === undefined ? {} : { bootId }),
      };
      if (!isStuck) await write({ time: kept, state }, essence);
      return isChanged;
    },
  };
}
