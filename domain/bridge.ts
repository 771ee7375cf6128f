/** The desktop shell as the page sees it: what the preload script puts at `window.ridethrough`. */
import type { ConnectionState } from './client.ts';
import type { Answer, RequestName } from './contract.ts';

/** Where the window finds the renderer's files. */
export const APP_SCHEME = 'app';
export const APP_HOST = 'ridethrough';
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;

export interface RidethroughBridge {
  /**
   * Asks the engine. Only names of the contract pass; whole errors come back as values, because an Error loses its
   * code and remedy on the way between the worlds of the page and of the preload script.
   */
  request(name: string, params: unknown): Promise<Answer<RequestName>>;
  /** Only names of the contract's events. @returns ends the subscription */
  subscribe(name: string, receive: (payload: unknown) => void): () => void;
  /** Calls back at once with the present state and after every change. @returns ends it */
  onConnection(changed: (state: ConnectionState) => void): () => void;
}

/** IPC channels between preload script and main process. */
export const IPC = {
  request: 'ridethrough:request',
  event: 'ridethrough:event',
  /** Asked by a page that has just been opened. */
  connection: 'ridethrough:connection',
  /** Told after every change. */
  connectionChanged: 'ridethrough:connection-changed',
} as const;
