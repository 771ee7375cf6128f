/** What runs on this computer, and what its system does by itself, as far as that gets in the way. Changes nothing. */
import { describeError } from '#domain/errors.ts';
import type { Log } from '#engine/ports.ts';
import { findNeighbours, type Neighbour } from '#engine/setup/neighbours.ts';
import { rulesInTheWay, type LowBattery, type PowerRule } from '#engine/setup/power-rules.ts';
import { readPowerRules, type PowerRuleSources } from './power-rules.ts';
import { listRunningPrograms } from './running-programs.ts';

/** @param low where the UPSes call their batteries low */
export async function lookForNeighbours(
  sources: PowerRuleSources,
  log: Log,
  low: LowBattery,
): Promise<readonly Neighbour[]> {
  const { platform, fs } = sources;
  // Who else is there is good to know and nothing depends on it.
  const look = async <Found>(what: string, ask: () => Promise<readonly Found[]>): Promise<readonly Found[]> => {
    try {
      return await ask();
    } catch (error) {
      log.warn(`The ${what} could not be looked at: ${describeError(error)}`);
      return [];
    }
  };
  const programs = await look('running programs', () => listRunningPrograms(platform, fs));
  const rules = await look<PowerRule>('rules of the power management', () => readPowerRules(sources, programs));
  return [...findNeighbours(programs, process.pid, platform), ...rulesInTheWay(rules, low)];
}
