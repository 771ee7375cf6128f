import { describe, expect, test } from 'vitest';
import { SettingsError } from '#domain/errors.ts';
import { readText } from './test-support.ts';
import { readUpsdUsers, writeUpsdUsers } from './upsd-users.ts';

const read = (text: string) => readText(readUpsdUsers, 'upsd.users', text);

describe('upsd.users', () => {
  test('passwords, actions, commands and roles are read', () => {
    const { result, told } = read(
      '[admin]\n password = "p w"\n actions = set fsd\n actions = LOGIN\n instcmds = test.battery.start\n instcmds = Load.Off beeper.mute\n' +
        '[mon]\n password=pw\n upsmon primary\n' +
        '[mon2]\n password = pw\n upsmon = slave\n' +
        '[all]\n password = pw\n instcmds = all\n actions = master\n',
    );
    expect(told).toEqual([]);
    expect(result).toEqual([
      {
        name: 'admin',
        password: 'p w',
        actions: new Set(['SET', 'FSD', 'LOGIN']),
        instcmds: new Set(['test.battery.start', 'load.off', 'beeper.mute']),
        origin: { file: 'upsd.users', line: 1 },
      },
      {
        name: 'mon',
        password: 'pw',
        actions: new Set(['LOGIN', 'PRIMARY', 'FSD']),
        instcmds: new Set(),
        upsmon: 'primary',
        origin: { file: 'upsd.users', line: 7 },
      },
      {
        name: 'mon2',
        password: 'pw',
        actions: new Set(['LOGIN']),
        instcmds: new Set(),
        upsmon: 'secondary',
        origin: { file: 'upsd.users', line: 10 },
      },
      {
        name: 'all',
        password: 'pw',
        actions: new Set(['PRIMARY']),
        instcmds: 'ALL',
        origin: { file: 'upsd.users', line: 13 },
      },
    ]);
  });

  test('names are kept apart by their capitals', () => {
    const { result, told } = read('[Admin]\npassword = a\n[admin]\npassword = b\n');
    expect(result.map((user) => [user.name, user.password])).toEqual([
      ['Admin', 'a'],
      ['admin', 'b'],
    ]);
    expect(told).toEqual([]);
  });

  test('of two passwords the first one counts', () => {
    const { result, told } = read('[a]\npassword = one\npassword = two\n');
    expect(result[0]?.password).toBe('one');
    expect(told).toEqual([
      'warning upsd.users:3: password stands in line 2 already; this line is ignored (remove one of the two)',
    ]);
  });

  test.each([
    [
      'a setting before the first user',
      'password = x\n[a]\npassword = y\n',
      1,
      'password stands before the first user and is ignored (move it below a [user] line)',
    ],
    [
      'a user without a password',
      '[a]\nactions = SET\n',
      1,
      'user a has no password and can never log in (add password = TEXT)',
    ],
    ['an unknown action', '[a]\npassword = x\nactions = fly\n', 3, 'fly is no action (write SET or FSD)'],
    [
      'an unknown role',
      '[a]\npassword = x\nupsmon boss\n',
      3,
      'boss is no role (write upsmon primary or upsmon secondary)',
    ],
    [
      'a role without a word',
      '[a]\npassword = x\nupsmon\n',
      3,
      'nothing is no role (write upsmon primary or upsmon secondary)',
    ],
    [
      'a mistyped setting',
      '[a]\npassword = x\ninstcmd = ALL\n',
      3,
      'instcmd is not known; the line is skipped (write instcmds if that is meant)',
    ],
    [
      'an unknown setting',
      '[a]\npassword = x\ncolour = red\n',
      3,
      'colour is not known; the line is skipped (check its spelling and its capitals, or remove the line)',
    ],
  ])('%s is told', (_, text, line, problem) => {
    const severity = / is no (?:action|role)/.test(problem) ? 'error' : 'warning';
    expect(read(text).told).toEqual([`${severity} upsd.users:${line}: ${problem}`]);
  });

  test('addresses of old files are told to have no effect', () => {
    expect(read('[a]\npassword = x\nallowfrom = localhost\n').told).toEqual([
      'notice upsd.users:3: allowfrom is obsolete and has no effect (remove the line)',
    ]);
  });

  test('a password never appears in what is told', () => {
    const { told } = read('[a]\npassword = secret words here\npassword = secret2\npasswrod = secret3\n');
    expect(told.length).toBe(3);
    expect(told.join('\n')).not.toMatch(/secret|words|here/);
  });

  test('actions that the role grants are not written twice', () => {
    const text = writeUpsdUsers([
      { name: 'mon', password: 'p#w', actions: new Set(['LOGIN', 'SET']), instcmds: 'ALL', upsmon: 'secondary' },
    ]);
    expect(text).toBe('[mon]\n  password = "p\\#w"\n  upsmon secondary\n  actions = SET\n  instcmds = ALL\n');
  });

  test('more commands than a line can hold are all written', () => {
    const instcmds = new Set(Array.from({ length: 100 }, (_, index) => `outlet.${index}.load.off`));
    const text = writeUpsdUsers([{ name: 'a', password: 'x', actions: new Set(), instcmds }]);
    expect(read(text).result[0]?.instcmds).toEqual(instcmds);
  });

  test('a name that no title can hold is refused', () => {
    expect(() => writeUpsdUsers([{ name: 'two words', actions: new Set(), instcmds: new Set() }])).toThrow(
      SettingsError,
    );
  });
});
