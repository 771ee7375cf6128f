import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { allTold } from './link.ts';
import { takeInstanceLock } from './only-instance.ts';

/** An event whose default can be kept from happening. */
export class PreventableEvent {
  defaultPrevented = false;
  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

class App extends EventEmitter {
  readonly isPackaged = false;
  readonly #paths = new Map([
    ['userData', join(tmpdir(), 'stand-in')],
    ['temp', tmpdir()],
  ]);
  #name = 'stand-in';
  #told = Promise.resolve();
  #isEnding = false;
  /** Set by window.ts: closes every window as a person would, and says whether one is left. */
  closeWindows: () => boolean = () => true;
  destroyWindows: () => void = () => undefined;

  getName = (): string => this.#name;
  setName(name: string): void {
    this.#name = name;
  }
  getVersion = (): string => '0.0.0';
  getPreferredSystemLanguages = (): string[] => ['en-GB'];
  setAppUserModelId(): void {
    // Only Windows has one.
  }
  getPath(name: string): string {
    const path = this.#paths.get(name);
    if (path === undefined) throw new Error(`Failed to get '${name}' path`);
    return path;
  }
  setPath(name: string, path: string): void {
    if (!isAbsolute(path) || !existsSync(path)) throw new Error(`Failed to set path '${name}': ${path}`);
    this.#paths.set(name, path);
  }
  requestSingleInstanceLock(): boolean {
    const { isFirst, told } = takeInstanceLock(this.getPath('userData'), (argv) =>
      this.emit('second-instance', new PreventableEvent(), argv, process.cwd(), {}),
    );
    this.#told = told;
    return isFirst;
  }
  async whenReady(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }
  quit(): void {
    if (this.#isEnding) return;
    const event = new PreventableEvent();
    this.emit('before-quit', event);
    if (!event.defaultPrevented && this.closeWindows()) this.exit(0);
  }
  exit(code: number): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.destroyWindows();
    this.emit('quit', new PreventableEvent(), code);
    void Promise.all([this.#told, allTold()]).finally(() => process.exit(code));
  }
}

export const app = new App();

// Electron's browser process ends in order on these.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => app.quit());
// Electron runs until it is told to end, also with nothing to do.
setInterval(() => undefined, 2 ** 30);
