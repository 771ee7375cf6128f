/**
 * Which definition speaks for a device: by its USB ids and texts, by what the user asked for, and, where nobody knows
 * it, by its report descriptor. Every answer comes with its reason.
 */
import { DriverError } from '#domain/errors.ts';
import { phrase, type Text } from '#domain/messages/message.ts';
import type { DeviceDefinition, MatchRule } from '#domain/schema/device-definition.ts';
import { driverNote, type DriverNote, type DriverOptions } from '#engine/drivers/driver.ts';
import type { HidReportMap, UsagePath } from '#engine/hid/types.ts';
import { parsePath } from '#engine/hid/usages.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';
import type { Claim } from './binding.ts';
import { builtInDefinitions, mergeDefinitions, type DefinitionSet } from './definition.ts';
import { FALLBACK_ID } from './definitions/index.ts';

export interface Candidate {
  readonly definition: DeviceDefinition;
  /** Rules that fit, whose quirks count. */
  readonly rules: readonly MatchRule[];
  /** 50 for the vendor id, 30 for the product id, 40 for each text or release: where ids are shared, the texts tell. */
  readonly score: number;
  readonly reason: string;
  /** Nobody knows this very product: what to tell about that. */
  readonly guess: DriverNote | undefined;
}

const POWER_PAGES: readonly number[] = [0x84, 0x85];
const FIRST_VENDOR_PAGE = 0xff00;
const pageOf = (usage: number): number => usage >>> 16;
const hex4 = (value: number): string => value.toString(16).padStart(4, '0');

/** USB ids as NUT writes them: four lower-case hex digits. */
export const usbIds = ({ vendorId, productId }: HidDeviceInfo): { vendorId: string; productId: string } => ({
  vendorId: hex4(vendorId),
  productId: hex4(productId),
});
const usbId = (device: HidDeviceInfo): string => `${hex4(device.vendorId)}:${hex4(device.productId)}`;

/** How a device is called in a sentence. */
export function deviceName(device: HidDeviceInfo): string {
  const name = [device.manufacturer, device.product].filter(Boolean).join(' ').trim();
  return name === '' ? `USB device ${usbId(device)}` : `${name} (${usbId(device)})`;
}

/** Ids of serial bridges that carry the Megatec protocol. Source: nut-facts serial-and-snmp.md, section 2. */
const SERIAL_BRIDGES: ReadonlySet<string> = new Set([
  '0001:0000',
  '0483:0035',
  '0590:00b7',
  '05b8:0000',
  '0665:5161',
  '06da:0002',
  '06da:0003',
  '06da:0004',
  '06da:0005',
  '06da:0201',
  '06da:0601',
  '0925:1234',
  '0f03:0001',
  '14f0:00c9',
  '1cb0:0035',
  'ffff:0000',
]);
/** Sold as bridges only; the power device in their descriptor answers nothing. */
const NEVER_A_POWER_DEVICE: ReadonlySet<string> = new Set(['0001:0000']);
const BRIDGE_REASON = phrase('reason.serial-bridge', {});

const fits = (pattern: string | undefined, text: string | undefined): boolean =>
  pattern === undefined || new RegExp(pattern, 'i').test(text ?? '');

function ruleFits(rule: MatchRule, device: HidDeviceInfo): boolean {
  return (
    rule.vendorId === hex4(device.vendorId) &&
    (rule.productId === undefined || rule.productId === hex4(device.productId)) &&
    (rule.release === undefined || (device.release !== undefined && rule.release === hex4(device.release))) &&
    fits(rule.manufacturer, device.manufacturer) &&
    fits(rule.product, device.product)
  );
}

const scoreOf = (rule: MatchRule): number =>
  50 +
  (rule.productId === undefined ? 0 : 30) +
  [rule.manufacturer, rule.product, rule.release].filter((asked) => asked !== undefined).length * 40;

