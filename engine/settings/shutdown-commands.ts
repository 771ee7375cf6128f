/** What this computer does when it is time, as the command that NUT's upsmon runs, and back. */
import type { UpsSettings } from '#domain/schema/settings/settings.ts';

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

/** `nothing` has none. */
export const commandOf = (ups: UpsSettings): string | undefined =>
  standsForCommand(ups) ? ups.shutdowncmd : COMMANDS[ups.shutdownaction];

/** The fields of the form for a SHUTDOWNCMD. */
export function fieldsOfCommand(command: string): Pick<UpsSettings, 'shutdownaction' | 'shutdowncmd'> {
  const action = WRITTEN.find(([, pattern]) => pattern.test(command.trim()))?.[0];
  return action === undefined
    ? { shutdownaction: 'shutdown', shutdowncmd: command }
    : { shutdownaction: action, shutdowncmd: '' };
}
