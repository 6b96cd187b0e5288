// The client's upgrade request over a connected socket, written and parsed by `node:http`.

import { Buffer } from 'node:buffer';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocketError, webSocketError, webSocketErrorFrom } from '../core/errors.ts';
import type { HandshakeResponse } from '../core/handshake/client.ts';
import { request as httpRequest } from './http.ts';
import { type RefusedBody, readRefusedBody } from './refused-body.ts';
import { describeTlsAlert } from './tls.ts';

export interface UpgradeOptions {
  /** `host:port`, for errors. */
  readonly address: string;
  /** Path and query. */
  readonly target: string;
  /** Name, value, name, value … in the order to send. */
  readonly headers: readonly string[];
  readonly maxHeaderSize: number;
  readonly maxHeaderCount: number;
  readonly signal: AbortSignal;
  /** Host of the certificate, for errors. Absent: without TLS. */
  readonly tlsHost?: string | undefined;
  /** For errors. */
  readonly hasClientCertificate?: boolean | undefined;
  /** Whether to read the body of a response that does not switch protocols. Absent: no. */
  readonly isBodyWanted?: ((response: HandshakeResponse) => boolean) | undefined;
}

/** The server's answer. */
export interface UpgradeAnswer {
  readonly response: HandshakeResponse;
  /** The response's fields, with names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Bytes after the response's head, read already. */
  readonly head: Buffer;
  /** Of a response that does not switch protocols; `undefined` where it was not wanted. */
  readonly body: RefusedBody | undefined;
}

/**
 * Sends the request and passes the answer, whatever its status, to `answered`. A response that switches protocols is
 * passed in the turn in which it was read, another one when its body has been read. After that the socket is the
 * caller's again. It is destroyed when `answered` throws, and when no answer comes.
 *
 * @throws (rejects) WebSocketError ERR_WS_HANDSHAKE_LOST, ERR_WS_TLS, ERR_WS_RESPONSE_MALFORMED, the signal's reason, and
 *         what `answered` throws
 */
export function requestUpgrade<Value>(
  socket: Socket,
  options: UpgradeOptions,
  answered: (answer: UpgradeAnswer) => Value,
): Promise<Value> {
  const { address, target, headers, maxHeaderSize, maxHeaderCount, signal } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      method: 'GET',
      path: target,
      headers: headers as string[],
      maxHeaderSize: Math.min(maxHeaderSize, NO_BOUND),
      createConnection: () => socket,
    });
    // Fields are counted here. Beyond its own bound Node drops fields silently, or, since version 22, reports the head
    // as too large. `maxHeaderSize` bounds them before.
    request.maxHeadersCount = 0;
    const fail = (error: unknown): void => {
      signal.removeEventListener('abort', aborted);
      request.destroy();
      socket.destroy();
      reject(error);
    };
    const aborted = (): void => fail(signal.reason);
    const succeed = (message: IncomingMessage, head: Buffer, body: RefusedBody | undefined): void => {
      signal.removeEventListener('abort', aborted);
      try {
        resolve(answered({ response: responseOf(message), headers: message.headers, head, body }));
      } catch (error) {
        fail(error);
      }
    };
    const hasTooManyFields = (message: IncomingMessage): boolean => {
      if (message.rawHeaders.length <= 2 * maxHeaderCount) return false;
      const problem = `sent a response with more than maxHeaderCount (${maxHeaderCount}) fields; raise maxHeaderCount if you trust the server`;
      fail(webSocketError('ERR_WS_RESPONSE_MALFORMED', address, problem));
      return true;
    };
    signal.addEventListener('abort', aborted);
    if (signal.aborted) {
      aborted();
      return;
    }
    request.on('upgrade', (message, _socket, head) => {
      if (!hasTooManyFields(message)) succeed(message, head, undefined);
    });
    // Any other answer, including a 101 that lacks Upgrade or Connection.
    request.on('response', (message) => {
      message.on('error', () => {});
      if (hasTooManyFields(message)) return;
      if (options.isBodyWanted?.(responseOf(message)) !== true) {
        succeed(message, NOTHING, undefined);
        return;
      }
      // The answer is known: the end of the connection or of the time cannot take it away.
      signal.removeEventListener('abort', aborted);
      request.removeAllListeners('error');
      request.on('error', () => {});
      void readRefusedBody(message, signal).then((body) => succeed(message, NOTHING, body));
    });
    request.on('error', (error) => fail(signal.aborted ? signal.reason : explain(error, options, socket)));
    request.end();
  });
}

/** What an answer says. */
export function responseOf(message: IncomingMessage): HandshakeResponse {
  return {
    status: message.statusCode ?? 0,
    statusText: message.statusMessage ?? '',
    httpVersion: message.httpVersion,
    rawHeaders: message.rawHeaders,
  };
}

/** What the parser takes for `Infinity`. */
const NO_BOUND = 2 ** 31 - 1;
const NOTHING = Buffer.alloc(0);

function explain(
  error: NodeJS.ErrnoException & { rawPacket?: Uint8Array },
  { address, maxHeaderSize, tlsHost, hasClientCertificate }: UpgradeOptions,
  socket: Socket,
): WebSocketError {
  const { code = '', message } = error;
  if (code === 'HPE_HEADER_OVERFLOW') {
    const problem = `sent a response head that exceeds maxHeaderSize (${maxHeaderSize} bytes); raise maxHeaderSize if you trust the server`;
    return webSocketErrorFrom(error, 'ERR_WS_RESPONSE_MALFORMED', address, problem);
  }
  if (code.startsWith('HPE_')) {
    const problem = `did not answer in HTTP (${code}: ${message}); ${tlsHost === undefined && isTlsRecord(error.rawPacket) ? SERVES_TLS : 'check the port, and use wss: if it serves TLS'}`;
    return webSocketErrorFrom(error, 'ERR_WS_RESPONSE_MALFORMED', address, problem);
  }
  const cause = code === '' ? message : `${message}, ${code}`;
  if (tlsHost === undefined) {
    const hint = socket.bytesRead === 0 ? ', and use wss: if this port serves TLS' : '';
    return webSocketErrorFrom(error, 'ERR_WS_HANDSHAKE_LOST', cause, `${CHECK_SERVER}${hint}`);
  }
  // With TLS 1.3 the client's part of the handshake ends before the server has looked for its certificate: the alert
  // comes instead of the response.
  const problem = describeTlsAlert(error, tlsHost);
  if (problem !== undefined) return webSocketErrorFrom(error, 'ERR_WS_TLS', tlsHost, problem);
  const hint = hasClientCertificate
    ? ', and that it accepts this client certificate'
    : ', and whether it asks for a client certificate (tls.cert, tls.key)';
  return webSocketErrorFrom(error, 'ERR_WS_HANDSHAKE_LOST', cause, `${CHECK_SERVER}${hint}`);
}

const CHECK_SERVER = 'check that a WebSocket server listens there';

/** RFC 8446 §5.1: a record of type alert or handshake, of TLS in any version. */
function isTlsRecord(bytes: Uint8Array | undefined): boolean {
  return bytes !== undefined && (bytes[0] === 0x15 || bytes[0] === 0x16) && bytes[1] === 0x03;
}

const SERVES_TLS = 'it answered with TLS: use wss: instead of ws:, or check the port';
