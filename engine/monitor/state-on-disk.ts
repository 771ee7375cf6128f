/** Keeps the machine's state on disk, as often as it says something new. A disk that fails or hangs holds nothing up. */
import { describeError } from '#domain/errors.ts';
import type { Clock, Log, SystemPower } from '#engine/ports.ts';
import { essenceOf, type Kept, type StateKeeper } from './kept-state.ts';
import type { MachineTime } from './machine-clock.ts';
import { NEW_STATE, type MonitorState } from './monitor-state.ts';
import { DISK_LIMIT_SECONDS, withinLimit } from './within-limit.ts';

/** While a UPS is on battery, so that little is lost should the computer break down. */
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
  let keptEssence = essenceOf(NEW_STATE);
  let keptAt = -Infinity;
  let isFailureTold = false;
  /** A write that the disk has not come back from. */
  let isStuck = false;

  const write = async (kept: Kept): Promise<void> => {
    const failed = (why: string): void => {
      if (!isFailureTold) log.error(why);
      isFailureTold = true;
    };
    const written = keeper.write(kept).then(
      () => {
        isFailureTold = false;
        isStuck = false;
      },
      (error: unknown) => {
        isStuck = false;
        failed(describeError(error));
      },
    );
    await withinLimit(clock, written, () => {
      isStuck = true;
      failed(`The state of the shutdown monitor has not been written within ${DISK_LIMIT_SECONDS} s.`);
    });
  };

  return {
    async read() {
      const kept = await keeper.read().catch((error: unknown) => {
        log.error(describeError(error));
        return undefined;
      });
      if (kept) keptEssence = essenceOf(kept.state);
      return kept;
    },
    async keep(state, time, isOut) {
      const essence = essenceOf(state);
      const isChanged = essence !== keptEssence;
      if (!isChanged && !(isOut && time.at - keptAt >= KEEP_AGAIN_MS)) return isChanged;
      const { bootId } = power;
      keptAt = time.at;
      keptEssence = essence;
      const kept = {
        at: time.at,
        wall: time.wall,
        uptime: power.uptime(),
        ...(bootId === undefined ? {} : { bootId }),
      };
      if (!isStuck) await write({ time: kept, state });
      return isChanged;
    },
  };
}
