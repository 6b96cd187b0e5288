// The HTTP server below `server.listen`: `node:http` or `node:https` with bounds on heads and time, answering what is
// no upgrade.

import { Buffer } from 'node:buffer';
import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { WebSocketError, webSocketError, webSocketErrorFrom } from '../core/errors.ts';
import { checkRequest, refusalHeaders } from '../core/handshake/server.ts';
import { hostAndPort } from '../node/address.ts';
import { nodeDigest } from '../node/environment.ts';
import { callApplication } from '../node/handlers.ts';
import { type Listening, network } from '../node/network.ts';
import { serverTls } from '../node/tls.ts';
import type { HeadLimits } from './head-limits.ts';
import type { ListenOptions } from './options.ts';

/**
 * An HTTP server that is not listening yet.
 *
 * @param isOver  whether no request of a socket is to be processed any more
 * @param refused  hears of requests that were meant as handshakes and are answered here, since the parser took them for
 *                 ordinary ones
 * @param failed   takes failures of the application's `request`, if somebody does
 * @throws WebSocketError ERR_WS_OPTION for a certificate or key that cannot be used
 */
export function createListener(
  options: ListenOptions,
  limits: HeadLimits,
  isOver: (socket: Socket) => boolean,
  refused: (request: IncomingMessage, error: WebSocketError) => void,
  failed?: (error: unknown, request: IncomingMessage) => unknown,
): HttpServer {
  const { tls, request = (message, response) => noUpgrade(message, response, refused) } = options;
  const handle = failed === undefined ? request : withFailed(request, failed);
  const { maxHeaderSize, maxHeaderCount } = limits;
  const handshakeTimeout = Math.ceil(limits.handshakeTimeout);
  const http = {
    maxHeaderSize: Math.min(maxHeaderSize, 2 ** 31 - 1),
    headersTimeout: handshakeTimeout,
    requestTimeout: handshakeTimeout,
    // How late Node may notice that a head takes too long.
    connectionsCheckingInterval: Math.max(100, Math.min(5_000, Math.ceil(handshakeTimeout / 4) || 5_000)),
    noDelay: true,
  };
  const server =
    tls === undefined
      ? createHttpServer(http)
      : createHttpsServer({ ...http, ...serverTls(tls), ...(handshakeTimeout > 0 ? { handshakeTimeout } : {}) });
  // Counted here, below: beyond a bound of its own Node drops fields without a word, or calls the head too large from
  // version 22 on. maxHeaderSize bounds them before.
  server.maxHeadersCount = 0;
  server.on('request', (message, response) => {
    if (isOver(message.socket)) return;
    if (message.rawHeaders.length > 2 * maxHeaderCount) {
      answer(response, webSocketError('ERR_WS_REQUEST_HEADER_COUNT', maxHeaderCount));
    } else {
      handle(message, response);
    }
  });
  return server;
}

/**
 * Listens.
 *
 * @throws (rejects) WebSocketError ERR_WS_LISTEN; its `cause` is the system's error
 */
export async function startListener(server: HttpServer, { port = 0, host }: ListenOptions): Promise<Listening> {
  try {
    return await network().listen(server, host, port);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw webSocketErrorFrom(cause, 'ERR_WS_LISTEN', hostAndPort(host ?? '*', port), code ?? message);
  }
}

type RequestHandler = NonNullable<ListenOptions['request']>;

/** A handler of the application whose failures go to `failed`, while their clients are answered. */
function withFailed(
  request: RequestHandler,
  failed: (error: unknown, request: IncomingMessage) => unknown,
): RequestHandler {
  return (message, response) =>
    callApplication(
      () => request(message, response),
      (error) => {
        endFailed(response);
        return failed(error, message);
      },
    );
}

function endFailed(response: ServerResponse): void {
  if (response.writableEnded) return;
  if (response.headersSent) {
    // Its end would look like that of a whole answer.
    response.destroy();
    return;
  }
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response.writeHead(500, 'Internal Server Error', { Connection: 'close' }).end();
}

/** Answers what the parser took for no upgrade by what is missing in it, as a handshake is answered. */
function noUpgrade(
  request: IncomingMessage,
  response: ServerResponse,
  refused: (request: IncomingMessage, error: WebSocketError) => void,
): void {
  const error = checkPlainRequest(request);
  answer(response, error);
  // Only a handshake has this field. What looks at the port with a browser is no client that was refused.
  if (request.headers['sec-websocket-key'] !== undefined) refused(request, error);
}

function answer(response: ServerResponse, error: WebSocketError): void {
  const body = `${error.message}\n`;
  const headers = refusalHeaders(error);
  response.writeHead(error.status ?? 400, {
    ...headers,
    // RFC 7230 §6.7: who sends Upgrade must name it in Connection.
    Connection: 'Upgrade' in headers ? 'close, Upgrade' : 'close',
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

function checkPlainRequest(request: IncomingMessage): WebSocketError {
  const { method = '', url: target = '', httpVersion, rawHeaders } = request;
  try {
    checkRequest({ method, target, httpVersion, rawHeaders }, nodeDigest);
  } catch (error) {
    if (error instanceof WebSocketError) return error;
    throw error;
  }
  // Node's parser is stricter here than the RFC in what it takes for the token `upgrade` in Connection.
  return webSocketError('ERR_WS_REQUEST_CONNECTION', request.headers.connection);
}
