/**
 * How a row of the history file holds many values: whole numbers in small steps (docs/adr/0012). Pure.
 *
 * Values become whole numbers of the finest decimal among them and are told as differences, so that most take one byte.
 * A value that is no decimal of up to six places is kept as eight bytes.
 */

/** What a variable was from a moment on; NaN: unknown. Sorted by time. */
export interface Change {
  readonly at: number;
  readonly value: number;
}

/** Buckets of equal length beside each other. NaN: nothing is known of that time. */
export interface BucketColumns {
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
  /** How much of each bucket is known, 0 to 1. */
  readonly known: Float64Array;
}

/** Changes are told to a tenth of a second. */
const TICK_MS = 100;
/** A mean lies within a quarter of the finest decimal. */
const MEAN_STEPS = 4;
const MOST_DECIMALS = 6;
const LARGEST_WHOLE = 2 ** 51;
/** In place of the number of decimals: values are eight bytes each. */
const AS_DOUBLES = 255;

class ByteWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  byte(value: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(this.#length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = value;
  }

  /** A whole number from 0 to 2^53, seven bits a byte. */
  whole(value: number): void {
    let rest = value;
    while (rest > 0x7fffffff) {
      this.byte((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    while (rest > 127) {
      this.byte((rest & 127) | 128);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** A whole number of either sign; near to zero it is short. */
  signed(value: number): void {
    this.whole(value < 0 ? -value * 2 - 1 : value * 2);
  }

  double(value: number): void {
    for (const byte of new Uint8Array(new Float64Array([value]).buffer)) this.byte(byte);
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

class ByteReader {
  readonly #bytes: Uint8Array;
  #place = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#place >= this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.#place++] ?? 0;
  }

  whole(): number {
    let byte = this.byte();
    let value = byte & 127;
    let factor = 128;
    while (byte > 127) {
      byte = this.byte();
      value += (byte & 127) * factor;
      factor *= 128;
    }
    return value;
  }

  signed(): number {
    const value = this.whole();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  double(): number {
    const bytes = this.#bytes.slice(this.#place, this.#place + 8);
    this.#place += 8;
    return new DataView(bytes.buffer).getFloat64(0, true);
  }
}

/** @returns the number of decimals that tells every value, or AS_DOUBLES */
function decimalsOf(...columns: readonly (Float64Array | readonly number[])[]): number {
  let decimals = 0;
  let factor = 1;
  let largest = 0;
  for (const values of columns) {
    for (const value of values) {
      if (Number.isNaN(value)) continue;
      largest = Math.max(largest, Math.abs(value));
      while (Math.round(value * factor) / factor !== value) {
        decimals += 1;
        if (decimals > MOST_DECIMALS) return AS_DOUBLES;
        factor = 10 ** decimals;
      }
    }
  }
  return largest * factor > LARGEST_WHOLE ? AS_DOUBLES : decimals;
}

/** @param start where the first change stands; later ones follow in order */
export function encodeChanges(changes: readonly Change[], start: number): Uint8Array {
  const writer = new ByteWriter();
  const decimals = decimalsOf(changes.map(({ value }) => value));
  const factor = 10 ** decimals;
  writer.byte(decimals);
  let tick = 0;
  let last = 0;
  for (const { at, value } of changes) {
    const now = Math.round((at - start) / TICK_MS);
    writer.whole(now - tick);
    tick = now;
    if (Number.isNaN(value)) writer.byte(0);
    else if (decimals === AS_DOUBLES) {
      writer.byte(1);
      writer.double(value);
    } else {
      const whole = Math.round(value * factor);
      const step = whole - last;
      writer.whole((step < 0 ? -step * 2 - 1 : step * 2) + 1);
      last = whole;
    }
  }
  return writer.done();
}

/**
 * Tells each time in which a value held.
 * @param start as it was encoded
 * @param until where the last one ends
 */
export function decodeChanges(
  data: Uint8Array,
  start: number,
  until: number,
  tell: (start: number, end: number, value: number) => void,
): void {
  const reader = new ByteReader(data);
  const decimals = reader.byte();
  const factor = 10 ** decimals;
  let tick = 0;
  let last = 0;
  let value = NaN;
  let since = start;
  while (!reader.isAtEnd) {
    tick += reader.whole();
    const at = Math.min(until, start + tick * TICK_MS);
    if (!Number.isNaN(value)) tell(since, at, value);
    since = at;
    const token = reader.whole();
    if (token === 0) value = NaN;
    else if (decimals === AS_DOUBLES) value = reader.double();
    else {
      const step = token - 1;
      last += step % 2 === 1 ? -(step + 1) / 2 : step / 2;
      value = last / factor;
    }
  }
  if (!Number.isNaN(value)) tell(since, until, value);
}

/** What buckets in a row have in common. */
const RUN = { unknown: 0, level: 1, whole: 2, partial: 3 } as const;
/** The known share of a bucket is kept in hundredths. */
const SHARE_STEPS = 100;

/** A value that held for no time at all counts for the extremes, and adds nothing. */
const stepsOf = (known: number): number => (known > 0 ? Math.max(1, Math.round(known * SHARE_STEPS)) : 0);

/** Trailing buckets of which nothing is known take no room. */
export function encodeBuckets({ min, max, mean, known }: BucketColumns): Uint8Array {
  const writer = new ByteWriter();
  const decimals = decimalsOf(min, max);
  const isDouble = decimals === AS_DOUBLES;
  const factor = 10 ** decimals;
  writer.byte(decimals);

  const kindOf = (slot: number): number => {
    if (Number.isNaN(min[slot])) return RUN.unknown;
    if ((known[slot] ?? 0) < 1) return RUN.partial;
    return min[slot] === max[slot] ? RUN.level : RUN.whole;
  };
  const count = min.length;
  let last = 0;
  let slot = 0;
  while (slot < count) {
    const kind = kindOf(slot);
    let end = slot + 1;
    while (end < count && kindOf(end) === kind && (kind !== RUN.level || min[end] === min[slot])) end++;
    if (kind === RUN.unknown && end === count) break;
    writer.whole((end - slot) * 4 + kind);
    for (let place = slot; place < end && kind !== RUN.unknown; place++) {
      const low = min[place] ?? 0;
      const high = max[place] ?? 0;
      const middle = mean[place] ?? 0;
      if (isDouble) {
        for (const value of kind === RUN.level ? [low] : [low, high, middle]) writer.double(value);
      } else {
        const whole = Math.round(low * factor);
        writer.signed(whole - last);
        last = whole;
        if (kind !== RUN.level) {
          writer.whole(Math.round(high * factor) - whole);
          writer.whole(Math.max(0, Math.round((middle - low) * factor * MEAN_STEPS)));
        }
      }
      if (kind === RUN.level) break;
      if (kind === RUN.partial) writer.byte(stepsOf(known[place] ?? 0));
    }
    slot = end;
  }
  return writer.done();
}

/** Tells each bucket of which something is known, in order. */
export function decodeBuckets(
  data: Uint8Array,
  tell: (slot: number, min: number, max: number, mean: number, known: number) => void,
): void {
  const reader = new ByteReader(data);
  const decimals = reader.byte();
  const isDouble = decimals === AS_DOUBLES;
  const factor = 10 ** decimals;
  let last = 0;
  let slot = 0;
  while (!reader.isAtEnd) {
    const head = reader.whole();
    const kind = head % 4;
    const end = slot + (head - kind) / 4;
    if (kind === RUN.level) {
      if (!isDouble) last += reader.signed();
      const value = isDouble ? reader.double() : last / factor;
      for (; slot < end; slot++) tell(slot, value, value, value, 1);
    }
    if (kind === RUN.unknown) slot = end;
    for (; slot < end; slot++) {
      let low: number;
      let high: number;
      let middle: number;
      if (isDouble) {
        low = reader.double();
        high = reader.double();
        middle = reader.double();
      } else {
        last += reader.signed();
        low = last / factor;
        high = (last + reader.whole()) / factor;
        middle = Math.min(high, (last + reader.whole() / MEAN_STEPS) / factor);
      }
      tell(slot, low, high, middle, kind === RUN.partial ? reader.byte() / SHARE_STEPS : 1);
    }
  }
}
