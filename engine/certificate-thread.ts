/** Makes one certificate and ends (own-certificate.ts): the library that does it would stay in memory for ever. */
import { isIP } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { generate } from 'selfsigned';

export interface CertificateOrder {
  readonly commonName: string;
  /** Names and addresses it is good for. */
  readonly names: readonly string[];
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

const { commonName, names, from, to } = workerData as CertificateOrder;
const made = await generate([{ name: 'commonName', value: commonName }], {
  // RSA, because that is what the oldest clients can do.
  keyType: 'rsa',
  keySize: 2048,
  algorithm: 'sha256',
  notBeforeDate: new Date(from),
  notAfterDate: new Date(to),
  extensions: [
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    {
      name: 'subjectAltName',
      altNames: names.map((value) => (isIP(value) === 0 ? { type: 2, value } : { type: 7, ip: value })),
    },
  ],
});
parentPort?.postMessage(`${made.cert.trim()}\n${made.private.trim()}\n`);
