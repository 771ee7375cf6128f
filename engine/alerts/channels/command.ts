/** A program that is run for each message, as NUT runs NOTIFYCMD. No shell reads what it is given. */
import { AlertError } from '#domain/errors.ts';
import type { ChannelSettings } from '#domain/schema/settings/settings.ts';
import type { SystemPower } from '#engine/ports.ts';
import type { Channel, OutMessage } from '../outbox.ts';
import { nameOf } from './http-forms.ts';

export function createCommandChannel(settings: ChannelSettings, power: Pick<SystemPower, 'run'>): Channel {
  const words = commandWords(settings.command);
  return {
    id: settings.id,
    // What a program does an hour late may be worse than nothing, and nobody knows how far it came.
    isOnce: true,
    async send(messages) {
      for (const one of messages) {
        const failure = await power.run([...words, one.title], environmentOf(one), settings.timeout);
        if (failure === undefined) continue;
        throw new AlertError('alert/command', {
          channel: nameOf(settings),
          command: words[0] ?? '',
          reason: failure,
        });
      }
    },
  };
}

/** NUT's names first, for hooks that were written for it. */
function environmentOf({ ups, event, title, brief, kind, stage, severity, status, figures }: OutMessage) {
  return {
    UPSNAME: ups,
    NOTIFYTYPE: event,
    NOTIFYMSG: title,
    RIDETHROUGH_KIND: kind,
    RIDETHROUGH_STAGE: stage,
    RIDETHROUGH_SEVERITY: severity,
    RIDETHROUGH_STATUS: status,
    RIDETHROUGH_TEXT: brief,
    ...Object.fromEntries(Object.entries(figures).map(([name, value]) => [variableName(name), String(value)])),
  };
}

/** `battery.charge` as `RIDETHROUGH_BATTERY_CHARGE`. */
const variableName = (name: string): string => `RIDETHROUGH_${name.toUpperCase().replaceAll('.', '_')}`;

/** Words of a command line: blanks part them, quotes keep blanks. A backslash is one, as in paths of Windows. */
export const commandWords = (line: string): readonly string[] =>
  [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
