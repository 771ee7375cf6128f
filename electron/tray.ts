/** Puts what tray-view.ts decides on the screen. */
import { Menu, nativeImage, Tray, type MenuItemConstructorOptions, type NativeImage } from 'electron';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { message } from '#domain/messages/message.ts';
import { trayImages, type Panel } from './icon-files.ts';
import type { TrayAction, TrayIcon, TrayItem, TrayView } from './tray-view.ts';

export interface TrayParts {
  /** Folder of the rendered icons. */
  readonly icons: string;
  readonly platform: NodeJS.Platform;
  readonly panel: () => Panel;
  act(action: TrayAction): void;
}

export interface TrayIconOnScreen {
  show(view: TrayView): void;
  /** Draws the icon again, when the panel has changed its colour. */
  redraw(): void;
  destroy(): void;
}

export function createTray(parts: TrayParts): TrayIconOnScreen {
  const images = new Map<string, NativeImage>();
  let tray: Tray | undefined;
  let shown: TrayView | undefined;

  const imageOf = (icon: TrayIcon): NativeImage => {
    const files = trayImages(icon, parts.platform, parts.panel());
    const key = files.map((file) => file.name).join();
    let image = images.get(key);
    if (!image) {
      const [first, ...finer] = files;
      image = nativeImage.createFromPath(join(parts.icons, first.name));
      for (const { name, scaleFactor } of finer) {
        const buffer = nativeImage.createFromPath(join(parts.icons, name)).toPNG();
        image.addRepresentation({ scaleFactor, buffer });
      }
      image.setTemplateImage(parts.platform === 'darwin');
      images.set(key, image);
    }
    return image;
  };

  const item = (entry: TrayItem): MenuItemConstructorOptions => {
    switch (entry.kind) {
      case 'status':
        return { label: entry.label, enabled: false };
      case 'separator':
        return { type: 'separator' };
      case 'action':
        return { label: entry.label, enabled: entry.isEnabled, click: () => parts.act(entry.action) };
    }
  };

  return {
    show(view) {
      const before = shown;
      shown = view;
      if (!tray) {
        tray = new Tray(imageOf(view.icon));
        tray.on('click', () => parts.act({ type: 'open' }));
      } else if (!isDeepStrictEqual(before?.icon, view.icon)) tray.setImage(imageOf(view.icon));
      if (before?.tooltip !== view.tooltip) tray.setToolTip(`${message('shell.name', {})}\n${view.tooltip}`);
      // An open menu closes when it is replaced: only when it says something else.
      if (!isDeepStrictEqual(before?.menu, view.menu)) tray.setContextMenu(Menu.buildFromTemplate(view.menu.map(item)));
    },
    redraw() {
      if (shown) tray?.setImage(imageOf(shown.icon));
    },
    destroy() {
      tray?.destroy();
      tray = undefined;
    },
  };
}
