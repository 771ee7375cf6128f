/**
 * One client's socket: reads lines, answers them in their order, and never lets this client hold up another.
 *
 * Each turn of the event loop takes a limited amount of input and makes a limited amount of output; a client that asks
 * faster than it reads is not read from until its replies are gone. Requests make no promises and no closures.
 */
import type { Socket } from 'node:net';
import type { Monotonic } from '#domain/units.ts';
import type { Clock, Stop } from '#engine/ports.ts';
import { plainAddress } from './client-gate.ts';
import { errorLine } from './protocol.ts';
import { step } from './session.ts';
import { newSession, type Session, type SessionEffect, type SessionWorld, type Turn } from './turn.ts';
import { type ParsedLine, WordParser } from './words.ts';

/** What a connection needs of the server. */
export interface ConnectionHost {
  readonly clock: Clock;
  readonly world: SessionWorld;
  /** Carries out what concerns more than this connection. */
  act(effect: SessionEffect, connection: NutConnection): void;
  /** How long to hold the refusal of a wrong password back, in milliseconds. */
  holdRefusal(address: string): number;
  /** How long an address must wait until its next password is looked at, in milliseconds. */
  waitBeforeCheck(address: string): number;
  /** Has a certificate ready. @throws when there is none */
  prepareTls(): Promise<void>;
  encrypt(socket: Socket): Promise<Socket>;
  closed(connection: NutConnection): void;
}

/** upsd reads this much at a time; a syntax error costs the rest of it. */
const READ_BYTES = 512;
const PIECE_BYTES = 4_096;
/** Input taken in one turn of the event loop: about a millisecond's work. */
const TURN_INPUT_BYTES = 16_384;
/** Output after which a turn ends. */
const TURN_OUTPUT_BYTES = 262_144;
/** Replies are joined up to this size before they are written. */
const WRITE_BYTES = 65_536;
/** Unsent output beyond which nothing more is read from a client. */
const MAX_UNSENT_BYTES = 65_536;
const HASH = 0x23;

const NO_LINES: readonly ParsedLine[] = [];

export class NutConnection {
  readonly connectedAt: Monotonic;
  /** When the last complete line came. */
  lastLineAt: Monotonic;
  session: Session;

  #socket: Socket;
  readonly #host: ConnectionHost;
  #parser = new WordParser({ errorCosts: 'chunk' });
  #input: Buffer | undefined;
  #lines = NO_LINES;
  #nextLine = 0;
  /** Something must happen before the next line is looked at. */
  #isHeld = false;
  #isWaitingForDrain = false;
  #isLeaving = false;
  /** Ends listening to the socket, errors apart. */
  #unlisten: Stop = () => undefined;

  constructor(socket: Socket, host: ConnectionHost) {
    this.#host = host;
    this.session = newSession(plainAddress(socket.remoteAddress ?? ''));
    this.connectedAt = host.clock.monotonic();
    this.lastLineAt = this.connectedAt;
    this.#socket = socket;
    this.#listen(socket);
  }

  get address(): string {
    return this.session.address;
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  #listen(socket: Socket): void {
    const onData = (chunk: Buffer): void => {
      this.#input = this.#input === undefined ? chunk : Buffer.concat([this.#input, chunk]);
      if (!this.#isHeld) this.#work();
    };
    const onDrain = (): void => {
      if (this.#isWaitingForDrain) this.#release();
    };
    const onClose = (): void => this.#host.closed(this);
    socket.on('data', onData);
    socket.on('drain', onDrain);
    socket.on('close', onClose);
    // A client that breaks off is no event worth a line; `close` follows.
    socket.on('error', ignore);
    this.#unlisten = () => {
      socket.removeListener('data', onData);
      socket.removeListener('drain', onDrain);
      socket.removeListener('close', onClose);
    };
  }

  /** Looks at no further line until #release(). */
  #hold(): void {
    this.#isHeld = true;
    this.#socket.pause();
  }

