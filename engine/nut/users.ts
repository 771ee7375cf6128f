/** Who may do what, and the brake on guessing passwords. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Monotonic } from '#domain/units.ts';

/** What a user of upsd.users may do, instant commands apart. PRIMARY covers the old word MASTER. */
export type NutAction = 'SET' | 'FSD' | 'LOGIN' | 'PRIMARY';

export interface NutUser {
  /** Compared exactly. */
  readonly name: string;
  /** Compared exactly. Undefined: this user can never log in. */
  readonly password: string | undefined;
  readonly actions: ReadonlySet<NutAction>;
  /** Names in lower case. */
  readonly commands: 'all' | ReadonlySet<string>;
}

/** What `upsmon primary` and `upsmon secondary` in upsd.users grant. */
export const UPSMON_ACTIONS: Readonly<Record<'primary' | 'secondary', readonly NutAction[]>> = {
  primary: ['LOGIN', 'PRIMARY', 'FSD'],
  secondary: ['LOGIN'],
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The user with this name and password. Takes as long for a wrong password as for a wrong name. */
export function authenticate(users: readonly NutUser[], name: string, password: string): NutUser | undefined {
  const user = users.find((candidate) => candidate.name === name);
  const isSame = timingSafeEqual(digest(password), digest(user?.password ?? ''));
  return isSame && user?.password !== undefined ? user : undefined;
}

export const mayRunCommand = (user: NutUser, command: string): boolean =>
  user.commands === 'all' || user.commands.has(command.toLowerCase());

interface Offender {
  failures: number;
  lastAt: Monotonic;
  /** When each refusal that is being held back is let go. */
  readonly heldUntil: Monotonic[];
}

/** Mistyped passwords cost nothing up to here. */
const FREE_FAILURES = 5;
const FIRST_DELAY_MS = 250;
/** NUT's clients take 5 s without an answer for a dead server. */
const LONGEST_DELAY_MS = 4_000;
/** Refusals held back at a time for one address. Beyond, its next checks wait: many connections guess no faster. */
const MAX_HELD = 8;
const FORGET_AFTER_MS = 10 * 60_000;
const MAX_OFFENDERS = 4_096;

/**
 * Slows the guessing of passwords down, address by address: each wrong one makes the next refusal later. Right ones
 * are answered at once, so a computer with a wrong password in its settings does not hurt another behind the same
 * address; only who tries many at a time is made to wait before being checked.
 */
export class GuessBrake {
  /** Oldest offence first. */
  readonly #offenders = new Map<string, Offender>();

  /** How long this address must wait before a password of it is looked at. 0: not at all. */
  waitBeforeCheck(address: string, now: Monotonic): number {
    const offender = this.#offenders.get(keyOf(address));
    if (!offender) return 0;
    releaseHeld(offender, now);
    return offender.heldUntil.length < MAX_HELD ? 0 : Math.min(...offender.heldUntil) - now;
  }

  /** A wrong password came from this address. @returns how long to hold its refusal back, in milliseconds */
  holdRefusal(address: string, now: Monotonic): number {
    const key = keyOf(address);
    const known = this.#offenders.get(key);
    const offender: Offender =
      known && now - known.lastAt < FORGET_AFTER_MS ? known : { failures: 0, lastAt: now, heldUntil: [] };
    offender.failures += 1;
    offender.lastAt = now;
    this.#offenders.delete(key);
    this.#offenders.set(key, offender);
    this.#forgetOld(now);
    const step = offender.failures - FREE_FAILURES;
    if (step <= 0) return 0;
    const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (step - 1));
    offender.heldUntil.push((now + delay) as Monotonic);
    return delay;
  }

  #forgetOld(now: Monotonic): void {
    for (const [key, offender] of this.#offenders) {
      if (now - offender.lastAt < FORGET_AFTER_MS && this.#offenders.size <= MAX_OFFENDERS) return;
      this.#offenders.delete(key);
    }
  }
}

function releaseHeld(offender: Offender, now: Monotonic): void {
  for (let index = offender.heldUntil.length - 1; index >= 0; index--) {
    if ((offender.heldUntil[index] ?? 0) <= now) offender.heldUntil.splice(index, 1);
  }
}

/** One household has a whole /64 of IPv6 addresses: they count as one. */
function keyOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const left = head.split(':').filter(Boolean);
  const right = tail?.split(':').filter(Boolean) ?? [];
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array.from({ length: zeros }, () => '0'), ...right].slice(0, 4).join(':').toLowerCase();
}
