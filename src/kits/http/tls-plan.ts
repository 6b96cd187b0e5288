// The options of TLS, read once, and the context of `node:tls` that they make. Files are read when the first connection by TLS
// needs them.

import { Buffer } from 'node:buffer';
import type { SecureContext, SecureContextOptions } from 'node:tls';
import { crypto, fs, tls } from './builtins.ts';
import { httpError } from './errors.ts';
import type { HttpRequestOptions } from './options.ts';
import type { ClientCert, TlsOptions, ValidationCallback } from './tls-types.ts';

/** How a connection by TLS is made. */
export interface TlsPlan {
  /** How the server's certificate is checked. */
  readonly validation: 'system' | 'skip' | ValidationCallback;
  /** SHA-256 digests of public keys, in Base64; empty: any key. */
  readonly pins: readonly string[];
  /** The name to ask for; absent: the host. */
  readonly sniHostName: string | undefined;
  /**
   * Makes the context, with certificates and keys.
   *
   * @throws BusinessError 2300058, 2300059, 2300077
   */
  context(): SecureContext;
}

/** Longest certificate in `caData`, in bytes. */
const MAX_CA_DATA = 8000;
/** Longest name to ask for. */
const MAX_NAME = 255;

/** Reads the options of TLS. */
export function tlsPlan(options: HttpRequestOptions): TlsPlan {
  const { remoteValidation, certificatePinning, sniHostName, caPath, caData, clientCert, tlsOptions } = options;
  const pinning = Array.isArray(certificatePinning) ? certificatePinning : [certificatePinning];
  const name = typeof sniHostName === 'string' ? sniHostName.replace(/\.$/u, '') : '';
  const certificate = clientCert === undefined || clientCert === null ? undefined : { ...clientCert };
  const versions = versionsOf(tlsOptions);
  let made: SecureContext | undefined;
  return {
    validation: remoteValidation === 'skip' || typeof remoteValidation === 'function' ? remoteValidation : 'system',
    pins: pinning.flatMap((pin) =>
      pin?.hashAlgorithm === 'SHA-256' && typeof pin.publicKeyHash === 'string' ? [pin.publicKeyHash] : [],
    ),
    sniHostName: name !== '' && name.length <= MAX_NAME ? name : undefined,
    context() {
      made ??= makeContext({ ...authorities(caPath, caData), ...certificates(certificate), ...versions });
      return made;
    },
  };
}

function makeContext(options: SecureContextOptions): SecureContext {
  try {
    return tls.createSecureContext(options);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isCipher = code === 'ERR_SSL_NO_CIPHER_MATCH' || code === 'ERR_INVALID_ARG_VALUE';
    throw httpError(isCipher ? 'cipher' : 'certificate', error);
  }
}

/** The authorities that are given are trusted in addition to the preset ones. */
function authorities(caPath: unknown, caData: unknown): SecureContextOptions {
  let given: string;
  if (typeof caPath === 'string' && caPath !== '') {
    try {
      given = fs.readFileSync(caPath, 'utf8');
    } catch (error) {
      throw httpError('authority', error);
    }
  } else if (typeof caData === 'string' && caData !== '' && Buffer.byteLength(caData) < MAX_CA_DATA) given = caData;
  else return {};
  try {
    // Node ignores what it cannot read, and would then trust no server.
    new crypto.X509Certificate(given);
  } catch (error) {
    throw httpError('authority', error);
  }
  return { ca: [...tls.rootCertificates, given] };
}

function certificates(clientCert: ClientCert | undefined): SecureContextOptions {
  const { certPath, keyPath, certType, keyPassword } = clientCert ?? {};
  if (typeof certPath !== 'string' || certPath === '') return {};
  const passphrase = typeof keyPassword === 'string' && keyPassword !== '' ? { passphrase: keyPassword } : {};
  try {
    const cert = fs.readFileSync(certPath);
    if (certType === 'P12') return { pfx: cert, ...passphrase };
    const key = typeof keyPath === 'string' && keyPath !== '' ? fs.readFileSync(keyPath) : cert;
    if (certType !== 'DER') return { cert, key, ...passphrase };
    return { cert: new crypto.X509Certificate(cert).toString(), key: keyOfDer(key) };
  } catch (error) {
    throw httpError('certificate', error);
  }
}

/** A key in DER says itself which of the forms it has, but only to whom tries. */
function keyOfDer(key: Buffer): string {
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    try {
      return crypto.createPrivateKey({ key, format: 'der', type }).export({ format: 'pem', type: 'pkcs8' }).toString();
    } catch (error) {
      if (type === 'sec1') throw error;
    }
  }
  return '';
}

/** By the numbers of `TlsVersion`. */
const versionNames = { 4: 'TLSv1', 5: 'TLSv1.1', 6: 'TLSv1.2', 7: 'TLSv1.3' } as const;

/** Without versions that make sense: TLS 1.2 and later, as on a device. */
function versionsOf(options: TlsOptions | undefined): SecureContextOptions {
  if (typeof options !== 'object' || options === null) return {};
  const { tlsVersionMin, tlsVersionMax, cipherSuites } = options;
  const versions: SecureContextOptions = {};
  const [minVersion, maxVersion] = [versionNames[tlsVersionMin], versionNames[tlsVersionMax]];
  if (minVersion !== undefined && maxVersion !== undefined && tlsVersionMin <= tlsVersionMax) {
    Object.assign(versions, { minVersion, maxVersion });
  }
  if (Array.isArray(cipherSuites) && cipherSuites.length > 0) {
    const names = cipherSuites.map((suite) => openSslName(String(suite)));
    versions.ciphers = names.join(':');
    // Without one of its suites TLS 1.3 would use all that it has.
    const isEarlier = names.every((name) => !name.startsWith('TLS_'));
    if (isEarlier && versions.maxVersion === 'TLSv1.3' && versions.minVersion !== 'TLSv1.3')
      versions.maxVersion = 'TLSv1.2';
  }
  return versions;
}

/** OpenSSL's name of a cipher suite: `ECDHE-RSA-AES128-GCM-SHA256`; those of TLS 1.3 keep their IANA names. */
function openSslName(suite: string): string {
  const [, exchange, cipher] = /^TLS_(.+)_WITH_(.+)$/u.exec(suite) ?? [];
  if (exchange === undefined || cipher === undefined) return suite;
  const prefix = exchange === 'RSA' ? '' : `${exchange}-`;
  const name = cipher
    .replace('3DES_EDE_CBC', 'DES_CBC3')
    .replace('POLY1305_SHA256', 'POLY1305')
    .replace(/^AES_(\d+)/u, 'AES$1')
    .replace('_CBC_SHA', '_SHA');
  return `${prefix}${name}`.replaceAll('_', '-');
}
