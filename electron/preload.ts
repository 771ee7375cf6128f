/** The only bridge between page and program: names of the contract, never ipcRenderer itself. Sandboxed, so CommonJS. */
import { contextBridge, ipcRenderer } from 'electron';
import { IPC, type RidethroughBridge, type ShellLanguageFacts } from '#domain/bridge.ts';
import type { ConnectionState } from '#domain/client.ts';
import type { Answer, RequestName } from '#domain/contract.ts';

// Filled in by the build from the contract: the schemas themselves would make every window load zod twice.
declare const __REQUEST_NAMES__: readonly string[];
declare const __EVENT_NAMES__: readonly string[];

const requestNames: ReadonlySet<string> = new Set(__REQUEST_NAMES__);
const eventNames: ReadonlySet<string> = new Set(__EVENT_NAMES__);

const subscribers = new Map<string, Set<(payload: unknown) => void>>();
const watchers = new Set<(state: ConnectionState) => void>();
let connection: ConnectionState = 'connecting';
let wasTold = false;

function become(next: ConnectionState): void {
  if (connection === next) return;
  connection = next;
  for (const watcher of watchers) watcher(next);
}

ipcRenderer.on(IPC.event, (_event, name: string, payload: unknown) => {
  for (const receive of subscribers.get(name) ?? []) receive(payload);
});
ipcRenderer.on(IPC.connectionChanged, (_event, state: ConnectionState) => {
  wasTold = true;
  become(state);
});
void ipcRenderer.invoke(IPC.connection).then((state: ConnectionState) => {
  // A change that arrived meanwhile is newer than this answer.
  if (!wasTold) become(state);
});

const bridge: RidethroughBridge = {
  request(name, params) {
    if (!requestNames.has(name)) return Promise.reject(new Error(`There is no request "${name}".`));
    return ipcRenderer.invoke(IPC.request, name, params) as Promise<Answer<RequestName>>;
  },
  subscribe(name, receive) {
    if (!eventNames.has(name)) throw new Error(`There is no event "${name}".`);
    const set = subscribers.get(name) ?? new Set();
    subscribers.set(name, set);
    // A wrapper, so that the same function subscribed twice can be ended once.
    const entry = (payload: unknown): void => receive(payload);
    set.add(entry);
    return () => set.delete(entry);
  },
  onConnection(changed) {
    const entry = (state: ConnectionState): void => changed(state);
    watchers.add(entry);
    changed(connection);
    return () => watchers.delete(entry);
  },
  language: ipcRenderer.sendSync(IPC.language) as ShellLanguageFacts,
  chooseLanguage(choice) {
    ipcRenderer.send(IPC.chooseLanguage, choice);
  },
};

contextBridge.exposeInMainWorld('ridethrough', bridge);
