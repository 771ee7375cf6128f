import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createFakeClock, type FakeClock } from '#tests/support/fake-clock.ts';
import { askerOf, createPasswordCheck, type PasswordCheck } from './password-check.ts';
import { hashPassword, isPassword } from './sessions.ts';

vi.mock('./sessions.ts', { spy: true });
// A hash takes a good part of a second by intention, and a busy computer makes that longer.
vi.setConfig({ testTimeout: 60_000 });

let clock: FakeClock;
let passwords: PasswordCheck;

beforeEach(async () => {
  clock = createFakeClock();
  passwords = createPasswordCheck({ control: await hashPassword('c'), read: await hashPassword('r') }, clock);
  vi.mocked(isPassword).mockClear();
});

const accessOf = async (password: string, peer = '192.0.2.1') => (await passwords.check(peer, password)).access;

test('a right password is hashed once, however often a program sends it', async () => {
  expect(await accessOf('c')).toBe('admin');
  const hashes = vi.mocked(isPassword).mock.calls.length;
  for (let i = 0; i < 20; i += 1) expect(await accessOf('c')).toBe('admin');
  expect(isPassword).toHaveBeenCalledTimes(hashes);
  expect(await accessOf('r')).toBe('read');
  expect(await accessOf('C')).toBeUndefined();
});

test('who has to wait learns nothing from a right password, though it is known', async () => {
  expect(await accessOf('c', '192.0.2.9')).toBe('admin');
  for (let i = 0; i < 5; i += 1) expect(await accessOf('x')).toBeUndefined();
  expect(await passwords.check('192.0.2.1', 'c')).toEqual({ access: undefined, waitMs: 2000 });
  await clock.advance(2000);
  expect(await accessOf('c')).toBe('admin');
});

test('the lesser password does not buy new tries for the other', async () => {
  for (let i = 0; i < 4; i += 1) await accessOf('x');
  expect(await accessOf('r')).toBe('read');
  await accessOf('x');
  expect(await passwords.check('192.0.2.1', 'x')).toMatchObject({ waitMs: 2000 });
});

describe('tries are counted', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0db8:0:0:ffff:1:2:3', '2001:db8:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
  ])('of %s for %s', (address, asker) => {
    expect(askerOf(address)).toBe(asker);
  });

  test('for a whole network of IPv6, where every computer can take any number of addresses', async () => {
    for (let i = 0; i < 5; i += 1) await accessOf('x', `2001:db8::${i}`);
    expect(await passwords.check('2001:db8::99', 'c')).toMatchObject({ waitMs: 2000 });
    expect(await accessOf('c', '2001:db8:0:1::1')).toBe('admin');
  });
});
