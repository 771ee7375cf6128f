/** One supply: what is known of it, since when, and whether this computer can go on counting on it. Pure. */
import { phrase, type Phrase } from '#domain/messages/message.ts';
import { spanOf } from './span.ts';
import type { Facts, MonitorNow, SupplyState } from './monitor-state.ts';
import type { MonitorPolicy, SupplyPolicy } from './policy.ts';

export type Verdict =
  /** Counts. `dueAt`: when time alone ends that, unless something changes. */
  | { readonly isCritical: false; readonly dueAt: number | undefined; readonly why: Phrase }
  | { readonly isCritical: true; readonly why: Phrase };

export const keyOf = (supply: Pick<SupplyPolicy, 'ups'>): string => supply.ups.toLowerCase();

/**
 * By which key a supply is known from now on, where the same UPS goes by another name.
 * @param renamings names on their server, before and after
 */
export function renamedKeys(
  before: MonitorPolicy,
  after: MonitorPolicy,
  renamings: readonly (readonly [before: string, after: string])[],
): (key: string) => string {
  const keyIn = (policy: MonitorPolicy, wanted: string): string | undefined => {
    const own = policy.supplies.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
    return own && keyOf(own);
  };
  const moves = new Map(
    renamings.flatMap(([name, next]) => {
      const [from, to] = [keyIn(before, name), keyIn(after, next)];
      return from === undefined || to === undefined ? [] : [[from, to] as const];
    }),
  );
  return (key) => moves.get(key) ?? key;
}

/** What is known by key, under the new ones. What moves to a name counts more than what had it before. */
export function underNewKeys<Value>(
  known: Readonly<Record<string, Value>>,
  keyOfOld: (key: string) => string,
): Record<string, Value> {
  const entries = Object.entries(known);
  const stays = ([key]: (typeof entries)[number]): boolean => keyOfOld(key) === key;
  const ordered = [...entries.filter(stays), ...entries.filter((entry) => !stays(entry))];
  return Object.fromEntries(ordered.map(([key, value]) => [keyOfOld(key), value]));
}

const ms = (seconds: number): number => seconds * 1000;
const has = (supply: SupplyState, word: string): boolean => supply.facts.status.includes(word);

/** Facts of a look, or some of them. */
export const heard = (supply: SupplyState, facts: Partial<Facts>, now: MonitorNow): SupplyState => ({
  ...supply,
  contact: 'heard',
  heardAt: now.at,
  facts: { ...supply.facts, ...facts },
});

export const lost = (supply: SupplyState): SupplyState => ({ ...supply, contact: 'lost' });

/**
 * Nothing was heard since the computer woke up or the program started: what is known is kept, and no silence of before
 * counts.
 */
export const unheard = (supply: SupplyState, now: MonitorNow): SupplyState => ({
  ...supply,
  contact: 'unheard',
  ...(supply.heardAt === undefined ? {} : { heardAt: now.at }),
});

/** OB, as the words were last heard. Of OL and OB together the later word counts, as in upsmon; without either the old one. */
function lineOf({ facts, line }: SupplyState): 'OL' | 'OB' | undefined {
  const [online, battery] = [facts.status.lastIndexOf('OL'), facts.status.lastIndexOf('OB')];
  return online === battery ? line : online > battery ? 'OL' : 'OB';
}

/** Last seen on battery, and silent for too long since. */
const isGivenUp = (supply: SupplyState, policy: MonitorPolicy, now: MonitorNow): boolean =>
  supply.contact === 'lost' &&
  supply.line === 'OB' &&
  supply.heardAt !== undefined &&
  now.at - supply.heardAt > ms(policy.deadTime);

const isTest = (supply: SupplyState, { rules }: SupplyPolicy): boolean =>
  rules.holdDuringTest && (supply.facts.isTesting || has(supply, 'CAL') || has(supply, 'TEST'));

