// The arguments of `connect`, checked (§3.2 of the kit specification) and translated into the engine's options: headers
// (§3.4), heartbeat (§3.11), proxy (§3.12), TLS (§3.13). Everything is read during the call.

import type { ConnectOptions } from '../client/options.ts';
import type { Heartbeat } from '../core/connection/options.ts';
import type { ProxySetting } from '../node/proxy.ts';
import type { ClientTlsOptions } from '../node/tls.ts';
import { businessError } from './business-error.ts';
import {
  type CertificatePaths,
  certificatePaths,
  pathOf,
  readAuthorities,
  readCertificate,
  requireFiles,
} from './credentials.ts';
import { type RequestHeaders, requestHeaders } from './headers.ts';
import { heartbeatOf } from './heartbeat.ts';
import { uint32Option } from './numbers.ts';
import { proxySetting } from './proxy.ts';
import { areTokens, subprotocolsOf } from './subprotocols.ts';
import type { Target } from './url.ts';

/** Milliseconds for lookup, TCP, proxy, TLS and the response together; a device has 20 s for TCP and 15 s for the rest. */
const HANDSHAKE_TIMEOUT = 35_000;
/** As a device follows them. */
const MAX_REDIRECTS = 5;
/** Bytes of a subprotocol list. A device writes longer ones beyond its buffer. */
const MAX_PROTOCOL_SIZE = 1023;

const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;

/** A call of `connect` whose arguments have the right types. */
export interface ConnectCall {
  readonly url: string;
  readonly options: RequestOptions;
}

/** `WebSocketRequestOptions` with every default filled in. */
export interface RequestOptions {
  readonly headers: RequestHeaders;
  readonly subprotocols: readonly string[];
  readonly heartbeat: Heartbeat | false;
  readonly proxy: ProxySetting;
  readonly caPath: string | undefined;
  readonly clientCert: CertificatePaths | undefined;
  readonly acceptsAnyCertificate: boolean;
  readonly minTlsVersion: (typeof TLS_VERSIONS)[number] | undefined;
  readonly hasOriginPort: boolean;
}

/**
 * Checks the arguments of `connect`: `(url)`, `(url, callback)`, `(url, options)`, `(url, options, callback)`.
 *
 * @throws BusinessError 401 for others, and for a `proxy` or `protocol` that is there and has a wrong type
 */
export function connectCall(args: readonly unknown[]): ConnectCall {
  const [url, second, third] = args;
  if (typeof url !== 'string' || args.length > 3) throw businessError('parameter');
  if (args.length === 3 && typeof third !== 'function') throw businessError('parameter');
  const mayBeAbsent = args.length < 3;
  if (mayBeAbsent && (second === undefined || typeof second === 'function'))
    return { url, options: requestOptions({}) };
  if (typeof second !== 'object' || second === null) throw businessError('parameter');
  return { url, options: requestOptions(second) };
}

function requestOptions(given: object): RequestOptions {
  const options = given as Record<string, unknown>;
  const headers = requestHeaders(options.header);
  return {
    headers,
    subprotocols: offeredSubprotocols(options, headers.protocol),
    heartbeat: heartbeatOf(options.pingInterval, options.pongTimeout),
    proxy: proxySetting(options),
    caPath: pathOf(options.caPath),
    clientCert: certificatePaths(options.clientCert),
    acceptsAnyCertificate: options.skipServerCertVerification === true,
    minTlsVersion: TLS_VERSIONS[uint32Option(options.minSupportTlsProtocol, TLS_VERSIONS.length)],
    hasOriginPort: options.supportOriginPort === true,
  };
}

function offeredSubprotocols(options: Record<string, unknown>, fromHeader: string): readonly string[] {
  const protocol = 'protocol' in options ? options.protocol : '';
  if (typeof protocol !== 'string' || Buffer.byteLength(protocol) > MAX_PROTOCOL_SIZE) throw businessError('parameter');
  const offered = subprotocolsOf(protocol);
  if (!areTokens(offered)) throw businessError('parameter');
  if (offered.length > 0) return offered;
  // A header that cannot be sent is left out; an option that cannot be sent is an error.
  const custom = subprotocolsOf(fromHeader);
  return areTokens(custom) ? custom : [];
}

/** @throws BusinessError 2302002 when a certificate file is not there, whatever the scheme of the address */
export function requireCertificateFiles({ caPath, clientCert }: RequestOptions): void {
  if (caPath !== undefined) requireFiles(caPath);
  if (clientCert !== undefined) requireFiles(clientCert.cert, clientCert.key);
}

/**
 * The engine's options for a target.
 *
 * @throws BusinessError 2302999 for certificate files that cannot be read or are malformed
 */
export function engineOptions(options: RequestOptions, target: Target): ConnectOptions {
  return {
    subprotocols: options.subprotocols,
    headers: withOrigin(options, target),
    heartbeat: options.heartbeat,
    proxy: options.proxy,
    tls: engineTls(options),
    handshakeTimeout: HANDSHAKE_TIMEOUT,
    maxRedirects: MAX_REDIRECTS,
    // `send` has no way to say "wait": like a device, the kit keeps what the peer has not taken.
    limits: { maxQueuedBytes: Number.POSITIVE_INFINITY },
  };
}

function withOrigin({ headers, hasOriginPort }: RequestOptions, target: Target): RequestHeaders['fields'] {
  if (headers.fields.some(([name]) => name === 'origin')) return headers.fields;
  const port = hasOriginPort && target.port !== '' ? `:${target.port}` : '';
  return [['Origin', `${target.secure ? 'https' : 'http'}://${target.host}${port}`], ...headers.fields];
}

function engineTls({ caPath, clientCert, acceptsAnyCertificate, minTlsVersion }: RequestOptions): ClientTlsOptions {
  return {
    ...(caPath === undefined ? {} : { ca: readAuthorities(caPath) }),
    ...(clientCert === undefined ? {} : readCertificate(clientCert)),
    ...(acceptsAnyCertificate ? { rejectUnauthorized: false } : {}),
    ...(minTlsVersion === undefined ? {} : { minVersion: minTlsVersion }),
  };
}
