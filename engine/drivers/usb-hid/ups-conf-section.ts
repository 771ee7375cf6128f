/** A device as a ready section of ups.conf, with selectors that find this very unit again. Pure. */
import { quote } from '#engine/nut/words.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';
import { hex4 } from './device-choice.ts';

export interface Section {
  readonly name: string;
  /** Whole text, from the name in brackets on. */
  readonly text: string;
  /** Its lines that find this very unit again. */
  readonly selectors: readonly string[];
  /** Sentences a person should know about the selectors. */
  readonly notes: readonly string[];
}

type Selector = 'vendorid' | 'productid' | 'serial' | 'product' | 'bus' | 'busport';

/**
 * One section per device, in the same order.
 * @param devices all that were found: a selector is only good when it fits no other
 */
export function describeSections(devices: readonly HidDeviceInfo[]): readonly Section[] {
  return devices.map((device, index) => {
    const name = index === 0 ? 'ups' : `ups${index + 1}`;
    const { selectors, notes } = selectorsOf(
      device,
      devices.filter((other) => other !== device),
    );
    const lines: (readonly [string, string])[] = [['driver', 'usbhid-ups'], ['port', 'auto'], ...selectors];
    const title = device.product?.trim();
    if (title) lines.push(['desc', quote(title)]);
    const text = [`[${name}]`, ...lines.map(([key, value]) => `  ${key} = ${value}`)].join('\n');
    return { name, text: `${text}\n`, selectors: selectors.map(([key, value]) => `${key} = ${value}`), notes };
  });
}

function selectorsOf(
  device: HidDeviceInfo,
  others: readonly HidDeviceInfo[],
): { readonly selectors: readonly (readonly [Selector, string])[]; readonly notes: readonly string[] } {
  const ids: (readonly [Selector, string])[] = [
    ['vendorid', hex4(device.vendorId)],
    ['productid', hex4(device.productId)],
  ];
  const serial = realSerial(device.serialNumber);
  if (serial !== undefined) ids.push(['serial', quote(asPattern(serial))]);
  const rivals = others.filter(
    (other) =>
      other.vendorId === device.vendorId &&
      other.productId === device.productId &&
      (serial === undefined || realSerial(other.serialNumber) === serial),
  );
  if (rivals.length === 0) return { selectors: ids, notes: [] };
  const product = device.product?.trim();
  if (product && rivals.every((rival) => rival.product?.trim() !== product)) {
    return { selectors: [...ids, ['product', quote(asPattern(product))]], notes: [] };
  }
  const sentence = `${rivals.length + 1} units look the same and have no serial number of their own`;
  const { usb } = device;
  if (!usb) return { selectors: ids, notes: [`${sentence}: which section gets which is not certain.`] };
  const port = Number(usb.ports.split('.').at(-1));
  return {
    selectors: [...ids, ['bus', digits(usb.bus)], ['busport', digits(port)]],
    notes: [`${sentence}: they are told apart by their sockets, so leave the cables where they are.`],
  };
}

const digits = (value: number): string => String(value).padStart(3, '0');

/** Makers without serial numbers write zeros, blanks or the same few digits into all units. */
function realSerial(serial: string | undefined): string | undefined {
  const text = serial?.trim() ?? '';
  return text === '' || /^(.)\1*$/.test(text) ? undefined : text;
}

/** For an extended regular expression of the whole text: signs with a meaning become "any sign". */
const asPattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/"#]/g, '.');