/** Since when what holds has held. Called once each pass, before anything is decided. */
export function keepTimes(
  before: SupplyState,
  supply: SupplyPolicy,
  policy: MonitorPolicy,
  now: MonitorNow,
): SupplyState {
  if (before.contact === 'unheard') return before;
  if (before.contact === 'lost') {
    return isGivenUp(before, policy, now) ? { ...before, lowSince: before.lowSince ?? now.at } : before;
  }
  const line = lineOf(before);
  const isOut = line === 'OB' && !isTest(before, supply);
  const isLow = line === 'OB' && has(before, 'LB');
  const { postponedUntil, ...rest } = before;
  return {
    ...rest,
    line,
    onBatterySince: isOut ? (before.onBatterySince ?? now.at) : undefined,
    outageBeganAt: isOut ? (before.outageBeganAt ?? now.wall) : undefined,
    lowSince: isLow ? (before.lowSince ?? now.at) : undefined,
    fineAt: !isLow || has(before, 'CAL') ? before.heardAt : before.fineAt,
    offSince: has(before, 'OFF') ? (before.offSince ?? now.at) : undefined,
    overSince: has(before, 'OVER') ? (before.overSince ?? now.at) : undefined,
    // What a person decided holds for one outage.
    isCancelled: line === 'OB' && before.isCancelled,
    ...(line === 'OB' && postponedUntil !== undefined ? { postponedUntil } : {}),
  };
}

/** In which state contact was lost that makes losing it critical, whether on line or on battery. */
function riskOf(supply: SupplyState, ups: string, policy: MonitorPolicy, now: MonitorNow): Phrase | undefined {
  const { overSince } = supply;
  const wasOver = overSince !== undefined && policy.overDuration >= 0;
  if (wasOver && now.at - overSince >= ms(policy.overDuration)) return phrase('monitor.why.lost-over', { ups });
  if (has(supply, 'ALARM') && policy.alarmCritical) return phrase('monitor.why.lost-alarm', { ups });
  if (has(supply, 'CAL')) return phrase('monitor.why.lost-calibration', { ups });
  if (has(supply, 'BYPASS')) return phrase('monitor.why.lost-bypass', { ups });
  if (has(supply, 'OFF') && policy.offDuration >= 0) return phrase('monitor.why.lost-off', { ups });
  return undefined;
}

