/** Tells a UPS to switch off later: the plan (power-off.ts) carried out, command by command. */
import { phrase, type Phrase } from '#domain/messages/message.ts';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import type { UpsControl } from '#engine/drivers/ups-control.ts';
import type { UpsState } from '#engine/state/ups-state.ts';
import { planPowerOff } from './power-off.ts';

export interface OrderedPowerOff {
  readonly isOrdered: boolean;
  /** What was done, or why nothing was. */
  readonly text: Phrase;
}

/** Option `sdorder` of ups.conf: lowest first, -1 is left out. Source: nut-facts drivers.json, upsOptions. */
export const powerOffOrderOf = ({ options }: Pick<UpsConfig, 'options'>): number => {
  const order = Number(options.sdorder ?? 0);
  return Number.isFinite(order) ? order : 0;
};

/** Runs for all of them: one order after the other, those of the same at once. */
export async function inPowerOffOrder<Ups>(
  upses: readonly Ups[],
  orderOf: (ups: Ups) => number,
  run: (ups: Ups) => Promise<void>,
): Promise<void> {
  const orders = [...new Set(upses.map(orderOf))].sort((a, b) => a - b);
  for (const order of orders) await Promise.all(upses.filter((ups) => orderOf(ups) === order).map(run));
}

/** @param ups as people know it @param known undefined: it cannot be read */
export async function orderPowerOff(
  ups: string,
  known: UpsState | undefined,
  seconds: number,
  control: UpsControl,
): Promise<OrderedPowerOff> {
  const plan = known && planPowerOff(known, seconds);
  if (!plan) return { isOrdered: false, text: phrase('monitor.say.no-power-off', { ups }) };
  const { name } = known.config;
  for (const part of plan) {
    const outcome =
      part.kind === 'set'
        ? await control.setVariable(name, part.variable, part.value)
        : await control.runCommand(name, part.command, part.parameter);
    if (outcome === 'handled') continue;
    const command = part.kind === 'set' ? part.variable : part.command;
    return { isOrdered: false, text: phrase('monitor.say.power-off-refused', { ups, command, outcome }) };
  }
  return { isOrdered: true, text: phrase('monitor.say.power-off', { ups, seconds }) };
}
