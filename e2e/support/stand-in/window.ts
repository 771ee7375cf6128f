/** BrowserWindow: a page in the host's browser. What can be asked at once (size, visible or not) is known here. */
import { EventEmitter } from 'node:events';
import type { BrowserWindowConstructorOptions, Rectangle, WindowOpenHandlerResponse } from 'electron';
import { app, PreventableEvent } from './app.ts';
import { tellHost } from './link.ts';

const windows = new Map<number, BrowserWindow>();
let lastId = 0;

class WebContents extends EventEmitter {
  readonly id: number;
  url = '';
  openHandler: (details: { url: string }) => WindowOpenHandlerResponse = () => ({ action: 'allow' });

  constructor(id: number) {
    super();
    this.id = id;
  }
  send(channel: string, ...args: unknown[]): void {
    if (this.isDestroyed()) throw new TypeError('Object has been destroyed');
    tellHost({ type: 'send', window: this.id, channel, args: structuredClone(args) });
  }
  isDestroyed(): boolean {
    return !windows.has(this.id);
  }
  getURL(): string {
    return this.url;
  }
  setWindowOpenHandler(handler: (details: { url: string }) => WindowOpenHandlerResponse): void {
    this.openHandler = handler;
  }
}

export class BrowserWindow extends EventEmitter {
  static getAllWindows = (): BrowserWindow[] => [...windows.values()];
  static getFocusedWindow = (): BrowserWindow | null => [...windows.values()].find((one) => one.#isFocused) ?? null;

  readonly id = ++lastId;
  readonly options: BrowserWindowConstructorOptions;
  readonly webContents: WebContents;
  #bounds: Rectangle;
  #isVisible: boolean;
  #isFocused = false;
  #isMinimized = false;
  #isMaximized = false;
  #loaded: ((problem: string | undefined) => void) | undefined;

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super();
    this.options = options;
    const { x = 0, y = 0, width = 800, height = 600 } = options;
    this.#bounds = { x, y, width, height };
    this.#isVisible = options.show ?? true;
    this.webContents = new WebContents(this.id);
    windows.set(this.id, this);
    const preload = options.webPreferences?.preload ?? '';
    tellHost({ type: 'make-window', window: this.id, preload, size: { width, height } });
    app.emit('web-contents-created', new PreventableEvent(), this.webContents);
    app.emit('browser-window-created', new PreventableEvent(), this);
  }

  loadURL(url: string): Promise<void> {
    this.webContents.url = url;
    tellHost({ type: 'load', window: this.id, url });
    return new Promise((resolve, reject) => {
      this.#loaded = (problem) => (problem === undefined ? resolve() : reject(new Error(problem)));
    });
  }
  /** The host has painted the page. */
  wasLoaded(problem: string | undefined): void {
    this.#loaded?.(problem);
    this.emit('ready-to-show');
  }

  show(): void {
    this.#isVisible = true;
    this.focus();
    this.emit('show');
  }
  isVisible = (): boolean => this.#isVisible;
  focus(): void {
    for (const other of windows.values()) other.#isFocused = other === this;
    this.emit('focus');
  }
  isFocused = (): boolean => this.#isFocused;
  minimize(): void {
    this.#isMinimized = true;
    this.#isFocused = false;
    this.emit('minimize');
  }
  isMinimized = (): boolean => this.#isMinimized;
  restore(): void {
    this.#isMinimized = false;
    this.emit('restore');
  }
  maximize(): void {
    this.#isMaximized = true;
  }
  isMaximized = (): boolean => this.#isMaximized;
  getBounds = (): Rectangle => ({ ...this.#bounds });
  getNormalBounds = (): Rectangle => ({ ...this.#bounds });
  setBounds(bounds: Partial<Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
  }

  isDestroyed = (): boolean => !windows.has(this.id);
  close(): void {
    const event = new PreventableEvent();
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }
  destroy(): void {
    if (!windows.delete(this.id)) return;
    tellHost({ type: 'destroy-window', window: this.id });
    this.webContents.emit('destroyed');
    this.emit('closed');
    if (windows.size === 0) {
      if (app.listenerCount('window-all-closed') > 0) app.emit('window-all-closed');
      else app.quit();
    }
  }
}

export const windowOf = (id: number): BrowserWindow | undefined => windows.get(id);

app.closeWindows = () => {
  for (const window of [...windows.values()]) window.close();
  return windows.size === 0;
};
app.destroyWindows = () => {
  for (const window of [...windows.values()]) window.destroy();
};
