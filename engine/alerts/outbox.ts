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
import { DISK_LIMIT_MS, DISK_LIMIT_SECONDS, withinLimit } from '#engine/within-limit.ts';

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
  /** What it could not do is not tried again: an hour later it would do harm, or mean nothing. */
  readonly isOnce?: boolean;
  /** Sends them all as one. @throws AppError with what to do about it */
  send(messages: readonly OutMessage[]): Promise<void>;
  /** What keeps a standing connection from working, also while nothing is to be sent. */
  standing?(): { readonly since: number; readonly error: unknown } | undefined;
  stop?(): Promise<void>;
}

/** With `dueAt`: not before, there are quiet hours. */
const Pending = z.object({ channel: z.string(), dueAt: z.number().optional(), message: OutMessage });
const OutboxFile = z.object({ version: z.literal(1), pending: z.array(Pending) });
type Pending = z.output<typeof Pending>;

const FIRST_RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 15 * 60_000;
/** What nobody wants to hear any more. */
const OUTDATED_MS = 7 * 24 * 3_600_000;
/** For one channel. */
const MOST_PENDING = 200;
/** A network without power answers nobody, and the end of the program is part of the end of the computer. */
const STOP_LIMIT_MS = 1_000;

/** A channel that does not work at the moment. */
export interface ChannelTrouble {
  readonly channel: string;
  readonly since: number;
  readonly error: unknown;
  readonly pending: number;
  /** More than a hiccup: it failed again, or it is not tried again. */
  readonly isLasting: boolean;
}

export interface Outbox {
  /** Queues a message for a channel, and tries when it is due. */
  put(channel: string, message: OutMessage, dueAt?: number): void;
  /** Which channels there are now; what waits for one that is gone is dropped. */
  setChannels(channels: readonly Channel[]): void;
  troubles(): readonly ChannelTrouble[];
  /** Resolves when what is being sent at this moment has been sent, or could not be. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export interface OutboxParts {
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The troubles are others than they were. */
  readonly changed?: () => void;
}

interface Line {
  attempts: number;
  trouble?: { readonly since: number; readonly error: unknown };
  isSending: boolean;
  /** More wait than are kept, and the log was told. */
  isOverfull?: boolean;
  stopTimer?: Stop;
}

/**
 * A file that cannot be read, or not in time, is told and begun anew: its messages are lost, the next ones must not be.
 */
