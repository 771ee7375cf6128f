/** Certificates of the program's own: made where there is none yet, kept in the data folder, signed by themselves. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { textIn } from '#domain/messages/message.ts';
import { replaceFile } from '#engine/atomic-file.ts';
import type { Clock, Log } from '#engine/ports.ts';
import { reasonOf } from '#engine/system-reason.ts';

const DAY_MS = 86_400_000;

export interface OwnCertificate {
  /** PEM file with the certificate and its key. */
  readonly file: string;
  /** What it is for, for the log: `encrypted NUT connections`. */
  readonly purpose: string;
  /** Names and addresses it has to be good for, besides those of this computer at the time when it is made. */
  readonly names: readonly string[];
  readonly validDays: number;
}

/** The certificate made earlier, or a new one where there is none that is good. @returns PEM, certificate and key */
export async function ownCertificate(wanted: OwnCertificate, clock: Clock, log: Log): Promise<string> {
  const { file, purpose } = wanted;
  const kept = await readFile(file, 'utf8').catch(() => undefined); // none yet, or not readable: a new one is made
  if (kept !== undefined && isGood(kept, wanted, clock)) return kept;
  const made = await makeCertificate(wanted, clock);
  try {
    await replaceFile(file, made);
    log.info(`Made a certificate for ${purpose}`, { file, fingerprint: fingerprintOf(made) });
  } catch (error) {
    log.warn(`Cannot keep the certificate for ${purpose}; the next start makes another`, {
      file,
      reason: textIn(reasonOf(error)),
    });
  }
  return made;
}

/** SHA-256 of the first certificate in a PEM text, upper case with colons. */
export const fingerprintOf = (pem: string): string => new X509Certificate(pem).fingerprint256;

function isGood(pem: string, { names }: OwnCertificate, clock: Clock): boolean {
  try {
    const certificate = new X509Certificate(pem);
    const written = (certificate.subjectAltName ?? '').toLowerCase().split(', ');
    const isFor = (name: string): boolean =>
      isIP(name) === 0 ? written.includes(`dns:${name.toLowerCase()}`) : certificate.checkIP(name) !== undefined;
    const isInTime = certificate.validToDate.getTime() > clock.now() + DAY_MS;
    return pem.includes('PRIVATE KEY') && isInTime && names.every(isFor);
  } catch {
    return false; // damaged: as good as none
  }
}

async function makeCertificate({ names, validDays }: OwnCertificate, clock: Clock): Promise<string> {
  // Only the first start of an installation needs this library.
  const { generate } = await import('selfsigned');
  const name = hostname();
  const notBeforeDate = new Date(clock.now() - DAY_MS); // clients whose clock is a little behind
  const notAfterDate = new Date(clock.now() + (validDays - 1) * DAY_MS);
  const all = [...new Set([name, 'localhost', '127.0.0.1', '::1', ...names])];
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
        altNames: all.map((value) => (isIP(value) === 0 ? { type: 2, value } : { type: 7, ip: value })),
      },
    ],
  });
  return `${made.cert.trim()}\n${made.private.trim()}\n`;
}