/** The first condition that fits decides; order and conditions are those of upsmon, our own rules stand below them. */
export function judge(supply: SupplyState, own: SupplyPolicy, policy: MonitorPolicy, now: MonitorNow): Verdict {
  const ups = own.ups;
  const critical = (why: Phrase): Verdict => ({ isCritical: true, why });
  const good = (why: Phrase, dueAt?: number): Verdict => ({ isCritical: false, why, dueAt });

  if (supply.contact !== 'unheard' && has(supply, 'FSD')) return critical(phrase('monitor.why.fsd', { ups }));
  if (supply.contact === 'unheard') return good(phrase('monitor.now.unheard', { ups }));

  const isLost = supply.contact === 'lost';
  if (isLost) {
    const risk = riskOf(supply, ups, policy, now);
    // One look that failed is no reason to go down; upsmon thinks otherwise, but gives a UPS on battery that time.
    const dueAt = (supply.heardAt ?? now.at) + ms(policy.deadTime) + 1;
    if (risk && now.at >= dueAt) return critical(risk);
    if (risk) return good(phrase('monitor.now.lost-at-risk', { ups }), dueAt);
  }
  if (supply.offSince !== undefined && policy.offDuration >= 0) {
    const dueAt = supply.offSince + ms(policy.offDuration);
    if (now.at >= dueAt) return critical(phrase('monitor.why.off', { ups }));
    return good(phrase('monitor.now.off', { ups }), dueAt);
  }
  if (supply.line !== 'OB') {
    if (isLost && supply.line === undefined) return good(phrase('monitor.now.never-heard', { ups }));
    if (isLost) return good(phrase('monitor.now.lost-on-line', { ups }));
    if (supply.line === undefined) return good(phrase('monitor.now.unknown', { ups }));
    if (has(supply, 'LB')) return good(phrase('monitor.now.low-on-line', { ups }));
    return good(phrase('monitor.now.line', { ups }));
  }

  const isDead = isGivenUp(supply, policy, now);
  const isLow = has(supply, 'LB') || isDead;
  if (isLow) {
    if (has(supply, 'CAL') && !isLost) return good(phrase('monitor.now.calibration', { ups }));
    const why = isDead ? phrase('monitor.why.dead', { ups }) : phrase('monitor.why.low', { ups });
    const lowUntil = (supply.lowSince ?? now.at) + ms(policy.oblbDuration);
    if (policy.oblbDuration > 0 && now.at < lowUntil) return good(phrase('monitor.now.low', { ups }), lowUntil);
    if (own.role === 'primary') return critical(why);
    // A secondary leaves it to its primary to say FSD, for a while.
    const patienceEnds = (supply.fineAt ?? -Infinity) + ms(policy.hostSync);
    if (now.at > patienceEnds) return critical(why);
    const early = judgeByRules(supply, own, now);
    if (early.isCritical) return early;
    return good(phrase('monitor.now.low-secondary', { ups }), Math.min(early.dueAt ?? Infinity, patienceEnds + 1));
  }
  const byRules = judgeByRules(supply, own, now);
  if (byRules.isCritical || !isLost) return byRules;
  const deadAt = (supply.heardAt ?? now.at) + ms(policy.deadTime) + 1;
  return good(phrase('monitor.now.lost-on-battery', { ups }), Math.min(byRules.dueAt ?? Infinity, deadAt));
}

/** The rules a person set for a UPS on battery, whichever comes first. */
function judgeByRules(supply: SupplyState, own: SupplyPolicy, now: MonitorNow): Verdict {
  const { ups, rules } = own;
  const since = supply.onBatterySince;
  const good = (why: Phrase, dueAt?: number): Verdict => ({ isCritical: false, why, dueAt });
  if (since === undefined) return good(phrase('monitor.now.test', { ups }));
  if (supply.isCancelled) return good(phrase('monitor.now.cancelled', { ups }));

  const { charge, runtime } = supply.facts;
  const conditions: { readonly at: number; readonly why: Phrase }[] = [];
  const after = (seconds: number): void => {
    const why = phrase('monitor.why.time', { ups, time: spanOf(seconds) });
    conditions.push({ at: since + ms(seconds), why });
  };
  if (rules.mode === 'on-battery') after(rules.timer);
  if (rules.timeOnBattery !== undefined) after(rules.timeOnBattery);
  if (rules.chargeBelow !== undefined && charge !== undefined && charge <= rules.chargeBelow) {
    const why = phrase('monitor.why.charge', { ups, charge: Math.round(charge), limit: rules.chargeBelow });
    conditions.push({ at: since, why });
  }
  if (rules.runtimeBelow !== undefined && runtime !== undefined && runtime <= rules.runtimeBelow) {
    const why = phrase('monitor.why.runtime', { ups, time: spanOf(runtime), limit: spanOf(rules.runtimeBelow) });
    conditions.push({ at: since, why });
  }
  const first = conditions.sort((a, b) => a.at - b.at)[0];
  if (!first) return good(phrase('monitor.now.battery', { ups }));
  const dueAt = Math.max(first.at, since + ms(rules.ignoreShorterThan), supply.postponedUntil ?? -Infinity);
  if (now.at >= dueAt) return { isCritical: true, why: first.why };
  if (supply.postponedUntil !== undefined && dueAt === supply.postponedUntil) {
    return good(phrase('monitor.now.postponed', { ups }), dueAt);
  }
  return good(phrase('monitor.now.counting', { ups }), dueAt);
}
