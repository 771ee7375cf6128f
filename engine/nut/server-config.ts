/** How the NUT server is set up. upsd.conf and our own settings are both turned into this. */
import { NUT_PORT } from './protocol.ts';

export interface NutListenAddress {
  /** Name or address; `*` stands for every IPv4 and IPv6 address. A name is bound on all its addresses. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface NutTlsConfig {
  /** PEM file with the certificate, its chain and its private key (CERTFILE). */
  readonly certFile?: string;
  /** Without certFile: where an own certificate is kept; it is made at the first start. */
  readonly ownCertificateFile?: string;
  /** Whether clients are asked for a certificate of their own (CERTREQUEST). */
  readonly clientCertificates: 'no' | 'request' | 'require';
  /** PEM file, or folder of PEM files, of the authorities that sign client certificates (CERTPATH). */
  readonly authorities?: string;
  /** TLS 1.2 or newer only (DISABLE_WEAK_SSL). Otherwise TLS 1.0 is accepted as well, for old clients. */
  readonly disableWeakSsl: boolean;
}

export interface NutServerConfig {
  /** Empty: the loopback addresses on port 3493. */
  readonly listen: readonly NutListenAddress[];
  /** Start although some address cannot be bound, as long as one can. */
  readonly allowNotAllListeners: boolean;
  /** Most connections at a time. Default 4096. */
  readonly maxConn?: number;
  /** How long results of SET and INSTCMD can be asked for. */
  readonly trackingDelaySeconds: number;
  /** Absent: STARTTLS is answered with FEATURE-NOT-CONFIGURED. */
  readonly tls?: NutTlsConfig;
}

export const DEFAULT_MAX_CONNECTIONS = 4096;

/** upsd's own defaults: loopback only, results kept for an hour, no encryption. */
export const DEFAULT_NUT_SERVER_CONFIG: NutServerConfig = {
  listen: [
    { host: '127.0.0.1', port: NUT_PORT },
    { host: '::1', port: NUT_PORT },
  ],
  allowNotAllListeners: false,
  trackingDelaySeconds: 3600,
};
