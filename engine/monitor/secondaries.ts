/**
 * The computers that hang on our UPSes: who is logged in, and who is expected back. A primary goes down after them. Pure.
 *
 * A connection that breaks without a goodbye says little: the program was killed and comes back, or our own server was
 * started anew. Such a computer is waited for like one that is there, at most for HOSTSYNC.
 */
import type { MonitorNow, Secondaries } from './monitor-state.ts';
import { underNewKeys } from './supply.ts';
import type { Seconds } from '#domain/units.ts';

/** @param others who is logged in now @param broken who went without a goodbye since this was last told */
export function told(
  before: Secondaries,
  ups: string,
  { others, broken = [] }: { readonly others: readonly string[]; readonly broken?: readonly string[] },
  hostSync: Seconds,
  now: MonitorNow,
): Secondaries {
  const key = ups.toLowerCase();
  const back = [...without(others, before.logins[key] ?? [])];
  const missing = before.missing.filter((absent) => {
    const at = absent.ups === key ? back.indexOf(absent.address) : -1;
    if (at >= 0) back.splice(at, 1);
    return at < 0;
  });
  return {
    logins: { ...before.logins, [key]: [...others] },
    missing: [...missing, ...broken.map((address) => ({ ups: key, address, until: now.at + hostSync * 1000 }))],
  };
}

/** The program was started anew: whoever was there has lost the connection, and will be back. */
export const allMissing = ({ logins, missing }: Secondaries, hostSync: Seconds, now: MonitorNow): Secondaries => ({
  logins: {},
  missing: [
    ...missing,
    ...Object.entries(logins).flatMap(([ups, addresses]) =>
      addresses.map((address) => ({ ups, address, until: now.at + hostSync * 1000 })),
    ),
  ],
});

/** The same computers on UPSes that are known by other keys from now on. */
export const renameUpses = ({ logins, missing }: Secondaries, keyOfOld: (key: string) => string): Secondaries => ({
  logins: underNewKeys(logins, keyOfOld),
  missing: missing.map((absent) => ({ ...absent, ups: keyOfOld(absent.ups) })),
});

/** Nobody is expected for ever. */
export function expire(secondaries: Secondaries, now: MonitorNow): Secondaries {
  const missing = secondaries.missing.filter(({ until }) => now.at < until);
  return missing.length === secondaries.missing.length ? secondaries : { ...secondaries, missing };
}

/** Addresses that are still there or expected back on these UPSes (in lower case), each once. */
export function stillThere({ logins, missing }: Secondaries, upses: readonly string[]): readonly string[] {
  const present = upses.flatMap((ups) => logins[ups] ?? []);
  const absent = missing.filter(({ ups }) => upses.includes(ups)).map(({ address }) => address);
  return [...new Set([...present, ...absent])];
}

/** What is in the first list beyond the second, each as often as it is. */
function without(all: readonly string[], known: readonly string[]): readonly string[] {
  const left = [...known];
  return all.filter((address) => {
    const at = left.indexOf(address);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
