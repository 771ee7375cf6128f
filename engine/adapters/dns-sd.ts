/**
 * A NUT server as a service of the local network (DNS-SD, `_nut._tcp`): what is said of one, and what is heard of others.
 * Pure; the records are those of multicast-dns. Sources: RFC 6762 (multicast DNS), RFC 6763 (service discovery).
 */
import { createHash } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { FullPacket } from 'multicast-dns';
import type { AnnouncedServer } from '#engine/ports.ts';

export type Answer = NonNullable<FullPacket['answers']>[number];
type Question = NonNullable<FullPacket['questions']>[number];
type Place = Extract<Answer, { readonly type: 'SRV' }>['data'];

const TYPE = '_nut._tcp.local';
/** Where all types of services are listed. */
const ALL_TYPES = '_services._dns-sd._udp.local';
/** Seconds: what names an address, and everything else. RFC 6762, section 10. */
const HOST_TTL = 120;
const OTHER_TTL = 4500;
/** In bytes of UTF-8. */
const LONGEST_LABEL = 63;
/** More than any network has; strangers can say what they like. */
const MOST_SERVERS = 64;
const MOST_ADDRESSES = 16;
/** Control characters and bytes that are no text (forbidden, RFC 6763, 4.1.1), empty labels: they cannot be asked for. */
const NO_NAME = /[\p{Cc}\uFFFD]|^\.|\.\.|\.$/u;
/** Addresses that lead nowhere from another computer, or to that one itself. */
const UNREACHABLE = /^(?:127\.|0\.|::1?$|fe80:)/i;

/** What is announced on one link. */
export interface Announcement {
  /** What people see: the name of the computer. */
  readonly name: string;
  readonly port: number;
  /** Of this computer on that link. */
  readonly addresses: readonly string[];
}

export const QUESTION: Question = { name: TYPE, type: 'PTR' };

/** A label of a name: no dots, and no longer than one may be. */
export function labelOf(text: string): string {
  let label = '';
  for (const letter of text.replaceAll('.', '-')) {
    if (Buffer.byteLength(label + letter) > LONGEST_LABEL - ' (99)'.length) break;
    label += letter;
  }
  return label;
}

/** `NAME`, or `NAME (2)` and so on where others on the network have it. RFC 6763, appendix D. */
export function freeLabel(name: string, taken: ReadonlySet<string>): string {
  const label = labelOf(name);
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? label : `${label} (${number})`;
    if (!taken.has(candidate.toLowerCase())) return candidate;
  }
}

/**
 * The address stands under a name of the program's own: that of the computer belongs to the system's own responder, which
 * would take another set of addresses for somebody else who claims its name. Of a name that no host could have its digest
 * stands there: cut or spelt out, two names may become one.
 */
const hostOf = (name: string): string =>
  /^[a-z0-9-]{1,50}$/i.test(name)
    ? `ridethrough-${name}.local`
    : `ridethrough-${createHash('sha256').update(name.toLowerCase()).digest('hex').slice(0, 16)}.local`;

export function recordsOf({ name, port, addresses }: Announcement): readonly Answer[] {
  const service = `${name}.${TYPE}`;
  const host = hostOf(name);
  return [
    { type: 'PTR', name: TYPE, ttl: OTHER_TTL, data: service },
    { type: 'PTR', name: ALL_TYPES, ttl: OTHER_TTL, data: TYPE },
    { type: 'SRV', name: service, ttl: HOST_TTL, flush: true, data: { port, target: host } },
    // Nothing is to be said, and that is one empty text.
    { type: 'TXT', name: service, ttl: OTHER_TTL, flush: true, data: [''] },
    ...addresses.map((data): Answer => ({
      type: isIPv4(data) ? 'A' : 'AAAA',
      name: host,
      ttl: HOST_TTL,
      flush: true,
      data,
    })),
  ];
}

