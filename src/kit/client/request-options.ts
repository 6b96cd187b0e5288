// The options of `connect`, checked (kit specification §3.2) and translated into those of the engine: headers (kit
// specification §3.4), heartbeat (§3.11), proxy (§3.12) and TLS (§3.13).

import type { ConnectOptions } from '../../client/options.ts';
import type { Heartbeat } from '../../core/connection/heartbeat.ts';
import type { ProxySetting } from '../../node/proxy-options.ts';
import type { ClientTlsOptions } from '../../node/tls-options.ts';
import { type CertificatePaths, certificatePaths, pathOf } from '../certificate-paths.ts';
import { readAuthorities, readCertificate, requireFiles } from '../credentials.ts';
import { uint32Option } from '../numbers.ts';
import { domainDenial, policy } from '../policy.ts';
import { type RequestHeaders, requestHeaders } from './headers.ts';
import { heartbeatOf } from './heartbeat.ts';
import { proxySetting } from './proxy.ts';
import { offeredSubprotocols } from './subprotocols.ts';
import type { Target } from './url.ts';

/** Kit specification §3.4. */
const MAX_REDIRECTS = 5;

const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;

/** `WebSocketRequestOptions` with every default filled in. */
export interface RequestOptions {
  readonly headers: RequestHeaders;
  readonly subprotocols: readonly string[];
  readonly heartbeat: Heartbeat | false;
  /** Milliseconds without a pong after which the connection ends although no ping was sent (S9); absent: never. */
  readonly pongDeadline: number | undefined;
  readonly proxy: ProxySetting;
  readonly caPath: string | undefined;
  readonly clientCert: CertificatePaths | undefined;
  readonly acceptsAnyCertificate: boolean;
  readonly minTlsVersion: (typeof TLS_VERSIONS)[number] | undefined;
  readonly hasOriginPort: boolean;
}

/**
 * Reads `WebSocketRequestOptions`, checks them and fills in the defaults.
 *
 * @throws BusinessError 401 for a given `proxy` or `protocol` of a wrong type
 */
export function requestOptions(given: object): RequestOptions {
  const options = given as Record<string, unknown>;
  const headers = requestHeaders(options.header);
  const heartbeat = heartbeatOf(options.pingInterval, options.pongTimeout);
  const isDeadline = policy().profile === 'device' && heartbeat !== false && heartbeat.timeout === 0;
  return {
    headers,
    subprotocols: offeredSubprotocols(options, headers.protocol),
    heartbeat: isDeadline ? false : heartbeat,
    pongDeadline: isDeadline ? heartbeat.interval : undefined,
    proxy: proxySetting(options),
    caPath: pathOf(options.caPath),
    clientCert: certificatePaths(options.clientCert),
    acceptsAnyCertificate: options.skipServerCertVerification === true,
    minTlsVersion: TLS_VERSIONS[uint32Option(options.minSupportTlsProtocol, TLS_VERSIONS.length)],
    hasOriginPort: options.supportOriginPort === true,
  };
}

/** @throws BusinessError 2302002 for a certificate file that does not exist, even if the address is not wss: */
export function requireCertificateFiles({ caPath, clientCert }: RequestOptions): void {
  if (caPath !== undefined) requireFiles(caPath);
  if (clientCert !== undefined) requireFiles(clientCert.cert, clientCert.key);
}

/**
 * The options of the engine for one target.
 *
 * @throws BusinessError 2302999 for a certificate file that cannot be read or is malformed
 */
export function engineOptions(options: RequestOptions, target: Target): ConnectOptions {
  const settings = policy();
  return {
    subprotocols: options.subprotocols,
    headers: withOrigin(options, target),
    heartbeat: options.heartbeat,
    proxy: options.proxy,
    tls: engineTls(options),
    handshakeTimeout: settings.handshakeTimeout,
    closeTimeout: settings.closeTimeout,
    maxRedirects: MAX_REDIRECTS,
    beforeRedirect({ url }) {
      const denial = domainDenial(new URL(url).hostname, settings);
      if (denial !== undefined) throw denial;
    },
    limits: {
      maxMessageSize: settings.maxMessageSize,
      // `send` of the kit cannot tell the application to wait. Like a device, it queues without a bound.
      maxQueuedBytes: Number.POSITIVE_INFINITY,
    },
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
