import { describe, expect, test } from 'vitest';
import { textIn } from '#domain/messages/message.ts';
import type { Claim } from '#engine/devices/binding.ts';
import { claimDevice } from '#engine/devices/match.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';
import { chooseDevice, describeSearch, type Wish } from './device-choice.ts';
import { createDeviceClaims } from './device-claims.ts';

const ups = (path: string, more: Partial<HidDeviceInfo> = {}): HidDeviceInfo => ({
  path,
  vendorId: 0x051d,
  productId: 2,
  product: 'Back-UPS',
  usagePage: 0x84,
  ...more,
});
const wish = (options: Wish['options'] = {}, more: Partial<Wish> = {}): Wish => ({
  owner: 'office',
  port: 'auto',
  options,
  ...more,
});
const paths = (devices: readonly HidDeviceInfo[], asked: Wish, claims = createDeviceClaims()): string[] =>
  chooseDevice(devices, asked, claimDevice, claims).candidates.map(({ device }) => device.path);

const A = ups('a', { usb: { bus: 1, address: 7, ports: '1.4' } });
const B = ups('b', { usb: { bus: 2, address: 12, ports: '3' } });

describe('choosing a device', () => {
  test.each([
    [{ bus: '001' }, ['a']],
    [{ bus: '00[12]' }, ['a', 'b']],
    [{ bus: '1' }, []],
    [{ device: '012' }, ['b']],
    [{ busport: '004' }, ['a']],
    [{ busport: '003', bus: '001' }, []],
    [{ vendorid: '051D', productid: '000.' }, ['a', 'b']],
    [{ productid: '0003' }, []],
  ])('by %j leaves %j', (options, expected) => {
    expect(paths([A, B], wish(options))).toEqual(expected);
  });

  test('by its place is not possible where the system does not tell it, and says so', () => {
    const choice = chooseDevice([ups('a')], wish({ bus: '001' }), claimDevice, undefined);
    expect(choice.candidates).toEqual([]);
    expect(textIn(choice.refusals[0])).toContain('does not tell where it hangs');
  });

  test('by its interface', () => {
    const two = [ups('a', { interfaceNumber: 0 }), ups('b', { interfaceNumber: 1 })];
    expect(paths(two, wish({ usb_hid_rep_index: '1' }))).toEqual(['b']);
  });

  test('by a path in port takes that one, other words mean any', () => {
    const devices = [ups('/dev/hidraw0'), ups('/dev/hidraw1')];
    expect(paths(devices, wish({}, { port: '/dev/hidraw1' }))).toEqual(['/dev/hidraw1']);
    expect(paths(devices, wish({}, { port: 'usb' }))).toHaveLength(2);
  });

  test('prefers a known unit to a guess', () => {
    const kinds: Record<string, Claim> = {
      a: { kind: 'guess', definition: 'x', reason: '' },
      b: { kind: 'known', definition: 'x', reason: '' },
    };
    const choice = chooseDevice([A, B], wish(), ({ path }) => kinds[path]!, undefined);
    expect(choice.candidates.map(({ device }) => device.path)).toEqual(['b', 'a']);
  });

  test('prefers the unit that the section had, in the same socket first', () => {
    const claims = createDeviceClaims();
    claims.remember('office', B);
    expect(paths([A, B], wish(), claims)).toEqual(['b', 'a']);
    const moved = { ...B, path: 'c', usb: { bus: 2, address: 13, ports: '4' } };
    expect(paths([{ ...A, serialNumber: 'X' }, moved], wish(), claims)).toEqual(['c', 'a']);
  });

  test('forgets the unit that the section had with allow_duplicates', () => {
    const claims = createDeviceClaims();
    claims.remember('office', B);
    expect(paths([A, B], wish({ allow_duplicates: true }), claims)).toEqual(['a', 'b']);
  });

  test('leaves units of other sections to them, and those they wait for', () => {
    const claims = createDeviceClaims();
    claims.take(A, 'first');
    claims.remember('second', B);
    const choice = chooseDevice([A, B], wish(), claimDevice, claims);
    expect(choice.candidates).toEqual([]);
    expect(textIn(choice.refusals)).toContain('used by [first]');
    expect(textIn(choice.refusals)).toContain('another section waits for it');
  });

  test('does not keep a unit for a section that has another one by now', () => {
    const claims = createDeviceClaims();
    claims.remember('second', B);
    claims.take(A, 'second');
    expect(paths([A, B], wish(), claims)).toEqual(['b']);
  });
});

describe('the search in words', () => {
  test('names what came close first and counts the rest', () => {
    const strangers = Array.from({ length: 5 }, (_, index) =>
      ups(`k${index}`, { vendorId: 0x1234, product: `Keyboard ${index}`, usagePage: 1 }),
    );
    const devices = [...strangers, A];
    const choice = chooseDevice(devices, wish({ serial: 'none' }), claimDevice, undefined);
    const text = textIn(describeSearch(devices, choice.refusals)) ?? '';
    expect(text.startsWith('Back-UPS (051d:0002): ')).toBe(true);
    expect(text.endsWith('; more HID devices: 3')).toBe(true);
  });

  test('without devices says so', () => {
    expect(textIn(describeSearch([], []))).toBe('no HID device is attached');
  });
});

describe('claims', () => {
  test('are given back by the one who has them', () => {
    const claims = createDeviceClaims();
    const release = claims.take(A, 'first');
    expect(claims.take(A, 'second')).toBeUndefined();
    release?.();
    const second = claims.take(A, 'second');
    expect(second).toBeDefined();
    release?.();
    expect(claims.ownerOf(A)).toBe('second');
  });
});
