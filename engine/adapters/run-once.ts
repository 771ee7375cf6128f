/**
 * A line for the shell that is carried out once for one ticket, however often and after whatever restart it is asked for.
 * The ticket is a file; a disk that fails or hangs is done without.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { phrase, type Text } from '#domain/messages/message.ts';
import type { Clock, Log } from '#engine/ports.ts';
import { DISK_LIMIT_MS, withinLimit } from '#engine/within-limit.ts';
import { endGroup, exitText, runProgram, startProgram, type Exit } from './run-program.ts';

/** Where tickets lie, with what is known of the lines that were begun. */
export interface TicketFolder {
  readonly path: string;
  /** Makes the folder and clears what earlier tickets left. @throws where the disk does not let us */
  prepare(ticket: string): Promise<void>;
  /** @returns what a file holds; empty where it is not there yet */
  read(name: string): Promise<string>;
}

export const ticketFolder = (path: string): TicketFolder => ({
  path,
  async prepare(ticket) {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const old = (await readdir(path)).filter((name) => !name.startsWith(ticket));
    await Promise.all(old.map((name) => rm(join(path, name), { force: true })));
  },
  read: (name) => readFile(join(path, name), 'utf8').catch(() => ''),
});

/**
 * Takes a ticket where no shell can do it.
 * @returns false when it was taken before; true as well where the disk does not let us, or does not answer
 */
export function takeTicket(tickets: TicketFolder, ticket: string, clock: Clock): Promise<boolean> {
  const take = async (): Promise<boolean> => {
    try {
      await tickets.prepare(ticket);
      await writeFile(join(tickets.path, ticket), '', { flag: 'wx' });
      return true;
    } catch (error) {
      return !(error instanceof Error && 'code' in error && error.code === 'EEXIST');
    }
  };
  return withinLimit(clock, DISK_LIMIT_MS, take(), () => true);
}

const LOOK_AGAIN_MS = 250;
/** A shell on a busy computer takes a while; a disk that hangs takes for ever. */
const TICKET_LIMIT_MS = 10_000;
/** A shell that was ended is gone within that, unless the disk holds it. */
const END_LIMIT_MS = 1_000;
/** What is written into a ticket is there by then, or never. */
const HELD_LIMIT_MS = 5_000;
/** What is left at least of a line's time, however long the disk took. */
const LEAST_MS = 1_000;
/** Exit status of the script below, before it has said a word, when somebody else holds the ticket. */
const TICKET_TAKEN = 113;

/**
 * Takes the ticket and runs a line, atomically as far as the end of this program is concerned: whoever makes the file
 * first runs it, and how it ended is found by whoever comes later. It says a word once the disk has let it.
 * `$1`: the ticket's file, `$2`: the line.
 */
const RUN_ONCE = `(set -C; : >"$1") 2>/dev/null || { [ -e "$1" ] && exit ${TICKET_TAKEN}; exit 1; }
{ echo $$ >"$1"; } 2>/dev/null || exit 1
log="$1.log"; { true >"$log"; } 2>/dev/null || log=/dev/null
trap '' PIPE; echo taken 2>/dev/null; trap - PIPE
sh -c "$2" >"$log" 2>&1 </dev/null; status=$?; { echo $status >"$1.ended"; } 2>/dev/null; exit $status`;

export interface RunOnceOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly env: NodeJS.ProcessEnv;
  readonly tickets: TicketFolder;
}

/** @param more environment of this line @returns undefined when the line ended well, else how it ended */
export type RunOnce = (
  line: string,
  timeoutSeconds: number,
  ticket: string,
  more?: Readonly<Record<string, string>>,
) => Promise<Text | undefined>;

