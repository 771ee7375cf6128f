import type { FoundDevice } from '#domain/contract.ts';
import { scanUsb } from '#engine/drivers/usb-hid/scan.ts';
import type { HidPort } from '#engine/ports.ts';

/** Attached UPSes in the shape of the contract. @throws as scanUsb */
export async function findDevices(port: HidPort): Promise<readonly FoundDevice[]> {
  const found = await scanUsb(port);
  return found.map(({ title, section, selectors, matchReason, problem }) => ({
    title,
    section,
    selectors: [...selectors],
    matchReason,
    ...(problem === undefined ? {} : { problem: { ...problem.toWire(), details: { ...problem.details } } }),
  }));
}
