/** The window's menu: what the platform expects and nothing that a page could be broken with. Pure. */
import type { MenuItemConstructorOptions } from 'electron';
import { message, type Locale, type MessageKey } from '#domain/messages/message.ts';

type MenuWord = MessageKey extends infer Key ? (Key extends `menu.${infer Word}` ? Word : never) : never;

export interface MenuParts {
  readonly platform: NodeJS.Platform;
  readonly isPackaged: boolean;
  readonly locale: Locale;
  readonly quit: () => void;
  /** Opens the wizard. */
  readonly setUp: () => void;
}

/** Roles bring keys and what they do, and English words, so each is given its own. */
export function menuTemplate({ platform, isPackaged, locale, quit, setUp }: MenuParts): MenuItemConstructorOptions[] {
  const say = (key: 'tray.quit' | 'shell.name' | `menu.${MenuWord}`): string => message(key, {}, locale);
  const item = (role: MenuItemConstructorOptions['role'] & string, word: MenuWord): MenuItemConstructorOptions => ({
    role,
    label: say(`menu.${word}`),
  });
  const quitItem: MenuItemConstructorOptions = {
    label: say('tray.quit'),
    accelerator: 'CommandOrControl+Q',
    click: quit,
  };
  const setUpItem: MenuItemConstructorOptions = { label: say('menu.set-up'), click: setUp };
  const closeItem = item('close', 'close-window');
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const first: MenuItemConstructorOptions =
    platform === 'darwin'
      ? {
          label: say('shell.name'),
          submenu: [
            item('about', 'about'),
            separator,
            setUpItem,
            separator,
            item('hide', 'hide'),
            item('hideOthers', 'hide-others'),
            separator,
            quitItem,
          ],
        }
      : { label: say('menu.file'), submenu: [setUpItem, closeItem, separator, quitItem] };
  return [
    first,
    {
      label: say('menu.edit'),
      submenu: [
        item('undo', 'undo'),
        item('redo', 'redo'),
        separator,
        item('cut', 'cut'),
        item('copy', 'copy'),
        item('paste', 'paste'),
      ],
    },
    {
      label: say('menu.view'),
      submenu: [
        item('zoomIn', 'zoom-in'),
        item('zoomOut', 'zoom-out'),
        item('resetZoom', 'actual-size'),
        separator,
        item('togglefullscreen', 'full-screen'),
        ...(isPackaged ? [] : [{ role: 'reload' } as const, { role: 'toggleDevTools' } as const]),
      ],
    },
    ...(platform === 'darwin'
      ? [
          {
            ...item('windowMenu', 'window'),
            submenu: [closeItem, item('minimize', 'minimise'), item('zoom', 'zoom-window')],
          },
        ]
      : []),
  ];
}
