/** The lock of the only instance: a socket in the data folder, as Electron keeps one. */
import { connect, createServer } from 'node:net';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // ESRCH: no such process
  }
};

export interface InstanceLock {
  readonly isFirst: boolean;
  /** Resolves when the first instance has heard of this one. */
  readonly told: Promise<void>;
}

/** @param onSecond called in the first instance with the words of a later one */
export function takeInstanceLock(folder: string, onSecond: (argv: string[]) => void): InstanceLock {
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, 'lock');
  const socket = join(folder, 'sock');
  try {
    writeLock(lock);
  } catch {
    if (isAlive(Number(readFileSync(lock, 'utf8')))) {
      const told = new Promise<void>((resolve, reject) => {
        const client = connect(socket, () => client.end(JSON.stringify(process.argv)));
        client.on('close', () => resolve()).on('error', reject);
      });
      return { isFirst: false, told };
    }
    rmSync(lock);
    writeLock(lock);
  }
  rmSync(socket, { force: true });
  const server = createServer((client) => {
    let text = '';
    client.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    client.on('end', () => onSecond(JSON.parse(text) as string[]));
  });
  server.listen(socket).unref();
  process.on('exit', () => {
    rmSync(lock, { force: true });
    rmSync(socket, { force: true });
  });
  return { isFirst: true, told: Promise.resolve() };
}

function writeLock(path: string): void {
  const file = openSync(path, 'wx');
  writeSync(file, String(process.pid));
  closeSync(file);
}
