// Certificate and key files that options name: whether they exist, and what is in them. They are read during the call,
// as all options are, so that nothing that happens to them later matters.

import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { businessError } from './business-error.ts';

/** Paths of PEM files. */
export interface CertificatePaths {
  readonly cert: string;
  readonly key: string;
  readonly passphrase?: string;
}

/** PEM texts. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly passphrase?: string;
}

/** A non-empty string; other values and `''` count as absent. */
export function pathOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * The paths of a `clientCert` or `serverCert` option; absent without a `certPath`.
 *
 * @param option  the value as given
 */
export function certificatePaths(option: unknown): CertificatePaths | undefined {
  if (typeof option !== 'object' || option === null) return undefined;
  const { certPath, keyPath, keyPassword } = option as Record<string, unknown>;
  const cert = pathOf(certPath);
  if (cert === undefined) return undefined;
  const passphrase = pathOf(keyPassword);
  return { cert, key: pathOf(keyPath) ?? '', ...(passphrase === undefined ? {} : { passphrase }) };
}

/** @throws BusinessError 2302002 when a file is not there */
export function requireFiles(...paths: readonly string[]): void {
  for (const path of paths) if (!existsSync(path)) throw businessError('certificateFile', new Error(`no file ${path}`));
}

/**
 * Reads the authorities to trust.
 *
 * @throws BusinessError 2302999 when the file cannot be read or does not begin with a certificate
 */
export function readAuthorities(path: string): Buffer {
  return checked(() => {
    const ca = readFileSync(path);
    // A secure context takes anything for `ca`, and trusts nobody then.
    new X509Certificate(ca);
    return ca;
  });
}

/**
 * Reads a certificate and its key.
 *
 * @throws BusinessError 2302999 when they cannot be read, are malformed, or do not belong together
 */
export function readCertificate(paths: CertificatePaths): Certificate {
  const { cert, key, ...rest } = paths;
  return checked(() => {
    const certificate = { cert: readFileSync(cert), key: readFileSync(key), ...rest };
    createSecureContext(certificate);
    return certificate;
  });
}

function checked<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw businessError('unknown', error);
  }
}
