// The errors of the module: a device's codes and texts (2300000 and the number that libcurl has), and which of them stands for
// an error of Node.

import { BusinessError, own, WebSocketError } from '../host.ts';

const table = {
  parameter: [401, 'Parameter error'],
  capability: [801, 'Capability not supported.'],
  protocol: [2300001, 'Unsupported protocol'],
  url: [2300003, 'Invalid URL format or missing URL'],
  proxyName: [2300005, 'Failed to resolve the proxy name'],
  hostName: [2300006, 'Failed to resolve the host name'],
  connect: [2300007, 'Failed to connect to the server'],
  reply: [2300008, 'Invalid server response'],
  partial: [2300018, 'Transferred a partial file'],
  write: [2300023, 'Failed to write the received data to the disk or application'],
  read: [2300026, 'Failed to open or read local data from the file or application'],
  timeout: [2300028, 'Operation timeout'],
  redirects: [2300047, 'The number of redirections reaches the maximum allowed'],
  nothing: [2300052, 'The server returned nothing (no header or data)'],
  send: [2300055, 'Failed to send data to the peer'],
  receive: [2300056, 'Failed to receive data from the peer'],
  certificate: [2300058, 'Local SSL certificate error'],
  cipher: [2300059, 'The specified SSL cipher cannot be used'],
  peerCertificate: [2300060, 'Invalid SSL peer certificate or SSH remote key'],
  encoding: [2300061, 'Invalid HTTP encoding format'],
  authority: [2300077, 'The SSL CA certificate does not exist or is inaccessible'],
  pin: [2300090, 'Specified pinned public key did not match'],
  domain: [2300998, 'It is not allowed to access this domain'],
  internal: [2300999, 'Internal error'],
  interceptor: [2300801, 'Parameter type not supported by the interceptor'],
  interceptorType: [2300802, 'Duplicated interceptor type in the chain'],
} as const satisfies Record<string, readonly [code: number, text: string]>;

/** A row of the table. */
export type HttpErrorKind = keyof typeof table;

/**
 * Makes an error of the table.
 *
 * @param cause  for the developer, since the text is fixed: a sentence, or what was thrown
 */
export function httpError(kind: HttpErrorKind, cause?: unknown): BusinessError {
  const [code, text] = table[kind];
  const reason = typeof cause === 'string' ? new Error(cause) : cause;
  return own(new BusinessError(code, text, undefined, { cause: reason }));
}

/** Returns a `BusinessError` as it is, and makes one of a row for anything else. */
export function asHttpError(error: unknown, otherwise: HttpErrorKind = 'internal'): BusinessError {
  return error instanceof BusinessError ? error : httpError(otherwise, error);
}

/** Returns the error of a connection that was not made. */
export function connectError(error: unknown, toProxy: boolean): BusinessError {
  if (error instanceof BusinessError) return error;
  const code = error instanceof WebSocketError ? error.code : '';
  if (code === 'ERR_WS_NAME_NOT_RESOLVED') return httpError(toProxy ? 'proxyName' : 'hostName', error);
  return httpError('connect', error);
}

/** Codes of OpenSSL's verification, and of Node's for the name in a certificate. */
const verification =
  /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|PATH_LENGTH_|INVALID_|HOSTNAME_|CRL_|ERROR_IN_|ERR_TLS_CERT_)/u;

/** Returns the error of a TLS handshake that failed. */
export function tlsError(error: unknown): BusinessError {
  if (error instanceof BusinessError) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  // libcurl has 35 for all others (CURLE_SSL_CONNECT_ERROR), which has no code of its own on a device.
  return httpError(verification.test(code) ? 'peerCertificate' : 'internal', error);
}

/**
 * Returns the error of an exchange that broke off.
 *
 * @param received  bytes that the server sent before
 */
export function exchangeError(error: unknown, received: number): BusinessError {
  if (error instanceof BusinessError) return error;
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  if (code.startsWith('HPE_')) return httpError('reply', error);
  if (code === 'EPIPE' || (code === 'ECONNRESET' && syscall === 'write')) return httpError('send', error);
  // A FIN has this code, too, but no system call.
  if (code === 'ECONNRESET' && syscall === undefined && received === 0) return httpError('nothing', error);
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') return tlsError(error);
  return httpError('receive', error);
}
