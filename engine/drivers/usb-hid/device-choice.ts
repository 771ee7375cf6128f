/** Which of the attached devices a section wants. Pure: the list in, the candidates in order out, with every reason. */
import { phrase, type Text } from '#domain/messages/message.ts';
import type { Claim, ClaimDevice } from '#engine/devices/binding.ts';
import type { DriverOptions } from '#engine/drivers/driver.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';
import { DriverError } from '#domain/errors.ts';
import { likeness, type DeviceClaims } from './device-claims.ts';

export interface Candidate {
  readonly device: HidDeviceInfo;
  readonly claim: Exclude<Claim, { readonly kind: 'refused' }>;
}

export interface Choice {
  /** Best first. */
  readonly candidates: readonly Candidate[];
  /** Why the others are not taken, those first that came close. */
  readonly refusals: readonly Text[];
}

export interface Wish {
  /** Name of the section. */
  readonly owner: string;
  /** `auto`, a device path, or anything else (means auto, as in NUT). */
  readonly port: string;
  readonly options: DriverOptions;
}

const POWER_PAGES: ReadonlySet<number> = new Set([0x84, 0x85]);

/** Ports that name one device; others, such as `auto`, mean any. */
export const isDevicePath = (port: string): boolean => /^(\/dev\/|\\\\\?\\|DevSrvsID:)/i.test(port);

export const deviceLabel = ({ product, manufacturer, vendorId, productId }: HidDeviceInfo): string =>
  `${product ?? manufacturer ?? 'device'} (${hex4(vendorId)}:${hex4(productId)})`;

export const hex4 = (value: number): string => value.toString(16).padStart(4, '0');

/**
 * @param claims undefined where units are not shared (recordings, the demo UPS)
 * @throws DriverError driver/bad-option when a match option is no regular expression
 */
export function chooseDevice(
  devices: readonly HidDeviceInfo[],
  wish: Wish,
  claimDevice: ClaimDevice,
  claims: DeviceClaims | undefined,
): Choice {
  const candidates: Candidate[] = [];
  const refusals: { readonly text: Text; readonly isClose: boolean }[] = [];
  for (const device of devices) {
    const claim = judge(device, wish, claimDevice, claims);
    if (claim.kind !== 'refused') candidates.push({ device, claim });
    else {
      const isClose = device.usagePage !== undefined && POWER_PAGES.has(device.usagePage);
      refusals.push({ text: phrase('search.device', { device: deviceLabel(device), reason: claim.reason }), isClose });
    }
  }
  const before = wish.options.allow_duplicates === undefined ? claims?.rememberedBy(wish.owner) : undefined;
  return {
    candidates: candidates
      .map((candidate, index) => ({ candidate, index, rank: rankOf(candidate, before) }))
      .sort((a, b) => a.rank - b.rank || a.index - b.index)
      .map(({ candidate }) => candidate),
    refusals: refusals.sort((a, b) => Number(b.isClose) - Number(a.isClose)).map(({ text }) => text),
  };
}

function judge(device: HidDeviceInfo, wish: Wish, claimDevice: ClaimDevice, claims: DeviceClaims | undefined): Claim {
  const refused = (reason: Text): Claim => ({ kind: 'refused', reason });
  if (isDevicePath(wish.port) && device.path !== wish.port)
    return refused(phrase('reason.port-asks', { port: wish.port }));
  const misplaced = placeMismatch(device, wish);
  if (misplaced !== undefined) return refused(misplaced);
  const claim = claimDevice(device, wish.options);
  if (claim.kind === 'refused') return claim;
  const owner = claims?.ownerOf(device);
  if (owner !== undefined) return refused(phrase('reason.used-by', { section: owner }));
  if (claims?.isAwaitedByOther(device, wish.owner)) return refused(phrase('reason.other-section-waits', {}));
  return claim;
}

/** What speaks against the place of a device. Numbers are compared as three digits, as NUT writes them. */
function placeMismatch(device: HidDeviceInfo, { options, owner }: Wish): Text | undefined {
  const { usb, interfaceNumber } = device;
  const places = {
    bus: usb?.bus,
    device: usb?.address,
    busport: usb === undefined ? undefined : Number(usb.ports.split('.').at(-1)),
  };
  for (const [option, place] of Object.entries(places)) {
    const pattern = options[option];
    if (typeof pattern !== 'string') continue;
    if (place === undefined) return phrase('reason.no-place', { option });
    const text = String(place).padStart(3, '0');
    if (!wholeText(option, pattern, owner).test(text)) {
      return phrase('reason.option-asks', { option, wanted: pattern, actual: text });
    }
  }
  const asked = options.usb_hid_rep_index;
  if (typeof asked === 'string' && interfaceNumber !== undefined && Number.parseInt(asked, 16) !== interfaceNumber) {
    return phrase('reason.interface-asks', { wanted: asked, actual: interfaceNumber });
  }
  return undefined;
}

function wholeText(option: string, pattern: string, owner: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, 'i');
  } catch (cause) {
    const reason = phrase('reason.not-a-pattern', { pattern });
    throw new DriverError('driver/bad-option', { option, ups: owner, reason }, cause);
  }
}

/** The unit it spoke to before comes first, then those that are known by name, then guesses. */
function rankOf({ device, claim }: Candidate, before: HidDeviceInfo | undefined): number {
  const alike = before === undefined ? 'different' : likeness(before, device);
  const memory = { same: 0, alike: 1, different: 2 }[alike];
  return memory * 2 + (claim.kind === 'known' ? 0 : 1);
}

/** The end of the sentence "No UPS found for NAME: …". */
export function describeSearch(devices: readonly HidDeviceInfo[], refusals: readonly Text[]): readonly Text[] {
  if (devices.length === 0) return [phrase('search.nothing', {})];
  const shown = refusals.slice(0, 3);
  const more = refusals.length - shown.length;
  return more > 0 ? [...shown, phrase('search.more', { count: more })] : shown;
}
