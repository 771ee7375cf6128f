/** The least that a Node program does for a request: take what comes and write one line. What a NUT server can reach. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

const REPLY = 'VAR bench ups.status "OL"\n';

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', () => socket.write(REPLY, 'latin1'));
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
