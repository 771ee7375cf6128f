/** Asks an SNMP agent whether it speaks for a UPS, and which. */
import type { Clock } from '#engine/ports.ts';
import { reachSnmpAgent, type SnmpAgentAddress } from './snmp-agent.ts';
import { KNOWN_AGENTS, MODEL_OBJECTS, SYSTEM_DESCRIPTION, SYSTEM_OBJECT_ID } from './snmp-units.ts';

export const DEFAULT_COMMUNITY = 'public';
export const SNMP_PORT = 161;

export interface SnmpUnit {
  /** Its model, else what its agent says of itself. One line, no longer than a name. */
  readonly title: string | undefined;
  /** The object by which it is taken for a UPS that `snmp-ups` reads; absent where it is none. */
  readonly by?: string;
}

/**
 * @returns undefined where nobody answers with this community
 * @throws Error when the name is not known or the system has no way to the address
 */
export async function askSnmpUnit(address: SnmpAgentAddress, clock: Clock): Promise<SnmpUnit | undefined> {
  const agent = await reachSnmpAgent(address, clock);
  try {
    const kind = await agent.get(SYSTEM_OBJECT_ID);
    if (kind === undefined) return undefined;
    const [system, ...answers] = await Promise.all([SYSTEM_DESCRIPTION, ...MODEL_OBJECTS].map((oid) => agent.get(oid)));
    const isKnown = KNOWN_AGENTS.some((known) => kind === known || kind.startsWith(`${known}.`));
    const place = answers.findIndex((answer) => answer !== undefined);
    if (place < 0 && !isKnown) return { title: printable(system) };
    const model = answers.find((answer) => answer !== undefined && /[a-z]/i.test(answer)) ?? system;
    return { title: printable(model), by: place < 0 ? kind : (MODEL_OBJECTS[place] ?? kind) };
  } finally {
    agent.close();
  }
}

/** What a stranger says becomes part of a sentence or a section: one line, and no longer than a name is. */
export function printable(text: string | undefined): string | undefined {
  const line = text
    ?.replace(/[^\x21-\x7e]+/g, ' ')
    .trim()
    .slice(0, 80);
  return line === '' ? undefined : line;
}
