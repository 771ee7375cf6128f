/** The contract over Electron's IPC: questions from our own windows, events and the state of the engine to them. */
import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import { IPC } from '#domain/bridge.ts';
import type { ConnectionState } from '#domain/client.ts';
import { ApiError, type WireError } from '#domain/errors.ts';
import type { Api } from '#engine/api/handlers.ts';
import type { Log } from '#engine/ports.ts';
import { isOwnUrl } from './security.ts';

export interface IpcServerDeps {
  readonly ipcMain: Pick<IpcMain, 'handle' | 'removeHandler'>;
  /** Open windows of ours. */
  readonly windows: () => readonly Pick<WebContents, 'send' | 'isDestroyed'>[];
  readonly log: Log;
}

export interface IpcServer {
  /** From now on questions are answered; those that came before have waited. */
  serve(api: Pick<Api, 'handle' | 'onEvent'>): void;
  /** The engine could not be started or has ended: questions are refused, windows are told. */
  end(): void;
  stop(): void;
}

/** Only the top frame of a page of ours may ask. */
export function isOwnSender(frame: { readonly url: string; readonly parent: unknown } | null): boolean {
  return frame !== null && frame.parent === null && isOwnUrl(frame.url);
}

const refusal = (error: WireError) => ({ ok: false as const, error });

export function createIpcServer({ ipcMain, windows, log }: IpcServerDeps): IpcServer {
  let connection: ConnectionState = 'connecting';
  const { promise: started, resolve: start } = Promise.withResolvers<Pick<Api, 'handle'> | undefined>();
  let stopEvents: (() => void) | undefined;

  const send = (channel: string, ...args: unknown[]): void => {
    for (const window of windows()) if (!window.isDestroyed()) window.send(channel, ...args);
  };

  const become = (next: ConnectionState): void => {
    if (connection === next) return;
    connection = next;
    send(IPC.connectionChanged, next);
  };

  const isOwn = (event: IpcMainInvokeEvent): boolean => {
    if (isOwnSender(event.senderFrame)) return true;
    log.warn('A page that is not ours asked the engine', { url: event.senderFrame?.url ?? 'gone' });
    return false;
  };

  ipcMain.handle(IPC.request, async (event, name: unknown, params: unknown) => {
    const text = typeof name === 'string' ? name : typeof name;
    if (!isOwn(event)) return refusal(new ApiError('api/forbidden', { name: text }).toWire());
    const api = connection === 'gone' ? undefined : await started;
    if (!api) return refusal(new ApiError('client/unreachable', {}).toWire());
    // Whoever sits at this computer owns the program.
    return api.handle(text, params, 'admin');
  });
  ipcMain.handle(IPC.connection, (event) => (isOwn(event) ? connection : 'gone'));

  return {
    serve(api) {
      stopEvents = api.onEvent(({ name, payload }) => send(IPC.event, name, payload));
      start(api);
      become('connected');
    },
    end() {
      stopEvents?.();
      start(undefined);
      become('gone');
    },
    stop() {
      stopEvents?.();
      start(undefined);
      ipcMain.removeHandler(IPC.request);
      ipcMain.removeHandler(IPC.connection);
    },
  };
}
