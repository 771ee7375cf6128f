/**
 * A client of any NUT server: one connection, replies in the order of the commands.
 *
 * What the server refuses (`ERR …`) is a return value; what breaks the connection is a NutError, after which this
 * client is over. reconnecting-client.ts makes new ones.
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { NutError } from '#domain/errors.ts';
import { phrase, type Text } from '#domain/messages/message.ts';
import { reasonOf } from '#engine/system-reason.ts';
import type { Clock, Stop } from '#engine/ports.ts';
import { formatCommand, NUT_PORT } from './protocol.ts';
import { WordParser } from './words.ts';

export interface NutClientOptions {
  /** Name or address; IPv6 without brackets. */
  readonly host: string;
  readonly port?: number;
  readonly clock: Clock;
  /** Longest wait for the connection, for the handshake and for each piece of a reply. Default 10 s. */
  readonly timeoutMs?: number;
  /** `try` goes on in clear text where the server has no TLS. Default `off`. */
  readonly tls?: 'off' | 'try' | 'require';
  /** The one certificate to accept: its SHA-256 fingerprint, with or without colons. Stands above `verify`. */
  readonly pinnedFingerprint?: string;
  /** Check the certificate against `ca` (PEM) or the system's authorities, and its name. Default: true with `ca`. */
  readonly verify?: boolean;
  readonly ca?: string;
  /** The name that the certificate has to be for, where that is not `host`. */
  readonly certificateName?: string;
  /** A certificate of this client with its key, for servers that ask for one. */
  readonly identity?: ClientIdentity;
}

export interface ClientIdentity {
  /** PEM: certificate, authorities above it, key. */
  readonly pem: string;
  /** Opens the key. */
  readonly password?: string;
}

/** Answer to one command. */
export type NutReply =
  /** `words`: the line, split. `rows`: the lines between BEGIN LIST and END LIST, split; empty for other commands. */
  | { readonly ok: true; readonly words: readonly string[]; readonly rows: readonly (readonly string[])[] }
  /** `error` is the word after ERR: an ErrorWord, or a word that only that server knows. */
  | { readonly ok: false; readonly error: string };

export type NutResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

export interface NutClient {
  /** `host:port` for messages. */
  readonly address: string;
  readonly isEncrypted: boolean;
  /** SHA-256 of the server's certificate, upper case with colons; undefined without TLS. */
  readonly fingerprint: string | undefined;
  /** Address of this computer as the server sees it, unless something in between changes it. */
  readonly localAddress: string | undefined;
  /**
   * Sends a command; several may be under way.
   * @throws NutError nut/connection-lost, nut/timeout, nut/bad-reply; the connection is closed then
   */
  command(words: readonly string[]): Promise<NutReply>;
  /** Value of a `GET` command, for example `get('VAR', 'ups', 'ups.status')`. @throws as command */
  get(...query: readonly string[]): Promise<NutResult<string>>;
  /** Rows of a `LIST` command without the words that repeat the query. @throws as command */
  list(...query: readonly string[]): Promise<NutResult<readonly (readonly string[])[]>>;
  /** Variables by name, in the server's order. @throws as command */
  listVariables(ups: string): Promise<NutResult<ReadonlyMap<string, string>>>;
  /** USERNAME and PASSWORD. The server checks them only when a later command needs them. @throws as command */
  authenticate(username: string, password: string): Promise<NutReply>;
  /** LOGIN: counts this connection as a computer that hangs on the UPS. @throws as command */
  login(ups: string): Promise<NutReply>;
  /** Calls back once when the connection is over, whoever ended it. */
  onClosed(closed: (error: NutError) => void): Stop;
  /** Says goodbye and closes. Never fails. */
  close(): Promise<void>;
}

interface Pending {
  /** Query words in upper case where the answer is a list. */
  readonly query: readonly string[];
  rows: (readonly string[])[] | undefined;
  readonly resolve: (reply: NutReply) => void;
  readonly reject: (error: NutError) => void;
}

/** More rows than any UPS has: a server that goes on beyond is none. */
const MAX_ROWS = 20_000;
const DEFAULT_TIMEOUT_MS = 10_000;
/** How long a server may take to say goodbye. */
const GOODBYE_MS = 500;

/** Connects, and encrypts where asked. @throws NutError nut/cannot-connect, nut/timeout, nut/tls-…, nut/certificate-changed */
export async function connectNutClient(options: NutClientOptions): Promise<NutClient> {
  const connection = new NutConnection(options);
  await connection.open();
  const tls = options.tls ?? 'off';
  if (tls !== 'off') await connection.encrypt(tls === 'require');
  return connection;
}

