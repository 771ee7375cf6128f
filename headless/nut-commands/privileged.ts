/** What upscmd and upsrw share: who asks, and waiting for what the driver says. */
import { userInfo } from 'node:os';
import { describeError } from '#domain/errors.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import type { NutClient, NutReply } from '#engine/nut/client.ts';
import { failureText } from './error-text.ts';
import { Failure, type NutCommandIo } from './nut-command.ts';
import type { Prompt } from './prompt.ts';

export const UPS_HINT = 'Error: invalid UPS definition.  Required format: upsname[@hostname[:port]]';
const DEFAULT_TIMEOUT_SECONDS = 10;
const POLL_MS = 1_000;

/** Seconds of `-t`. @throws Failure for anything but a whole number */
export function parseTimeout(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TIMEOUT_SECONDS;
  if (/^\s*\+?\d+$/.test(text) && Number(text) <= 0xffff_ffff) return Number(text);
  throw new Failure("Could not convert the provided value for timeout ('-t' option) to unsigned int: Invalid argument");
}

/** Asks for a user name; an empty answer means the name one is logged in by. @returns undefined when the input is over */
export async function askUsername(prompt: Prompt): Promise<string | undefined> {
  const own = userInfo().username;
  const typed = await prompt.ask(`Username (${own}): `);
  return typed === '' ? own : typed;
}

/** The line as it came, for messages. */
const asLine = (reply: NutReply): string => (reply.ok ? reply.words.join(' ') : `ERR ${reply.error}`);

/** An empty name or password is sent as no word at all, so that the server says which one is missing. */
export async function identify(client: NutClient, username: string, password: string): Promise<void> {
  const named = await client.command(['USERNAME', ...(username === '' ? [] : [username])]);
  if (!named.ok && named.error === 'UNKNOWN-COMMAND') {
    throw new Failure('Set username failed due to an unknown command.\nYou probably need to upgrade upsd.');
  }
  await client.command(['PASSWORD', ...(password === '' ? [] : [password])]);
}

export interface Order {
  readonly words: readonly string[];
  /** Wait for the driver's word on it. */
  readonly isAwaited: boolean;
  readonly kind: 'command' | 'set variable';
  readonly timeoutSeconds: number;
}

/** Sends SET or INSTCMD and prints the outcome on standard error, as NUT does. @throws Failure when it was refused */
export async function carryOut(client: NutClient, order: Order, io: NutCommandIo): Promise<void> {
  if (order.isAwaited) {
    const reply = await client.command(['SET', 'TRACKING', 'ON']);
    if (!reply.ok) {
      throw new Failure(`Enabling ${order.kind} status tracking failed. upsd answered: ${asLine(reply)}`);
    }
  }
  const began = systemClock.monotonic();
  const accepted = await client.command(order.words).catch((error: unknown) => {
    const what = order.kind === 'command' ? 'Instant command failed' : 'Set variable failed';
    throw new Failure(`${what}: ${failureText(error) ?? describeError(error)}`);
  });
  if (!accepted.ok) throw new Failure(`Unexpected response from upsd: ${asLine(accepted)}`);
  const [, word, id] = accepted.words;
  if (!order.isAwaited || word !== 'TRACKING' || id === undefined) {
    io.stderr.write(`${asLine(accepted)}\n`);
    return;
  }
  while (systemClock.monotonic() - began < order.timeoutSeconds * 1_000) {
    const result = await client.command(['GET', 'TRACKING', id]);
    if (!result.ok || result.words[0] !== 'PENDING') {
      io.stderr.write(`${asLine(result)}\n`);
      return;
    }
    await systemClock.sleep(POLL_MS);
  }
  throw new Failure("Can't receive status tracking information: timeout");
}
