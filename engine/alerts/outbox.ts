/**
 * Messages on their way. Each is on disk before it is sent and until it was, so that neither a restart nor an hour
 * without network loses one; what piled up meanwhile goes out as one message.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { describeError } from '#domain/errors.ts';
import { ALERT_SEVERITIES } from '#domain/schema/alerts.ts';
import { replaceFile } from '#engine/atomic-file.ts';
import type { Clock, Log, Stop } from '#engine/ports.ts';

/** What is told, ready to be sent by any channel. */
export const OutMessage = z.object({
  /** The same however often it is sent. */
  id: z.string(),
  at: z.number(),
  title: z.string(),
  /** What the subject of a mail may name. */
  ups: z.string(),
  event: z.string(),
  status: z.string(),
  /** Plain text, without the title. */
  text: z.string(),
  html: z.string(),
  /** The same in a few lines, for a telephone. */
  brief: z.string().default(''),
  /** For programs. */
  kind: z.string().default('test'),
  stage: z.string().default('begin'),
  severity: z.enum(ALERT_SEVERITIES).default('care'),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  /** By NUT variable. */
  figures: z.record(z.string(), z.number()).default({}),
});
export type OutMessage = z.output<typeof OutMessage>;

/** One way to people. */
export interface Channel {
  /** Stays the same over restarts and changes of its settings. */
  readonly id: string;
  /** Sends them all as one. @throws AppError with what to do about it */
  send(messages: readonly OutMessage[]): Promise<void>;
}

const Pending = z.object({ channel: z.string(), message: OutMessage });
const OutboxFile = z.object({ version: z.literal(1), pending: z.array(Pending) });
type Pending = z.output<typeof Pending>;

const FIRST_RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 15 * 60_000;
/** What nobody wants to hear any more. */
const OUTDATED_MS = 7 * 24 * 3_600_000;
const MOST_PENDING = 500;

/** A channel that does not work at the moment. */
export interface ChannelTrouble {
  readonly channel: string;
  readonly since: number;
  readonly error: unknown;
  readonly pending: number;
}

export interface Outbox {
  /** Queues a message for a channel and tries at once. */
  put(channel: string, message: OutMessage): void;
  /** Which channels there are now; what waits for one that is gone is dropped. */
  setChannels(channels: readonly Channel[]): void;
  troubles(): readonly ChannelTrouble[];
  stop(): Promise<void>;
}

export interface OutboxParts {
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
}

interface Line {
  attempts: number;
  trouble?: { readonly since: number; readonly error: unknown };
  isSending: boolean;
  stopTimer?: Stop;
}

/** A file that cannot be read is told and begun anew: its messages are lost, the next ones must not be. */
export async function openOutbox({ file, clock, log }: OutboxParts): Promise<Outbox> {
  let pending: readonly Pending[] = await readPending(file, log);
  const lines = new Map<string, Line>();
  let channels = new Map<string, Channel>();
  let isStopped = false;
  let saving: Promise<void> = Promise.resolve();
  let isUnsaved = false;
  const sendings = new Set<Promise<void>>();

  const save = (): Promise<void> => {
    const content = `${JSON.stringify({ version: 1, pending })}\n`;
    saving = saving
      .then(() => replaceFile(file, content))
      .then(
        () => {
          isUnsaved = false;
        },
        (error: unknown) => {
          // Sending needs no disk; only a restart would lose what waits.
          if (!isUnsaved) log.warn(`Messages that wait cannot be kept in ${file}: ${describeError(error)}`);
          isUnsaved = true;
        },
      );
    return saving;
  };

  const lineOf = (id: string): Line => {
    const line = lines.get(id) ?? { attempts: 0, isSending: false };
    lines.set(id, line);
    return line;
  };

  const waitingFor = (id: string): readonly OutMessage[] =>
    pending.flatMap(({ channel, message }) => (channel === id ? [message] : []));

  const drop = (id: string, messages: readonly OutMessage[]): void => {
    pending = pending.filter(({ channel, message }) => channel !== id || !messages.includes(message));
  };

  const attempt = async (id: string): Promise<void> => {
    const line = lineOf(id);
    const channel = channels.get(id);
    if (!channel || line.isSending || isStopped) return;
    line.stopTimer?.();
    const outdated = waitingFor(id).filter(({ at }) => clock.now() - at > OUTDATED_MS);
    if (outdated.length > 0) {
      log.warn(`${outdated.length} messages for ${id} could not be sent for a week and are dropped`);
      drop(id, outdated);
    }
    const messages = waitingFor(id);
    if (messages.length === 0) return;
    line.isSending = true;
    try {
      // On disk first: a program that ends in the middle sends again rather than never.
      await save();
      await channel.send(messages);
      if (line.trouble) log.info(`Messages by ${id} get through again`);
      line.attempts = 0;
      delete line.trouble;
      drop(id, messages);
      await save();
    } catch (error) {
      if (!line.trouble) log.warn(`A message by ${id} was not sent and is tried again: ${describeError(error)}`);
      line.trouble ??= { since: clock.now(), error };
      line.attempts += 1;
      const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (line.attempts - 1));
      line.stopTimer = clock.after(wait, () => start(id));
    } finally {
      line.isSending = false;
    }
    if (!line.trouble && waitingFor(id).length > 0) await attempt(id);
  };

  const start = (id: string): void => {
    const sending = attempt(id).finally(() => sendings.delete(sending));
    sendings.add(sending);
  };

  return {
    put(channel, message) {
      if (isStopped || !channels.has(channel)) return;
      // Newer ones matter more than the beginning of a storm that nobody heard of.
      pending = [...pending, { channel, message }].slice(-MOST_PENDING);
      const line = lineOf(channel);
      if (line.trouble) void save();
      else start(channel);
    },
    setChannels(next) {
      channels = new Map(next.map((channel) => [channel.id, channel]));
      for (const [id, line] of lines) {
        line.stopTimer?.();
        if (!channels.has(id)) lines.delete(id);
      }
      const isKept = ({ channel }: Pending): boolean => channels.has(channel);
      if (!pending.every(isKept)) {
        pending = pending.filter(isKept);
        void save();
      }
      // Perhaps the change was the cure.
      for (const id of channels.keys()) {
        lineOf(id).attempts = 0;
        start(id);
      }
    },
    troubles: () =>
      [...lines].flatMap(([channel, { trouble }]) =>
        trouble ? [{ channel, ...trouble, pending: waitingFor(channel).length }] : [],
      ),
    async stop() {
      isStopped = true;
      for (const { stopTimer } of lines.values()) stopTimer?.();
      await Promise.all(sendings);
      await saving;
    },
  };
}

async function readPending(file: string, log: Log): Promise<readonly Pending[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    log.warn(`Messages that waited in ${file} cannot be read: ${describeError(error)}`);
    return [];
  }
  try {
    return OutboxFile.parse(JSON.parse(text)).pending;
  } catch (error) {
    log.warn(`Messages that waited in ${file} are lost, the file is damaged: ${describeError(error)}`);
    return [];
  }
}
