/** The server's side of STARTTLS: its certificate, and the handshake on a connection that began in clear text. */
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TlsOptions, type TLSSocket } from 'node:tls';
import { NutError } from '#domain/errors.ts';
import type { Clock, Log } from '#engine/ports.ts';
import type { NutTlsConfig } from './server-config.ts';

const HANDSHAKE_TIMEOUT_MS = 10_000;
const OWN_CERTIFICATE_YEARS = 20;
const DAY_MS = 86_400_000;

export interface ServerTls {
  /** Reads a configured certificate, so that a broken one is found at the start. @throws NutError nut/certificate-unusable */
  check(): Promise<void>;
  /** Has the certificate at hand, making an own one at first use. @throws NutError nut/certificate-unusable */
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
    const pem =
      config.certFile === undefined ? await ownCertificate(config, clock, log) : await readPem(config.certFile);
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
    check: () => (config.certFile === undefined ? Promise.resolve() : prepare()),
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
  const ca = config.authorities === undefined ? [] : await readAuthorities(config.authorities);
  return {
    cert: pem,
    key: pem,
    ...(ca.length > 0 ? { ca } : {}),
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    requestCert: config.clientCertificates !== 'no',
    rejectUnauthorized: config.clientCertificates === 'require',
    // Old appliances speak nothing newer than TLS 1.0, which OpenSSL offers only at its lowest level of security.
    ...(config.disableWeakSsl ? { minVersion: 'TLSv1.2' } : { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  };
}

async function readAuthorities(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [await readFile(path, 'utf8')];
    const names = (await readdir(path)).filter((name) => /\.(pem|crt|cer)$/i.test(name));
    return await Promise.all(names.map((name) => readFile(join(path, name), 'utf8')));
  } catch (error) {
    throw unusable(path, error);
  }
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unusable(file, error);
  }
}

const unusable = (file: string, error: unknown): NutError =>
  new NutError(
    'nut/certificate-unusable',
    { file, reason: error instanceof Error ? error.message : String(error) },
    error,
  );

/** The certificate made earlier, or a new one where there is none that is good. */
async function ownCertificate(config: NutTlsConfig, clock: Clock, log: Log): Promise<string> {
  const file = config.ownCertificateFile;
  if (file === undefined) throw unusable('(none)', 'no certificate is configured');
  const kept = await readFile(file, 'utf8').catch(() => undefined); // none yet, or not readable: a new one is made
  if (kept !== undefined && isGood(kept, clock)) return kept;
  const made = await makeCertificate(clock);
  try {
    await writeFile(`${file}.new`, made, { mode: 0o600 });
    await rename(`${file}.new`, file);
    log.info('Made a certificate for encrypted NUT connections', { file, fingerprint: fingerprintOf(made) });
  } catch (error) {
    log.warn('Cannot keep the certificate for encrypted NUT connections; the next start makes another', {
      file,
      reason: error instanceof Error ? error.message : String(error),
    });
  }
  return made;
}

/** SHA-256 of the first certificate in a PEM text, upper case with colons. */
export const fingerprintOf = (pem: string): string => new X509Certificate(pem).fingerprint256;

function isGood(pem: string, clock: Clock): boolean {
  try {
    return pem.includes('PRIVATE KEY') && new X509Certificate(pem).validToDate.getTime() > clock.now() + DAY_MS;
  } catch {
    return false; // damaged: as good as none
  }
}

async function makeCertificate(clock: Clock): Promise<string> {
  // Only the first STARTTLS of an installation needs this library.
  const { generate } = await import('selfsigned');
  const name = hostname();
  const notBeforeDate = new Date(clock.now() - DAY_MS); // clients whose clock is a little behind
  const notAfterDate = new Date(clock.now() + OWN_CERTIFICATE_YEARS * 365 * DAY_MS);
  const made = await generate([{ name: 'commonName', value: name }], {
    // RSA, because that is what the oldest clients can do.
    keyType: 'rsa',
    keySize: 2048,
    algorithm: 'sha256',
    notBeforeDate,
    notAfterDate,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: name },
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return `${made.cert.trim()}\n${made.private.trim()}\n`;
}
