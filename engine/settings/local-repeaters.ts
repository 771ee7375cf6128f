/**
 * Aliases in NUT's files. `upsd` knows no further names for a UPS; there a section of `dummy-ups` that repeats the UPS of
 * the same server stands for one. Pure.
 */
import type { UpsConfig } from '#engine/drivers/driver.ts';
import { NUT_PORT } from '#engine/nut/protocol.ts';
import { formatUpsAddress, parseUpsAddress } from '#engine/nut/ups-address.ts';
import { isLoopback } from './nut-conf/loopback.ts';
import type { NutConf } from './nut-conf/nut-conf.ts';

const REPEATER = 'dummy-ups';
/** Options that say no more than that it is one, and when it starts. */
const OF_A_REPEATER = new Set(['mode', 'repeater_disable_strict_start']);

/** Sections for every name. @param port TCP port of the server whose sections these are */
export const withRepeaters = (upses: readonly UpsConfig[], port: number): UpsConfig[] => [
  ...upses.map(({ aliases: _aliases, ...ups }) => ups),
  // Behind what they repeat: drivers are started in this order.
  ...upses.flatMap(({ name, aliases = [], description }) =>
    aliases.map((alias) => ({
      name: alias,
      driver: REPEATER,
      port: serverAddress(name, port),
      ...(description === undefined ? {} : { description }),
      options: {},
    })),
  ),
];

/** With its host always: without one dummy-ups takes the name for that of a file. */
function serverAddress(ups: string, port: number): string {
  const text = formatUpsAddress({ ups, host: 'localhost', port });
  return text.includes('@') ? text : `${text}@localhost`;
}

/**
 * The configuration with aliases in place of sections that repeat another UPS of the same files. One that is watched, or
 * has options of its own, stays.
 */
export function withoutRepeaters(conf: NutConf): NutConf {
  const byName = new Map(conf.ups.map((ups) => [ups.name.toLowerCase(), ups]));
  const ports = new Set(conf.upsd.listen.map(({ port }) => port));
  const isWatched = (name: string): boolean =>
    conf.upsmon?.monitors.some((monitor) => isLoopback(monitor.host) && isSameName(monitor.ups, name)) === true;
  const targetOf = ({ name, driver, port, options }: UpsConfig): UpsConfig | undefined => {
    const address = driver === REPEATER && port.includes('@') ? parseUpsAddress(port) : undefined;
    if (!address || !isLoopback(address.host) || isWatched(name)) return undefined;
    const isPlain = Object.entries(options).every(
      ([option, value]) =>
        conf.upsGlobal[option] === value || (OF_A_REPEATER.has(option) && !(option === 'mode' && value !== 'repeater')),
    );
    const isOwnPort = ports.size === 0 ? address.port === NUT_PORT : ports.has(address.port);
    const target = byName.get(address.ups.toLowerCase());
    return isPlain && isOwnPort && target && !isSameName(target.name, name) ? target : undefined;
  };
  const targets = new Map(
    conf.ups.flatMap((ups) => {
      const target = targetOf(ups);
      return target ? [[ups.name, target.name] as const] : [];
    }),
  );
  // Of one that repeats a repeater only the latter is another name.
  const aliases = new Map([...targets].filter(([, target]) => !targets.has(target)));
  return {
    ...conf,
    ups: conf.ups.flatMap((ups): UpsConfig[] => {
      if (aliases.has(ups.name)) return [];
      const names = [...aliases].flatMap(([alias, target]) => (target === ups.name ? [alias] : []));
      return [names.length === 0 ? ups : { ...ups, aliases: names }];
    }),
  };
}

const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
