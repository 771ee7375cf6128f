/** All supplies together: which of them count, how much power they give, and when time alone ends that. Pure. */
import { NEW_SUPPLY, type MonitorNow, type MonitorState, type SupplyState } from './monitor-state.ts';
import type { MonitorPolicy, SupplyPolicy } from './policy.ts';
import { judge, keyOf, type Verdict } from './supply.ts';

/** Verdicts on all supplies and the sum of the power values that still count. */
export function weigh(
  state: MonitorState,
  policy: MonitorPolicy,
  now: MonitorNow,
): { readonly verdicts: readonly (readonly [SupplyPolicy, Verdict])[]; readonly power: number } {
  const verdicts = policy.supplies.map((supply): [SupplyPolicy, Verdict] => [
    supply,
    judge(state.supplies[keyOf(supply)] ?? NEW_SUPPLY, supply, policy, now),
  ]);
  const power = verdicts.reduce((sum, [{ powerValue }, { isCritical }]) => sum + (isCritical ? 0 : powerValue), 0);
  return { verdicts, power };
}

/** When time alone brings the shutdown, unless something changes; undefined: not by time alone. */
export function countdownEnd(state: MonitorState, policy: MonitorPolicy, now: MonitorNow): number | undefined {
  const { verdicts, power } = weigh(state, policy, now);
  let left = power;
  const ends = verdicts
    .flatMap(([{ powerValue }, verdict]) =>
      verdict.isCritical || verdict.dueAt === undefined || powerValue === 0 ? [] : [{ powerValue, at: verdict.dueAt }],
    )
    .sort((a, b) => a.at - b.at);
  for (const { powerValue, at } of ends) {
    left -= powerValue;
    if (left < policy.minSupplies) return at;
  }
  return undefined;
}

/** UPSes that the policy does not know are passed over: a look may end after the configuration changed. */
export function changeSupply(
  state: MonitorState,
  policy: MonitorPolicy,
  ups: string,
  to: (supply: SupplyState) => SupplyState,
): MonitorState {
  const key = ups.toLowerCase();
  if (!policy.supplies.some((supply) => keyOf(supply) === key)) return state;
  return { ...state, supplies: { ...state.supplies, [key]: to(state.supplies[key] ?? NEW_SUPPLY) } };
}

export const mapSupplies = (state: MonitorState, to: (supply: SupplyState) => SupplyState): MonitorState['supplies'] =>
  Object.fromEntries(Object.entries(state.supplies).map(([key, supply]) => [key, to(supply)]));

export const primaries = (policy: MonitorPolicy): readonly SupplyPolicy[] =>
  policy.supplies.filter(({ role }) => role === 'primary');
