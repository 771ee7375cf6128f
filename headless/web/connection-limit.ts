/** Keeps one address from taking every connection that the web interface has. */
import type { Server } from 'node:net';
import { askerOf } from './password-check.ts';

/** A browser takes six and a socket for each page; a monitoring server takes a few. */
const MOST_OF_ONE_ADDRESS = 100;

const isThisComputer = (address: string): boolean => /^127\.|^0:0:0:0::/.test(askerOf(address));

/** Connections beyond the limit are closed at once. This computer is not counted: a proxy for many may stand there. */
export function limitConnections(server: Server, most = MOST_OF_ONE_ADDRESS): void {
  const open = new Map<string, number>();
  server.on('connection', (socket) => {
    const address = socket.remoteAddress;
    if (address === undefined || isThisComputer(address)) return;
    const asker = askerOf(address);
    const count = (open.get(asker) ?? 0) + 1;
    if (count > most) {
      socket.destroy();
      return;
    }
    open.set(asker, count);
    socket.once('close', () => {
      const left = (open.get(asker) ?? 1) - 1;
      if (left === 0) open.delete(asker);
      else open.set(asker, left);
    });
  });
}
