import { EventEmitter } from 'node:events';
import type { Server } from 'node:net';
import { expect, test } from 'vitest';
import { limitConnections } from './connection-limit.ts';

function connectTo(server: EventEmitter, remoteAddress: string) {
  const socket = Object.assign(new EventEmitter(), {
    remoteAddress,
    isOpen: true,
    destroy: () => {
      socket.isOpen = false;
      socket.emit('close');
    },
  });
  server.emit('connection', socket);
  return socket;
}

test('one address gets so many connections and no more, until it lets go of some; others are not touched', () => {
  const server = new EventEmitter();
  limitConnections(server as unknown as Server, 2);
  const [first, second, third] = [1, 2, 3].map(() => connectTo(server, '192.0.2.1'));
  expect([first, second, third].map((socket) => socket?.isOpen)).toEqual([true, true, false]);
  expect(connectTo(server, '192.0.2.2').isOpen).toBe(true);
  first?.destroy();
  expect(connectTo(server, '::ffff:192.0.2.1').isOpen).toBe(true);
  expect(connectTo(server, '192.0.2.1').isOpen).toBe(false);
});

test('this computer is not counted: a proxy may stand there', () => {
  const server = new EventEmitter();
  limitConnections(server as unknown as Server, 1);
  for (const address of ['127.0.0.1', '127.0.0.1', '::1', '::1', '::ffff:127.0.0.1']) {
    expect(connectTo(server, address).isOpen).toBe(true);
  }
});
