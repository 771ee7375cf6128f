/** What this computer does when it is time, as the command that NUT's upsmon runs, and back. */
import type { UpsSettings } from '#domain/schema/settings/settings.ts';
import { LONGEST_WAIT } from '#domain/schema/settings/ups-settings.ts';
import { SLEEPING_ACTIONS } from '#engine/monitor/policy.ts';

type Action = UpsSettings['shutdownaction'];

/** Those of Linux, where NUT's files are moved to and from. */
const COMMANDS: Readonly<Partial<Record<Action, string>>> = {
  shutdown: '/sbin/shutdown -P now',
  restart: '/sbin/shutdown -r now',
  hibernate: '/bin/systemctl hibernate',
  sleep: '/bin/systemctl suspend',
  'hybrid-sleep': '/bin/systemctl hybrid-sleep',
};

/** How else people write the same. Anything around it is a command of its own. */
const WRITTEN: readonly (readonly [Action, RegExp])[] = [
  [
    'shutdown',
    /^(?:\/\S+\/)?(?:shutdown\s+(?:-\w\s+)*-[hPp](?:\s+-\w)*\s+(?:now|\+?0)|poweroff|systemctl\s+poweroff)$/,
  ],
  ['restart', /^(?:\/\S+\/)?(?:shutdown\s+-r\s+(?:now|\+?0)|reboot|systemctl\s+reboot)$/],
  ['hibernate', /^(?:\/\S+\/)?systemctl\s+hibernate$/],
  ['sleep', /^(?:\/\S+\/)?systemctl\s+suspend$/],
  ['hybrid-sleep', /^(?:\/\S+\/)?systemctl\s+hybrid-sleep$/],
];

/** A command that was given stands for the system's own shutdown, and for no other action. */
export const standsForCommand = ({ shutdownaction, shutdowncmd }: UpsSettings): boolean =>
  shutdowncmd !== '' && (shutdownaction === 'shutdown' || shutdownaction === 'command');

/** The action alone; `nothing` has none. */
export const actionCommandOf = (ups: UpsSettings): string | undefined =>
  standsForCommand(ups) ? ups.shutdowncmd : COMMANDS[ups.shutdownaction];

/** `systemctl suspend` comes back before the computer sleeps: what is to run after that is no part of a line. */
export const hasAfterInLine = ({ shutdownaction, shutdownafter }: UpsSettings): boolean =>
  shutdownafter !== '' && !(SLEEPING_ACTIONS as readonly string[]).includes(shutdownaction);

/** In quotes of the shell, between which everything stands for itself. */
const quoted = (line: string): string => `sh -c '${line.replaceAll("'", `'\\''`)}'`;
/** As coreutils have it: ended with all it began, by force where it does not end. */
const limited = (line: string, seconds: number): string => `timeout -k 5 ${seconds} ${quoted(line)}`;

/** The whole of it as one line for the shell; `nothing` has none. */
export function commandOf(ups: UpsSettings): string | undefined {
  const action = actionCommandOf(ups);
  const { shutdownbefore: before, shutdownafter: after, shutdownextratimeout: seconds } = ups;
  const hasAfter = hasAfterInLine(ups);
  if (action === undefined || (before === '' && !hasAfter)) return action;
  return [
    ...(before === '' ? [] : [`${limited(before, seconds)}; `]),
    quoted(action),
    ...(hasAfter ? [` && ${limited(after, seconds)}`] : []),
  ].join('');
}

const QUOTED = String.raw`'((?:[^']|'\\'')*)'`;
const LIMITED = String.raw`timeout -k 5 (\d{1,4}) sh -c ${QUOTED}`;
const WHOLE_LINE = new RegExp(`^(?:${LIMITED}; )?sh -c ${QUOTED}(?: && ${LIMITED})?$`);
const unquoted = (text = ''): string => text.replaceAll(`'\\''`, "'");

type CommandFields = Pick<
  UpsSettings,
  'shutdownaction' | 'shutdowncmd' | 'shutdownbefore' | 'shutdownafter' | 'shutdownextratimeout'
>;

export const NO_COMMAND: CommandFields = {
  shutdownaction: 'shutdown',
  shutdowncmd: '',
  shutdownbefore: '',
  shutdownafter: '',
  shutdownextratimeout: 30,
};

/** The fields of the form for a SHUTDOWNCMD. */
export function fieldsOfCommand(command: string): CommandFields {
  const [, first, before, action, second, after] = WHOLE_LINE.exec(command) ?? [];
  const seconds = Number(first ?? second ?? NO_COMMAND.shutdownextratimeout);
  // Another line of the same look: what it would be here is not what it is there.
  const isOurs =
    action !== undefined &&
    (before !== undefined || after !== undefined) &&
    (second === undefined || Number(second) === seconds) &&
    seconds >= 1 &&
    seconds <= LONGEST_WAIT;
  if (!isOurs) return { ...NO_COMMAND, ...fieldsOfAction(command) };
  return {
    ...fieldsOfAction(unquoted(action)),
    shutdownbefore: unquoted(before),
    shutdownafter: unquoted(after),
    shutdownextratimeout: seconds,
  };
}

function fieldsOfAction(command: string): Pick<UpsSettings, 'shutdownaction' | 'shutdowncmd'> {
  const action = WRITTEN.find(([, pattern]) => pattern.test(command.trim()))?.[0];
  return action === undefined
    ? { shutdownaction: 'shutdown', shutdowncmd: command }
    : { shutdownaction: action, shutdowncmd: '' };
}
