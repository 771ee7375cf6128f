/** Which rendered files make up an icon on each system. Pure; the files are made by scripts/render-icons.ts. */
import type { TrayIcon } from './tray-view.ts';

/** Colour of the panel that the icon stands on. */
export type Panel = 'dark' | 'light';

export interface IconFile {
  /** Below resources/icons. */
  readonly name: string;
  readonly scaleFactor: number;
}

type Size = readonly [pixels: number, scaleFactor: number];

/** Pixels of the icon at each scale: notification areas of Windows are 16, panels of Linux 22, the menu bar of macOS 22. */
const SIZES: Readonly<Record<'win32' | 'darwin' | 'linux', readonly [Size, ...Size[]]>> = {
  win32: [
    [16, 1],
    [24, 1.5],
    [32, 2],
  ],
  darwin: [
    [22, 1],
    [44, 2],
  ],
  linux: [
    [22, 1],
    [44, 2],
  ],
};

/** The plain size first. macOS colours a template itself: its shape says everything. */
export function trayImages(
  icon: TrayIcon,
  platform: NodeJS.Platform,
  panel: Panel,
): readonly [IconFile, ...IconFile[]] {
  const sizes = platform === 'win32' || platform === 'darwin' ? SIZES[platform] : SIZES.linux;
  const name = platform === 'darwin' ? `template/${icon.shape}` : `tray/${panel}/${icon.shape}-${icon.tone}`;
  const file = ([pixels, scaleFactor]: Size): IconFile => ({ name: `${name}-${pixels}.png`, scaleFactor });
  const [first, ...finer] = sizes;
  return [file(first), ...finer.map(file)];
}

/**
 * @param isSystemDark the system draws its own surfaces dark, where it tells (Windows)
 * @param desktop XDG_CURRENT_DESKTOP
 */
export function panelOf(platform: NodeJS.Platform, isSystemDark: boolean, desktop: string | undefined): Panel {
  if (platform !== 'linux') return isSystemDark ? 'dark' : 'light';
  // These keep a dark panel whatever the theme of the windows; the others follow the theme.
  const keepsDark = (desktop ?? '').split(':').some((name) => /^(gnome|unity|x-cinnamon|pantheon)$/i.test(name.trim()));
  return keepsDark || isSystemDark ? 'dark' : 'light';
}
