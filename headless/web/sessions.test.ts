import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createLoginLimiter, createSessions, hashPassword, isPassword } from './sessions.ts';

describe('passwords', () => {
  test('a hash knows its password, however its letters are composed, and no other', async () => {
    const hash = await hashPassword('Schlüssel');
    expect(hash).not.toContain('Schl');
    expect(await isPassword('Schlu\u0308ssel', hash)).toBe(true);
    expect(await isPassword('schlüssel', hash)).toBe(false);
  });
  test('two hashes of one password differ, and a broken hash matches nothing', async () => {
    expect(await hashPassword('x')).not.toBe(await hashPassword('x'));
    for (const hash of ['', 'x', 'scrypt$$', 'plain$a$b']) expect(await isPassword('x', hash)).toBe(false);
  });
});

describe('session cookies', () => {
  const key = randomBytes(32);
  const sessions = createSessions(key);
  test('give back the right they were issued for, also after a restart', () => {
    const cookie = sessions.issue('control', 1000);
    expect(createSessions(key).read(cookie, 2000)).toBe('control');
  });
  test('are refused when raised, forged, signed with another key, or old', () => {
    const cookie = sessions.issue('read', 1000);
    expect(sessions.read(cookie.replace('read', 'admin'), 2000)).toBeUndefined();
    expect(createSessions(randomBytes(32)).read(cookie, 2000)).toBeUndefined();
    expect(sessions.read(cookie, 1000 + 31 * 24 * 3600 * 1000)).toBeUndefined();
    for (const broken of ['', '.', '..', 'admin', 'admin.9.', 'admin.x.y.z']) {
      expect(sessions.read(broken, 0)).toBeUndefined();
    }
  });
});

describe('guessing passwords', () => {
  test('costs nothing for a few mistakes and then more and more, per address', () => {
    const limiter = createLoginLimiter();
    for (let i = 0; i < 4; i += 1) limiter.failed('a', 0);
    expect(limiter.waitMs('a', 0)).toBe(0);
    limiter.failed('a', 0);
    expect(limiter.waitMs('a', 0)).toBe(2000);
    limiter.failed('a', 2000);
    expect(limiter.waitMs('a', 2000)).toBe(4000);
    expect(limiter.waitMs('b', 0)).toBe(0);
    limiter.succeeded('a');
    expect(limiter.waitMs('a', 2000)).toBe(0);
  });
});
