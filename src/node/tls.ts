// TLS options: checked, and turned into options of node:tls with verification on. TLS failures: turned into sentences
// that name the reason and the remedy. Certificates and keys are passed as contents; the caller reads files.

import { isIP } from 'node:net';
import type { ConnectionOptions, PeerCertificate, SecureContext, SecureContextOptions, TlsOptions } from 'node:tls';
import { isError } from '../core/brands.ts';
import { WebSocketError, webSocketError, webSocketErrorFrom } from '../core/errors.ts';
import { readOptions } from '../core/option-check.ts';
import { Described } from '../core/shown-value.ts';
import { lateCrypto, lateTls } from './late-modules.ts';
import { clientTlsSchema, serverTlsSchema } from './option-rows.ts';
import type { ClientTlsOptions, Pem, ServerTlsOptions } from './tls-options.ts';

/**
 * Options for `tls.connect`, except host, port and socket.
 *
 * @param host  host name or IP address that is connected to, with or without the brackets of IPv6
 * @param option  the name of `options`
 * @throws WebSocketError ERR_WS_OPTION for what cannot be used, certificates and keys included
 */
export function clientTls(options: ClientTlsOptions | undefined, host: string, option = 'tls'): ConnectionOptions {
  const checked = readOptions(clientTlsSchema, options, option);
  const { ca, cert, key, passphrase, rejectUnauthorized = true, minVersion, servername } = checked;
  if ((cert === undefined) !== (key === undefined)) {
    const [absent, present] = cert === undefined ? ['cert', 'key'] : ['key', 'cert'];
    throw webSocketError(
      'ERR_WS_OPTION',
      `${option}.${absent}`,
      undefined,
      `the one that belongs to ${option}.${present}`,
    );
  }
  const address = host.startsWith('[') ? host.slice(1, -1) : host;
  const name = servername ?? address;
  return {
    // Made here, so that a bad certificate is reported before any I/O, and once; Node shares the default trust store.
    secureContext: makeContext(contextOptions({ ca, cert, key, passphrase, minVersion }, option), option),
    rejectUnauthorized,
    // RFC 6066 §3: no IP addresses. Node takes '' for none.
    servername: isIP(name) === 0 ? name : '',
    // The name that was asked for, even through a tunnel, where Node sees only the proxy's socket.
    checkServerIdentity: (_host, certificate) => checkIdentity(name, certificate),
    ALPNProtocols: ['http/1.1'],
  };
}

/**
 * Checks that a certificate is for `name` (RFC 6125). For an IP address that Node does not find, OpenSSL is asked: some
 * versions of Node (22.23) do not find IPv6 addresses in a certificate.
 */
function checkIdentity(name: string, certificate: PeerCertificate): Error | undefined {
  const error = lateTls().checkServerIdentity(name, certificate);
  if (error === undefined || isIP(name) === 0) return error;
  return new (lateCrypto().X509Certificate)(certificate.raw).checkIP(name) === undefined ? error : undefined;
}

/**
 * Options for `https.createServer` or `tls.createServer`.
 *
 * @throws WebSocketError ERR_WS_OPTION for what cannot be used, certificates and keys included
 */
export function serverTls(options: ServerTlsOptions, option = 'tls'): TlsOptions {
  const { cert, key, passphrase, ca, requestCert = false, minVersion } = readOptions(serverTlsSchema, options, option);
  if (cert === undefined) throw webSocketError('ERR_WS_OPTION', `${option}.cert`, cert, 'a certificate in PEM format');
  if (key === undefined)
    throw webSocketError('ERR_WS_OPTION', `${option}.key`, key, `the private key of ${option}.cert, in PEM format`);
  // Without `ca`, a certificate from any public authority would do.
  if (requestCert && ca === undefined) {
    throw webSocketError(
      'ERR_WS_OPTION',
      `${option}.ca`,
      ca,
      `the issuers of client certificates, for ${option}.requestCert`,
    );
  }
  const context = contextOptions({ ca, cert, key, passphrase, minVersion }, option);
  makeContext(context, option);
  return { ...context, requestCert, rejectUnauthorized: requestCert, ALPNProtocols: ['http/1.1'] };
}

/**
 * Makes a context of checked options.
 *
 * @param option  their name
 * @throws WebSocketError ERR_WS_OPTION
 */
export function secureContext(parts: ContextParts, option: string): SecureContext {
  return makeContext(contextOptions(parts, option), option);
}

/** Options of a context, certificates and keys as lists. */
type ContextOptions = Omit<SecureContextOptions, 'ca' | 'cert' | 'key'> & {
  ca?: (string | Buffer)[];
  cert?: (string | Buffer)[];
  key?: (string | Buffer)[];
};

type ContextParts = Pick<ClientTlsOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'minVersion'>;

function contextOptions({ ca, cert, key, passphrase, minVersion }: ContextParts, option: string): ContextOptions {
  const options: ContextOptions = {};
  if (ca !== undefined) options.ca = checkCertificates(`${option}.ca`, checkPem(`${option}.ca`, ca));
  if (cert !== undefined) options.cert = checkCertificates(`${option}.cert`, checkPem(`${option}.cert`, cert));
  if (key !== undefined) options.key = checkPem(`${option}.key`, key);
  if (passphrase !== undefined) options.passphrase = passphrase;
  if (minVersion !== undefined) options.minVersion = minVersion;
  return options;
}

