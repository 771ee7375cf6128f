/** Lines of the auxiliary parameters that pin a UPS to one attached unit. Pure. */

const SELECTORS: ReadonlySet<string> = new Set([
  'vendorid',
  'productid',
  'serial',
  'product',
  'vendor',
  'bus',
  'busport',
  'device',
]);

const nameOf = (line: string): string => /^\s*([\w.]+)/.exec(line)?.[1]?.toLowerCase() ?? '';
const isSelector = (line: string): boolean => SELECTORS.has(nameOf(line));

/** Those that are there. */
export const pinsIn = (options: string): readonly string[] =>
  options
    .split('\n')
    .filter(isSelector)
    .map((line) => line.trim());

/** The text with these instead of those that were there; the other lines stay. */
export function withPins(options: string, pins: readonly string[]): string {
  const others = options.split('\n').filter((line) => !isSelector(line));
  while (others.at(-1)?.trim() === '') others.pop();
  return [...others, ...pins].join('\n');
}
