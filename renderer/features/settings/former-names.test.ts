import { expect, test } from 'vitest';
import { FormerNames } from './former-names.ts';

test('an account is followed from letter to letter to the name it was saved under', () => {
  const names = new FormerNames();
  for (const [from, to] of [
    ['nas', 'na'],
    ['na', 'nab'],
    ['nab', 'box'],
  ] as const) {
    names.rename(from, to, '1');
  }
  expect(names.of('box', '1')).toBe('nas');
  expect(names.of('nab', '1')).toBe('nab');
  expect(names.of('other', '1')).toBe('other');
});

test('two that exchange their names keep what is theirs', () => {
  const names = new FormerNames();
  names.rename('a', 'c', '1');
  names.rename('b', 'a', '1');
  names.rename('c', 'b', '1');
  expect([names.of('a', '1'), names.of('b', '1')]).toEqual(['b', 'a']);
});

test('a new account is nobody who went by its name before', () => {
  const names = new FormerNames();
  names.rename('user', 'bob', '1');
  names.rename(undefined, 'user', '1');
  names.rename('user', 'alice', '1');
  expect([names.of('bob', '1'), names.of('alice', '1')]).toEqual(['user', '']);
});

test('once the settings are saved, names are what they are', () => {
  const names = new FormerNames();
  names.rename('user', 'bob', '1');
  expect(names.of('bob', '2')).toBe('bob');
  names.rename('bob', 'eve', '2');
  expect(names.of('eve', '2')).toBe('bob');
});