export async function openOutbox({ file, clock, log, changed }: OutboxParts): Promise<Outbox> {
  let pending = await withinLimit(clock, DISK_LIMIT_MS, readPending(file, log), () => {
    log.warn(
      `Messages that waited in ${file} cannot be read: its disk has not answered within ${DISK_LIMIT_SECONDS} s.`,
    );
    return [];
  });
  const lines = new Map<string, Line>();
  let channels = new Map<string, Channel>();
  let isStopped = false;
  /** What the file holds, or will when it is written. */
  let written = pending;
  let saving: Promise<void> = Promise.resolve();
  let isUnsaved = false;
  const sendings = new Set<Promise<void>>();

  const save = (): Promise<void> => {
    written = pending;
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

  const waitingFor = (id: string): readonly Pending[] => pending.filter(({ channel }) => channel === id);
  const dueFor = (id: string): readonly OutMessage[] =>
    waitingFor(id).flatMap(({ message, dueAt = 0 }) => (dueAt <= clock.now() ? [message] : []));

  const drop = (id: string, messages: readonly OutMessage[]): void => {
    pending = pending.filter(({ channel, message }) => channel !== id || !messages.includes(message));
  };

  const attempt = async (id: string): Promise<void> => {
    const line = lineOf(id);
    const channel = channels.get(id);
    if (!channel || line.isSending || isStopped) return;
    line.stopTimer?.();
    const outdated = waitingFor(id).flatMap(({ message }) => (clock.now() - message.at > OUTDATED_MS ? [message] : []));
    if (outdated.length > 0) {
      log.warn(`${outdated.length} messages for ${id} could not be sent for a week and are dropped`);
      drop(id, outdated);
    }
    const messages = dueFor(id);
    if (messages.length === 0) {
      waitForDue(id, line);
      return;
    }
    line.isSending = true;
    try {
      // On disk first: a program that ends in the middle sends again rather than never, and never again what may be
      // done only once. Of that nothing has to be written off that was never written down.
      if (channel.isOnce === true) drop(id, messages);
      const isWritten = written.some(({ channel: way, message }) => way === id && messages.includes(message));
      if (channel.isOnce !== true || isWritten) await withinLimit(clock, DISK_LIMIT_MS, save(), () => undefined);
      await channel.send(messages);
      if (line.trouble) log.info(`Messages by ${id} get through again`);
      line.attempts = 0;
      line.isOverfull = false;
      setTrouble(line, undefined);
      if (channel.isOnce !== true) {
        drop(id, messages);
        await withinLimit(clock, DISK_LIMIT_MS, save(), () => undefined);
      }
    } catch (error) {
      const fate = channel.isOnce === true ? '' : ' and is tried again';
      if (!line.trouble) log.warn(`A message by ${id} was not sent${fate}: ${describeError(error)}`);
      line.attempts += 1;
      setTrouble(line, { since: line.trouble?.since ?? clock.now(), error });
      const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (line.attempts - 1));
      if (channel.isOnce !== true) line.stopTimer = clock.after(wait, () => start(id));
    } finally {
      line.isSending = false;
    }
    if (!line.trouble || channel.isOnce === true) await attempt(id);
  };

  /** Comes again at the end of the quiet hours. */
  const waitForDue = (id: string, line: Line): void => {
    const next = Math.min(...waitingFor(id).map(({ dueAt = 0 }) => dueAt));
    if (Number.isFinite(next)) line.stopTimer = clock.after(Math.max(1, next - clock.now()), () => start(id));
  };

  const setTrouble = (line: Line, trouble: Line['trouble']): void => {
    const isNews = line.trouble !== undefined || trouble !== undefined;
    if (trouble) line.trouble = trouble;
    else delete line.trouble;
    if (isNews) changed?.();
  };

  const start = (id: string): void => {
    const sending = attempt(id).finally(() => sendings.delete(sending));
    sendings.add(sending);
  };

  return {
    put(channel, message, dueAt = 0) {
      const way = channels.get(channel);
      if (isStopped || !way) return;
      pending = [...pending, { channel, message, ...(dueAt > clock.now() ? { dueAt } : {}) }];
      const waiting = waitingFor(channel);
      if (waiting.length > MOST_PENDING) {
        // Newer ones matter more than the beginning of a storm that nobody heard of.
        const [oldest] = waiting;
        pending = pending.filter((one) => one !== oldest);
        const line = lineOf(channel);
        if (line.isOverfull !== true)
          log.warn(`Messages that wait for ${channel} are too many: the oldest are dropped`);
        line.isOverfull = true;
      }
      // A danger does not wait for the next turn of a way that failed.
      const isWaiting = lineOf(channel).trouble !== undefined && way.isOnce !== true && message.severity !== 'danger';
      if (isWaiting) void save();
      else start(channel);
    },
    setChannels(next) {
      channels = new Map(next.map((channel) => [channel.id, channel]));
      for (const [id, line] of lines) {
        line.stopTimer?.();
        const isIdle = waitingFor(id).length === 0;
        if (channels.has(id) && !isIdle) continue;
        // What was changed may have been the cure; the next message will tell.
        setTrouble(line, undefined);
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
      [...channels].flatMap(([id, channel]) => {
        const { trouble: failed, attempts } = lineOf(id);
        const trouble = failed ?? channel.standing?.();
        const isLasting = failed === undefined || channel.isOnce === true || attempts > 1;
        return trouble ? [{ channel: id, ...trouble, pending: waitingFor(id).length, isLasting }] : [];
      }),
    settled: () => Promise.all(sendings).then(() => undefined),
    async stop() {
      isStopped = true;
      for (const { stopTimer } of lines.values()) stopTimer?.();
      // What does not get through by then is on disk.
      await withinLimit<unknown>(clock, STOP_LIMIT_MS, Promise.all(sendings), () => undefined);
      const stopping = Promise.all([...channels.values()].map(async (channel) => channel.stop?.()));
      await withinLimit<unknown>(clock, STOP_LIMIT_MS, stopping, () => undefined);
      await saving;
    },
  };
}

export const OUTBOX_FILE = 'outbox.json';

/** What waits by channel, for who looks from outside. What has its quiet hours does not count. */
export async function readWaiting(
  file: string,
  log: Log,
): Promise<ReadonlyMap<string, { readonly count: number; readonly oldest: number }>> {
  const pending = (await readPending(file, log)).filter(({ dueAt }) => dueAt === undefined);
  return new Map(
    [...Map.groupBy(pending, ({ channel }) => channel)].map(([channel, those]) => [
      channel,
      { count: those.length, oldest: Math.min(...those.map(({ message }) => message.at)) },
    ]),
  );
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