/** The records as they are taken back. That there are services of this type others may say too. */
export const goodbyeOf = (records: readonly Answer[]): Answer[] =>
  records.filter(({ name }) => name !== ALL_TYPES).map((record) => ({ ...record, ttl: 0 }) as Answer);

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** What is answered to questions, with what will be asked next beside it; undefined where they are for others. */
export function answerTo(
  questions: readonly Question[],
  records: readonly Answer[],
): { readonly answers: Answer[]; readonly additionals: Answer[] } | undefined {
  const isAsked = (record: Answer): boolean =>
    // The type ANY is not in the library's list of types.
    questions.some(({ name, type }) => isSame(name, record.name) && new Set<string>(['ANY', record.type]).has(type));
  const answers = records.filter(isAsked);
  if (answers.length === 0) return undefined;
  const isAboutUs = answers.some(({ name }) => name !== ALL_TYPES);
  return { answers, additionals: records.filter((record) => isAboutUs && !isAsked(record) && record.type !== 'PTR') };
}

/** Puts together what comes in several packets, in whatever order. */
export class HeardServers {
  /** By name in lower case: the name as it was written. */
  readonly #services = new Map<string, string>();
  readonly #places = new Map<string, { readonly data: Place; readonly from: string }>();
  readonly #addresses = new Map<string, Set<string>>();

  /** @param from address that sent it */
  take(records: readonly Answer[], from: string): void {
    for (const record of records) {
      const key = record.name.toLowerCase();
      switch (record.type) {
        case 'PTR': {
          const service = record.data.toLowerCase();
          if (key !== TYPE || !service.endsWith(`.${TYPE}`) || NO_NAME.test(service)) break;
          if (record.ttl === 0) this.#services.delete(service);
          else if (this.#services.size < MOST_SERVERS) this.#services.set(service, record.data);
          break;
        }
        case 'SRV':
          if (NO_NAME.test(record.data.target)) break;
          if (record.ttl !== 0 && key.endsWith(`.${TYPE}`) && this.#places.size < MOST_SERVERS) {
            this.#places.set(key, { data: record.data, from });
          }
          break;
        case 'A':
        case 'AAAA':
          if (record.ttl !== 0 && !UNREACHABLE.test(record.data)) this.#takeAddress(key, record.data);
          break;
        default:
          break; // nothing that leads to a server
      }
    }
  }

  #takeAddress(host: string, address: string): void {
    const known = this.#addresses.get(host) ?? new Set();
    if (known.size >= MOST_ADDRESSES || this.#addresses.size >= 4 * MOST_SERVERS) return;
    this.#addresses.set(host, known.add(address));
  }

  /** What has to be asked besides, because it did not come along. */
  missing(): readonly Question[] {
    return [...this.#services].flatMap(([key, name]): Question[] => {
      const place = this.#places.get(key);
      if (!place) return [{ name, type: 'SRV' }];
      const { target } = place.data;
      return this.#addresses.has(target.toLowerCase()) ? [] : [{ name: target, type: 'A' }];
    });
  }

  /** Labels of the services, in lower case. */
  names(): ReadonlySet<string> {
    return new Set([...this.#services.keys()].map((name) => name.slice(0, -TYPE.length - 1)));
  }

  /** One that goes by several names is told once, by the first. */
  servers(): readonly AnnouncedServer[] {
    const all = [...this.#services].flatMap(([key, name]): AnnouncedServer[] => {
      const place = this.#places.get(key);
      if (!place) return [];
      const { port, target } = place.data;
      const addresses = [...(this.#addresses.get(target.toLowerCase()) ?? [])];
      // A computer with several addresses is reached at the one it speaks from.
      const [first = place.from] = addresses.includes(place.from) ? [place.from] : addresses.toSorted(ipv4First);
      return port === 0 ? [] : [{ name: name.slice(0, -TYPE.length - 1), host: first, port }];
    });
    const isFirst = ({ host, port }: AnnouncedServer, at: number): boolean =>
      all.findIndex((other) => other.host === host && other.port === port) === at;
    return all.filter(isFirst);
  }
}

const ipv4First = (one: string, other: string): number => Number(isIPv4(other)) - Number(isIPv4(one));
