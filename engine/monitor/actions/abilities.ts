/** What a system says of itself when it is asked whether it could shut down, hibernate or sleep. Pure. */
import { phrase, type Phrase } from '#domain/messages/message.ts';
import { logind, LOGIND_METHODS, type Command, type SystemAction } from './commands.ts';

/** Asks logind whether an action is possible: it answers `s "yes"`, or one of the words below. */
export const askLogind = (action: SystemAction): Command => logind(`Can${LOGIND_METHODS[action]}`);

/** The word in logind's answer. */
export const logindAnswer = (output: string): string | undefined => /^s "([\w-]+)"/.exec(output)?.[1];

/**
 * Allowed, while a program holds a lock against it (systemd 257 and later say so); root's systemctl does it over the lock.
 * Source: org.freedesktop.login1(5).
 */
export const isOnlyLocked = (answer: string | undefined): boolean =>
  answer === 'inhibited' || answer === 'inhibitor-blocked';

/**
 * The bytes of SYSTEM_POWER_CAPABILITIES, which `powercfg /a` puts into words of the system's own language.
 * Source: winnt.h, powrprof.h.
 */
export const ASK_WINDOWS: Command = [
  'powershell.exe',
  '-NoProfile',
  '-NonInteractive',
  '-Command',
  `Add-Type -Namespace Ridethrough -Name Power -MemberDefinition '[DllImport("powrprof.dll")] [return: MarshalAs(UnmanagedType.U1)] public static extern bool GetPwrCapabilities([Out] byte[] all);'; $all = New-Object byte[] 128; if (-not [Ridethrough.Power]::GetPwrCapabilities($all)) { exit 1 }; $all[0..31] -join ' '`,
];

/** Names of the rights that this program has, the same in every language. */
export const ASK_WINDOWS_RIGHTS: Command = ['whoami.exe', '/priv'];
const RIGHT_TO_SHUT_DOWN = 'SeShutdownPrivilege';

/** Places in SYSTEM_POWER_CAPABILITIES. */
const S1 = 3;
const S2 = 4;
const S3 = 5;
const S4 = 6;
const HIBER_FILE_PRESENT = 8;
const FAST_SYSTEM_S4 = 17;

/** @param abilities answer to ASK_WINDOWS @param rights answer to ASK_WINDOWS_RIGHTS; what says nothing holds nothing against it */
export function windowsRefusal(action: SystemAction, abilities: string, rights: string): Phrase | undefined {
  if (/Se\w+Privilege/.test(rights) && !rights.includes(RIGHT_TO_SHUT_DOWN)) return phrase('reason.no-right', {});
  const bytes = abilities.trim().split(/\s+/).map(Number);
  if (bytes.length <= FAST_SYSTEM_S4 || bytes.some((byte) => !Number.isInteger(byte))) return undefined;
  const has = (...places: readonly number[]): boolean => places.some((place) => (bytes[place] ?? 0) > 0);
  // Windows is asked to sleep by SetSuspendState, which knows no S0 low power idle.
  const canSleep = has(S1, S2, S3);
  switch (action) {
    case 'shutdown':
    case 'restart':
      return undefined;
    case 'hibernate':
      return has(S4) && has(HIBER_FILE_PRESENT) ? undefined : phrase('reason.no-hibernation', {});
    case 'sleep':
      return canSleep ? undefined : phrase('reason.no-sleep', {});
    case 'hybrid-sleep':
      return canSleep && has(FAST_SYSTEM_S4) ? undefined : phrase('reason.no-hybrid-sleep', {});
  }
}

export const ASK_MAC: Command = ['pmset', '-g'];

/**
 * A Mac has one sleep; `hibernatemode` says what it keeps on disk: 0 nothing, 3 memory as well, 25 memory alone.
 * @param settings answer to ASK_MAC Source: pmset(1)
 */
export function macRefusal(action: SystemAction, settings: string): Phrase | undefined {
  const mode = /^\s*hibernatemode\s+(\d+)/m.exec(settings)?.[1];
  if (mode === undefined) return undefined;
  if (action === 'hibernate' && mode !== '25') return phrase('reason.mac-hibernate', { mode });
  if (action === 'hybrid-sleep' && mode === '0') return phrase('reason.mac-hybrid-sleep', { mode });
  return undefined;
}
