/** A session on an open socket: carries out what the session decides. */
import type { AppError } from '#domain/errors.ts';
import type { DriverOutcome, DriverSink } from '#engine/drivers/driver.ts';
import type { Clock, Log, Stop } from '#engine/ports.ts';
import { DriverLineReader } from './driver-lines.ts';
import type { DriverSocket } from './host.ts';
import {
  initialSession,
  stepSession,
  type SessionInput,
  type SessionRequest,
  type SessionSettings,
  type SessionState,
} from './socket-session.ts';

export interface LinkParams {
  readonly socket: DriverSocket;
  readonly settings: SessionSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly sink: DriverSink;
}

const TICK_MS = 1_000;

export class DriverLink {
  readonly #params: LinkParams;
  readonly #reader = new DriverLineReader();
  readonly #waiting = new Map<number, (outcome: DriverOutcome) => void>();
  readonly #stopTicking: Stop;
  #state: SessionState;
  #lastRequest = 0;
  #isEnded = false;
  /** Resolves when the other side ended the socket. */
  readonly closed: Promise<void>;

  constructor(params: LinkParams) {
    this.#params = params;
    this.#state = initialSession(params.clock.monotonic());
    this.closed = new Promise((resolve) => params.socket.onClosed(resolve));
    this.#stopTicking = params.clock.every(TICK_MS, () => this.#take({ type: 'tick' }));
    this.#take({ type: 'connected' });
    params.socket.onBytes((bytes) => {
      const lines = this.#reader.push(bytes);
      if (lines.length === 0) return;
      this.#take({ type: 'lines', lines });
      this.#take({ type: 'tick' });
    });
  }

  /** The first dump is complete. */
  get isReady(): boolean {
    return this.#state.isReady;
  }

  request(request: SessionRequest): Promise<DriverOutcome> {
    if (this.#isEnded) return Promise.resolve('failed');
    const id = ++this.#lastRequest;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#take({ type: 'request', id, request });
    });
  }

  /** Sends a line past the session, with no answer awaited. */
  send(line: string): void {
    this.#params.socket.send(line);
  }

  /**
   * Ends the session; requests under way fail.
   * @param error why the driver is gone, for the sink; undefined: nobody wants to know
   */
  end(error: AppError | undefined): void {
    if (this.#isEnded) return;
    if (error) this.#take({ type: 'disconnected', error });
    this.#isEnded = true;
    this.#stopTicking();
    this.#params.socket.close();
    for (const resolve of this.#waiting.values()) resolve('failed');
    this.#waiting.clear();
  }

  #take(input: SessionInput): void {
    if (this.#isEnded) return;
    const { clock, settings, socket, sink, log } = this.#params;
    const { state, effects } = stepSession(this.#state, input, clock.monotonic(), settings);
    this.#state = state;
    for (const effect of effects) {
      switch (effect.type) {
        case 'send':
          socket.send(effect.line);
          break;
        case 'tell':
          sink(effect.event);
          break;
        case 'answer':
          this.#waiting.get(effect.id)?.(effect.outcome);
          this.#waiting.delete(effect.id);
          break;
        case 'log':
          log.debug(effect.message, { line: effect.line.slice(0, 200) });
          break;
      }
    }
  }
}
