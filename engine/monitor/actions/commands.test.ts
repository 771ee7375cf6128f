import { describe, expect, test } from 'vitest';
import { asShellLine, isPowerCommand, waysTo } from './commands.ts';

describe('ways to go down', () => {
  test('Linux asks logind, then systemctl, then shutdown', () => {
    expect(waysTo('shutdown', 'linux', true).map((way) => way.slice(-3).join(' '))).toEqual([
      'PowerOff b false',
      '--no-ask-password -i poweroff',
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
  });

  const BUS = 'busctl --system call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager';
  const SLEEP = 'powershell.exe -NoProfile -NonInteractive -Command Add-Type';
  test.each([
    [
      'linux',
      'shutdown',
      [`${BUS} PowerOff b false`, 'systemctl --no-ask-password -i poweroff', '/sbin/shutdown -h +0'],
    ],
    ['linux', 'restart', [`${BUS} Reboot b false`, 'systemctl --no-ask-password -i reboot', '/sbin/shutdown -r +0']],
    ['linux', 'hibernate', [`${BUS} Hibernate b false`, 'systemctl --no-ask-password -i hibernate']],
    ['linux', 'sleep', [`${BUS} Suspend b false`, 'systemctl --no-ask-password -i suspend']],
    ['linux', 'hybrid-sleep', [`${BUS} HybridSleep b false`, 'systemctl --no-ask-password -i hybrid-sleep']],
    ['win32', 'shutdown', ['shutdown.exe /s /f /t 0']],
    ['win32', 'restart', ['shutdown.exe /r /f /t 0']],
    ['win32', 'hibernate', ['shutdown.exe /h /f']],
    ['win32', 'sleep', [SLEEP]],
    ['win32', 'hybrid-sleep', [SLEEP]],
    ['darwin', 'shutdown', ['/sbin/shutdown -h now', 'osascript -e tell application "System Events" to shut down']],
    ['darwin', 'restart', ['/sbin/shutdown -r now', 'osascript -e tell application "System Events" to restart']],
    ['darwin', 'hibernate', ['pmset sleepnow']],
    ['darwin', 'sleep', ['pmset sleepnow']],
    ['darwin', 'hybrid-sleep', ['pmset sleepnow']],
  ] as const)('%s: %s', (platform, action, ways) => {
    const lines = waysTo(action, platform, true).map((way) => way.join(' '));
    expect(lines.map((line, index) => line.slice(0, (ways[index] ?? '').length))).toEqual(ways);
    expect(lines.filter((line) => !line.startsWith(SLEEP))).toEqual(ways.filter((way) => way !== SLEEP));
    // Anybody else goes the same ways, in an order that suits him.
    expect(
      waysTo(action, platform, false)
        .map((way) => way.join(' '))
        .sort(),
    ).toEqual(lines.toSorted());
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
