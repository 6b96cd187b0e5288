// What a user may set of TLS. tls.ts checks what certificates and keys hold, and makes Node's options of it.

import type { Buffer } from 'node:buffer';
import type { SecureVersion } from 'node:tls';

/** Contents of PEM files, one or several. */
export type Pem = string | Buffer | readonly (string | Buffer)[];

/** TLS of a client. Absent parts take Node's defaults. */
export interface ClientTlsOptions {
  /** Certificates to trust, instead of the system's and Node's. */
  ca?: Pem | undefined;
  /** Certificate (with its chain) to identify with, and its private key. */
  cert?: Pem | undefined;
  /** Private key of `cert`. */
  key?: Pem | undefined;
  /** Of `key`. */
  passphrase?: string | undefined;
  /** `false` accepts any certificate: only for tests. Default `true`, whatever NODE_TLS_REJECT_UNAUTHORIZED is. */
  rejectUnauthorized?: boolean | undefined;
  /** This version and newer. Default: Node's, `'TLSv1.2'`. */
  minVersion?: SecureVersion | undefined;
  /** Name to ask for (SNI) and to find in the certificate. Default: the host of the URL; an IP address is not asked for. */
  servername?: string | undefined;
}

/** TLS of a server. */
export interface ServerTlsOptions {
  /** Certificate, with its chain. */
  cert: Pem;
  /** Its private key. */
  key: Pem;
  /** Of `key`. */
  passphrase?: string | undefined;
  /** Issuers of client certificates; for `requestCert`. */
  ca?: Pem | undefined;
  /** Takes only clients with a certificate from `ca`. Default `false`. */
  requestCert?: boolean | undefined;
  /** This version and newer. Default: Node's, `'TLSv1.2'`. */
  minVersion?: SecureVersion | undefined;
}