export function createRunOnce({ clock, log, env, tickets }: RunOnceOptions): RunOnce {
  const read = (name: string): Promise<string> => withinLimit(clock, DISK_LIMIT_MS, tickets.read(name), () => '');

  /** @returns false when the disk does not let us, or does not answer */
  const prepare = (ticket: string): Promise<boolean> =>
    withinLimit(
      clock,
      DISK_LIMIT_MS,
      tickets.prepare(ticket).then(
        () => true,
        () => false,
      ),
      () => false,
    );

  /** How an attempt that was begun before ended, once it has. */
  const follow = async (ticket: string, timeoutSeconds: number): Promise<Text | undefined> => {
    const giveUpAt = clock.monotonic() + timeoutSeconds * 1000;
    for (;;) {
      const ended = (await read(`${ticket}.ended`)).trim();
      if (ended !== '') return ended === '0' ? undefined : exitText(Number(ended), await read(`${ticket}.log`));
      const pid = Number((await read(ticket)).trim());
      if (!(await isHolder(pid, ticket))) {
        // It may have ended between the two looks.
        if ((await read(`${ticket}.ended`)).trim() !== '') continue;
        return phrase('reason.was-ended', {});
      }
      if (clock.monotonic() > giveUpAt) {
        endGroup(pid);
        return phrase('reason.not-ended', { seconds: timeoutSeconds });
      }
      await clock.sleep(LOOK_AGAIN_MS);
    }
  };

  /**
   * @returns how the line ended; TICKET_TAKEN when somebody else holds the ticket; undefined when the disk does not let it
   *   be taken, or does not answer: the line has not been begun then, and will not be
   */
  const withTicket: (...asked: Parameters<RunOnce>) => Promise<Exit | undefined> = (
    line,
    timeoutSeconds,
    ticket,
    more,
  ) =>
    new Promise((resolve) => {
      let isTaken = false;
      let wasEnded = false;
      const run = startProgram('/bin/sh', ['-c', RUN_ONCE, 'sh', join(tickets.path, ticket), line], {
        env: { ...env, ...more },
        timeoutMs: timeoutSeconds * 1000,
        clock,
        onWord: () => {
          isTaken = true;
          cancel();
        },
      });
      const cancel = clock.after(TICKET_LIMIT_MS, () => {
        wasEnded = true;
        run.end();
        // The disk may hold it longer, but it never gets to the line.
        clock.after(END_LIMIT_MS, () => resolve(undefined));
      });
      void run.exit.then((exit) => {
        cancel();
        if (!isTaken) resolve(exit === TICKET_TAKEN ? exit : undefined);
        // Its word and its end may have met: then the line has been begun.
        else resolve(wasEnded ? phrase('reason.was-ended', {}) : exit);
      });
    });

  /** Between making the ticket and writing into it there is a moment. */
  const isHeld = async (ticket: string): Promise<boolean> => {
    const giveUpAt = clock.monotonic() + HELD_LIMIT_MS;
    while ((await read(ticket)) === '') {
      if (clock.monotonic() > giveUpAt) return false;
      await clock.sleep(LOOK_AGAIN_MS);
    }
    return true;
  };

  return async (line, timeoutSeconds, ticket, more) => {
    const endsAt = clock.monotonic() + timeoutSeconds * 1000;
    if (await prepare(ticket)) {
      if ((await read(ticket)) !== '') return follow(ticket, timeoutSeconds);
      const exit = await withTicket(line, timeoutSeconds, ticket, more);
      if (exit === 0) return undefined;
      if (exit === TICKET_TAKEN && (await isHeld(ticket))) return follow(ticket, timeoutSeconds);
      if (exit !== undefined && exit !== TICKET_TAKEN) return exitText(exit, await read(`${ticket}.log`));
    }
    // Without a disk to write to, going down is worth more than not doing it twice.
    log.error(`${tickets.path} cannot be written to in time: the command is carried out all the same.`);
    // Who waits for its end counts from the beginning.
    const timeoutMs = Math.max(LEAST_MS, endsAt - clock.monotonic());
    const options = { env: { ...env, ...more }, timeoutMs, clock };
    const exit = await runProgram('/bin/sh', ['-c', line], options);
    return exit === 0 ? undefined : exitText(exit, '');
  };
}

/**
 * Whether the shell that took a ticket still runs. Its number may be another program's by now, which is neither waited for
 * nor ended: after days, or at once in a container that was started anew.
 */
async function isHolder(pid: number, ticket: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  // The file of the ticket is among its words. Where the system does not tell, the number has to do.
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return words === undefined || words.split('\0').some((word) => word.endsWith(`/${ticket}`));
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
