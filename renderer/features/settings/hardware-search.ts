/** Finds models and drivers by what somebody types: all words, in any order, capitals, blanks and hyphens or not. Pure. */
import type { RequestResult } from '#domain/contract.ts';

type Catalogue = RequestResult<'drivers.list'>;
export type HardwareRow = Catalogue['hardware'][number];

/** CyberPower is Cyber Power, and a Back-UPS a Back UPS. */
const plain = (text: string): string => text.toLowerCase().replaceAll(/[ _-]/g, '');

const wordsOf = (text: string): readonly string[] =>
  text
    .split(/\s+/)
    .map(plain)
    .filter((word) => word !== '');

/** @returns whether every word of the query is in one of the texts */
export function fits(query: string, ...texts: readonly string[]): boolean {
  const all = plain(texts.join('\n'));
  return wordsOf(query).every((word) => all.includes(word));
}

/** Models whose name begins with what is sought come before those that have it somewhere. */
export function findHardware(hardware: readonly HardwareRow[], query: string): readonly HardwareRow[] {
  const [first = ''] = wordsOf(query);
  const found = hardware.filter((row) => fits(query, row.maker, row.model, row.driver, row.hint));
  const isNamed = ({ maker, model }: HardwareRow): boolean =>
    [maker, model].some((name) => plain(name).startsWith(first));
  return [...found.filter(isNamed), ...found.filter((row) => !isNamed(row))];
}

/** The name of the driver in what stands in the field: `nutdrv_qx subdriver=x$Model`. */
export const driverIn = (value: string): string => value.replace(/\$.*$/s, '').trim().split(/\s+/)[0] ?? '';

/** The model in it, where it was chosen from the list. */
export const modelIn = (value: string): string =>
  value.includes('$') ? value.slice(value.indexOf('$') + 1).trim() : '';
