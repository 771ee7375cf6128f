/** What a program puts on the desktop besides its window. */
import { EventEmitter } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { MenuItemConstructorOptions, MessageBoxReturnValue, NotificationConstructorOptions } from 'electron';

export class NativeImage {
  readonly representations: { readonly scaleFactor: number; readonly png: Buffer }[] = [];
  isTemplateImage = false;

  addRepresentation({ scaleFactor = 1, buffer }: { scaleFactor?: number; buffer?: Buffer }): void {
    if (buffer) this.representations.push({ scaleFactor, png: buffer });
  }
  isEmpty = (): boolean => this.representations.length === 0;
  toPNG = (): Buffer => this.representations[0]?.png ?? Buffer.alloc(0);
  setTemplateImage(isTemplate: boolean): void {
    this.isTemplateImage = isTemplate;
  }
}

export const nativeImage = {
  createEmpty: (): NativeImage => new NativeImage(),
  /** As in Electron, a file that is not there makes an empty image and no error. */
  createFromPath(path: string): NativeImage {
    const image = new NativeImage();
    if (existsSync(path)) image.addRepresentation({ buffer: readFileSync(path) });
    return image;
  },
};

export interface MenuItem extends Omit<MenuItemConstructorOptions, 'submenu'> {
  readonly enabled: boolean;
  readonly submenu: Menu | undefined;
}

export class Menu {
  static applicationMenu: Menu | null = null;
  readonly items: readonly MenuItem[];

  constructor(items: readonly MenuItem[] = []) {
    this.items = items;
  }
  static buildFromTemplate(template: readonly MenuItemConstructorOptions[]): Menu {
    return new Menu(
      template.map((item) => ({
        ...item,
        enabled: item.enabled ?? true,
        submenu: Array.isArray(item.submenu) ? Menu.buildFromTemplate(item.submenu) : undefined,
      })),
    );
  }
  static setApplicationMenu(menu: Menu | null): void {
    Menu.applicationMenu = menu;
  }
  static getApplicationMenu = (): Menu | null => Menu.applicationMenu;
}

export class Tray extends EventEmitter {
  image: NativeImage;
  #isDestroyed = false;

  constructor(image: NativeImage) {
    super();
    if (image.isEmpty()) throw new Error('Failed to load image for the tray');
    this.image = image;
  }
  setImage(image: NativeImage): void {
    this.#check();
    if (image.isEmpty()) throw new Error('Failed to load image for the tray');
    this.image = image;
  }
  setToolTip(_text: string): void {
    this.#check();
  }
  setContextMenu(_menu: Menu | null): void {
    this.#check();
  }
  isDestroyed = (): boolean => this.#isDestroyed;
  destroy(): void {
    this.#isDestroyed = true;
  }
  #check(): void {
    if (this.#isDestroyed) throw new TypeError('Tray is destroyed');
  }
}

export class Notification extends EventEmitter {
  readonly title: string;
  readonly body: string;

  constructor({ title = '', body = '' }: NotificationConstructorOptions = {}) {
    super();
    this.title = title;
    this.body = body;
  }
  static isSupported = (): boolean => true;
  show(): void {
    this.emit('show');
  }
  close(): void {
    this.emit('close');
  }
}

/** Nobody is there to press a button: tests put their own answer in place of these. */
export const dialog = {
  showMessageBox: (): Promise<MessageBoxReturnValue> => Promise.resolve({ response: 0, checkboxChecked: false }),
  showErrorBox(title: string, text: string): void {
    process.stderr.write(`${title}: ${text}\n`);
  },
};

export const shell = { openExternal: (_url: string): Promise<void> => Promise.resolve() };

const display = {
  id: 1,
  bounds: { x: 0, y: 0, width: 1920, height: 1080 },
  workArea: { x: 0, y: 0, width: 1920, height: 1040 },
  scaleFactor: 1,
};
export const screen = Object.assign(new EventEmitter(), {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
});

export const nativeTheme = Object.assign(new EventEmitter(), {
  shouldUseDarkColors: false,
  shouldUseDarkColorsForSystemIntegratedUI: false,
  themeSource: 'system',
});

export const powerMonitor = new EventEmitter();
