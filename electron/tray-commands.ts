/** Commands chosen in the tray's menu. */
import { findCommand } from '#domain/nut/commands.ts';
import { message } from '#domain/messages/message.ts';
import type { Api } from '#engine/api/handlers.ts';

/** @returns what to tell the person when it did not work; undefined when it did: the UPS itself shows that */
export async function runTrayCommand(
  api: Pick<Api, 'handle'>,
  ups: string,
  command: string,
): Promise<string | undefined> {
  const answer = await api.handle('ups.runCommand', { ups, command }, 'admin');
  if (!answer.ok) return `${answer.error.message} ${answer.error.remedy}`;
  const { outcome } = answer.value;
  if (outcome === 'handled') return undefined;
  return message('notice.command-failed-text', { command: findCommand(command)?.description ?? command, outcome });
}
