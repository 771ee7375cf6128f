/** Numbers as NUT writes them. */

/**
 * A number with a fixed count of decimals, halves to the even digit as C does, so that 13.25 V reads 13.2 as in NUT.
 * @returns undefined for what is not a finite number
 */
export function fixed(value: number, digits: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  const text = isHalf(value, digits) ? roundHalfToEven(value, digits).toFixed(digits) : value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

function isHalf(value: number, digits: number): boolean {
  const scaled = Math.abs(value) * 10 ** digits;
  // Only a binary fraction is an exact half: its decimal digits end with the 5.
  return (
    scaled % 1 === 0.5 &&
    /^50*$/.test(
      value
        .toFixed(digits + 25)
        .split('.')[1]
        ?.slice(digits) ?? '',
    )
  );
}

function roundHalfToEven(value: number, digits: number): number {
  const below = Math.floor(value * 10 ** digits);
  return (below % 2 === 0 ? below : below + 1) / 10 ** digits;
}

/** A decimal number as a person or a NUT client writes it. @returns undefined for anything else */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim();
  return /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(trimmed) ? Number(trimmed) : undefined;
}
