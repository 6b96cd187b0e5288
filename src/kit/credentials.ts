// Certificate and key files: whether they exist, and their content. They are read during the call, like all options, so
// that later changes of the files have no effect.

import { existsSync, readFileSync } from 'node:fs';
import { lateCrypto, lateTls } from '../node/late-modules.ts';
import { businessError } from './business-error.ts';
import type { CertificatePaths } from './certificate-paths.ts';
import { thrownText } from './described.ts';

/** PEM texts. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly passphrase?: string;
}

/** @throws BusinessError 2302002 if a file does not exist */
export function requireFiles(...paths: readonly string[]): void {
  for (const path of paths)
    if (!existsSync(path)) throw businessError('certificateFile', `the file ${path} does not exist; check the path`);
}

/**
 * Reads the authorities to trust.
 *
 * @throws BusinessError 2302999 if the file cannot be read or does not begin with a certificate
 */
export function readAuthorities(path: string): Buffer {
  return checked(`the authorities in ${path}`, () => {
    const ca = readFileSync(path);
    // A secure context accepts any bytes as `ca`, and would then trust no certificate.
    new (lateCrypto().X509Certificate)(ca);
    return ca;
  });
}

/**
 * Reads a certificate and its key.
 *
 * @throws BusinessError 2302999 if they cannot be read, are malformed, or do not belong together
 */
export function readCertificate(paths: CertificatePaths): Certificate {
  const { cert, key, ...rest } = paths;
  return checked(`the certificate ${cert} with the key ${key}`, () => {
    const certificate = { cert: readFileSync(cert), key: readFileSync(key), ...rest };
    lateTls().createSecureContext(certificate);
    return certificate;
  });
}

function checked<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw businessError('unknown', new Error(`${what} cannot be used: ${thrownText(error)}`, { cause: error }));
  }
}
