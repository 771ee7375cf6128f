/**
 * Who may do what on the web interface. Cookies carry a signed claim, so that a restart of the service logs nobody out;
 * a new signing key (a changed password) logs everybody out.
 */
import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ACCESS_LEVELS, type AccessLevel } from '#domain/contract.ts';

const SESSION_MS = 30 * 24 * 3600 * 1000;
const KEY_BYTES = 32;
/** OWASP's advice for scrypt: N = 2^17, r = 8, p = 1; 128 MiB while it computes. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 192 * 1024 * 1024 } as const;

const derive = promisify<string, Buffer, number, typeof SCRYPT, Buffer>(scrypt);

/** @returns `scrypt$SALT$KEY`, both base64url */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password.normalize('NFC'), salt, KEY_BYTES, SCRYPT);
  return `scrypt$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** Takes the same time for a wrong password as for a right one. A hash of another form matches nothing. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [scheme, salt, key] = hash.split('$');
  if (scheme !== 'scrypt' || salt === undefined || key === undefined) return false;
  const expected = Buffer.from(key, 'base64url');
  if (expected.length !== KEY_BYTES) return false;
  const given = await derive(password.normalize('NFC'), Buffer.from(salt, 'base64url'), KEY_BYTES, SCRYPT);
  return timingSafeEqual(given, expected);
}

/** Compares two texts without telling by time how far they agree. */
export function isSameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

export interface Sessions {
  /** Value of a fresh session cookie. */
  issue(access: AccessLevel, now: number): string;
  /** The right a cookie gives; undefined when it is forged, broken or too old. */
  read(cookie: string, now: number): AccessLevel | undefined;
}

export const SESSION_SECONDS = SESSION_MS / 1000;

export function createSessions(signingKey: Buffer): Sessions {
  const sign = (claim: string): string => createHmac('sha256', signingKey).update(claim).digest('base64url');
  return {
    issue(access, now) {
      const claim = `${access}.${now + SESSION_MS}`;
      return `${claim}.${sign(claim)}`;
    },
    read(cookie, now) {
      const [access, expires, signature] = cookie.split('.');
      if (access === undefined || expires === undefined || signature === undefined) return undefined;
      if (!isSameText(signature, sign(`${access}.${expires}`))) return undefined;
      if (!(Number(expires) > now)) return undefined;
      return ACCESS_LEVELS.find((level) => level === access);
    },
  };
}

/** Slows down guessing: after a few failures an address must wait, longer each time. */
export interface LoginLimiter {
  /** Milliseconds this address still has to wait; 0: it may try. */
  waitMs(address: string, now: number): number;
  failed(address: string, now: number): void;
  succeeded(address: string): void;
}

const FREE_TRIES = 5;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 15 * 60_000;
const FORGET_AFTER_MS = 60 * 60_000;
const MOST_ADDRESSES = 10_000;

export function createLoginLimiter(): LoginLimiter {
  const failures = new Map<string, { count: number; lastAt: number; waitUntil: number }>();
  return {
    waitMs: (address, now) => Math.max(0, (failures.get(address)?.waitUntil ?? 0) - now),
    failed(address, now) {
      const before = failures.get(address);
      const count = before && now - before.lastAt < FORGET_AFTER_MS ? before.count + 1 : 1;
      const wait = count < FREE_TRIES ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (count - FREE_TRIES));
      failures.delete(address);
      failures.set(address, { count, lastAt: now, waitUntil: now + wait });
      const oldest = failures.keys().next();
      if (failures.size > MOST_ADDRESSES && !oldest.done) failures.delete(oldest.value);
    },
    succeeded: (address) => void failures.delete(address),
  };
}
