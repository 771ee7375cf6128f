/** Lists attached UPSes as ready sections of ups.conf, with what stands in the way of reading them. */
import { AppError } from '#domain/errors.ts';
import { bindDevice as bindToDefinition } from '#engine/devices/bind-device.ts';
import type { BindDevice, Claim, ClaimDevice } from '#engine/devices/binding.ts';
import { claimDevice as claimByDefinition } from '#engine/devices/match.ts';
import type { HidDeviceInfo, HidPort } from '#engine/ports.ts';
import { deviceLabel } from './device-choice.ts';
import { asAppError } from './find-unit.ts';
import { describeSections } from './ups-conf-section.ts';

export interface ScanResult {
  /** `Back-UPS ES 850G2 (051d:0002)`. */
  readonly title: string;
  readonly device: HidDeviceInfo;
  /** A sentence: why it is taken for a UPS. */
  readonly matchReason: string;
  /** Ready text for ups.conf. */
  readonly section: string;
  /** Its lines that find this very unit again. */
  readonly selectors: readonly string[];
  /** What a person should know about the section, or about how the unit is read. */
  readonly notes: readonly string[];
  /** Why it cannot be read at the moment. */
  readonly problem?: AppError;
}

export interface ScanParts {
  readonly bindDevice?: BindDevice;
  readonly claimDevice?: ClaimDevice;
}

type Found = Omit<ScanResult, 'section' | 'selectors' | 'title'>;
const POWER_PAGES: ReadonlySet<number> = new Set([0x84, 0x85]);

/** @throws DriverError driver/no-hid-library, and for recordings driver/cannot-read, driver/bad-file */
export async function scanUsb(port: HidPort, parts: ScanParts = {}): Promise<readonly ScanResult[]> {
  const { bindDevice = bindToDefinition, claimDevice = claimByDefinition } = parts;
  const found: Found[] = [];
  for (const device of await port.list()) {
    const claim = claimDevice(device, {});
    if (claim.kind === 'refused') continue;
    const result = await look(port, device, claim, bindDevice);
    if (result) found.push(result);
  }
  for (const { device, error } of (await port.blocked?.()) ?? []) {
    const claim = claimDevice(device, {});
    if (claim.kind === 'known') found.push({ device, matchReason: claim.reason, notes: [], problem: error });
  }
  const sections = describeSections(found.map(({ device }) => device));
  return found.map((result, index) => ({
    ...result,
    title: deviceLabel(result.device),
    section: sections[index]?.text ?? '',
    selectors: sections[index]?.selectors ?? [],
    notes: [...result.notes, ...(sections[index]?.notes ?? [])],
  }));
}

/** Opens a device to see whether that is allowed and what it really is. @returns undefined when it is no UPS */
async function look(
  port: HidPort,
  device: HidDeviceInfo,
  claim: Exclude<Claim, { readonly kind: 'refused' }>,
  bindDevice: BindDevice,
): Promise<Found | undefined> {
  try {
    const connection = await port.open(device);
    try {
      const binding = bindDevice(device, await connection.readReportDescriptor(), {});
      return { device, matchReason: binding.matchReason, notes: binding.notes.map(({ text }) => text) };
    } finally {
      await connection.close();
    }
  } catch (error) {
    const problem = asAppError(error, deviceLabel(device));
    if (problem.code === 'driver/not-a-ups') return undefined;
    // What nobody knows and nobody may look into is shown only where it says itself that it deals with power.
    const saysPower = device.usagePage !== undefined && POWER_PAGES.has(device.usagePage);
    return claim.kind === 'known' || saysPower ? { device, matchReason: claim.reason, notes: [], problem } : undefined;
  }
}