/** Contents are not shown in errors: a key is a secret. */
function checkPem(name: string, value: Pem): (string | Buffer)[] {
  const list = typeof value === 'string' || Buffer.isBuffer(value) ? [value] : value;
  if (list.length === 0) throw webSocketError('ERR_WS_OPTION', name, [], 'at least one element');
  return list.map((element) => {
    if (element.includes('-----BEGIN ')) return element;
    const size = `${element.length} ${typeof element === 'string' ? 'characters' : 'bytes'} without -----BEGIN`;
    throw webSocketError('ERR_WS_OPTION', name, new Described(size), 'the content of a PEM file, not its path');
  });
}

/** Node ignores certificates in `ca` that it cannot read, and would then trust no server. */
function checkCertificates(name: string, list: (string | Buffer)[]): (string | Buffer)[] {
  for (const element of list) {
    try {
      new (lateCrypto().X509Certificate)(element);
    } catch (error) {
      throw webSocketErrorFrom(
        error,
        'ERR_WS_OPTION',
        name,
        new Described(`not readable (${reasonOf(error)})`),
        'a certificate in PEM format',
      );
    }
  }
  return list;
}

function makeContext(options: ContextOptions, option: string): SecureContext {
  try {
    const context = lateTls().createSecureContext(options);
    checkPairs(options, option);
    return context;
  } catch (error) {
    if (error instanceof WebSocketError) throw error;
    throw webSocketErrorFrom(
      error,
      'ERR_WS_OPTION',
      `${option}.key`,
      new Described(`not usable (${reasonOf(error)})`),
      keyExpected(option),
    );
  }
}

/** @param option  the name of the TLS options */
function keyExpected(option: string): string {
  return `the private key of ${option}.cert in PEM format, and its passphrase in ${option}.passphrase if it has one`;
}

/**
 * Checks that each certificate has its key among the keys, and each key its certificate. OpenSSL compares only those of
 * one type: it accepts an EC key with an RSA certificate, and then each handshake fails.
 */
function checkPairs({ cert = [], key = [], passphrase }: ContextOptions, option: string): void {
  const certificates = cert.map((pem) => new (lateCrypto().X509Certificate)(pem));
  const keys = key.map((pem) =>
    lateCrypto().createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) }),
  );
  const lonelyKey = keys.find((one) => !certificates.some((certificate) => certificate.checkPrivateKey(one)));
  if (lonelyKey !== undefined) {
    const types = certificates.map(({ publicKey }) => publicKey.asymmetricKeyType).join(', ');
    const value = new Described(
      `a key of type ${lonelyKey.asymmetricKeyType} that belongs to no certificate of ${option}.cert`,
    );
    throw webSocketError('ERR_WS_OPTION', `${option}.key`, value, `the private key of ${option}.cert (type ${types})`);
  }
  const lonely = certificates.find((certificate) => !keys.some((one) => certificate.checkPrivateKey(one)));
  if (lonely !== undefined) {
    const value = new Described(`a certificate (${inWords(lonely.subject)}) whose private key is not in ${option}.key`);
    const expected = `a key in ${option}.key for each certificate; those of its issuers follow in the same PEM text`;
    throw webSocketError('ERR_WS_OPTION', `${option}.cert`, value, expected);
  }
}

/** A subject of several lines, in one. */
function inWords(subject: string | undefined): string {
  return (subject ?? '').split('\n').join(', ');
}

function reasonOf(error: unknown): string {
  const { reason, message } = error as { reason?: string; message: string };
  return reason ?? message;
}

/**
 * Returns an error that names the reason of a failed TLS handshake, and the remedy.
 *
 * @param error  as the socket reported it
 * @param host   as for {@link clientTls}
 * @returns `undefined` when it was not TLS that failed
 */
export function tlsError(error: unknown, host: string): WebSocketError | undefined {
  const problem = describeTlsError(error, host);
  return problem === undefined ? undefined : webSocketErrorFrom(error, 'ERR_WS_TLS', host, problem);
}

/** Returns the sentence for a failure after the TLS handshake; a lost connection is not a failure of TLS then. */
export function describeTlsAlert(error: unknown, host: string): string | undefined {
  const { code = '' } = error as NodeJS.ErrnoException;
  return code.startsWith('ERR_SSL_') || code === 'EPROTO' ? describeTlsError(error, host) : undefined;
}

/**
 * Returns an error of a connection with a text that can be quoted. OpenSSL's own text has numbers, file names and a
 * line end.
 *
 * @returns `error` itself where it is not OpenSSL's; else one with its code, and itself as the cause
 */
export function inOneSentence(error: Error): Error {
  const { code = '', reason } = error as Error & { code?: string; reason?: string };
  if (!code.startsWith('ERR_SSL_')) return error;
  return Object.assign(new Error(`TLS failed: ${reason ?? code}`, { cause: error }), { code });
}

