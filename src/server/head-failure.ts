// Failures before there is a request: Node's errors for a head that is late, too large or not HTTP, as errors that tell
// the client and the application what to do.

import { responseError, type WebSocketError, webSocketError } from '../core/errors.ts';
import type { HeadLimits } from './head-limits.ts';
import { isProxyHeader } from './proxy-header.ts';

/** An error of Node's `clientError` event. */
export interface HeadError extends Error {
  readonly code?: string;
  /** The bytes that the parser failed on. */
  readonly rawPacket?: Uint8Array;
}

/** The error to refuse a client with. @returns `undefined` if the connection is lost and cannot be answered */
export function headFailure(error: HeadError, limits: HeadLimits): WebSocketError | undefined {
  const { code = '' } = error;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT' || isTlsTimeout(error)) {
    return responseError(408, 'ERR_WS_HANDSHAKE_TIMEOUT', limits.handshakeTimeout);
  }
  if (code === 'HPE_HEADER_OVERFLOW') return webSocketError('ERR_WS_REQUEST_HEADER_SIZE', limits.maxHeaderSize);
  if (isCutOff(error)) {
    const problem = 'only a part of a request before the connection ended';
    return webSocketError('ERR_WS_REQUEST_MALFORMED', problem, 'check the client, and the proxies in between');
  }
  if (isPlainHttp(error)) {
    const problem = 'plain HTTP on a port that serves TLS';
    return webSocketError('ERR_WS_REQUEST_MALFORMED', problem, 'use wss:// instead of ws://');
  }
  if (!code.startsWith('HPE_')) return undefined;
  if (error.rawPacket !== undefined && isProxyHeader(error.rawPacket)) {
    const problem = 'is not expected here: this port does not read the PROXY protocol';
    const remedy = 'if it is behind a proxy that sends it, use listen({ proxyProtocol: true })';
    return webSocketError('ERR_WS_REQUEST_PROXY_HEADER', problem, remedy);
  }
  // RFC 8446 §5.1: every TLS connection begins with a record of type handshake.
  if (error.rawPacket?.[0] !== 0x16) return webSocketError('ERR_WS_REQUEST_MALFORMED', error.message);
  const problem = 'a TLS handshake on a port that serves plain ws://';
  return webSocketError('ERR_WS_REQUEST_MALFORMED', problem, 'use ws://, or configure tls');
}

/** The TLS handshake took too long. */
export function isTlsTimeout({ code }: HeadError): boolean {
  return code === 'ERR_TLS_HANDSHAKE_TIMEOUT';
}

/** The connection ended within a request. */
export function isCutOff({ code }: HeadError): boolean {
  return code === 'HPE_INVALID_EOF_STATE';
}

/** The client sent a request instead of a TLS handshake (an error of OpenSSL). */
export function isPlainHttp({ code }: HeadError): boolean {
  return code === 'ERR_SSL_HTTP_REQUEST';
}
