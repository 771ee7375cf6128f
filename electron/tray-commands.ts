/** Commands chosen in the tray's menu. */
import { describeError, RemoteError } from '#domain/errors.ts';
import { message, type Locale } from '#domain/messages/message.ts';
import { commandText } from '#domain/messages/names.ts';
import { findCommand } from '#domain/nut/commands.ts';
import type { Api } from '#engine/api/handlers.ts';

/** Nothing but a notification shows that it worked. */
export const MUTE = 'beeper.mute';
/** What the tooltip follows, and its end is told when it comes. */
export const SELF_TEST = 'test.battery.start.quick';

export interface Told {
  readonly title: string;
  readonly body: string;
}

/** @returns what to tell the person; undefined where the tray itself shows what came of it */
export async function runTrayCommand(
  api: Pick<Api, 'handle'>,
  ups: string,
  command: string,
  locale: Locale,
): Promise<Told | undefined> {
  const failed = (body: string): Told => ({ title: message('notice.command-failed', {}, locale), body });
  const answer = await api.handle('ups.runCommand', { ups, command }, 'admin');
  if (!answer.ok) return failed(describeError(new RemoteError(answer.error), locale));
  const { outcome } = answer.value;
  if (outcome === 'handled') {
    if (command !== MUTE) return undefined;
    return { title: message('notice.muted', {}, locale), body: message('notice.muted-text', {}, locale) };
  }
  const name = findCommand(command) ? commandText(command, locale) : command;
  const text = message(
    'notice.command-failed-text',
    { command: name, outcome: message(`outcome.${outcome}`, {}, locale) },
    locale,
  );
  return failed(text);
}

/** What a person may want of a shutdown that is on its way. */
export type Wish = 'cancel' | 'postpone' | 'shutdown-now';
const WAIT_SECONDS = 300;

/** @returns what to tell the person; undefined where tray and countdown themselves show what came of it */
export async function runWish(api: Pick<Api, 'handle'>, wish: Wish, locale: Locale): Promise<Told | undefined> {
  const answer = await (wish === 'cancel'
    ? api.handle('monitor.cancel', {}, 'admin')
    : wish === 'postpone'
      ? api.handle('monitor.postpone', { seconds: WAIT_SECONDS }, 'admin')
      : api.handle('monitor.shutdownNow', {}, 'admin'));
  const title = message('notice.wish-failed', {}, locale);
  if (!answer.ok) return { title, body: describeError(new RemoteError(answer.error), locale) };
  const { outcome } = answer.value;
  return outcome === 'done' ? undefined : { title, body: message(`shutdown.${outcome}`, {}, locale) };
}
