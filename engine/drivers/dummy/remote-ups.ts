/** One UPS of another NUT server: what it says, and what may be done with it. No state, no timers of its own. */
import type { DriverOutcome, VariableTraits } from '#engine/drivers/driver.ts';
import type { NutClient, NutReply, NutResult } from '#engine/nut/client.ts';
import type { Clock } from '#engine/ports.ts';
import { isReservedName } from './dev-file.ts';
import type { DriverData } from './told-data.ts';

/** The other server says no; `error` is its word. */
export class RefusedByServer extends Error {
  readonly word: string;
  constructor(word: string) {
    super(`the server answered ${word}`);
    this.word = word;
  }
}

function valueOf<Value>(result: NutResult<Value>): Value {
  if (!result.ok) throw new RefusedByServer(result.error);
  return result.value;
}

/** Variables that describe the UPS, not the other server's driver. @throws RefusedByServer, NutError */
export async function readValues(client: NutClient, ups: string): Promise<ReadonlyMap<string, string>> {
  const values = valueOf(await client.listVariables(ups));
  return new Map([...values].filter(([name]) => !isReservedName(name)));
}

/** Commands and what can be written. Rarely changes. @throws RefusedByServer, NutError */
export async function readAbilities(client: NutClient, ups: string): Promise<Pick<DriverData, 'traits' | 'commands'>> {
  const [commands, writable] = await Promise.all([client.list('CMD', ups), client.list('RW', ups)]);
  const names = valueOf(writable).flatMap(([name]) => (name === undefined || isReservedName(name) ? [] : [name]));
  const traits = await Promise.all(names.map(async (name) => [name, await readTraits(client, ups, name)] as const));
  return {
    commands: valueOf(commands).flatMap(([name]) => (name === undefined || isReservedName(name) ? [] : [name])),
    traits: new Map(traits),
  };
}

/** A server that knows no details of a variable leaves it at "can be written". */
async function readTraits(client: NutClient, ups: string, variable: string): Promise<VariableTraits> {
  const type = await client.command(['GET', 'TYPE', ups, variable]);
  const words = type.ok ? type.words.slice(3).map((word) => word.toUpperCase()) : [];
  const [values, ranges] = await Promise.all([
    words.includes('ENUM') ? client.list('ENUM', ups, variable) : undefined,
    words.includes('RANGE') ? client.list('RANGE', ups, variable) : undefined,
  ]);
  const length = words.find((word) => word.startsWith('STRING'))?.split(':')[1];
  const maxLength = Number(length ?? '');
  return {
    isWritable: true,
    ...(length === undefined ? {} : { kind: 'string' as const }),
    ...(maxLength > 0 ? { maxLength } : {}),
    ...(values?.ok ? { values: values.value.flatMap(([value]) => (value === undefined ? [] : [value])) } : {}),
    ...(ranges?.ok ? { ranges: ranges.value.flatMap(([min, max]) => rangeOf(min, max)) } : {}),
  };
}

function rangeOf(min: string | undefined, max: string | undefined): { readonly min: number; readonly max: number }[] {
  const range = { min: Number(min ?? NaN), max: Number(max ?? NaN) };
  return Number.isFinite(range.min) && Number.isFinite(range.max) ? [range] : [];
}

const OUTCOMES: Readonly<Record<string, DriverOutcome>> = {
  'CMD-NOT-SUPPORTED': 'unknown',
  'VAR-NOT-SUPPORTED': 'unknown',
  UNKNOWN: 'unknown',
  READONLY: 'invalid',
  'INVALID-VALUE': 'invalid',
  'INVALID-ARGUMENT': 'invalid',
  'TOO-LONG': 'invalid',
};

const ASK_AGAIN_MS = 250;
const RESULT_LIMIT_MS = 5_000;

/**
 * Sends SET or INSTCMD. Where the server keeps results (TRACKING) the true one is waited for; elsewhere its OK only says
 * that the request went on to the driver.
 * @throws NutError when the connection breaks
 */
export async function request(client: NutClient, clock: Clock, words: readonly string[]): Promise<DriverOutcome> {
  const reply = await client.command(words);
  if (!reply.ok) return OUTCOMES[reply.error] ?? 'failed';
  const [, marker, id] = reply.words;
  if (marker !== 'TRACKING' || id === undefined) return 'handled';
  const until = clock.monotonic() + RESULT_LIMIT_MS;
  for (;;) {
    const result: NutReply = await client.command(['GET', 'TRACKING', id]);
    if (!result.ok) return OUTCOMES[result.error] ?? 'failed';
    if (result.words[0] !== 'PENDING') return result.words[0] === 'SUCCESS' ? 'handled' : 'failed';
    if (clock.monotonic() >= until) return 'failed';
    await clock.sleep(ASK_AGAIN_MS);
  }
}
