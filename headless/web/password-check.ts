/** Checks passwords of the web interface: slowly, one after the other, and ever more slowly for who guesses. */
import { createHmac, randomBytes } from 'node:crypto';
import type { AccessLevel } from '#domain/contract.ts';
import type { Clock } from '#engine/ports.ts';
import { createLoginLimiter, isPassword } from './sessions.ts';

export interface PasswordAnswer {
  /** The right that the password gives; undefined: it is wrong, or was not looked at. */
  readonly access: AccessLevel | undefined;
  /** How long the address has to wait before it may try; the password was not looked at then. */
  readonly waitMs: number;
}

export interface PasswordCheck {
  /** @param peer address that the tries of one asker are counted by */
  check(peer: string, password: string): Promise<PasswordAnswer>;
}

/** @param hashes as of hashPassword(); absent: there is no password of this kind */
export function createPasswordCheck(
  hashes: { readonly control?: string; readonly read?: string },
  clock: Clock,
): PasswordCheck {
  const limiter = createLoginLimiter();
  /**
   * Passwords that were right, by a digest only this process can make: programs send theirs with every request, and a
   * monitoring server that asks every few seconds must not cost a hash each time.
   */
  const digestKey = randomBytes(32);
  const known = new Map<string, AccessLevel>();
  let lastCheck: Promise<unknown> = Promise.resolve();

  const accessOf = async (password: string): Promise<AccessLevel | undefined> => {
    const digest = createHmac('sha256', digestKey).update(password.normalize('NFC')).digest('base64');
    const before = known.get(digest);
    if (before !== undefined) return before;
    const access = await accessByHash(password);
    if (access !== undefined) known.set(digest, access);
    return access;
  };

  const accessByHash = async (password: string): Promise<AccessLevel | undefined> => {
    if (hashes.control !== undefined && (await isPassword(password, hashes.control))) return 'admin';
    if (hashes.read !== undefined && (await isPassword(password, hashes.read))) return 'read';
    return undefined;
  };

  return {
    check(peer, password) {
      const asker = askerOf(peer);
      // In turn: each hash takes 128 MiB, and guesses that come at once must not all pass before the first has failed.
      const checked = lastCheck.then(async (): Promise<PasswordAnswer> => {
        // Also before the memory of right ones: it would be a fast way to try.
        const waitMs = limiter.waitMs(asker, clock.now());
        if (waitMs > 0) return { access: undefined, waitMs };
        const access = await accessOf(password);
        if (access === undefined) limiter.failed(asker, clock.now());
        // Not after the lesser one: whoever has it could guess the other between two log-ins for ever.
        else if (access === 'admin') limiter.succeeded(asker);
        return { access, waitMs: 0 };
      });
      lastCheck = checked.catch(() => undefined); // whoever asked is told
      return checked;
    },
  };
}

/** Whose tries an address counts for: of IPv6 the network, since every computer in it may choose from 2^64 addresses. */
export function askerOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  const groups = [...first, ...zeros, ...last].map((group) => group.replace(/^0+(?=.)/, '').toLowerCase());
  return `${groups.slice(0, 4).join(':')}::/64`;
}
