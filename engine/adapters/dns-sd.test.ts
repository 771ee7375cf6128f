import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import fc from 'fast-check';
import type { FullPacket } from 'multicast-dns';
import { describe, expect, test } from 'vitest';
import { type Answer, answerTo, freeLabel, goodbyeOf, HeardServers, QUESTION, recordsOf } from './dns-sd.ts';

/** What multicast-dns reads and writes packets with. */
const { encode, decode } = createRequire(import.meta.resolve('multicast-dns'))('dns-packet') as {
  readonly encode: (packet: Partial<FullPacket>) => Buffer;
  readonly decode: (bytes: Buffer) => FullPacket;
};
/** Nothing where it is no packet: the library drops it then. */
function decoded(bytes: Buffer): readonly (readonly Answer[])[] {
  try {
    const { answers = [], additionals = [] } = decode(bytes);
    return [[...answers, ...additionals]];
  } catch {
    return [];
  }
}

const OFFICE = recordsOf({ name: 'office', port: 3493, addresses: ['192.0.2.7', '2001:db8::7'] });

function heard(...packets: readonly (readonly [answers: readonly Answer[], from: string])[]): HeardServers {
  const servers = new HeardServers();
  for (const [answers, from] of packets) servers.take(answers, from);
  return servers;
}

describe('what is said', () => {
  test('whoever looks for NUT servers gets all there is in one packet', () => {
    const answer = answerTo([{ name: '_NUT._tcp.local', type: 'PTR' }], OFFICE);
    expect(answer?.answers).toMatchObject([{ type: 'PTR', data: 'office._nut._tcp.local' }]);
    expect(answer?.additionals.map(({ type }) => type)).toEqual(['SRV', 'TXT', 'A', 'AAAA']);
  });

  test('other questions get what they are about, and those about others no answer', () => {
    const types = (name: string, type: string): string[] | undefined =>
      answerTo([{ name, type: type as 'A' }], OFFICE)?.answers.map((record) => record.type);
    expect(types('office._nut._tcp.local', 'ANY')).toEqual(['SRV', 'TXT']);
    expect(types('ridethrough-office.local', 'A')).toEqual(['A']);
    expect(answerTo([{ name: '_services._dns-sd._udp.local', type: 'PTR' }], OFFICE)).toMatchObject({
      answers: [{ data: '_nut._tcp.local' }],
      additionals: [],
    });
    expect(types('office.local', 'A')).toBeUndefined();
    expect(types('_http._tcp.local', 'PTR')).toBeUndefined();
  });

  test('no two names share their addresses, in whatever script', () => {
    const names = ['事務所', '機械室', 'office', 'office (2)', 'x'.repeat(58), `${'x'.repeat(58)} (2)`];
    const hosts = names.map((name) =>
      recordsOf({ name, port: 1, addresses: ['192.0.2.1'] }).find(({ type }) => type === 'A'),
    );
    expect(new Set(hosts.map((record) => record?.name)).size).toBe(names.length);
    for (const host of hosts) expect(host?.name).toMatch(/^ridethrough-[a-z0-9-]{1,51}\.local$/);
  });

  test('a goodbye takes back what was said, but not that there are servers', () => {
    const servers = heard([OFFICE, '192.0.2.7'], [goodbyeOf(OFFICE), '192.0.2.7']);
    expect(servers.servers()).toEqual([]);
    expect(goodbyeOf(OFFICE).map(({ name }) => name)).not.toContain('_services._dns-sd._udp.local');
  });

  test('a name that others have gets a number, and one with dots is one label', () => {
    expect(freeLabel('office', new Set())).toBe('office');
    expect(freeLabel('Office', new Set(['office', 'office (2)']))).toBe('Office (3)');
    expect(freeLabel('a.b', new Set())).toBe('a-b');
    const taken = new Set(
      Array.from({ length: 98 }, (_, at) => freeLabel('x'.repeat(80), new Set()) + (at > 0 ? ` (${at + 1})` : '')),
    );
    expect(freeLabel('x'.repeat(80), taken)).toMatch(/^x{58} \(99\)$/);
    // Three bytes each.
    expect(freeLabel('機'.repeat(63), new Set())).toBe('機'.repeat(19));
    const labels = recordsOf({ name: 'x'.repeat(58), port: 1, addresses: ['192.0.2.1'] }).flatMap(({ name }) =>
      name.split('.'),
    );
    for (const label of labels) expect(label.length).toBeLessThan(64);
  });
});

