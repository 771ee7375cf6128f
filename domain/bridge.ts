/** The desktop shell as the page sees it: what the preload script puts at `window.ridethrough`. */
import type { ConnectionState } from './client.ts';
import type { Answer, RequestName } from './contract.ts';
import type { LocaleChoice } from './messages/message.ts';

/** Where the window finds the renderer's files. */
export const APP_SCHEME = 'app';
export const APP_HOST = 'ridethrough';
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;

/** The language of the desktop program as a window finds it. */
export interface ShellLanguageFacts {
  readonly choice: LocaleChoice;
  /** BCP 47 tags as the system prefers them. */
  readonly ofSystem: readonly string[];
}

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
  /** As it was when the page was opened. The shell keeps the choice: tray and notifications speak the same. */
  readonly language: ShellLanguageFacts;
  chooseLanguage(choice: LocaleChoice): void;
}

/** IPC channels between preload script and main process. */
export const IPC = {
  request: 'ridethrough:request',
  event: 'ridethrough:event',
  /** Asked by a page that has just been opened. */
  connection: 'ridethrough:connection',
  /** Told after every change. */
  connectionChanged: 'ridethrough:connection-changed',
  /** Asked by a page before it shows anything, so synchronously. */
  language: 'ridethrough:language',
  /** Told by a page. */
  chooseLanguage: 'ridethrough:choose-language',
} as const;
