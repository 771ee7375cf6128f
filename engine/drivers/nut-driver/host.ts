/** What the front of installed NUT drivers needs from the computer: sockets and programs. Tests bring their own. */

export interface DriverSocket {
  /** Called with the bytes as they come; nothing is lost before the first listener is there. */
  onBytes(receive: (bytes: Uint8Array) => void): void;
  /** Called once, when the other side ended it or it broke; not after close(). */
  onClosed(closed: () => void): void;
  /** A line without its end. Silently nothing after the end. */
  send(line: string): void;
  close(): void;
}

export type SocketAnswer =
  | { readonly ok: true; readonly socket: DriverSocket }
  /** `absent`: nobody listens there. `denied`: somebody does, but not to us. `hidden`: the folder is not for us to see. */
  | { readonly ok: false; readonly reason: 'absent' | 'denied' | 'hidden'; readonly text: string };

export interface ProcessExit {
  /** Exit status; undefined when a signal ended it or it never began. */
  readonly status: number | undefined;
  /** The signal, or why it could not be started. */
  readonly reason: string | undefined;
}

export interface DriverProcess {
  readonly pid: number | undefined;
  readonly exited: Promise<ProcessExit>;
  /** Each line it writes, of either stream, cleared of control characters. */
  onLine(receive: (line: string) => void): void;
  /** @returns false when the signal could not be sent */
  signal(signal: 'SIGTERM' | 'SIGKILL'): boolean;
}

export interface ProcessOrder {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface NutDriverHost {
  /** Never rejects. */
  openSocket(path: string): Promise<SocketAnswer>;
  startProcess(order: ProcessOrder): DriverProcess;
}
