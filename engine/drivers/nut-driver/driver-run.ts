/** A driver program that we started: its output, its end, and how it is stopped. */
import { phrase, type Text } from '#domain/messages/message.ts';
import type { Clock, Log } from '#engine/ports.ts';
import type { DriverProcess, NutDriverHost, ProcessExit, ProcessOrder } from './host.ts';

/** Last lines kept to say why it ended. */
const KEPT_LINES = 12;
/** Different lines remembered, so that what comes again and again is logged in full once. */
const KNOWN_LINES = 500;
/** Greetings and hints that say nothing about what went wrong. */
const EMPTY_TALK = /^(?:Network UPS Tools|Look in the man page|valid variable names and flags|list of|usage:)/i;

export class DriverRun {
  readonly #process: DriverProcess;
  readonly #clock: Clock;
  readonly #lines: string[] = [];
  #exit: ProcessExit | undefined;
  /** Resolves with the reason when the process has ended. */
  readonly ended: Promise<Text>;

  constructor(host: NutDriverHost, order: ProcessOrder, clock: Clock, log: Log) {
    this.#clock = clock;
    const known = new Set<string>();
    this.#process = host.startProcess(order);
    this.#process.onLine((line) => {
      this.#lines.push(line);
      if (this.#lines.length > KEPT_LINES) this.#lines.shift();
      if (known.has(line)) {
        log.debug(line);
      } else {
        log.info(line);
        if (known.size < KNOWN_LINES) known.add(line);
      }
    });
    this.ended = this.#process.exited.then((exit) => {
      this.#exit = exit;
      return this.#whyEnded(exit);
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** How it ended; undefined while it runs. */
  get exit(): ProcessExit | undefined {
    return this.#exit;
  }

  /**
   * Ends it the way upsdrvctl does, and by force when it takes too long.
   * @param ask another way of asking, for where there are no signals
   */
  async stop(limitMs: number, ask: () => void): Promise<void> {
    if (this.#exit) return;
    if (process.platform === 'win32') ask();
    else if (!this.#process.signal('SIGTERM')) ask();
    if (await this.#endsWithin(limitMs)) return;
    this.#process.signal('SIGKILL');
    await this.#endsWithin(limitMs);
  }

  /** Waits for its end, which is forced at the limit. @returns whether it says that all went well */
  async endsWell(limitMs: number): Promise<boolean> {
    if (!(await this.#endsWithin(limitMs))) {
      this.#process.signal('SIGKILL');
      return false;
    }
    // Drivers of NUT 2.8 end with status 0 when they refuse their configuration.
    return this.#exit?.status === 0 && !this.#lines.some((line) => /^fatal/i.test(line));
  }

  /** @returns whether it has ended by then */
  async #endsWithin(ms: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const stop = this.#clock.after(ms, () => resolve(undefined));
    await Promise.race([this.ended, promise]);
    stop();
    return this.#exit !== undefined;
  }

  #whyEnded({ status, reason }: ProcessExit): Text {
    const told = this.#lines.filter((line) => !EMPTY_TALK.test(line));
    const last = told.findLast((line) => /^fatal/i.test(line)) ?? told.at(-1);
    const how = reason ?? phrase('reason.exit-status', { status: status ?? '?' });
    return last === undefined ? how : phrase('reason.last-words', { words: last.replace(/[.\s]+$/, ''), how });
  }
}
