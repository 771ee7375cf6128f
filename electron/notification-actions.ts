/** What can be done about an outage from its notification. Pure. */
import { message, type Locale } from '#domain/messages/message.ts';
import type { UpsSnapshot } from '#domain/schema/snapshot.ts';
import type { DesktopNote } from '#engine/ports.ts';
import { MUTE } from './tray-commands.ts';

export interface NotificationAction {
  readonly name: 'cancel' | 'mute';
  readonly text: string;
}

/** @param canCancel a shutdown is counted down to and can still be called off */
export function actionsOf(
  { isOutage }: Pick<DesktopNote, 'isOutage'>,
  ups: Pick<UpsSnapshot, 'commands'> | undefined,
  canCancel: boolean,
  locale: Locale,
): readonly NotificationAction[] {
  if (!isOutage) return [];
  return [
    ...(canCancel ? [{ name: 'cancel' as const, text: message('notice.cancel', {}, locale) }] : []),
    ...(ups?.commands.includes(MUTE) ? [{ name: 'mute' as const, text: message('notice.mute', {}, locale) }] : []),
  ];
}
