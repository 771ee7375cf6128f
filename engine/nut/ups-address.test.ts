import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatUpsAddress, parsePort, parseUpsAddress } from './ups-address.ts';

describe('the address of a UPS', () => {
  test.each([
    ['ups', { ups: 'ups', host: 'localhost', port: 3493 }],
    ['ups@nas', { ups: 'ups', host: 'nas', port: 3493 }],
    ['ups@nas.example:3500', { ups: 'ups', host: 'nas.example', port: 3500 }],
    ['ups@192.0.2.1:nut', { ups: 'ups', host: '192.0.2.1', port: 3493 }],
    ['ups@[::1]', { ups: 'ups', host: '::1', port: 3493 }],
    ['ups@[fe80::1%eth0]:13493', { ups: 'ups', host: 'fe80::1%eth0', port: 13493 }],
  ])('%s is read', (text, address) => {
    expect(parseUpsAddress(text)).toEqual(address);
  });

  test.each([
    '',
    '@host',
    'ups@',
    'ups@::1',
    'ups@host:',
    'ups@host:0',
    'ups@host:65536',
    'ups@host:x',
    'a@b@c',
    'a b',
  ])('"%s" is refused', (text) => {
    expect(parseUpsAddress(text)).toBeUndefined();
  });

  test('an address that is written and read again is the same', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
    const port = fc.integer({ min: 1, max: 65535 });
    fc.assert(
      fc.property(fc.stringMatching(/^[\w.-]+$/), host, port, (ups, name, number) => {
        const address = { ups, host: name, port: number };
        expect(parseUpsAddress(formatUpsAddress(address))).toEqual(address);
      }),
    );
  });

  test('a port is a number from 1 to 65535 or the service name', () => {
    expect(parsePort('NUT')).toBe(3493);
    expect(parsePort('65535')).toBe(65535);
    for (const text of ['', '0', '-1', '1e3', ' 1', '0x10', '99999']) expect(parsePort(text)).toBeUndefined();
  });
});
