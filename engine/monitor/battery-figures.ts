/** What a UPS tells of its battery, as far as a plan is made of it. Pure. */
import type { UpsState } from '#engine/state/ups-state.ts';

/** Absent what it does not tell. */
export interface BatteryFigures {
  /** % */
  readonly charge?: number;
  /** s at the present load */
  readonly runtime?: number;
  /** Where it calls itself low: %, s. */
  readonly lowCharge?: number;
  readonly lowRuntime?: number;
}

/** What is old is as good as untold. */
export function batteryFiguresOf(ups: UpsState | undefined): BatteryFigures {
  const told = (name: string): number | undefined => {
    const value = Number(ups?.variables.get(name)?.value);
    return Number.isFinite(value) && ups?.availability === 'available' ? value : undefined;
  };
  const figures = {
    charge: told('battery.charge'),
    runtime: told('battery.runtime'),
    lowCharge: told('battery.charge.low'),
    lowRuntime: told('battery.runtime.low'),
  };
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
}