class NutConnection implements NutClient {
  readonly address: string;
  fingerprint: string | undefined;
  readonly #options: NutClientOptions;
  readonly #timeoutMs: number;
  readonly #pending: Pending[] = [];
  readonly #closedListeners = new Set<(error: NutError) => void>();
  #socket: Socket | undefined;
  #parser = new WordParser();
  #cancelTimeout: Stop | undefined;
  #ended: NutError | undefined;

  constructor(options: NutClientOptions) {
    const port = options.port ?? NUT_PORT;
    this.address = isIP(options.host) === 6 ? `[${options.host}]:${port}` : `${options.host}:${port}`;
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  get isEncrypted(): boolean {
    return this.fingerprint !== undefined;
  }

  get localAddress(): string | undefined {
    return this.#socket?.localAddress;
  }

  async open(): Promise<void> {
    const { host, port = NUT_PORT } = this.#options;
    const socket = connectTcp({ host, port, noDelay: true });
    await this.#established(socket, 'connect', (error) => this.#cannotConnect(error));
    this.#use(socket);
  }

  async encrypt(isRequired: boolean): Promise<void> {
    const reply = await this.command(['STARTTLS']);
    if (!reply.ok) {
      if (!isRequired) return;
      await this.close();
      throw new NutError('nut/tls-not-offered', { address: this.address, reason: reply.error });
    }
    const plain = this.#socket;
    if (!plain) throw this.#lost(phrase('reason.server-closed', {}));
    plain.removeAllListeners();
    // Loaded only where it is wanted: the command line clients should start quickly.
    const { connect: connectTls, checkServerIdentity } = await import('node:tls');
    const { pinnedFingerprint, ca, host, identity, certificateName = host } = this.#options;
    const isVerified = pinnedFingerprint === undefined && (this.#options.verify ?? ca !== undefined);
    const tlsOptions: ConnectionOptions = {
      socket: plain,
      rejectUnauthorized: isVerified,
      // `host` is what the person typed; an address is checked against the certificate's addresses.
      checkServerIdentity: (_, certificate) => checkServerIdentity(certificateName, certificate),
      ...(ca === undefined ? {} : { ca }),
      ...(identity && { cert: identity.pem, key: identity.pem, passphrase: identity.password }),
      ...(isIP(host) === 0 ? { servername: host } : {}),
    };
    const failed = (error: Error): NutError =>
      new NutError('nut/tls-failed', { address: this.address, reason: reasonOf(error) }, error);
    let encrypted: TLSSocket;
    try {
      encrypted = connectTls(tlsOptions);
    } catch (error) {
      // A certificate of ours, or an authority, that cannot be used.
      throw this.#end(failed(error instanceof Error ? error : new Error(String(error))));
    }
    await this.#established(encrypted, 'secureConnect', failed);
    this.#use(encrypted);
    this.fingerprint = this.#checkPin(encrypted, pinnedFingerprint);
    // A handshake can look complete on one side only; a reply through it cannot.
    await this.command(['PROTVER']);
  }

  command(words: readonly string[]): Promise<NutReply> {
    return new Promise((resolve, reject) => {
      if (this.#ended) {
        reject(this.#ended);
        return;
      }
      const isList = words[0]?.toUpperCase() === 'LIST';
      this.#pending.push({
        query: isList ? words : [],
        rows: undefined,
        resolve,
        reject,
      });
      this.#socket?.write(`${formatCommand(words)}\n`, 'latin1');
      if (this.#pending.length === 1) this.#watch();
    });
  }

  async get(...query: readonly string[]): Promise<NutResult<string>> {
    const reply = await this.command(['GET', ...query]);
    if (!reply.ok) return reply;
    this.#expectRepeated(reply.words, query);
    const value = reply.words[query.length];
    if (value === undefined) throw this.#end(this.#badReply());
    return { ok: true, value };
  }

  async list(...query: readonly string[]): Promise<NutResult<readonly (readonly string[])[]>> {
    const reply = await this.command(['LIST', ...query]);
    if (!reply.ok) return reply;
    return {
      ok: true,
      value: reply.rows.map((row) => {
        this.#expectRepeated(row, query);
        return row.slice(query.length);
      }),
    };
  }

  async listVariables(ups: string): Promise<NutResult<ReadonlyMap<string, string>>> {
    const listed = await this.list('VAR', ups);
    if (!listed.ok) return listed;
    return { ok: true, value: new Map(listed.value.map(([name = '', value = '']) => [name, value])) };
  }

  async authenticate(username: string, password: string): Promise<NutReply> {
    const named = await this.command(['USERNAME', username]);
    return named.ok ? this.command(['PASSWORD', password]) : named;
  }

  login(ups: string): Promise<NutReply> {
    return this.command(['LOGIN', ups]);
  }

  onClosed(closed: (error: NutError) => void): Stop {
    if (this.#ended) closed(this.#ended);
    else this.#closedListeners.add(closed);
    return () => this.#closedListeners.delete(closed);
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    const isGone = new Promise<void>((resolve) => this.onClosed(() => resolve()));
    const end = (): unknown => this.#end(this.#lost(phrase('reason.this-side-closed', {})));
    const cancel = this.#options.clock.after(GOODBYE_MS, end);
    this.command(['LOGOUT']).then(end, () => undefined); // a connection that broke first is closed all the same
    await isGone;
    cancel();
  }

  /** Waits for a socket's first good event. */
  #established(socket: Socket, event: string, toError: (error: Error) => NutError): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error: NutError | undefined): void => {
        cancel();
        socket.removeListener(event, onReady);
        socket.removeListener('error', onError);
        socket.removeListener('close', onClose);
        if (error === undefined) {
          resolve();
          return;
        }
        socket.on('error', () => undefined); // what follows the first error is of no interest
        socket.destroy();
        reject(this.#end(error));
      };
      const onReady = (): void => settle(undefined);
      const onError = (error: Error): void => settle(toError(error));
      const onClose = (): void => settle(toError(new Error('the server closed the connection')));
      const cancel = this.#options.clock.after(this.#timeoutMs, () => settle(this.#timedOut()));
      socket.on(event, onReady);
      socket.on('error', onError);
      socket.on('close', onClose);
    });
  }

