/** The one window: made when it is wanted, destroyed when it is closed (hidden pages cost memory), made again in no time. */
import { app, BrowserWindow, dialog, screen, type WebContents } from 'electron';
import { APP_ORIGIN } from '#domain/bridge.ts';
import { describeError } from '#domain/errors.ts';
import { message, type Locale } from '#domain/messages/message.ts';
import { SURFACE } from '#domain/surface.ts';
import type { Log } from '#engine/ports.ts';
import type { UiPreferences } from './ui-preferences.ts';
import { DEFAULT_SIZE, fitBounds, LEAST_SIZE } from './window-bounds.ts';

export interface MainWindowParts {
  readonly preferences: UiPreferences;
  /** Path of the built preload script. */
  readonly preload: string;
  readonly icon: string;
  /** Without a tray a closed window could not be found again. */
  readonly hasTray: boolean;
  /** Colour of the page before it is painted. */
  readonly isDark: () => boolean;
  readonly log: Log;
  readonly locale: () => Locale;
}

const addressOf = (page: string): string => `${APP_ORIGIN}/index.html${page === '' ? '' : `#/${page}`}`;

export interface MainWindow {
  /** Makes the window, or brings it to the front. */
  open(): void;
  /** The same, at a page of the interface. */
  openAt(page: string): void;
  readonly contents: readonly WebContents[];
  /** Ends the window whatever it says. */
  destroy(): void;
}

/** A page that breaks as often as this would break for ever. */
const MOST_RELOADS = 3;

export function createMainWindow(parts: MainWindowParts): MainWindow {
  const { preferences, hasTray } = parts;
  let window: BrowserWindow | undefined;

  const workAreas = () => {
    const main = screen.getPrimaryDisplay();
    const others = screen.getAllDisplays().filter((display) => display.id !== main.id);
    return [main, ...others].map((display) => display.workArea);
  };

  const keepState = (made: BrowserWindow): void =>
    preferences.set('window', { bounds: made.getNormalBounds(), isMaximized: made.isMaximized() });

  const minimiseInstead = async (made: BrowserWindow): Promise<void> => {
    if (!preferences.get('knowsMinimising')) {
      preferences.set('knowsMinimising', true);
      await dialog.showMessageBox(made, {
        type: 'info',
        title: message('shell.name', {}),
        message: message('close.title', {}, parts.locale()),
        detail: message('close.text', {}, parts.locale()),
        buttons: [message('close.understood', {}, parts.locale())],
      });
    }
    if (!made.isDestroyed()) made.minimize();
  };

  const make = (page = ''): BrowserWindow => {
    const kept = preferences.get('window');
    const made = new BrowserWindow({
      ...DEFAULT_SIZE,
      ...fitBounds(kept.bounds, workAreas()),
      minWidth: LEAST_SIZE.width,
      minHeight: LEAST_SIZE.height,
      title: message('shell.name', {}),
      icon: parts.icon,
      show: false,
      backgroundColor: parts.isDark() ? SURFACE.dark : SURFACE.light,
      autoHideMenuBar: true,
      webPreferences: {
        preload: parts.preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
      },
    });
    if (kept.isMaximized) made.maximize();
    made.once('ready-to-show', () => made.show());
    made.on('close', (event) => {
      keepState(made);
      if (hasTray) return;
      event.preventDefault();
      void minimiseInstead(made);
    });
    made.on('closed', () => {
      if (window === made) window = undefined;
    });
    // Windows asks nobody but windows before the session ends.
    made.on('session-end', () => app.quit());
    const load = (): void => {
      made.loadURL(addressOf(page)).catch((error: unknown) => {
        if (!made.isDestroyed()) parts.log.error(`The window could not show its page: ${describeError(error)}`);
      });
    };
    let breaks = 0;
    made.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit' || made.isDestroyed()) return;
      breaks += 1;
      parts.log.error(`The page of the window broke (${reason})`);
      if (breaks <= MOST_RELOADS) load();
    });
    load();
    return made;
  };

  const show = (shown: BrowserWindow): void => {
    if (shown.isMinimized()) shown.restore();
    shown.show();
    shown.focus();
  };

  return {
    openAt(page) {
      if (!window) {
        window = make(page);
        return;
      }
      show(window);
      // Only what stands behind # differs: the page stays and goes there by itself.
      window.loadURL(addressOf(page)).catch((error: unknown) => {
        parts.log.error(`The window could not show a page: ${describeError(error)}`);
      });
    },
    open() {
      if (!window) {
        window = make();
        return;
      }
      show(window);
    },
    get contents() {
      return window && !window.isDestroyed() ? [window.webContents] : [];
    },
    destroy() {
      if (!window || window.isDestroyed()) return;
      keepState(window);
      window.destroy();
    },
  };
}
