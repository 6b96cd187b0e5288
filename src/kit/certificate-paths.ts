// Options with paths of certificate and key files: `caPath`, `clientCert`, `serverCert`. Under Node, credentials.ts reads
// the files.

/** Paths of PEM files. */
export interface CertificatePaths {
  readonly cert: string;
  readonly key: string;
  readonly passphrase?: string;
}

/** A path. `''` and values other than strings count as absent. */
export function pathOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * The paths in a `clientCert` or `serverCert` option; `undefined` without a `certPath`.
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
