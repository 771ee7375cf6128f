/** The server's side of STARTTLS: its certificate, and the handshake on a connection that began in clear text. */
import { X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, createServer, type Server, type TlsOptions, type TLSSocket } from 'node:tls';
import { NutError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import type { Clock, Log } from '#engine/ports.ts';
import { ownCertificate } from '#engine/own-certificate.ts';
import { reasonOf } from '#engine/system-reason.ts';
import type { NutTlsConfig } from './server-config.ts';

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Twenty years: clients that hold on to a certificate are not to be shaken off by a new one. */
const OWN_CERTIFICATE_DAYS = 7300;

export interface ServerTls {
  /** Reads what is configured, so that a broken file is found at the start. @throws NutError nut/certificate-unusable */
  check(): Promise<void>;
  /** Has the certificate at hand, making an own one where there is none. @throws NutError nut/certificate-unusable */
  prepare(): Promise<void>;
  /**
   * Encrypts a connection on which nothing but the reply to STARTTLS is under way; prepare() first.
   * @throws Error when the handshake fails; the connection is closed then
   */
  encrypt(socket: Socket): Promise<TLSSocket>;
}

export function createServerTls(config: NutTlsConfig, clock: Clock, log: Log): ServerTls {
  let ready: Promise<Server> | undefined;
  let server: Server | undefined;
  const handshakes = new Map<string, (encrypted: TLSSocket) => void>();

  const make = async (): Promise<Server> => {
    const pem = config.certFile === undefined ? await ownPem(config, clock, log) : await readPem(config.certFile);
    const made = createTlsServer(await tlsOptions(config, pem), config.certFile ?? config.ownCertificateFile ?? '');
    made.on('secureConnection', (encrypted) => {
      const key = endpoints(encrypted);
      const settle = handshakes.get(key);
      handshakes.delete(key);
      if (settle) settle(encrypted);
      else encrypted.destroy();
    });
    // The raw socket closes and tells; here it only must not count as unheard.
    made.on('tlsClientError', (error) => log.debug('A TLS handshake failed', { reason: error.message }));
    return made;
  };

  const prepare = async (): Promise<void> => {
    ready ??= make();
    try {
      server = await ready;
    } catch (error) {
      ready = undefined; // the file may have been mended by the next time
      throw error;
    }
  };

  return {
    prepare,
    async check() {
      if (config.certFile !== undefined) await readCertificate(config.certFile);
      if (config.authorities !== undefined) await readAuthorities(config.authorities);
    },
    encrypt: (socket) =>
      new Promise((resolve, reject) => {
        if (!server) throw new Error('no certificate was prepared');
        const key = endpoints(socket);
        const failed = (): void => {
          handshakes.delete(key);
          reject(new Error('the TLS handshake failed'));
        };
        socket.once('close', failed);
        handshakes.set(key, (encrypted) => {
          socket.removeListener('close', failed);
          resolve(encrypted);
        });
        // The documented way to hand over a connection that was accepted elsewhere; unlike a TLSSocket made by hand,
        // the server's ones check client certificates.
        server.emit('connection', socket);
      }),
  };
}

/**
 * A file of CERTFILE: certificate, chain and private key.
 * @param passphrase of the key
 * @returns the PEM
 * @throws NutError nut/certificate-unusable
 */
export async function readCertificate(file: string, passphrase?: string): Promise<string> {
  const pem = await readPem(file);
  try {
    createSecureContext({ cert: pem, key: pem, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (error) {
    throw unusable(file, error);
  }
  return pem;
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false; // the constructor is the only judge of a certificate
  }
}

/** A connection by its two ends: the one thing the clear and the encrypted socket have in common. */
const endpoints = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  [remoteAddress, remotePort, localAddress, localPort].join(' ');

function createTlsServer(options: TlsOptions, file: string): Server {
  try {
    return createServer(options);
  } catch (error) {
    throw unusable(file, error);
  }
}

async function tlsOptions(config: NutTlsConfig, pem: string): Promise<TlsOptions> {
  const ca = config.authorities === undefined ? undefined : await readAuthorities(config.authorities);
  return {
    cert: pem,
    key: pem,
    ...(ca === undefined ? {} : { ca }),
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    requestCert: config.clientCertificates !== 'no',
    rejectUnauthorized: config.clientCertificates === 'require',
    // Old appliances speak nothing newer than TLS 1.0, which OpenSSL offers only at its lowest level of security.
    ...(config.disableWeakSsl ? { minVersion: 'TLSv1.2' } : { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  };
}

/**
 * What CERTPATH names: a PEM file, or a folder of them.
 * @returns the PEM of each file, at least one of which holds a certificate
 * @throws NutError nut/authorities-unusable
 */
export async function readAuthorities(path: string): Promise<string[]> {
  const read = async <Result>(file: string, run: (file: string) => Promise<Result>): Promise<Result> => {
    try {
      return await run(file);
    } catch (error) {
      throw new NutError('nut/authorities-unusable', { file, reason: reasonOf(error) }, error);
    }
  };
  const files = await read(path, async () =>
    (await stat(path)).isDirectory()
      ? (await readdir(path)).filter((name) => /\.(pem|crt|cer)$/i.test(name)).map((name) => join(path, name))
      : [path],
  );
  const pems = await Promise.all(files.map((file) => read(file, (name) => readFile(name, 'utf8'))));
  // A context would take anything for an authority, and then know none; without any it would ask the system's.
  if (pems.some(isCertificate)) return pems;
  throw new NutError('nut/authorities-unusable', { file: path, reason: phrase('reason.no-certificate', {}) });
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unusable(file, error);
  }
}

function ownPem({ ownCertificateFile: file }: NutTlsConfig, clock: Clock, log: Log): Promise<string> {
  if (file === undefined) throw unusable('(none)', 'no certificate is configured');
  const wanted = { file, purpose: 'encrypted NUT connections', names: [], validDays: OWN_CERTIFICATE_DAYS };
  return ownCertificate(wanted, clock, log);
}

const unusable = (file: string, error: unknown): NutError =>
  new NutError('nut/certificate-unusable', { file, reason: reasonOf(error) }, error);
