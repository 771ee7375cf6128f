/** Sockets and programs by way of Node. */
import { spawn } from 'node:child_process';
import { lstat } from 'node:fs';
import { connect } from 'node:net';
import type { DriverProcess, NutDriverHost, ProcessExit, ProcessOrder, SocketAnswer } from './host.ts';

export const nodeHost: NutDriverHost = { openSocket, startProcess };

const DENIED = new Set(['EACCES', 'EPERM', 'EAGAIN', 'EBUSY']);

/** @param path a Unix socket, or a named pipe of Windows */
function openSocket(path: string): Promise<SocketAnswer> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const refuse = (error: NodeJS.ErrnoException): void => {
      const answer = (reason: 'absent' | 'denied' | 'hidden'): void =>
        resolve({ ok: false, reason, text: error.message });
      if (!DENIED.has(error.code ?? '')) answer('absent');
      // A closed folder denies what is not there as well.
      else lstat(path, (hidden) => answer(hidden ? 'hidden' : 'denied'));
    };
    socket.once('error', refuse);
    socket.once('connect', () => {
      socket.off('error', refuse);
      // What went wrong shows in 'close', which always follows.
      socket.on('error', () => undefined);
      let isClosed = false;
      resolve({
        ok: true,
        socket: {
          onBytes: (receive) => void socket.on('data', (bytes: Buffer) => receive(bytes)),
          onClosed(closed) {
            socket.once('close', () => {
              if (!isClosed) closed();
            });
          },
          send(line) {
            if (socket.writable) socket.write(`${line}\n`, 'latin1');
          },
          close() {
            isClosed = true;
            socket.destroy();
          },
        },
      });
    });
  });
}

/** Bytes of one line that are kept for the log. */
const MAX_LINE = 1_000;
const OUTPUT_LIMIT_MS = 300;

function startProcess(order: ProcessOrder): DriverProcess {
  const child = spawn(order.program, order.arguments, {
    env: { ...order.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    // A group of its own: Ctrl-C in a terminal is for us, and we stop the driver when it is time.
    detached: process.platform !== 'win32',
  });
  const receivers: ((line: string) => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('latin1');
    stream.on('data', (text: string) => {
      const lines = (rest + text).split(/\r?\n/);
      rest = (lines.pop() ?? '').slice(0, MAX_LINE);
      for (const line of lines) hear(line);
    });
    stream.on('end', () => hear(rest));
  }
  function hear(line: string): void {
    const clean = line
      .slice(0, MAX_LINE)
      .replaceAll(/[^\x20-\x7e]/g, ' ')
      .trim();
    if (clean !== '') for (const receive of receivers) receive(clean);
  }
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('error', (error) => {
      // Also told when a signal cannot be sent to a process that runs.
      if (child.pid === undefined) resolve({ status: undefined, reason: error.message });
    });
    child.once('exit', (status, signal) => {
      const exit: ProcessExit = { status: status ?? undefined, reason: signal ?? undefined };
      // 'close' comes when its output has been read to the end: the last lines say why it ended. A process of its own
      // that it left behind may hold the output open for ever.
      const limit = setTimeout(() => resolve(exit), OUTPUT_LIMIT_MS);
      child.once('close', () => {
        clearTimeout(limit);
        resolve(exit);
      });
    });
  });
  return {
    pid: child.pid,
    exited,
    onLine: (receive) => void receivers.push(receive),
    signal: (signal) => child.kill(signal),
  };
}
