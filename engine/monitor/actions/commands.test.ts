import { describe, expect, test } from 'vitest';
import { asShellLine, askLogind, isPowerCommand, logindAnswer, waysTo } from './commands.ts';

describe('ways to go down', () => {
  test('Linux asks logind, then systemctl, then shutdown', () => {
    expect(waysTo('shutdown', 'linux', true).map((way) => way.slice(-3).join(' '))).toEqual([
      'PowerOff b false',
      'systemctl --no-ask-password poweroff',
      '/sbin/shutdown -h +0',
    ]);
    expect(waysTo('hybrid-sleep', 'linux', false).map(([program]) => program)).toEqual(['busctl', 'systemctl']);
  });

  test('Windows does not wait for programs that ask questions', () => {
    expect(waysTo('shutdown', 'win32', false)).toEqual([['shutdown.exe', '/s', '/f', '/t', '0']]);
    expect(waysTo('hibernate', 'win32', false)).toEqual([['shutdown.exe', '/h', '/f']]);
  });

  test('macOS asks System Events as a user and shutdown as root', () => {
    expect(waysTo('shutdown', 'darwin', false)[0]?.[0]).toBe('osascript');
    expect(waysTo('shutdown', 'darwin', true)[0]?.[0]).toBe('/sbin/shutdown');
    expect(waysTo('hibernate', 'darwin', true)).toEqual([]);
  });

  test("logind's answer is read", () => {
    expect(askLogind('sleep').at(-1)).toBe('CanSuspend');
    expect(logindAnswer('s "challenge"\n')).toBe('challenge');
    expect(logindAnswer('Failed to connect')).toBeUndefined();
  });

  test('the ways become one line in which quotes are harmless', () => {
    expect(asShellLine([['a', "it's"], ['b']])).toBe(`'a' 'it'\\''s' || 'b'`);
  });

  test('every way of every system is known as a power command', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      for (const action of ['shutdown', 'restart', 'hibernate', 'sleep', 'hybrid-sleep'] as const) {
        for (const way of waysTo(action, platform, true)) {
          // PowerShell's script names no program.
          if (way[0] !== 'powershell.exe') expect(isPowerCommand(way.join(' '))).toBe(true);
        }
      }
    }
    expect(isPowerCommand('touch /tmp/down')).toBe(false);
  });
});
