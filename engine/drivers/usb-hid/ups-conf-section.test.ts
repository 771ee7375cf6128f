import { describe, expect, test } from 'vitest';
import { claimDevice } from '#engine/devices/match.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';
import { parseLines } from '#engine/nut/words.ts';
import { describeSections } from './ups-conf-section.ts';

const ups = (more: Partial<HidDeviceInfo> = {}): HidDeviceInfo => ({
  path: '/dev/hidraw0',
  vendorId: 0x051d,
  productId: 2,
  product: 'Back-UPS ES',
  usagePage: 0x84,
  ...more,
});

/** The options of a section as NUT's own grammar reads them. */
function optionsOf(text: string): Record<string, string> {
  const options: Record<string, string> = {};
  for (const line of parseLines(Buffer.from(text))) {
    if (line.words === undefined) throw new Error('the section does not parse');
    const [key, equals, value] = line.words;
    if (equals === '=' && key !== undefined && value !== undefined) options[key] = value;
  }
  return options;
}

describe('a section', () => {
  test('names driver, port and the unit', () => {
    expect(describeSections([ups({ serialNumber: '4B1234P56789  ' })])[0]?.text).toBe(
      `[ups]
  driver = usbhid-ups
  port = auto
  vendorid = 051d
  productid = 0002
  serial = "4B1234P56789"
  desc = "Back-UPS ES"
`,
    );
  });

  test('tells the lines that select it by themselves', () => {
    expect(describeSections([ups({ serialNumber: '4B1234P56789' })])[0]?.selectors).toEqual([
      'vendorid = 051d',
      'productid = 0002',
      'serial = "4B1234P56789"',
    ]);
  });

  test('selects the very unit and no other', () => {
    const devices = [
      ups({ serialNumber: 'A1' }),
      ups({ serialNumber: 'B2' }),
      ups({ vendorId: 0x0764, productId: 0x0501, product: 'CP "1500" \\ #1', serialNumber: '000000' }),
      ups({ product: 'Back-UPS (X) 1.2+3' }),
    ];
    const matrix = describeSections(devices).map(({ text }) =>
      devices.map((device) => claimDevice(device, optionsOf(text)).kind !== 'refused'),
    );
    expect(matrix).toEqual(devices.map((_, row) => devices.map((__, column) => row === column)));
  });

  test('does not rely on serial numbers that all units share', () => {
    for (const serialNumber of ['', '000000000000', 'XXXX', '   ']) {
      expect(describeSections([ups({ serialNumber })])[0]?.text).not.toContain('serial');
    }
  });

  test('tells twins apart by their sockets, and says what that means', () => {
    const [first, second] = describeSections([
      ups({ usb: { bus: 1, address: 4, ports: '1.2' } }),
      ups({ usb: { bus: 1, address: 5, ports: '1.3' } }),
    ]);
    expect(first?.text).toContain('bus = 001\n  busport = 002');
    expect(second?.text).toContain('[ups2]');
    expect(second?.text).toContain('busport = 003');
    expect(first?.notes[0]).toContain('leave the cables where they are');
  });

  test('tells that twins cannot be told apart where sockets are not known', () => {
    expect(describeSections([ups(), ups()])[0]?.notes[0]).toContain('not certain');
  });

  test('tells units of the same ids apart by their names', () => {
    const [first] = describeSections([ups({ product: 'Smart-UPS' }), ups({ product: 'Back-UPS' })]);
    expect(first?.text).toContain('product = "Smart-UPS"');
  });
});