  #release(): void {
    if (this.#socket.destroyed) return;
    this.#isHeld = false;
    this.#isWaitingForDrain = false;
    this.#work();
    // #work() may hold again, which the compiler does not see.
    if (!(this.#isHeld as boolean)) this.#socket.resume();
  }

  /** Answers what there is, as far as one turn goes. */
  #work(): void {
    let taken = 0;
    let written = 0;
    let out = '';
    while (!this.#isHeld) {
      const line = this.#lines[this.#nextLine];
      if (line === undefined) {
        const piece = taken < TURN_INPUT_BYTES ? this.#takePiece() : undefined;
        if (piece === undefined) break;
        taken += piece.length;
        this.#lines = this.#parser.push(piece);
        this.#nextLine = 0;
        if (this.#lines.length > 0) this.lastLineAt = this.#host.clock.monotonic();
        continue;
      }
      this.#nextLine += 1;
      // A line that makes no sense is passed over in silence, as upsd does.
      if (line.words === undefined) continue;
      const turn = step(line.words, this.session, this.#host.world);
      out += typeof turn === 'string' ? turn : this.#carryOut(turn);
      if (out.length >= WRITE_BYTES) {
        this.#write(out);
        written += out.length;
        out = '';
        if (this.#socket.writableLength > MAX_UNSENT_BYTES) {
          this.#isWaitingForDrain = true;
          this.#hold();
        } else if (written >= TURN_OUTPUT_BYTES) {
          break;
        }
      }
    }
    if (out !== '') this.#write(out);
    if (this.#isHeld) return;
    if (this.#nextLine < this.#lines.length || this.#input !== undefined) {
      this.#hold();
      setImmediate(() => this.#release());
    } else {
      this.#lines = NO_LINES;
      this.#nextLine = 0;
      if (this.#isLeaving) this.#socket.end();
    }
  }

  /** A `#` may be a syntax error, and what that costs depends on how upsd would have read. */
  #takePiece(): Buffer | undefined {
    const input = this.#input;
    if (input === undefined) return undefined;
    const size = input.length > READ_BYTES && input.includes(HASH) ? READ_BYTES : PIECE_BYTES;
    this.#input = input.length > size ? input.subarray(size) : undefined;
    return input.length > size ? input.subarray(0, size) : input;
  }

  #write(text: string): void {
    if (this.#socket.writable) this.#socket.write(text, 'latin1');
  }

  /** @returns what can be sent now */
  #carryOut({ reply, session, effect }: Turn): string {
    if (session) this.session = session;
    switch (effect?.type) {
      case undefined:
        return reply;
      case 'logged-out':
        // Lines that came with it are still answered.
        this.#isLeaving = true;
        this.#host.act(effect, this);
        return reply;
      case 'wrong-password':
        return this.#refuse(reply);
      case 'wait':
        this.#nextLine -= 1;
        this.#holdFor(this.#host.waitBeforeCheck(this.address), '');
        return '';
      case 'start-tls':
        this.#startTls();
        return '';
      case 'logged-in':
      case 'forced-shutdown':
      case 'set-variable':
      case 'run-command':
        this.#host.act(effect, this);
        return reply;
    }
  }

  #refuse(reply: string): string {
    const delayMs = this.#host.holdRefusal(this.address);
    if (delayMs === 0) return reply;
    this.#holdFor(delayMs, reply);
    return '';
  }

  #holdFor(delayMs: number, reply: string): void {
    this.#hold();
    this.#host.clock.after(Math.max(1, delayMs), () => {
      if (this.#socket.destroyed) return;
      if (reply !== '') this.#write(reply);
      this.#release();
    });
  }

  #startTls(): void {
    this.#hold();
    // Whoever sends more in clear text before the handshake is either broken or slips commands into a session that is
    // going to look protected.
    if (this.#nextLine < this.#lines.length || this.#input !== undefined) {
      this.destroy();
      return;
    }
    const clear = this.#socket;
    this.#host.prepareTls().then(
      () => this.#encrypt(clear),
      () => {
        this.#write(errorLine('FEATURE-NOT-CONFIGURED'));
        this.#release();
      },
    );
  }

  #encrypt(clear: Socket): void {
    if (clear.destroyed) return;
    clear.write('OK STARTTLS\n', 'latin1');
    this.#host.encrypt(clear).then(
      (encrypted) => {
        this.#unlisten();
        this.#socket = encrypted;
        this.#parser = new WordParser({ errorCosts: 'chunk' });
        this.#lines = NO_LINES;
        this.#nextLine = 0;
        this.#isHeld = false;
        this.session = { ...this.session, isEncrypted: true };
        this.#listen(encrypted);
      },
      () => clear.destroy(), // its `close` tells the server
    );
  }
}

const ignore = (): void => undefined;
