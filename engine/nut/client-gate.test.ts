import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressRange } from '#domain/schema/settings/parts.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { listLog } from '#tests/support/nut-server.ts';
import { createClientGate } from './client-gate.ts';

function gateWith(list: readonly string[]) {
  const clock = createFakeClock();
  const logged: string[] = [];
  const gate = createClientGate(clock, listLog(logged));
  gate.allow(list);
  return { gate, clock, logged };
}
const admitted = (list: readonly string[], addresses: readonly string[]): readonly string[] =>
  addresses.filter((address) => gateWith(list).gate.admits(address));

describe('who may connect', () => {
  test('everybody, without a list', () => {
    expect(admitted([], ['8.8.8.8', '2001:db8::1', 'fe80::1%eth0'])).toHaveLength(3);
  });

  test('with a list its addresses and networks, and this computer itself', () => {
    const all = [
      '192.168.1.7',
      '192.168.1.8',
      '10.1.2.3',
      '11.0.0.1',
      'fd00::7',
      'fd00::8',
      '2001:db8:1::1',
      '2001:db9::1',
    ];
    expect(admitted(['192.168.1.7', '10.0.0.0/8', 'fd00::7', '2001:db8::/32'], all)).toEqual([
      '192.168.1.7',
      '10.1.2.3',
      'fd00::7',
      '2001:db8:1::1',
    ]);
    expect(admitted(['192.168.1.7'], ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])).toHaveLength(4);
  });

  test('a network may be written with the address of a computer in it', () => {
    expect(admitted(['192.168.1.77/24'], ['192.168.1.1', '192.168.2.1'])).toEqual(['192.168.1.1']);
  });

  test('IPv4 within IPv6 is IPv4, in the list as on the wire', () => {
    const list = ['192.168.1.7', '::ffff:192.168.2.7', '::ffff:c0a8:0300/120'];
    const own = ['192.168.1.7', '::ffff:192.168.1.7', '::FFFF:192.168.2.7', '192.168.2.7', '192.168.3.200'];
    expect(admitted(list, [...own, '::ffff:192.168.1.8', '192.168.4.1'])).toEqual(own);
  });

  test('every address of one kind is none of the other kind', () => {
    expect(admitted(['::/0'], ['8.8.8.8', '::ffff:8.8.8.8', '2001:db8::1'])).toEqual(['2001:db8::1']);
    expect(admitted(['0.0.0.0/0'], ['8.8.8.8', '::ffff:8.8.8.8', '2001:db8::1'])).toEqual([
      '8.8.8.8',
      '::ffff:8.8.8.8',
    ]);
  });

  test('by which cable somebody comes does not matter', () => {
    expect(admitted(['fe80::7'], ['fe80::7%eth0', 'fe80::7%to1', 'fe80::8%eth0'])).toEqual([
      'fe80::7%eth0',
      'fe80::7%to1',
    ]);
  });

  test('what is no address is not admitted', () => {
    expect(admitted(['192.168.1.7', '::/0'], ['', 'nas', '%eth0'])).toEqual([]);
  });
});

describe('every list that the settings take', () => {
  const bytes = (count: number) => fc.uint8Array({ minLength: count, maxLength: count });
  /** Address as bytes, the same as text, and the length of a network around it. */
  const range = fc.oneof(
    fc.record({ of: bytes(4), prefix: fc.integer({ min: 0, max: 32 }) }),
    fc.record({ of: bytes(16), prefix: fc.integer({ min: 0, max: 128 }) }),
  );
  const written = (of: Uint8Array): string =>
    of.length === 4
      ? of.join('.')
      : Array.from({ length: 8 }, (_, at) => ((of[at * 2]! << 8) | of[at * 2 + 1]!).toString(16)).join(':');
  const bitsOf = (of: Uint8Array): string => [...of].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const isLoopback = (of: Uint8Array): boolean => of.length === 4 && of[0] === 127;

  test('admits who shares its first bits, and nobody else', () => {
    fc.assert(
      fc.property(range, bytes(16), fc.nat(), ({ of, prefix }, noise, flip) => {
        const entry = `${written(of)}/${prefix}`;
        expect(AddressRange.safeParse(entry).success).toBe(true);
        const { gate } = gateWith([entry]);
        // The same, one bit besides it, and anybody.
        const beside = of.slice();
        const at = flip % (of.length * 8);
        beside[at >> 3]! ^= 0x80 >> (at & 7);
        for (const other of [of, beside, noise.slice(0, of.length)]) {
          const isWithin = bitsOf(other).startsWith(bitsOf(of).slice(0, prefix));
          expect(gate.admits(written(other))).toBe(isWithin || isLoopback(other));
        }
      }),
    );
  });

  test('can be put to work, in whatever spelling', () => {
    const text = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.ipV4Extended(),
      fc.tuple(fc.ipV6(), fc.nat(130)).map(([address, prefix]) => `${address}/${prefix}`),
      fc.tuple(fc.ipV4(), fc.nat(34)).map(([address, prefix]) => `${address}/${prefix}`),
    );
    fc.assert(
      fc.property(text, (entry) => {
        fc.pre(AddressRange.safeParse(entry).success);
        expect(gateWith([entry]).gate.admits(entry.replace(/\/.*/, ''))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('who was turned away', () => {
  test('is told once within an hour, and counted each time', async () => {
    const { gate, clock, logged } = gateWith(['192.168.1.7']);
    for (let count = 0; count < 3; count += 1) gate.refuse('::ffff:192.168.1.9');
    const first = clock.now();
    await clock.advance(60_000);
    gate.refuse('192.168.1.10');
    expect(logged).toEqual([
      'warn 192.168.1.9 was refused: it is none of the allowed addresses (server.allow)',
      'warn 192.168.1.10 was refused: it is none of the allowed addresses (server.allow)',
    ]);
    expect(gate.refusals()).toEqual([
      { address: '192.168.1.10', count: 1, lastAt: clock.now() },
      { address: '192.168.1.9', count: 3, lastAt: first },
    ]);
    expect(gate.refusedCount).toBe(4);
    await clock.advance(3_600_000);
    gate.refuse('192.168.1.9');
    expect(logged).toHaveLength(3);
  });

  test('a scanner with many addresses fills neither the log nor the memory', async () => {
    const { gate, clock, logged } = gateWith(['192.168.1.7']);
    for (let host = 0; host < 5_000; host += 1) gate.refuse(`10.0.${host >> 8}.${host & 255}`);
    expect(logged).toHaveLength(21);
    expect(logged.at(-1)).toMatch(/for a while no more/);
    expect(gate.refusals()).toHaveLength(50);
    expect(gate.refusals()[0]?.address).toBe('10.0.19.135');
    expect(gate.refusedCount).toBe(5_000);
    // Later, news are told again.
    await clock.advance(3_600_000);
    gate.refuse('192.168.1.9');
    expect(logged.at(-1)).toMatch(/^warn 192\.168\.1\.9 /);
  });

  test('is forgotten after a day, and as soon as it may connect', async () => {
    const { gate, clock } = gateWith(['192.168.1.7']);
    gate.refuse('192.168.1.8');
    gate.refuse('192.168.1.9');
    gate.allow(['192.168.1.7', '192.168.1.8']);
    expect(gate.refusals().map(({ address }) => address)).toEqual(['192.168.1.9']);
    await clock.advance(24 * 3_600_000);
    expect(gate.refusals()).toEqual([]);
  });
});