  #use(socket: Socket): void {
    this.#socket = socket;
    this.#parser = new WordParser();
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error: Error) => this.#end(this.#lost(reasonOf(error), error)));
    socket.on('close', () => this.#end(this.#lost(phrase('reason.server-closed', {}))));
  }

  #read(chunk: Buffer): void {
    for (const line of this.#parser.push(chunk)) {
      if (this.#ended) return;
      if (line.words === undefined || !this.#take(line.words)) {
        this.#end(this.#badReply());
        return;
      }
    }
    if (!this.#ended) this.#watch();
  }

  /** One reply line. @returns false when it cannot be part of the reply awaited */
  #take(words: readonly string[]): boolean {
    const pending = this.#pending[0];
    if (!pending) return false;
    const [first, second] = words;
    if (pending.rows !== undefined) {
      if (first === 'END' && second === 'LIST') {
        this.#pending.shift();
        pending.resolve({ ok: true, words, rows: pending.rows });
        return true;
      }
      pending.rows.push(words);
      return pending.rows.length <= MAX_ROWS;
    }
    if (first === undefined) return false;
    if (first === 'ERR') {
      this.#pending.shift();
      pending.resolve({ ok: false, error: second ?? '' });
      return true;
    }
    if (pending.query.length > 0) {
      if (first !== 'BEGIN' || second !== 'LIST') return false;
      pending.rows = [];
      return true;
    }
    this.#pending.shift();
    pending.resolve({ ok: true, words, rows: [] });
    return true;
  }

  /** Begins to wait anew for the reply that is due, if one is. */
  #watch(): void {
    this.#cancelTimeout?.();
    this.#cancelTimeout =
      this.#pending.length === 0
        ? undefined
        : this.#options.clock.after(this.#timeoutMs, () => this.#end(this.#timedOut()));
  }

  /** Replies repeat the words of the query, in the letters the client used. */
  #expectRepeated(words: readonly string[], query: readonly string[]): void {
    const isSame = query.every((word, index) => words[index]?.toLowerCase() === word.toLowerCase());
    if (!isSame) throw this.#end(this.#badReply());
  }

  #checkPin(socket: TLSSocket, pinned: string | undefined): string {
    const fingerprint = socket.getPeerX509Certificate()?.fingerprint256 ?? '';
    const plain = (text: string): string => text.replace(/[^0-9a-f]/gi, '').toLowerCase();
    if (pinned !== undefined && plain(pinned) !== plain(fingerprint)) {
      throw this.#end(new NutError('nut/certificate-changed', { address: this.address, fingerprint }));
    }
    return fingerprint;
  }

  /** The connection is over. Only the first reason counts. @returns that reason */
  #end(error: NutError): NutError {
    if (this.#ended) return this.#ended;
    this.#ended = error;
    this.#cancelTimeout?.();
    this.#socket?.destroy();
    for (const pending of this.#pending.splice(0)) pending.reject(error);
    for (const listener of this.#closedListeners) listener(error);
    this.#closedListeners.clear();
    return error;
  }

  #cannotConnect(error: Error): NutError {
    return new NutError('nut/cannot-connect', { address: this.address, reason: reasonOf(error) }, error);
  }

  #lost(reason: Text, cause?: Error): NutError {
    return new NutError('nut/connection-lost', { address: this.address, reason }, cause);
  }

  #timedOut(): NutError {
    return new NutError('nut/timeout', { address: this.address, seconds: this.#timeoutMs / 1000 });
  }

  #badReply(): NutError {
    return new NutError('nut/bad-reply', { address: this.address });
  }
}