/** Definitions with a rule for this device, best first; of equals the one earlier in the claim order. */
export function candidates(
  device: HidDeviceInfo,
  set: DefinitionSet = builtInDefinitions,
): { readonly found: readonly Candidate[]; readonly refusal: Text | undefined } {
  const found: Candidate[] = [];
  let refusal: Text | undefined;
  for (const definition of set.definitions) {
    const rules = definition.match.filter((rule) => ruleFits(rule, device));
    const refused = rules.find((rule) => rule.refuse !== undefined);
    if (refused) {
      refusal ??= phrase('reason.refused-device', { what: refused.refuse ?? '' });
      continue;
    }
    if (rules.length === 0) continue;
    const best = rules.reduce((a, b) => (scoreOf(b) > scoreOf(a) ? b : a));
    const models = rules.map((rule) => rule.models).find((text) => text !== undefined);
    const texts = [
      best.manufacturer && `maker ${device.manufacturer ?? ''}`,
      best.product && `product ${device.product ?? ''}`,
    ].filter(Boolean);
    const reason = `${[`USB id ${usbId(device)}`, ...texts].join(', ')} is listed by ${definition.name}${models ? ` (${models})` : ''}.`;
    found.push({ definition, rules, score: scoreOf(best), reason, guess: undefined });
  }
  found.sort((a, b) => b.score - a.score);
  return { found, refusal };
}

/**
 * Whether a listed device is worth opening.
 * @throws DriverError driver/bad-option when an option that should match devices is no regular expression, and for
 * explore without vendorid
 */
export function claimDevice(
  device: HidDeviceInfo,
  options: DriverOptions,
  set: DefinitionSet = builtInDefinitions,
): Claim {
  const isExploring = isExplored(options);
  if (isExploring && typeof options.vendorid !== 'string') {
    const reason = 'it needs vendorid as well, or it would take any device';
    throw new DriverError('driver/bad-option', { option: 'explore', ups: deviceName(device), reason });
  }
  const unwanted = optionMismatch(device, options);
  if (unwanted !== undefined) return { kind: 'refused', reason: unwanted };
  if (isExploring) return EXPLORE;
  const { found, refusal } = candidates(device, set);
  if (refusal !== undefined) return { kind: 'refused', reason: refusal };
  if (NEVER_A_POWER_DEVICE.has(usbId(device))) return { kind: 'refused', reason: BRIDGE_REASON };
  const { usagePage } = device;
  if (usagePage !== undefined && usagePage >= FIRST_VENDOR_PAGE) {
    return { kind: 'refused', reason: phrase('reason.no-power-interface', {}) };
  }
  const best = found[0];
  if (best) return { kind: 'known', definition: best.definition.name, reason: best.reason };
  if (usagePage === undefined || POWER_PAGES.includes(usagePage)) {
    const definition = set.get(FALLBACK_ID)?.name ?? FALLBACK_ID;
    return { kind: 'guess', definition, reason: 'Nobody listed it, but it may be a power device.' };
  }
  const reason = SERIAL_BRIDGES.has(usbId(device)) ? BRIDGE_REASON : phrase('reason.no-power-device', {});
  return { kind: 'refused', reason };
}

/** Option explore: whatever the other options let through is claimed, and nothing is made of it (explore.ts). */
export const EXPLORE = {
  kind: 'known',
  definition: 'EXPLORE HID',
  reason: 'Option explore asks for a look at all it says; nothing is made of it.',
} as const satisfies Claim;

export const isExplored = ({ explore }: DriverOptions): boolean =>
  explore === true || (explore !== undefined && /^(1|yes|true|on|enabled)$/i.test(explore));

const MATCH_OPTIONS = {
  vendorid: (device: HidDeviceInfo) => hex4(device.vendorId),
  productid: (device: HidDeviceInfo) => hex4(device.productId),
  vendor: (device: HidDeviceInfo) => device.manufacturer,
  product: (device: HidDeviceInfo) => device.product,
  serial: (device: HidDeviceInfo) => device.serialNumber,
} as const;

/**
 * The first option that speaks against a device; as in NUT each is a regular expression for the whole text, without case.
 * @throws DriverError driver/bad-option
 */
export function optionMismatch(device: HidDeviceInfo, options: DriverOptions): Text | undefined {
  for (const [name, read] of Object.entries(MATCH_OPTIONS)) {
    const pattern = options[name];
    if (typeof pattern !== 'string') continue;
    const text = read(device)?.trim() ?? '';
    if (!optionPattern(name, pattern, device).test(text)) {
      return phrase('reason.option-asks', { option: name, wanted: pattern, actual: `"${text}"` });
    }
  }
  return undefined;
}

