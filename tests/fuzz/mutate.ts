import type { Random } from './random.ts';

/** Items that make a parser work hard or lose its place: bombs, ends, pushes, ranges, long items. */
const NASTY: readonly (readonly number[])[] = [
  [0x97, 0xff, 0xff, 0xff, 0xff],
  [0x77, 0xff, 0xff, 0xff, 0xff],
  [0x96, 0xff, 0xff],
  [0x75, 0x01, 0x96, 0xff, 0xff],
  [0x75, 0x00],
  [0x75, 0x3f],
  [0x1b, 0x00, 0x00, 0x00, 0x00, 0x2b, 0xff, 0xff, 0xff, 0xff],
  [0x19, 0xff, 0x29, 0x00],
  [0xa4],
  [0xb4],
  [0xc0],
  [0xa1, 0x00],
  [0xa1, 0xff],
  [0xa9, 0x01],
  [0xa9, 0x00],
  [0x85, 0x00],
  [0x86, 0x01, 0x01],
  [0x27, 0xff, 0xff, 0xff, 0xff],
  [0x17, 0x00, 0x00, 0x00, 0x80],
  [0x37, 0x00, 0x00, 0x00, 0x80, 0x47, 0xff, 0xff, 0xff, 0x7f],
  [0x55, 0x07],
  [0x55, 0x08],
  [0x67, 0x21, 0xd1, 0xf0, 0x00],
  [0xfe, 0xff, 0x00],
  [0xfe, 0x00, 0x00],
  [0x81, 0x00],
  [0xb2, 0x43, 0x01],
];

type Mutation = (bytes: number[], random: Random, other: Uint8Array) => void;

const at = (bytes: readonly number[], random: Random): number => random.below(bytes.length + 1);

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => {
    const index = random.below(bytes.length);
    bytes[index] = (bytes[index] ?? 0) ^ (1 << random.below(8));
  },
  (bytes, random) => {
    bytes[random.below(bytes.length)] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.byte()]);
  },
  (bytes, random) => void bytes.splice(at(bytes, random), 0, random.byte()),
  (bytes, random) => void bytes.splice(at(bytes, random), 1 + random.below(8)),
  (bytes, random) => void bytes.splice(at(bytes, random), 0, ...random.pick(NASTY)),
  (bytes, random) => void bytes.splice(at(bytes, random)),
  (bytes, random) => void bytes.splice(0, random.below(40)),
  (bytes, random) => {
    const from = at(bytes, random);
    const chunk = bytes.slice(from, from + random.below(64));
    const to = at(bytes, random);
    for (let times = 1 + random.below(4); times > 0; times--) bytes.splice(to, 0, ...chunk);
  },
  (bytes, random, other) => {
    bytes.splice(at(bytes, random));
    bytes.push(...other.subarray(random.below(other.length)));
  },
  (bytes, random) => {
    for (let times = random.below(200); times > 0; times--) bytes.push(...random.pick(NASTY));
  },
];

/** A damaged copy: one to a dozen mutations, sometimes with a part of another specimen. Never longer than 8 KiB. */
export function mutate(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const mutant = [...bytes];
  for (let times = 1 + random.below(12); times > 0; times--) random.pick(MUTATIONS)(mutant, random, other);
  return Uint8Array.from(mutant.slice(0, 8192));
}
