/** The ids by which units are known before anything is read from them. Pure. */
import type { MatchRule } from '#domain/schema/device-definition.ts';

export interface UsbIds {
  /** Four hexadecimal digits. */
  readonly vendorId: string;
  /** Undefined: every product of this maker. */
  readonly productId: string | undefined;
  /** What they are sold as. */
  readonly models: readonly string[];
}

/** What is refused is no UPS of ours, whatever other rules say of its ids. */
export function usbIdsOf(match: readonly MatchRule[]): readonly UsbIds[] {
  const byKey = new Map<string, UsbIds>();
  for (const { vendorId, productId, models, refuse } of match) {
    if (refuse !== undefined) continue;
    const key = `${vendorId}:${productId ?? '*'}`;
    const known = byKey.get(key)?.models ?? [];
    byKey.set(key, { vendorId, productId, models: models === undefined ? known : [...known, models] });
  }
  return [...byKey.values()];
}
