/**
 * The page's half of the stand-in: runs the built preload script before the page's own, with the two modules a
 * sandboxed preload gets. Unlike in Electron it shares the page's world, so what it exposes is frozen.
 */
import type { IpcRenderer } from 'electron';

interface StandInWindow {
  standInInvoke(channel: string, args: unknown[]): Promise<{ value?: unknown; problem?: string }>;
  standInSend(channel: string, args: unknown[]): Promise<void>;
  standInReceive(channel: string, args: unknown[]): void;
}

type Listener = Parameters<IpcRenderer['on']>[1];

/** Where a page asks synchronously; the host answers in place of the program's files. */
export const SYNC_PATH = '/.stand-in/send-sync';

interface SyncRequest {
  open(method: string, url: string, isAsync: boolean): void;
  send(body: string): void;
  readonly responseText: string;
}

/** Runs in the page as text, so it may use nothing from outside. */
function installPreload(
  run: (require: (name: string) => unknown, module: object, exports: object) => void,
  syncPath: string,
): void {
  const page = globalThis as unknown as StandInWindow & {
    readonly top: unknown;
    readonly location: { readonly protocol: string };
    readonly XMLHttpRequest: new () => SyncRequest;
  };
  if (page.top !== globalThis || page.location.protocol === 'about:') return;
  const listeners = new Map<string, Set<Listener>>();
  page.standInReceive = (channel, args) => {
    for (const listener of listeners.get(channel) ?? []) listener({} as never, ...(args as never[]));
  };
  const electron = {
    ipcRenderer: {
      async invoke(channel: string, ...args: unknown[]) {
        const { value, problem } = await page.standInInvoke(channel, args);
        if (problem !== undefined) throw new Error(`Error invoking remote method '${channel}': ${problem}`);
        return value;
      },
      send(channel: string, ...args: unknown[]) {
        void page.standInSend(channel, args);
      },
      sendSync(channel: string, ...args: unknown[]): unknown {
        const request = new page.XMLHttpRequest();
        request.open('POST', syncPath, false);
        request.send(JSON.stringify({ channel, args }));
        return (JSON.parse(request.responseText) as { value?: unknown }).value;
      },
      on(channel: string, listener: Listener) {
        const set = listeners.get(channel) ?? new Set();
        listeners.set(channel, set);
        set.add(listener);
      },
    },
    contextBridge: {
      exposeInMainWorld(name: string, api: object) {
        Object.defineProperty(globalThis, name, { value: Object.freeze(api), enumerable: true });
      },
    },
  };
  const module = { exports: {} };
  run(
    (name) => {
      if (name === 'electron') return electron;
      throw new Error(`module not found: ${name}`);
    },
    module,
    module.exports,
  );
}

/** @param preload text of the built preload script */
export const pagePreload = (preload: string): string =>
  `(${installPreload.toString()})(function (require, module, exports) {${preload}\n}, ${JSON.stringify(SYNC_PATH)});`;