function optionPattern(name: string, pattern: string, device: HidDeviceInfo): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, 'i');
  } catch (cause) {
    const reason = phrase('reason.not-a-pattern', { pattern });
    throw new DriverError('driver/bad-option', { option: name, ups: deviceName(device), reason }, cause);
  }
}

/**
 * The definition for an opened device.
 * @throws DriverError driver/not-a-ups, driver/bad-option
 */
export function matchDevice(
  device: HidDeviceInfo,
  map: HidReportMap,
  options: DriverOptions,
  set: DefinitionSet = builtInDefinitions,
): Candidate {
  const { found, refusal } = candidates(device, set);
  const asked = options.subdriver;
  if (typeof asked === 'string') return askedFor(asked, device, found, set);
  if (refusal !== undefined) throw notAUps(device, refusal);
  const best = found[0];
  const hasPowerPage = map.topLevel.some((usage) => POWER_PAGES.includes(pageOf(usage)));
  if (best) return best;
  if (NEVER_A_POWER_DEVICE.has(usbId(device)) || (!hasPowerPage && SERIAL_BRIDGES.has(usbId(device)))) {
    throw notAUps(device, BRIDGE_REASON);
  }
  if (!hasPowerPage) throw notAUps(device, phrase('reason.no-power-collection', {}));
  return guess(device, map, set);
}

const notAUps = (device: HidDeviceInfo, reason: Text): DriverError =>
  new DriverError('driver/not-a-ups', { device: deviceName(device), reason });

/** Option `subdriver`: our id, our name, or NUT's display name with a version behind it; or an expression for those. */
function askedFor(asked: string, device: HidDeviceInfo, found: readonly Candidate[], set: DefinitionSet): Candidate {
  const text = asked.toLowerCase();
  const pattern = optionPattern('subdriver', `${asked}.*`, device);
  const definition = set.definitions.find(
    ({ id, name }) => id === text || text.startsWith(name.toLowerCase()) || pattern.test(name),
  );
  if (!definition) {
    const reason = phrase('reason.no-definition', { name: asked });
    throw new DriverError('driver/bad-option', { option: 'subdriver', ups: deviceName(device), reason });
  }
  const known = found.find((candidate) => candidate.definition === definition);
  return {
    definition,
    rules: known?.rules ?? [],
    score: 100,
    reason: `Option subdriver asks for ${definition.name}.`,
    guess: undefined,
  };
}

/** An unknown product: a known maker's definition where its own usages are there, on top of the standard. */
function guess(device: HidDeviceInfo, map: HidReportMap, set: DefinitionSet): Candidate {
  const standard = set.get(FALLBACK_ID);
  if (!standard) throw notAUps(device, phrase('reason.nothing-known', {}));
  const maker = set.definitions.find(
    (definition) =>
      definition.match.some((rule) => rule.vendorId === hex4(device.vendorId)) && speaksTongue(definition, map),
  );
  if (maker) {
    const why = phrase('reason.known-maker', { definition: maker.name });
    return { definition: mergeDefinitions(standard, maker), rules: [], score: 40, ...guessed(device, why) };
  }
  const why = phrase('reason.describes-itself', {});
  return { definition: standard, rules: [], score: 10, ...guessed(device, why) };
}

function guessed(device: HidDeviceInfo, why: Text): Pick<Candidate, 'reason' | 'guess'> {
  const guess = driverNote('guess', { device: usbId(device), why });
  return { reason: guess.text, guess };
}

const startsWith = (path: UsagePath, prefix: UsagePath): boolean =>
  prefix.length <= path.length && prefix.every((usage, index) => usage === path[index]);

/** Whether the device has a field that only this definition can name. */
function speaksTongue(definition: DeviceDefinition, map: HidReportMap): boolean {
  return definition.variables.some((row) => {
    const path = parsePath(row.path, definition.usages);
    if (!path?.some((usage) => pageOf(usage) !== 0x84 && pageOf(usage) !== 0x85 && pageOf(usage) !== 0xff))
      return false;
    return map.fields.some((field) => startsWith(field.path, path));
  });
}
