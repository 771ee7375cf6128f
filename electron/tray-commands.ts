/** Commands chosen in the tray's menu. */
import { describeError, RemoteError } from '#domain/errors.ts';
import { message, type Locale } from '#domain/messages/message.ts';
import { commandText } from '#domain/messages/names.ts';
import { findCommand } from '#domain/nut/commands.ts';
import type { Api } from '#engine/api/handlers.ts';

/** @returns what to tell the person when it did not work; undefined when it did: the UPS itself shows that */
export async function runTrayCommand(
  api: Pick<Api, 'handle'>,
  ups: string,
  command: string,
  locale: Locale,
): Promise<string | undefined> {
  const answer = await api.handle('ups.runCommand', { ups, command }, 'admin');
  if (!answer.ok) return describeError(new RemoteError(answer.error), locale);
  const { outcome } = answer.value;
  if (outcome === 'handled') return undefined;
  const name = findCommand(command) ? commandText(command, locale) : command;
  return message(
    'notice.command-failed-text',
    { command: name, outcome: message(`outcome.${outcome}`, {}, locale) },
    locale,
  );
}
