import type { DriverOutcome } from './driver.ts';

/** Acting on a UPS by name (without case), whatever its driver. Unknown names answer `failed`. */
export interface UpsControl {
  runCommand(ups: string, command: string, parameter?: string): Promise<DriverOutcome>;
  setVariable(ups: string, variable: string, value: string): Promise<DriverOutcome>;
}
