/** Certificates of the program's own: made where there is none yet, kept in the data folder, signed by themselves. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { Worker } from 'node:worker_threads';
import { phrase, textIn, type Text } from '#domain/messages/message.ts';
import { replaceFile } from '#engine/atomic-file.ts';
import type { Clock, Log } from '#engine/ports.ts';
import { reasonOf } from '#engine/system-reason.ts';
import { DISK_LIMIT_MS, withinLimit } from '#engine/within-limit.ts';
import type { CertificateOrder } from './certificate-thread.ts';

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

/**
 * The certificate made earlier, or a new one where there is none that is good. Clients do not wait for a disk that hangs.
 * @returns PEM, certificate and key
 */
export async function ownCertificate(wanted: OwnCertificate, clock: Clock, log: Log): Promise<string> {
  const { file, purpose } = wanted;
  const noAnswer = phrase('reason.no-answer-in-time', {});
  const cannotKeep = (reason: Text): void =>
    log.warn(`Cannot keep the certificate for ${purpose}; the next start makes another`, {
      file,
      reason: textIn(reason),
    });
  const reading = readFile(file, 'utf8').catch(() => undefined); // none yet, or not readable: a new one is made
  const kept = await withinLimit<string | Text | undefined>(clock, DISK_LIMIT_MS, reading, () => noAnswer);
  if (typeof kept === 'string' && isGood(kept, wanted, clock)) return kept;
  const made = await makeCertificate(wanted, clock);
  // A good one may stand in a file that could not be read in time.
  if (kept === noAnswer) cannotKeep(noAnswer);
  else {
    const writing = replaceFile(file, made).then(
      () => log.info(`Made a certificate for ${purpose}`, { file, fingerprint: fingerprintOf(made) }),
      (error: unknown) => cannotKeep(reasonOf(error)),
    );
    await withinLimit(clock, DISK_LIMIT_MS, writing, () => cannotKeep(noAnswer));
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
  const name = hostname();
  const order: CertificateOrder = {
    commonName: name,
    names: [...new Set([name, 'localhost', '127.0.0.1', '::1', ...names])],
    from: clock.now() - DAY_MS, // clients whose clock is a little behind
    to: clock.now() + (validDays - 1) * DAY_MS,
  };
  const thread = new Worker(new URL('./certificate-thread.ts', import.meta.url), { workerData: order });
  try {
    const [made] = (await once(thread, 'message')) as [string];
    return made;
  } finally {
    await thread.terminate();
  }
}