describe('what is heard', () => {
  test('a server with its name, address and port', () => {
    expect(heard([OFFICE, '192.0.2.7']).servers()).toEqual([{ name: 'office', host: '192.0.2.7', port: 3493 }]);
  });

  test('of several addresses the one it speaks from, else one of IPv4, else where it came from', () => {
    const several = recordsOf({ name: 'nas', port: 1, addresses: ['2001:db8::1', '172.17.0.1', '192.0.2.9'] });
    const hostFrom = (records: readonly Answer[], from: string) => heard([records, from]).servers()[0]?.host;
    expect(hostFrom(several, '192.0.2.9')).toBe('192.0.2.9');
    expect(hostFrom(several, '198.51.100.1')).toBe('172.17.0.1');
    expect(hostFrom(recordsOf({ name: 'nas', port: 1, addresses: [] }), '192.0.2.9')).toBe('192.0.2.9');
  });

  test('in pieces: what is missing is asked for, until it is there', () => {
    const of = (type: string): readonly Answer[] => OFFICE.filter((record) => record.type === type);
    const servers = heard([of('PTR'), 'x']);
    expect([servers.servers(), servers.missing()]).toEqual([[], [{ name: 'office._nut._tcp.local', type: 'SRV' }]]);
    servers.take(of('SRV'), '192.0.2.8');
    expect(servers.missing()).toEqual([{ name: 'ridethrough-office.local', type: 'A' }]);
    servers.take(of('A'), '192.0.2.8');
    expect([servers.servers(), servers.missing()]).toEqual([[{ name: 'office', host: '192.0.2.7', port: 3493 }], []]);
  });

  test('services of other kinds are none', () => {
    const printer: readonly Answer[] = [
      { type: 'PTR', name: '_ipp._tcp.local', data: 'x._ipp._tcp.local' },
      { type: 'PTR', name: QUESTION.name, data: 'x._ipp._tcp.local' },
      { type: 'SRV', name: 'x._ipp._tcp.local', data: { port: 631, target: 'x.local' } },
    ];
    const servers = heard([printer, '192.0.2.1']);
    expect([servers.servers(), servers.missing()]).toEqual([[], []]);
  });

  test('a server with two names is one', () => {
    const other = recordsOf({ name: 'UPS of the office', port: 3493, addresses: ['192.0.2.7'] });
    expect(heard([OFFICE, '192.0.2.7'], [other, '192.0.2.7']).servers()).toMatchObject([{ name: 'office' }]);
  });

  test('an address that leads to nobody else is none', () => {
    const lost = recordsOf({ name: 'nas', port: 1, addresses: ['127.0.1.1', 'fe80::1', '::1', '0.0.0.0'] });
    expect(heard([lost, '192.0.2.9']).servers()).toMatchObject([{ host: '192.0.2.9' }]);
  });

  test('a name that is no text is left out, and not asked for', () => {
    const named = (name: string): readonly Answer[] => recordsOf({ name, port: 1, addresses: [] });
    const [pointer] = named('nas');
    const target: Answer = { type: 'SRV', name: 'nas._nut._tcp.local', data: { port: 1, target: '\uFFFD.local' } };
    const servers = heard(
      [named('a\u001B[2J'), '192.0.2.1'],
      [named('\uFFFD'), '192.0.2.1'],
      [[...(pointer ? [pointer] : []), target], '192.0.2.1'],
    );
    expect(servers.servers()).toEqual([]);
    expect(servers.missing()).toEqual([{ name: 'nas._nut._tcp.local', type: 'SRV' }]);
  });

  test('packets of any bytes end in servers that can be shown, and in questions that are packets again', () => {
    const packetOf = (name: string): Buffer =>
      encode({ type: 'response', answers: [...recordsOf({ name, port: 1, addresses: [] })] });
    const said = packetOf('office');
    const spoilt = fc
      .array(fc.tuple(fc.nat(said.length - 1), fc.nat(255)), { maxLength: 12 })
      .map((changes) => changes.reduce((bytes, [at, value]) => bytes.fill(value, at, at + 1), Buffer.from(said)));
    // Of one label other bytes, wherever it stands.
    const named = fc.uint8Array({ minLength: 1, maxLength: 50 }).map((label) => {
      const written = 'N'.repeat(label.length);
      const packet = packetOf(written).toString('latin1');
      return Buffer.from(
        packet.replaceAll(written, () => Buffer.from(label).toString('latin1')),
        'latin1',
      );
    });
    const bytes = fc.oneof(
      named,
      spoilt,
      fc.uint8Array({ maxLength: 300 }).map((some) => Buffer.from(some)),
    );
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 8 }), (packets) => {
        const servers = heard(
          ...packets.flatMap((packet) => decoded(packet).map((answers) => [answers, 'x'] as const)),
        );
        for (const { name, host, port } of servers.servers()) {
          expect(name).not.toMatch(/[\p{Cc}\uFFFD]/u);
          expect([host === 'x' || isIP(host) !== 0, port > 0]).toEqual([true, true]);
        }
        const questions = [...servers.missing()];
        expect(decode(encode({ type: 'query', questions })).questions).toHaveLength(questions.length);
      }),
      { numRuns: 500 },
    );
  });

  test('whatever strangers say, there are at most so many servers', () => {
    const record = fc.record({ name: fc.stringMatching(/^[a-z0-9 ]{1,20}$/), port: fc.nat(65_535) });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 200, size: 'max' }), (given) => {
        const servers = heard(
          ...given.map((one, at) => {
            const address = `192.0.2.${at}`;
            return [recordsOf({ ...one, addresses: [address] }), address] as const;
          }),
        );
        expect(servers.servers().length).toBeLessThanOrEqual(64);
        for (const { port } of servers.servers()) expect(port).toBeGreaterThan(0);
      }),
      { numRuns: 30 },
    );
  });
});
