// The client's upgrade request over a connected socket, written and parsed by `node:http`.

import { Buffer } from 'node:buffer';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocketError, webSocketError, webSocketErrorFrom } from '../core/errors.ts';
import type { HandshakeResponse } from '../core/handshake/client.ts';

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
}

/** What came back. `head` are the bytes behind the response's head, read already. */
export interface UpgradeAnswer {
  readonly response: HandshakeResponse;
  readonly head: Buffer;
}

/**
 * Sends the request and hands the answer, whatever its status, to `answered`, in the same turn in which it was read.
 * The socket is the caller's again in it; when it throws, or nothing is answered, the socket is destroyed.
 *
 * @throws (rejects) WebSocketError ERR_WS_HANDSHAKE_LOST, ERR_WS_RESPONSE_MALFORMED, the signal's reason, and what
 *         `answered` throws
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
    // Counted here, below: beyond a bound of its own Node drops fields without a word, or calls the head too large from
    // version 22 on. maxHeaderSize bounds them before.
    request.maxHeadersCount = 0;
    const fail = (error: unknown): void => {
      signal.removeEventListener('abort', aborted);
      request.destroy();
      socket.destroy();
      reject(error);
    };
    const aborted = (): void => fail(signal.reason);
    const succeed = (message: IncomingMessage, head: Buffer): void => {
      signal.removeEventListener('abort', aborted);
      if (message.rawHeaders.length > 2 * maxHeaderCount) {
        const problem = `sent a response with more than maxHeaderCount (${maxHeaderCount}) fields; raise it if it should`;
        fail(webSocketError('ERR_WS_RESPONSE_MALFORMED', address, problem));
        return;
      }
      const response = {
        status: message.statusCode ?? 0,
        statusText: message.statusMessage ?? '',
        httpVersion: message.httpVersion,
        rawHeaders: message.rawHeaders,
      };
      try {
        resolve(answered({ response, head }));
      } catch (error) {
        fail(error);
      }
    };
    signal.addEventListener('abort', aborted);
    if (signal.aborted) {
      aborted();
      return;
    }
    request.on('upgrade', (message, _socket, head) => succeed(message, head));
    // Any other answer, a 101 that lacks Upgrade or Connection among them. Its body is of no use.
    request.on('response', (message) => {
      message.on('error', () => {});
      succeed(message, EMPTY);
    });
    request.on('error', (error) => fail(signal.aborted ? signal.reason : explain(error, options)));
    request.end();
  });
}

/** What the parser takes for `Infinity`. */
const NO_BOUND = 2 ** 31 - 1;
const EMPTY = Buffer.alloc(0);

function explain(error: NodeJS.ErrnoException, { address, maxHeaderSize }: UpgradeOptions): WebSocketError {
  const { code = '', message } = error;
  if (code === 'HPE_HEADER_OVERFLOW') {
    const problem = `sent a response head of more than maxHeaderSize (${maxHeaderSize} bytes); raise it if it should`;
    return webSocketErrorFrom(error, 'ERR_WS_RESPONSE_MALFORMED', address, problem);
  }
  if (code.startsWith('HPE_')) {
    const problem = `did not answer in HTTP (${code}: ${message}); check the port, and ws: against wss:`;
    return webSocketErrorFrom(error, 'ERR_WS_RESPONSE_MALFORMED', address, problem);
  }
  return webSocketErrorFrom(error, 'ERR_WS_HANDSHAKE_LOST', code === '' ? message : `${message}, ${code}`);
}
