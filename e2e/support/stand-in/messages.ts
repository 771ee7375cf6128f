/** What the stand-in (in the program's process) and its host (the test, which owns the browser) say to each other. */

export interface AppAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Told by the program. */
export type FromProgram =
  | { readonly type: 'make-window'; readonly window: number; readonly preload: string; readonly size: Size }
  | { readonly type: 'load'; readonly window: number; readonly url: string }
  | { readonly type: 'send'; readonly window: number; readonly channel: string; readonly args: readonly unknown[] }
  | { readonly type: 'destroy-window'; readonly window: number }
  | { readonly type: 'answer'; readonly question: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly question: number; readonly reason: string };

/** A page speaks to the main process. */
interface Call {
  readonly window: number;
  readonly channel: string;
  readonly args: readonly unknown[];
  readonly frame: { readonly url: string; readonly isTop: boolean };
}

/** Questions of the host; each is answered with its number. */
export type Question =
  | ({ readonly ask: 'invoke' } & Call)
  /** Answered with the event's return value, which only a synchronous question waits for. */
  | ({ readonly ask: 'send' } & Call)
  | { readonly ask: 'app-file'; readonly url: string; readonly method: string }
  | { readonly ask: 'evaluate'; readonly source: string; readonly argument: unknown }
  /** A page wants to go elsewhere or to open a window. */
  | { readonly ask: 'leave'; readonly window: number; readonly url: string; readonly how: 'navigate' | 'open' };

export type FromHost =
  | ({ readonly type: 'question'; readonly question: number } & Question)
  | { readonly type: 'loaded'; readonly window: number; readonly problem: string | undefined };

export interface Size {
  readonly width: number;
  readonly height: number;
}
