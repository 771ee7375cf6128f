import { describe, expect, test } from 'vitest';
import { phrase } from '#domain/messages/message.ts';
import { askLogind, isOnlyLocked, logindAnswer, macRefusal, windowsRefusal } from './abilities.ts';

const ACTIONS = ['shutdown', 'restart', 'hibernate', 'sleep', 'hybrid-sleep'] as const;

test('logind is asked for each action, and its answer is read', () => {
  expect(ACTIONS.map((action) => askLogind(action).at(-1))).toEqual([
    ...['CanPowerOff', 'CanReboot', 'CanHibernate', 'CanSuspend', 'CanHybridSleep'],
  ]);
  expect(logindAnswer('s "challenge"\n')).toBe('challenge');
  expect(logindAnswer('s "challenge-inhibitor-blocked"\n')).toBe('challenge-inhibitor-blocked');
  expect(logindAnswer('Failed to connect')).toBeUndefined();
  expect(['yes', 'inhibitor-blocked', 'challenge-inhibitor-blocked', 'inhibited'].filter(isOnlyLocked)).toEqual([
    'inhibitor-blocked',
    'inhibited',
  ]);
});

describe('Windows', () => {
  const RIGHTS = 'SeShutdownPrivilege           Herunterfahren des Systems         Deaktiviert\n';
  /** As PowerShell writes the first 32 bytes: S1 to S3, S4, the file for it, hybrid sleep, S0 low power idle. */
  const abilities = (has: Partial<Record<3 | 4 | 5 | 6 | 8 | 17 | 20, 1>>): string =>
    `${Array.from({ length: 32 }, (_, place) => (has as Record<number, number>)[place] ?? 0).join(' ')}\r\n`;
  const refusals = (said: string, rights = RIGHTS) =>
    Object.fromEntries(ACTIONS.map((action) => [action, windowsRefusal(action, said, rights)?.phrase]));
  const none = { shutdown: undefined, restart: undefined };

  test.each([
    ['everything', abilities({ 5: 1, 6: 1, 8: 1, 17: 1 }), {}],
    [
      'no sleep at all',
      abilities({}),
      { hibernate: 'no-hibernation', sleep: 'no-sleep', 'hybrid-sleep': 'no-hybrid-sleep' },
    ],
    [
      'hibernation switched off',
      abilities({ 5: 1, 6: 1 }),
      { hibernate: 'no-hibernation', 'hybrid-sleep': 'no-hybrid-sleep' },
    ],
    ['hybrid sleep switched off', abilities({ 4: 1, 6: 1, 8: 1 }), { 'hybrid-sleep': 'no-hybrid-sleep' }],
    ['S0 low power idle', abilities({ 6: 1, 8: 1, 20: 1 }), { sleep: 'no-sleep', 'hybrid-sleep': 'no-hybrid-sleep' }],
    ['no answer', '', {}],
    ['no bytes', 'Add-Type : Die Datei kann nicht geladen werden.', {}],
  ])('%s', (_, said, refused) => {
    expect(refusals(said)).toEqual({
      ...none,
      ...Object.fromEntries(
        ACTIONS.map((action) => {
          const reason = (refused as Record<string, string | undefined>)[action];
          return [action, reason && `reason.${reason}`];
        }),
      ),
    });
  });

  test('an account without the right to shut down is told so, whatever the computer can', () => {
    const all = abilities({ 5: 1, 6: 1, 8: 1, 17: 1 });
    expect(new Set(Object.values(refusals(all, 'SeChangeNotifyPrivilege  x  Enabled\n')))).toEqual(
      new Set(['reason.no-right']),
    );
    expect(windowsRefusal('shutdown', all, '')).toBeUndefined();
  });
});

describe('macOS', () => {
  const pmset = (mode: number): string =>
    `System-wide power settings:\nCurrently in use:\n standby              1\n hibernatemode        ${mode}\n sleep                1\n`;

  test.each([
    [0, ['hibernate', 'hybrid-sleep']],
    [3, ['hibernate']],
    [25, []],
  ])('hibernatemode %i', (mode, refused) => {
    expect(ACTIONS.filter((action) => macRefusal(action, pmset(mode)) !== undefined)).toEqual(refused);
  });

  test('says which mode it is', () => {
    expect(macRefusal('hibernate', pmset(3))).toEqual(phrase('reason.mac-hibernate', { mode: '3' }));
    expect(macRefusal('hibernate', '')).toBeUndefined();
  });
});
