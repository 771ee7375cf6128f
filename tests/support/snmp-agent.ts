/** An SNMP agent in this process, for questions of version 1. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { encodeGet } from '#engine/drivers/network-scan/snmp-message.ts';

export interface SnmpTestAgent {
  readonly port: number;
  /** How many questions came in. */
  readonly asked: () => number;
  readonly stop: () => void;
}

/**
 * An SNMP agent that knows these texts by object; the others it refuses. A question is recognised by its bytes, and
 * the answer is the question with another kind, an error or a value in it.
 */
export async function startSnmpAgent(
  texts: Readonly<Record<string, string>>,
  { community = 'public', losesFirst = false } = {},
): Promise<SnmpTestAgent> {
  const agent = createSocket('udp4');
  let asked = 0;
  agent.on('message', (question, from) => {
    asked += 1;
    if (losesFirst && asked === 1) return;
    if (!question.includes(Buffer.from(community))) return;
    const known = Object.entries(texts).find(([oid]) => question.includes(objectIn(oid)));
    agent.send(known ? withText(question, known[1]) : refused(question), from.port, from.address);
  });
  agent.bind(0, '127.0.0.1');
  await once(agent, 'listening');
  return { port: agent.address().port, asked: () => asked, stop: () => agent.close() };
}

/** The object id of a question as it stands in its bytes, without what is around it. */
const objectIn = (oid: string): Buffer => Buffer.from(encodeGet('', 0, oid)).subarray(24, -2);

function refused(question: Buffer): Buffer {
  const answer = Buffer.from(question);
  const pdu = answer.indexOf(0xa0);
  answer[pdu] = 0xa2;
  // Behind kind, length and the id with its own length stands the error.
  answer[pdu + 2 + 2 + (answer[pdu + 3] ?? 0) + 2] = 2;
  return answer;
}

function withText(question: Buffer, text: string): Buffer {
  const grown = Buffer.concat([question.subarray(0, -2), Buffer.from([0x04, text.length]), Buffer.from(text)]);
  const pdu = grown.indexOf(0xa0);
  grown[pdu] = 0xa2;
  const bindings = pdu + 2 + 2 + (grown[pdu + 3] ?? 0) + 6;
  for (const place of [1, pdu + 1, bindings + 1, bindings + 3]) grown[place] = (grown[place] ?? 0) + text.length;
  return grown;
}
