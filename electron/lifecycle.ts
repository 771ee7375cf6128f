/** One instance, and an end that flushes and tells before the process goes. */
import { app, dialog, powerMonitor } from 'electron';
import { endAtOnce } from '#engine/adapters/end-at-once.ts';
import { logOutput } from '#engine/adapters/error-output.ts';
import { message, type Locale } from '#domain/messages/message.ts';
import type { QuitSequence } from './quit-sequence.ts';

/**
 * The first instance stays; a later one only brings its window to the front.
 * @param open the person started the program again, or chose its icon in the dock
 * @returns false in a later instance, which has to end at once
 */
export function becomeOnlyInstance(open: () => void): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', open);
  app.on('activate', open);
  // The program watches on without a window; what to do without a tray is up to the window.
  app.on('window-all-closed', () => undefined);
  return true;
}

/** Every way to an end goes through the sequence: menu, signal, log-out, shutdown of the system. */
export function endThrough(sequence: QuitSequence): void {
  const end = (): void => {
    // exit() and not quit(): windows have no say any more, and nothing is asked twice.
    void sequence.run().then(async (isAll) => {
      const isLogWritten = await logOutput.settled();
      if (!isAll || !isLogWritten) endAtOnce(true);
      app.exit(0);
    });
  };
  app.on('before-quit', (event) => {
    event.preventDefault();
    end();
  });
  // The event is there, but not in Electron's types; with it the system waits for us where it can.
  powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
    event?.preventDefault();
    end();
  });
}

/** Asks before an end that takes the protection away. @param isProtecting a UPS is watched */
export async function askToQuit(isProtecting: boolean, locale: Locale): Promise<void> {
  if (isProtecting) {
    const { response } = await dialog.showMessageBox({
      type: 'warning',
      title: message('shell.name', {}),
      message: message('quit.title', {}, locale),
      detail: message('quit.text', {}, locale),
      buttons: [message('quit.yes', {}, locale), message('quit.no', {}, locale)],
      defaultId: 1,
      cancelId: 1,
    });
    if (response !== 0) return;
  }
  app.quit();
}
