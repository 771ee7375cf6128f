import { describe, expect, test } from 'vitest';
import { credentialsFor, readNutAuth } from './nutauth-conf.ts';
import { readText } from './test-support.ts';

const read = (text: string) => readText(readNutAuth, 'nutauth.conf', text);
const forServer = (text: string, host: string, port = 3493) => credentialsFor(read(text).result, { host, port });

describe('nutauth.conf', () => {
  test('lines before a section, and the reserved titles, are for all servers', () => {
    expect(forServer('USER = all\npass = "p w"\n', 'nas')).toEqual({ user: 'all', password: 'p w' });
    expect(forServer('[_global_defaults]\nuser = a\n', 'nas')).toEqual({ user: 'a' });
    expect(forServer('[]\nuser = b\n', 'nas')).toEqual({ user: 'b' });
  });

  test('the most exact section wins and wider ones fill what it leaves open', () => {
    const text =
      '[mon@nas:3500]\npassword = exact\n[@nas:3500]\npassword = port\nforcessl = 1\n[@nas]\npassword = host\n[@]\npass = here\n' +
      '[_global_defaults]\nuser = any\npassword = any\ncertverify = off\n';
    expect(forServer(text, 'nas', 3500)).toEqual({
      user: 'mon',
      password: 'exact',
      isTlsRequired: true,
      isVerified: false,
    });
    expect(forServer(text, 'NAS')).toEqual({ user: 'any', password: 'host', isVerified: false });
    expect(forServer(text, 'localhost')).toEqual({ user: 'any', password: 'here', isVerified: false });
    expect(forServer(text, 'other')).toEqual({ user: 'any', password: 'any', isVerified: false });
  });

  test.each([
    ['[nas]', 'nas', 3493],
    ['[nas:3500]', 'nas', 3500],
    ['[:3500]', 'localhost', 3500],
    ['[u@[fe80::1]:3500]', 'fe80::1', 3500],
    ['[@192.0.2.1:nut]', '192.0.2.1', 3493],
  ])('%s is for %s port %i alone', (title, host, port) => {
    const text = `${title}\npassword = x\n`;
    expect(forServer(text, host, port).password).toBe('x');
    expect(forServer(text, host, port + 1).password).toBeUndefined();
    expect(forServer(text, `${host}x`, port).password).toBeUndefined();
  });

  test('the settings below a broken title go to no server', () => {
    const { result, told } = read('[nas:port]\npassword = x\n');
    expect(credentialsFor(result, { host: 'nas', port: 3493 })).toEqual({});
    expect(told).toHaveLength(1);
  });

  test('what is not understood is told without its value', () => {
    expect(read('INCLUDE /etc/secret\nuser\n').told).toEqual([
      'notice nutauth.conf:1: INCLUDE is accepted and has no effect: users, passwords and encryption are all that is read from this file (nothing to do)',
      'warning nutauth.conf:2: user needs a value (write the value behind it)',
    ]);
  });
});
