/** The usages declared for the next main item. Source: HID 1.11 section 6.2.2.8. */

/** Kept as a range, so that one of four thousand million usages costs nothing. */
interface UsageRange {
  readonly first: number;
  readonly last: number;
}

/** Collects local items until a main item uses them up. Usages are 32 bits: page << 16 | id. */
export class PendingUsages {
  readonly #ranges: UsageRange[] = [];
  #minimum: number | undefined;
  #maximum: number | undefined;
  /** Usages between delimiters are alternatives for one control; the first is the preferred one. */
  #delimiter: 'closed' | 'open' | 'open-and-named' = 'closed';

  /** The usage of a collection: the first one declared. */
  get first(): number | undefined {
    return this.#ranges[0]?.first;
  }

  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  get isSingle(): boolean {
    return this.#ranges.length === 1 && this.#ranges[0]?.first === this.#ranges[0]?.last;
  }

  add(usage: number): void {
    this.#addRange(usage, usage);
  }

  delimit(isOpen: boolean): void {
    this.#delimiter = isOpen ? 'open' : 'closed';
  }

  /** One end of a range; the other may come before or after it. @returns false when the ends are the wrong way round */
  addEnd(end: 'minimum' | 'maximum', usage: number): boolean {
    if (end === 'minimum') this.#minimum = usage;
    else this.#maximum = usage;
    const first = this.#minimum;
    const last = this.#maximum;
    if (first === undefined || last === undefined) return true;
    this.#minimum = undefined;
    this.#maximum = undefined;
    if (last < first) return false;
    this.#addRange(first, last);
    return true;
  }

  /** The usages in order, at most `limit` of them. */
  expand(limit: number): readonly number[] {
    const usages: number[] = [];
    for (const { first, last } of this.#ranges) {
      for (let usage = first; usage <= last; usage++) {
        if (usages.length >= limit) return usages;
        usages.push(usage);
      }
    }
    return usages;
  }

  #addRange(first: number, last: number): void {
    if (this.#delimiter === 'open-and-named') return;
    const isAlternative = this.#delimiter === 'open';
    if (isAlternative) this.#delimiter = 'open-and-named';
    this.#ranges.push({ first, last: isAlternative ? first : last });
  }
}
