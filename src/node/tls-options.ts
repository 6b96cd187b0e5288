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

/** A certificate for one of a server's names. */
export interface NamedTlsOptions {
  /** Certificate, with its chain. */
  cert: Pem;
  /** Its private key. */
  key: Pem;
  /** Of `key`. */
  passphrase?: string | undefined;
}

/**
 * Gives the certificate for a name that a client asks for (SNI), in lower case; `undefined` for the listener's. The same object
 * stands for the same certificate: give it again, instead of a copy. Whatever it throws goes to `failed`, and fails that handshake.
 */
export type ChooseCertificate = (
  name: string,
) => NamedTlsOptions | undefined | PromiseLike<NamedTlsOptions | undefined>;

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
  /**
   * Certificates for the names that clients ask for (SNI): by name, `*.example.org` for all names with one label before it; or a
   * function. `cert` is for other names, and for clients that ask for none. Default: `cert` for all.
   */
  sni?: Readonly<Record<string, NamedTlsOptions>> | ChooseCertificate | undefined;
  /** This version and newer. Default: Node's, `'TLSv1.2'`. */
  minVersion?: SecureVersion | undefined;
}
