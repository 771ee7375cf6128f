/** Results of SET and INSTCMD, to be asked for by their id until they are too old. */
import { randomUUID } from 'node:crypto';
import type { Monotonic } from '#domain/units.ts';
import type { DriverOutcome } from '#engine/drivers/driver.ts';
import type { Clock } from '#engine/ports.ts';

interface Entry {
  readonly beganAt: Monotonic;
  outcome: DriverOutcome | 'pending';
}

/** Answers to GET TRACKING, line end included. */
const REPLIES: Readonly<Record<Entry['outcome'], string>> = {
  pending: 'PENDING\n',
  handled: 'SUCCESS\n',
  unknown: 'ERR UNKNOWN\n',
  invalid: 'ERR INVALID-ARGUMENT\n',
  'conversion-failed': 'ERR INVALID-ARGUMENT\n',
  failed: 'ERR FAILED\n',
};

/** Beyond this the oldest are forgotten, whatever their age: ids cost nothing to ask for. */
const MAX_ENTRIES = 10_000;

export class Tracking {
  readonly #clock: Clock;
  readonly #keepMs: number;
  /** By id in capitals, oldest first. */
  readonly #entries = new Map<string, Entry>();

  /** @param keepSeconds how long a result can be asked for, counted from the request */
  constructor(clock: Clock, keepSeconds: number) {
    this.#clock = clock;
    this.#keepMs = keepSeconds * 1000;
  }

  /** @returns the id of a new request: a version-4 UUID in capitals */
  begin(): string {
    this.#forgetOld();
    const id = randomUUID().toUpperCase();
    this.#entries.set(id, { beganAt: this.#clock.monotonic(), outcome: 'pending' });
    return id;
  }

  finish(id: string, outcome: DriverOutcome): void {
    const entry = this.#entries.get(id);
    if (entry) entry.outcome = outcome;
  }

  /** Answer to GET TRACKING; ids are compared without case. */
  reply(id: string): string {
    this.#forgetOld();
    return REPLIES[this.#entries.get(id.toUpperCase())?.outcome ?? 'unknown'];
  }

  #forgetOld(): void {
    const now = this.#clock.monotonic();
    for (const [id, { beganAt }] of this.#entries) {
      if (now - beganAt < this.#keepMs && this.#entries.size < MAX_ENTRIES) return;
      this.#entries.delete(id);
    }
  }
}
