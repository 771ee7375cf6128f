/**
 * Stands in for the `electron` module where its binary is not at hand: the part of it that the shell uses, with
 * windows that are pages in the host's browser. It is a test double of Electron, not of the program: main and preload
 * run as built.
 */
import { EventEmitter } from 'node:events';
import { app, PreventableEvent } from './app.ts';
import { dialog, Menu, nativeImage, nativeTheme, Notification, powerMonitor, screen, shell, Tray } from './desktop.ts';
import { safeStorage } from './safe-storage.ts';
import { listenToHost } from './link.ts';
import type { AppAnswer, Question } from './messages.ts';
import { BrowserWindow, windowOf } from './window.ts';

type InvokeHandler = (event: unknown, ...args: unknown[]) => unknown;

const handlers = new Map<string, InvokeHandler>();
const listeners = new EventEmitter();
const ipcMain = {
  handle(channel: string, handler: InvokeHandler): void {
    if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    handlers.set(channel, handler);
  },
  removeHandler: (channel: string): boolean => handlers.delete(channel),
  on: (channel: string, listener: (event: unknown, ...args: unknown[]) => void): unknown =>
    listeners.on(channel, listener),
};

const schemes = new Map<string, (request: Request) => Promise<Response> | Response>();
const protocol = {
  registerSchemesAsPrivileged: (): void => undefined,
  handle: (scheme: string, handler: (request: Request) => Promise<Response> | Response): void => {
    schemes.set(scheme, handler);
  },
};

/** The host's browser has no network and grants nothing, whatever is set here. */
const defaultSession = {
  setPermissionRequestHandler: (): void => undefined,
  setPermissionCheckHandler: (): void => undefined,
  setDevicePermissionHandler: (): void => undefined,
  webRequest: { onBeforeRequest: (): void => undefined },
};
const session = { defaultSession };

const electron = {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeImage,
  nativeTheme,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  Tray,
};

const eventOf = ({ frame, window }: Extract<Question, { ask: 'invoke' | 'send' }>) => ({
  senderFrame: { url: frame.url, parent: frame.isTop ? null : {} },
  sender: windowOf(window)?.webContents,
});

async function answer(question: Question): Promise<unknown> {
  switch (question.ask) {
    case 'invoke': {
      const handler = handlers.get(question.channel);
      if (!handler) throw new Error(`No handler registered for '${question.channel}'`);
      return handler(eventOf(question), ...question.args);
    }
    case 'send': {
      const event = { ...eventOf(question), returnValue: undefined };
      listeners.emit(question.channel, event, ...question.args);
      return event.returnValue;
    }
    case 'app-file': {
      const handler = schemes.get(new URL(question.url).protocol.slice(0, -1));
      if (!handler) throw new Error(`There is no handler for ${question.url}`);
      const response = await handler(new Request(question.url, { method: question.method }));
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: new Uint8Array(await response.arrayBuffer()),
      } satisfies AppAnswer;
    }
    case 'evaluate': {
      // As Playwright's ElectronApplication.evaluate does: the function's text, with the electron module as first argument.
      const run = (0, eval)(`(${question.source})`) as (electron: unknown, argument: unknown) => unknown;
      return run(electron, question.argument);
    }
    case 'leave': {
      const contents = windowOf(question.window)?.webContents;
      if (question.how === 'open') return contents?.openHandler({ url: question.url }).action ?? 'deny';
      const event = Object.assign(new PreventableEvent(), { url: question.url });
      contents?.emit('will-navigate', event);
      return event.defaultPrevented ? 'deny' : 'allow';
    }
  }
}

listenToHost(answer, (window, problem) => windowOf(window)?.wasLoaded(problem));

export default electron;
export {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeImage,
  nativeTheme,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  Tray,
};
