/** What NUT's three commands have in common: their options, the address of a UPS, the connection, how they fail. */
import type { Readable } from 'node:stream';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { connectNutClient, type NutClient, type NutResult } from '#engine/nut/client.ts';
import { NUT_PORT } from '#engine/nut/protocol.ts';
import { VERSION } from '#engine/version.ts';
import type { CommandIo } from '../io.ts';
import { failureText, refusalText } from './error-text.ts';

/** A terminal can be told not to show what is typed. */
export type Stdin = Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };

export interface NutCommandIo extends CommandIo {
  readonly stdin?: Stdin;
}

/** Ends a command with a text on standard error and status 1. */
export class Failure extends Error {}

/** A row of a list that lacks words. */
export const insufficientData = (got: number, needed: number): Failure =>
  new Failure(`Error: insufficient data (got ${got} args, need at least ${needed})`);

export interface Options {
  /** Options given, by letter; those without a value hold an empty text. The last of several counts. */
  readonly given: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
  /** What is wrong with them, as getopt says it. */
  readonly complaint?: string;
}

/**
 * POSIX options: letters that may be joined, up to the first operand or `--`.
 * @param spec letters; a colon after a letter says that it takes a value
 */
export function parseShortOptions(program: string, spec: string, argv: readonly string[]): Options {
  const given = new Map<string, string>();
  let index = 0;
  for (; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '--') return { given, operands: argv.slice(index + 1) };
    if (!word.startsWith('-') || word === '-') break;
    for (let at = 1; at < word.length; at++) {
      const letter = word.charAt(at);
      const place = letter === ':' ? -1 : spec.indexOf(letter);
      if (place < 0) return { given, operands: [], complaint: `${program}: invalid option -- '${letter}'` };
      if (spec[place + 1] !== ':') {
        given.set(letter, '');
        continue;
      }
      const value = at + 1 < word.length ? word.slice(at + 1) : argv[++index];
      if (value === undefined) {
        return { given, operands: [], complaint: `${program}: option requires an argument -- '${letter}'` };
      }
      given.set(letter, value);
      break;
    }
  }
  return { given, operands: argv.slice(index) };
}

export const banner = (program: string): string => `Network UPS Tools ${program} 2.8.5-ridethrough-${VERSION}`;

/** Runs a command and turns what goes wrong into NUT's words. @returns exit status */
export async function runNutCommand(io: NutCommandIo, run: () => Promise<void>): Promise<number> {
  try {
    await run();
    return 0;
  } catch (error) {
    const network = failureText(error);
    if (network !== undefined) io.stderr.write(`Error: ${network}\n`);
    else if (error instanceof Failure) io.stderr.write(`${error.message}\n`);
    else throw error;
    return 1;
  }
}

export interface Host {
  readonly host: string;
  readonly port: number;
}

/** `host[:port]`, an IPv6 address in brackets. The port may be followed by anything, as strtol has it. */
export function parseHost(text: string, hint: string): Host {
  if (text === '') throw new Failure(`upscli_splitaddr: can't parse empty string\n${hint}`);
  const isBracketed = text.startsWith('[');
  const end = isBracketed ? text.indexOf(']') : text.indexOf(':');
  if (isBracketed && end < 0) {
    throw new Failure(`upscli_splitaddr: missing closing bracket in [domain literal]\n${hint}`);
  }
  const host = isBracketed ? text.slice(1, end) : end < 0 ? text : text.slice(0, end);
  if (host === '') throw new Failure(hint);
  const rest = end < 0 ? '' : text.slice(isBracketed ? end + 1 : end);
  if (!rest.startsWith(':')) return { host, port: NUT_PORT };
  const port = Number.parseInt(rest.slice(1), 10);
  if (!(port >= 1 && port <= 65_535)) {
    throw new Failure(`upscli_splitaddr: no port specified after ':' separator\n${hint}`);
  }
  return { host, port };
}

/** `ups[@host[:port]]`. @param hint what the program says of addresses it cannot read */
export function parseUps(text: string | undefined, hint: string): Host & { readonly ups: string } {
  if (text === undefined) throw new Failure(hint);
  if (text === '') throw new Failure(`upscli_splitname: can't parse empty string\n${hint}`);
  const at = text.indexOf('@');
  if (at < 0) return { ups: text, host: 'localhost', port: NUT_PORT };
  return { ups: text.slice(0, at), ...parseHost(text.slice(at + 1), hint) };
}

/** Encrypts where the server can, as NUT's clients do; nothing here holds on to a certificate to compare it with. */
export async function withClient<T>({ host, port }: Host, use: (client: NutClient) => Promise<T>): Promise<T> {
  const client = await connectNutClient({ host, port, clock: systemClock, tls: 'try' });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** The value of an answer. @throws Failure with the sentence for the refusal */
export function granted<T>(result: NutResult<T>): T {
  if (result.ok) return result.value;
  if (result.error === 'UNKNOWN-COMMAND') throw new Failure('Error: upsd is too old to support this query');
  throw new Failure(`Error: ${refusalText(result.error)}`);
}
