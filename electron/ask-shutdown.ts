/** Asks before this computer is shut down from the tray. */
import { dialog } from 'electron';
import { message, type Locale } from '#domain/messages/message.ts';
import type { MonitorView } from '#domain/schema/monitor.ts';
import { harmlessness, whatGoesDown } from '#domain/shutdown-sentence.ts';

export async function askToShutDown(monitor: MonitorView, locale: Locale): Promise<boolean> {
  const harmless = harmlessness(monitor, locale);
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    title: message('shell.name', {}),
    message: message('shutdown.confirm.title', {}, locale),
    detail: [
      message('shutdown.confirm.text', {}, locale),
      ...whatGoesDown(monitor, locale),
      ...(harmless === undefined ? [] : [harmless]),
    ].join('\n'),
    buttons: [message('shutdown.now', {}, locale), message('frame.cancel', {}, locale)],
    defaultId: 1,
    cancelId: 1,
  });
  return response === 0;
}
