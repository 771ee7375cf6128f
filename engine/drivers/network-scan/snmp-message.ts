/**
 * SNMP version 1 as far as a search needs it: one GetRequest for one object, and the answer to it. Pure.
 * Source: RFC 1157; BER as in ITU-T X.690.
 */

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const NULL = 0x05;
const OBJECT_ID = 0x06;
const GET_REQUEST = 0xa0;
const GET_RESPONSE = 0xa2;
/** Counter, gauge, time ticks. */
const WHOLE_NUMBERS: readonly number[] = [INTEGER, 0x41, 0x42, 0x43];
const VERSION_1 = 0;

export interface SnmpAnswer {
  readonly requestId: number;
  /** Text, number or object id as text; undefined where the agent has no such object. */
  readonly value: string | undefined;
}

const element = (tag: number, content: Uint8Array): Uint8Array => {
  const { length } = content;
  const head = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.from(head), content]);
};
const several = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => element(tag, Buffer.concat(parts));

/** @param value from 0 to 2³¹-1 */
function integer(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  let start = 0;
  while (start < 3 && bytes[start] === 0 && (bytes[start + 1] ?? 0) < 0x80) start += 1;
  return element(INTEGER, bytes.subarray(start));
}

function objectId(oid: string): Uint8Array {
  const [first = 0, second = 0, ...arcs] = oid.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of arcs) {
    const digits = [arc % 0x80];
    for (let rest = Math.floor(arc / 0x80); rest > 0; rest = Math.floor(rest / 0x80))
      digits.unshift((rest % 0x80) | 0x80);
    bytes.push(...digits);
  }
  return element(OBJECT_ID, Uint8Array.from(bytes));
}

/** @param oid numbers joined by dots, none in front */
export const encodeGet = (community: string, requestId: number, oid: string): Uint8Array =>
  several(
    SEQUENCE,
    integer(VERSION_1),
    element(OCTET_STRING, Buffer.from(community, 'utf8')),
    several(
      GET_REQUEST,
      integer(requestId),
      integer(0),
      integer(0),
      several(SEQUENCE, several(SEQUENCE, objectId(oid), element(NULL, new Uint8Array()))),
    ),
  );

class BrokenMessage extends Error {}

/** Takes one element after the other out of some bytes. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  next(): { readonly tag: number; readonly content: Uint8Array } {
    const tag = this.#byte();
    const first = this.#byte();
    let length = first;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count < 1 || count > 2) throw new BrokenMessage();
      length = 0;
      for (let place = 0; place < count; place++) length = length * 256 + this.#byte();
    }
    const content = this.#bytes.subarray(this.#at, this.#at + length);
    if (content.length < length) throw new BrokenMessage();
    this.#at += length;
    return { tag, content };
  }

  expect(tag: number): Uint8Array {
    const found = this.next();
    if (found.tag !== tag) throw new BrokenMessage();
    return found.content;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new BrokenMessage();
    return byte;
  }
}

function numberOf(content: Uint8Array): number {
  if (content.length < 1 || content.length > 6) throw new BrokenMessage();
  return Buffer.from(content).readIntBE(0, content.length);
}

function objectIdText(content: Uint8Array): string {
  const [head, ...rest] = content;
  if (head === undefined) throw new BrokenMessage();
  const arcs = [Math.min(2, Math.floor(head / 40))];
  arcs.push(head - 40 * (arcs[0] ?? 0));
  let arc = 0;
  for (const byte of rest) {
    arc = arc * 0x80 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    arcs.push(arc);
    arc = 0;
  }
  return arcs.join('.');
}

function valueText(tag: number, content: Uint8Array): string | undefined {
  if (tag === OCTET_STRING) return Buffer.from(content).toString('utf8');
  if (tag === OBJECT_ID) return objectIdText(content);
  return WHOLE_NUMBERS.includes(tag) ? String(numberOf(content)) : undefined;
}

/** @returns undefined for anything that is no answer to a request of ours */
export function decodeAnswer(bytes: Uint8Array): SnmpAnswer | undefined {
  try {
    const message = new Reader(new Reader(bytes).expect(SEQUENCE));
    if (numberOf(message.expect(INTEGER)) !== VERSION_1) return undefined;
    message.expect(OCTET_STRING);
    const answer = new Reader(message.expect(GET_RESPONSE));
    const requestId = numberOf(answer.expect(INTEGER));
    const error = numberOf(answer.expect(INTEGER));
    answer.expect(INTEGER);
    if (error !== 0) return { requestId, value: undefined };
    const binding = new Reader(new Reader(answer.expect(SEQUENCE)).expect(SEQUENCE));
    binding.expect(OBJECT_ID);
    const { tag, content } = binding.next();
    return { requestId, value: valueText(tag, content) };
  } catch (error) {
    if (error instanceof BrokenMessage) return undefined;
    throw error;
  }
}
