/** What a thousand logged-in clients cost, and how soon clients see a change of the status. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { measureLoad, residentOf, type Servers, startServers, UPS } from './nut-servers.ts';
import { percentile, type Section } from './section.ts';

const CLIENTS = 1_000;
const CHANGES = 200;

async function openClient(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.setEncoding('latin1');
  await once(socket, 'connect');
  return socket;
}

async function ask(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [reply] = (await once(socket, 'data')) as [string];
  return reply;
}

async function logInAll(port: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let index = 0; index < CLIENTS; index++) {
    const socket = await openClient(port);
    for (const line of ['USERNAME mon', 'PASSWORD pw', `LOGIN ${UPS}`]) {
      const reply = await ask(socket, `${line}\n`);
      if (reply !== 'OK\n') throw new Error(`${line}: ${reply}`);
    }
    sockets.push(socket);
  }
  const watcher = await openClient(port);
  const counted = await ask(watcher, `GET NUMLOGINS ${UPS}\n`);
  watcher.destroy();
  if (counted !== `NUMLOGINS ${UPS} ${CLIENTS}\n`) throw new Error(counted);
  return sockets;
}

/** Growth of resident memory for each client, in bytes, with all of them served once more at the end. */
async function costOfClient(port: number, resident: () => Promise<number>): Promise<number> {
  const before = await resident();
  const sockets = await logInAll(port);
  const after = await resident();
  for (const socket of sockets) await ask(socket, `GET VAR ${UPS} ups.status\n`);
  for (const socket of sockets) socket.destroy();
  await delay(500);
  return (after - before) / CLIENTS;
}

/** Milliseconds from a change of the state until a client that asks without pause is told. */
async function delays({ ours, load }: Servers, isBusy: boolean): Promise<number[]> {
  const watcher = await openClient(ours.port);
  let isOver = false;
  let seen = { status: '', at: 0n };
  const watch = async (): Promise<void> => {
    while (!isOver) {
      const reply = await ask(watcher, `GET VAR ${UPS} ups.status\n`);
      if (reply !== seen.status) seen = { status: reply, at: process.hrtime.bigint() };
    }
  };
  const watching = watch();
  const others = isBusy ? measureLoad(load, ours.port, 100, 1, CHANGES * 0.02 + 2, `LIST VAR ${UPS}`) : undefined;
  const took: number[] = [];
  for (let change = 0; change < CHANGES; change++) {
    const status = change % 2 === 0 ? 'OB' : 'OL';
    const at = await ours.set('ups.status', status);
    while (!seen.status.includes(`"${status}"`)) await delay(1);
    took.push(Number(seen.at - at) / 1e6);
    await delay(10);
  }
  isOver = true;
  await watching;
  watcher.destroy();
  await others;
  return took.map((one) => Math.max(0, one));
}

export async function nutClients(): Promise<Section> {
  const servers = await startServers();
  try {
    const theirs = await costOfClient(servers.upsd.port, () => residentOf(servers.upsd.pid));
    const mine = await costOfClient(servers.ours.port, () => servers.ours.resident());
    const calm = await delays(servers, false);
    const busy = await delays(servers, true);
    const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;
    const times = (all: readonly number[]): string =>
      `${percentile(all, 0.5).toFixed(2)} / ${percentile(all, 0.99).toFixed(2)} ms`;
    return {
      title: 'NUT server: many clients',
      notes: [
        `Memory: growth of resident memory by ${CLIENTS} clients that logged in, after a garbage collection, per client. ` +
          'All of them were served afterwards.',
        `Change of status: from the change in the store of our server until a client that asks without pause is told, ${CHANGES} changes; ` +
          'busy: while 100 other clients ask for LIST VAR without pause.',
      ],
      head: ['what', 'upsd', 'ours'],
      rows: [
        [`memory of one of ${CLIENTS} clients`, kib(theirs), kib(mine)],
        ['change of status seen, calm, p50 / p99', '', times(calm)],
        ['change of status seen, busy, p50 / p99', '', times(busy)],
      ],
      checks: [
        {
          what: `one of ${CLIENTS} idle clients that are logged in`,
          reach: '< 8 KiB',
          measured: kib(mine),
          isMet: mine < 8192,
        },
        {
          what: 'change of status until clients are told, p99, busy server',
          reach: '< 100 ms',
          measured: `${percentile(busy, 0.99).toFixed(2)} ms`,
          isMet: percentile(busy, 0.99) < 100,
        },
      ],
    };
  } finally {
    await servers.stop();
  }
}
