/** Asks one SNMP agent for single objects, over UDP. */
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import type { Clock, Stop } from '#engine/ports.ts';
import { decodeAnswer, encodeGet } from './snmp-message.ts';

export interface SnmpAgent {
  /**
   * @param oid numbers joined by dots
   * @returns its value; undefined where the agent has no such object, gives an empty one or does not answer
   */
  get(oid: string): Promise<string | undefined>;
  close(): void;
}

export interface SnmpAgentAddress {
  readonly host: string;
  readonly port: number;
  readonly community: string;
}

/** A packet may be lost; two are not, on a network worth scanning. */
const TRIES = 2;
const ANSWER_LIMIT_MS = 700;
const LARGEST_ID = 0x7fffffff;

interface Waiting {
  readonly settle: (value: string | undefined) => void;
}

/** @throws Error when the name is not known or the system has no way to the address */
export async function reachSnmpAgent({ host, port, community }: SnmpAgentAddress, clock: Clock): Promise<SnmpAgent> {
  const { address } = await lookup(host);
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  const waiting = new Map<number, Waiting>();
  // Ids that nobody can guess: an answer is only believed with the id of a question.
  let nextId = Math.floor(Math.random() * LARGEST_ID);
  let isClosed = false;

  const settleAll = (): void => {
    for (const { settle } of waiting.values()) settle(undefined);
  };
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    settleAll();
    socket.close();
  };
  socket.on('message', (bytes) => {
    const answer = decodeAnswer(bytes);
    if (answer) waiting.get(answer.requestId)?.settle(answer.value === '' ? undefined : answer.value);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    // Connected, so that answers of others do not come in, and a closed port is told at once.
    socket.connect(port, address, () => {
      socket.removeListener('error', reject);
      resolve();
    });
  }).catch((error: unknown) => {
    close();
    throw error;
  });
  // A port that nobody listens on: what is asked has no answer.
  socket.on('error', close);

  return {
    close,
    get: (oid) =>
      new Promise((resolve) => {
        if (isClosed) {
          resolve(undefined);
          return;
        }
        const requestId = (nextId = (nextId % LARGEST_ID) + 1);
        const packet = encodeGet(community, requestId, oid);
        let tries = 0;
        let stop: Stop | undefined;
        const settle = (value: string | undefined): void => {
          stop?.();
          waiting.delete(requestId);
          resolve(value);
        };
        const send = (): void => {
          if (tries++ === TRIES) {
            settle(undefined);
            return;
          }
          stop = clock.after(ANSWER_LIMIT_MS, send);
          socket.send(packet);
        };
        waiting.set(requestId, { settle });
        send();
      }),
  };
}
