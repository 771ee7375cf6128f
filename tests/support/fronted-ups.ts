/** A fronted NUT driver with the state that is made of it, as in the engine; for contract tests. */
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '#engine/adapters/system-clock.ts';
import type { Driver, DriverEvent, UpsConfig } from '#engine/drivers/driver.ts';
import { createNutDriverFront, type NutDriverFrontParams } from '#engine/drivers/nut-driver/nut-driver-front.ts';
import type { Log } from '#engine/ports.ts';
import type { UpsState } from '#engine/state/ups-state.ts';
import { createUpsStore } from '#engine/state/ups-store.ts';

export interface FrontedUps {
  readonly driver: Driver;
  readonly events: readonly DriverEvent[];
  /** What the driver and the front wrote to the log. */
  readonly lines: readonly string[];
  state(): UpsState;
  value(variable: string): string | undefined;
  /** Waits until something is so; fails with what is known after half a minute. */
  until(what: string, isSo: () => boolean): Promise<void>;
  /** Waits for the full set of data. */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

export function frontUps(
  config: Partial<UpsConfig> & Pick<UpsConfig, 'driver' | 'port'>,
  params: Partial<NutDriverFrontParams> & Pick<NutDriverFrontParams, 'runFolder'>,
): FrontedUps {
  const ups: UpsConfig = { name: 'office', options: {}, ...config };
  const events: DriverEvent[] = [];
  const lines: string[] = [];
  const note = (message: string): void => void lines.push(message);
  const log: Log = { debug: note, info: note, warn: note, error: note, child: () => log };
  const store = createUpsStore(systemClock);
  store.add(ups, params.maxAgeSeconds ?? 15);
  const driver = createNutDriverFront({
    config: ups,
    statePath: undefined,
    driverPath: undefined,
    confDir: undefined,
    clock: systemClock,
    log,
    sink(event) {
      events.push(event);
      store.dispatch(ups.name, event);
    },
    ...params,
  });
  const state = (): UpsState => {
    const found = store.get(ups.name);
    if (!found) throw new Error('the UPS is not in the store');
    return found;
  };
  const until = async (what: string, isSo: () => boolean): Promise<void> => {
    for (let attempt = 0; attempt < 600; attempt++) {
      if (isSo()) return;
      await delay(50);
    }
    throw new Error(`${what}: did not happen\n${JSON.stringify(events.slice(-5))}\n${lines.join('\n')}`);
  };
  driver.start();
  return {
    driver,
    events,
    lines,
    state,
    value: (variable) => state().variables.get(variable)?.value,
    until,
    ready: () => until('ready', () => state().isReady),
    async stop() {
      await driver.stop();
      store.stop();
    },
  };
}

/** Whether a process of this id runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
