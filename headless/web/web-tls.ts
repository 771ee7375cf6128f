/** The certificate of the web interface, as the settings have it. */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { WebError } from '#domain/errors.ts';
import type { Settings } from '#domain/schema/settings/settings.ts';
import { ownCertificate } from '#engine/own-certificate.ts';
import type { Clock, Log } from '#engine/ports.ts';

export interface WebTls {
  /** PEM */
  readonly cert: string;
  readonly key: string;
}

const OWN_CERTIFICATE_FILE = 'web-server.pem';
/** The longest that Apple's systems accept of a certificate somebody chose to trust. */
const OWN_CERTIFICATE_DAYS = 825;
const ANY_ADDRESS: readonly string[] = ['0.0.0.0', '::'];
const NAME = /^[a-z0-9_.-]+$|:/i;

/**
 * Reads the configured certificate, or makes one.
 * @param host address the web interface listens on
 * @returns undefined without TLS
 * @throws WebError web/bad-certificate
 */
export async function readWebTls(
  web: Settings['web'],
  place: { readonly dataDir: string; readonly host: string },
  clock: Clock,
  log: Log,
): Promise<WebTls | undefined> {
  if (web.tls === 'none') return undefined;
  if (web.tls === 'files') return readCertificateFiles(web);
  const names = [hostname(), `${hostname()}.local`, place.host, ...web.hostNames];
  const pem = await ownCertificate(
    {
      file: join(place.dataDir, OWN_CERTIFICATE_FILE),
      purpose: 'the web interface',
      names: names.filter((name) => NAME.test(name) && !ANY_ADDRESS.includes(name)),
      validDays: OWN_CERTIFICATE_DAYS,
    },
    clock,
    log,
  );
  return { cert: pem, key: pem };
}

/** @throws WebError web/bad-certificate when the files cannot be read or do not belong together */
export async function readCertificateFiles({ certFile = '', keyFile = '' }: Settings['web']): Promise<WebTls> {
  const cert = await readPem(certFile);
  const key = await readPem(keyFile);
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw unusable(`${certFile} with ${keyFile}`, error);
  }
  return { cert, key };
}

const readPem = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: unknown) => {
    throw unusable(file, error);
  });

const unusable = (file: string, error: unknown): WebError =>
  new WebError('web/bad-certificate', { file, reason: error instanceof Error ? error.message : String(error) }, error);
