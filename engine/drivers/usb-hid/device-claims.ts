import type { HidDeviceInfo, Stop } from '#engine/ports.ts';

/**
 * Which section speaks to which unit. One registry for the whole engine, so that two sections that would fit the same
 * unit never share it: their writes would undo each other.
 */
export interface DeviceClaims {
  /** Takes a unit. @returns how to give it back, or undefined when another section has it */
  take(device: HidDeviceInfo, owner: string): Stop | undefined;
  /** The section that has this unit. */
  ownerOf(device: HidDeviceInfo): string | undefined;
  /** Remembers that a section spoke to this unit, so that nobody else takes it while its cable is out. */
  remember(owner: string, device: HidDeviceInfo): void;
  /** Another section without a unit of its own at the moment has spoken to this one. */
  isAwaitedByOther(device: HidDeviceInfo, owner: string): boolean;
  /** What this section spoke to before, if anything. */
  rememberedBy(owner: string): HidDeviceInfo | undefined;
  /** The section is no more. */
  forget(owner: string): void;
}

export function createDeviceClaims(): DeviceClaims {
  const owners = new Map<string, string>();
  const memory = new Map<string, HidDeviceInfo>();
  return {
    take(device, owner) {
      if (owners.has(device.path)) return undefined;
      owners.set(device.path, owner);
      return () => {
        if (owners.get(device.path) === owner) owners.delete(device.path);
      };
    },
    ownerOf: (device) => owners.get(device.path),
    remember: (owner, device) => void memory.set(owner, device),
    isAwaitedByOther(device, owner) {
      const busy = new Set(owners.values());
      return [...memory].some(
        ([other, remembered]) => other !== owner && !busy.has(other) && likeness(remembered, device) === 'same',
      );
    },
    rememberedBy: (owner) => memory.get(owner),
    forget: (owner) => void memory.delete(owner),
  };
}

/** `same`: everything that is known of both agrees, the socket too. `alike`: the unit may have moved to another socket. */
export type Likeness = 'same' | 'alike' | 'different';

export function likeness(a: HidDeviceInfo, b: HidDeviceInfo): Likeness {
  const isAlike =
    a.vendorId === b.vendorId &&
    a.productId === b.productId &&
    a.manufacturer === b.manufacturer &&
    a.product === b.product &&
    a.serialNumber === b.serialNumber &&
    a.interfaceNumber === b.interfaceNumber;
  if (!isAlike) return 'different';
  return a.usb?.bus === b.usb?.bus && a.usb?.ports === b.usb?.ports ? 'same' : 'alike';
}
