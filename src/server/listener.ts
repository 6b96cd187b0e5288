// The HTTP server of one `server.listen`: `node:http` or `node:https`, with bounds on heads and their time. It answers
// requests that are not upgrades.

import { Buffer } from 'node:buffer';
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketError, webSocketError, webSocketErrorFrom } from '../core/errors.ts';
import { checkRequest, refusalHeaders } from '../core/handshake/server.ts';
import { describeAddress, isUnixAddress, type SocketAddress } from '../node/address.ts';
import { nodeDigest } from '../node/environment.ts';
import { callApplication } from '../node/handlers.ts';
import { createServer as createHttpServer } from '../node/http.ts';
import { lateHttps } from '../node/late-modules.ts';
import { type Listening, network } from '../node/network.ts';
import type { ServerTls } from '../node/server-tls.ts';
import type { HeadLimits } from './head-limits.ts';
import type { ListenOptions } from './options.ts';
import type { Probe } from './probes.ts';

/** What a listener does with its requests. */
export interface RequestPolicy {
  readonly limits: HeadLimits;
  /** Whether further requests of a socket are not to be processed. */
  isOver(socket: Socket): boolean;
  /** Answers those who watch the server, before the application sees the request. */
  readonly probe: Probe | undefined;
  /** A request was meant as a handshake, but the parser took it for an ordinary one. It has been answered. */
  refused(request: IncomingMessage, error: WebSocketError): void;
  /** Takes failures of the application's `request` handler. Absent: they are uncaught. */
  readonly failed: ((error: unknown, request: IncomingMessage) => unknown) | undefined;
}

/**
 * An HTTP server that is not listening yet.
 *
 * @param tls  that of `options`
 */
export function createListener(options: ListenOptions, policy: RequestPolicy, tls: ServerTls | undefined): HttpServer {
  const { limits, failed } = policy;
  const { request = (message, response) => answerPlain(message, response, policy) } = options;
  const handle = failed === undefined ? request : withFailed(request, failed);
  const { maxHeaderSize, maxHeaderCount } = limits;
  const handshakeTimeout = Math.ceil(limits.handshakeTimeout);
  const http = {
    maxHeaderSize: Math.min(maxHeaderSize, 2 ** 31 - 1),
    headersTimeout: handshakeTimeout,
    requestTimeout: handshakeTimeout,
    // Node looks for late heads at this interval.
    connectionsCheckingInterval: Math.max(100, Math.min(5_000, Math.ceil(handshakeTimeout / 4) || 5_000)),
    noDelay: true,
  };
  const server =
    tls === undefined
      ? createHttpServer(http)
      : lateHttps().createServer({
          ...http,
          ...tls.nodeOptions,
          ...(handshakeTimeout > 0 ? { handshakeTimeout } : {}),
        });
  // Fields are counted below. With its own bound Node drops further fields silently, or, since version 22, reports
  // the head as too large. maxHeaderSize bounds them before.
  server.maxHeadersCount = 0;
  server.on('request', (message, response) => {
    if (policy.isOver(message.socket)) return;
    if (message.rawHeaders.length > 2 * maxHeaderCount) {
      answer(response, webSocketError('ERR_WS_REQUEST_HEADER_COUNT', maxHeaderCount));
    } else if (policy.probe?.(message, response) !== true) {
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
export function startListener(server: HttpServer, address: SocketAddress): Promise<Listening> {
  return listeningAt(address, () => network().listen(server, address));
}

/**
 * Tells the error of the system for one address.
 *
 * @throws (rejects) WebSocketError ERR_WS_LISTEN
 */
export async function listeningAt<Result>(address: SocketAddress, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw webSocketErrorFrom(cause, 'ERR_WS_LISTEN', describeAddress(address), code ?? message, isUnixAddress(address));
  }
}

type RequestHandler = NonNullable<ListenOptions['request']>;

/** A handler of the application whose failures go to `failed`. The client of a failed request gets 500. */
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
    // To end it would make it look like a whole response.
    response.destroy();
    return;
  }
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response.writeHead(500, 'Internal Server Error', { Connection: 'close' }).end();
}

/** Answers a request that is not an upgrade with what is missing in it, as a handshake is answered. */
function answerPlain(request: IncomingMessage, response: ServerResponse, { refused }: RequestPolicy): void {
  const error = checkPlainRequest(request);
  answer(response, error);
  // Only a handshake has this field. A browser that looks at the port is not a client that was refused.
  if (request.headers['sec-websocket-key'] !== undefined) refused(request, error);
}

function answer(response: ServerResponse, error: WebSocketError): void {
  const body = `${error.message}\n`;
  const headers = refusalHeaders(error);
  response.writeHead(error.status ?? 400, {
    ...headers,
    // RFC 7230 §6.7: a sender of Upgrade must name it in Connection.
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
  // Node's parser is stricter than the RFC with the token `upgrade` in Connection.
  return webSocketError('ERR_WS_REQUEST_CONNECTION', request.headers.connection);
}
