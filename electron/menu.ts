/** The window's menu: what the platform expects and nothing that a page could be broken with. */
import { Menu, type MenuItemConstructorOptions } from 'electron';
import { message } from '#domain/messages/message.ts';

export interface MenuParts {
  readonly platform: NodeJS.Platform;
  readonly isPackaged: boolean;
  readonly quit: () => void;
}

/** Roles bring the platform's own words and keys. */
export function menuTemplate({ platform, isPackaged, quit }: MenuParts): MenuItemConstructorOptions[] {
  const quitItem: MenuItemConstructorOptions = {
    label: message('tray.quit', {}),
    accelerator: 'CommandOrControl+Q',
    click: quit,
  };
  const closeItem: MenuItemConstructorOptions = { role: 'close', label: message('menu.close-window', {}) };
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const first: MenuItemConstructorOptions =
    platform === 'darwin'
      ? {
          label: message('shell.name', {}),
          submenu: [{ role: 'about' }, separator, { role: 'hide' }, { role: 'hideOthers' }, separator, quitItem],
        }
      : { label: message('menu.file', {}), submenu: [closeItem, separator, quitItem] };
  return [
    first,
    {
      label: message('menu.edit', {}),
      submenu: [{ role: 'undo' }, { role: 'redo' }, separator, { role: 'cut' }, { role: 'copy' }, { role: 'paste' }],
    },
    {
      label: message('menu.view', {}),
      submenu: [
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
        separator,
        { role: 'togglefullscreen' },
        ...(isPackaged ? [] : [{ role: 'reload' } as const, { role: 'toggleDevTools' } as const]),
      ],
    },
    ...(platform === 'darwin' ? [{ role: 'windowMenu' } as const] : []),
  ];
}

export function installMenu(parts: MenuParts): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(parts)));
}
