/** What a conversation consists of: what is known of the client, what it may ask of the server, what a line leads to. */
import type { UpsState } from '#engine/state/ups-state.ts';
import type { UpsReplies } from './ups-replies.ts';
import type { NutUser } from './users.ts';

/** What a connection has said of itself so far. */
export interface Session {
  /** Where the client is. */
  readonly address: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Configured name of the UPS it logged in to. */
  readonly loggedInto: string | undefined;
  /** What it called that UPS: its name, or an alias. */
  readonly loggedInAs: string | undefined;
  /** It was told of a forced shutdown of that UPS: when it goes now, it goes for good. */
  readonly isToldForcedShutdown: boolean;
  readonly isTracking: boolean;
  readonly isEncrypted: boolean;
}

export const newSession = (address: string): Session => ({
  address,
  username: undefined,
  password: undefined,
  loggedInto: undefined,
  loggedInAs: undefined,
  isToldForcedShutdown: false,
  isTracking: false,
  isEncrypted: false,
});

/** What a session asks of the server. */
export interface SessionWorld {
  /** In the order of the configuration. */
  list(): readonly UpsState[];
  /** By name or alias, compared without case. */
  get(ups: string): UpsState | undefined;
  repliesOf(state: UpsState): UpsReplies;
  /** Clients that are logged in to a UPS. */
  loginCount(state: UpsState): number;
  /** Their addresses. */
  loggedIn(state: UpsState): readonly string[];
  /** The user with the session's name and password, or why there is none; `wait`: ask again after a while. */
  authenticate(session: Session): NutUser | 'wrong-password' | 'wait';
  beginTracking(): string;
  trackingReply(id: string): string;
  readonly isTlsConfigured: boolean;
  /** Answer to VER. */
  readonly serverInfo: string;
  readonly serverVersion: string;
}

/** What a command does beyond its reply. */
export type SessionEffect =
  | { readonly type: 'logged-in'; readonly ups: string }
  /** Close once the reply is sent; from now on the client counts no longer. */
  | { readonly type: 'logged-out'; readonly ups: string | undefined }
  /** The reply depends on the certificate: it is the server's to give. */
  | { readonly type: 'start-tls' }
  | { readonly type: 'forced-shutdown'; readonly ups: string }
  | {
      readonly type: 'set-variable';
      readonly ups: string;
      readonly variable: string;
      readonly value: string;
      readonly trackingId: string | undefined;
    }
  | {
      readonly type: 'run-command';
      readonly ups: string;
      readonly command: string;
      readonly parameter: string | undefined;
      readonly trackingId: string | undefined;
    }
  /** The password is wrong: the refusal may be held back. */
  | { readonly type: 'wrong-password' }
  /** Nothing was done: the same words are to be given again after a while. */
  | { readonly type: 'wait' };

export interface Turn {
  readonly reply: string;
  /** Absent: as before. */
  readonly session?: Session;
  readonly effect?: SessionEffect;
}

/** A reply alone, for the many commands that only ask. */
export type Step = string | Turn;