/** Returns the sentence of {@link tlsError}. */
export function describeTlsError(error: unknown, host: string): string | undefined {
  if (!isError(error)) return undefined;
  const { code = '', reason } = error as Error & { code?: string; reason?: string };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return describeWrongHost(error, host);
  const verification = verificationProblems[code];
  if (verification !== undefined) return verification;
  // A FIN ("Client network socket disconnected before …") has this code too. Whether a FIN or a reset is seen is a
  // matter of timing.
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return 'the peer ended the connection during the TLS handshake; check that this port serves TLS';
  }
  // OpenSSL's own: ERR_SSL_… with a `reason`, or EPROTO with the reason in the text, depending on where Node noticed.
  if (!code.startsWith('ERR_SSL_') && code !== 'EPROTO') return undefined;
  const text = (reason ?? error.message).toLowerCase();
  for (const [part, sentence] of handshakeProblems) if (text.includes(part)) return sentence;
  return `TLS handshake failure (${reason ?? code}); check that this port serves TLS with a version and cipher that both sides have`;
}

function describeWrongHost(error: Error, host: string): string {
  // `tls.servername` may be another name than that of the URL.
  const { cert, host: expected = host } = error as Error & {
    cert?: { subjectaltname?: string; subject?: { CN?: string } };
    host?: string;
  };
  const names = String(cert?.subjectaltname ?? cert?.subject?.CN ?? 'nobody').replace(/\p{Cc}/gu, '?');
  const shown = names.length > 200 ? `${names.slice(0, 197)}…` : names;
  return `wrong host name: the certificate is for ${shown}, not for ${expected}; connect by one of these names, or set tls.servername to the expected one`;
}

const trust = 'pass the certificate of its issuer as tls.ca if you trust it';

/** By `error.code`: what OpenSSL's verification of the chain reports. */
const verificationProblems: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED:
    "the server's certificate, or one in its chain, has expired; renew it, and check the clock of this machine",
  CERT_NOT_YET_VALID:
    "the server's certificate, or one in its chain, is not yet valid; check the clocks of both machines",
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed; pass this certificate as tls.ca if you trust it',
  SELF_SIGNED_CERT_IN_CHAIN: `the chain ends in a self-signed certificate that is not trusted here; ${trust}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `unknown issuer; ${trust}, or have the server send its whole chain`,
  UNABLE_TO_GET_ISSUER_CERT: `unknown issuer; ${trust}, or have the server send its whole chain`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `unknown issuer; ${trust}, or have the server send its whole chain`,
  CERT_UNTRUSTED: `the issuer is not trusted for this purpose; ${trust}`,
  CERT_REJECTED: `the issuer is not trusted for this purpose; ${trust}`,
  CERT_REVOKED: "the server's certificate has been revoked; replace it",
  CERT_SIGNATURE_FAILURE: 'a signature in the certificate chain is wrong; check which certificates the server sends',
  CERT_CHAIN_TOO_LONG: 'the certificate chain is too long; check which certificates the server sends',
  PATH_LENGTH_EXCEEDED:
    'the certificate chain is longer than an issuer allows; check which certificates the server sends',
  INVALID_CA:
    'a certificate in the chain must not issue others (it is not a CA); check which certificates the server sends',
  INVALID_PURPOSE: 'the certificate is not for a TLS server (extended key usage); issue one that is',
};

/** Part of OpenSSL's reason, in lower case; the first that fits. */
const handshakeProblems: readonly (readonly [part: string, sentence: string])[] = [
  ['wrong version number', 'the peer does not speak TLS; use ws: instead of wss:, or the port that serves TLS'],
  ['packet length too long', 'the peer does not speak TLS; use ws: instead of wss:, or the port that serves TLS'],
  ['http request', 'the peer sent plain HTTP; use wss: instead of ws:'],
  ['protocol version', 'protocol version: no TLS version in common; lower tls.minVersion, or update the older side'],
  [
    'unsupported protocol',
    'protocol version: no TLS version in common; lower tls.minVersion, or update the older side',
  ],
  ['version too low', 'protocol version: no TLS version in common; lower tls.minVersion, or update the older side'],
  ['certificate required', 'the server asks for a client certificate; set tls.cert and tls.key'],
  [
    'alert handshake failure', // older versions of TLS also answer this if a certificate is missing
    'the peer refused the handshake without a reason: it may ask for a client certificate (set tls.cert and tls.key), or both sides have no cipher in common',
  ],
  ['peer did not return a certificate', 'the client sent no certificate, and tls.requestCert asks for one'],
  ['alert unknown ca', "the peer does not know this side's certificate issuer; use a certificate that it trusts"],
  ['alert bad certificate', "the peer refused this side's certificate; use one that it trusts"],
  ['alert certificate expired', "the peer refused this side's certificate, which has expired; renew it"],
  ['alert certificate unknown', "the peer refused this side's certificate; use one that it trusts"],
  ['no application protocol', 'no application protocol in common; the server must serve http/1.1 (ALPN)'],
];
