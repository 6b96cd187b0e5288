// What a server is given that is not its own: HTTP servers, requests and sockets. A wrong one would be taken without a
// word and never emit what is waited for.

import { Server as NetServer } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { type WebSocketError, webSocketError } from '../core/errors.ts';
import { hasFields, isByteStream } from './node-request.ts';

/** What an HTTP server has, whoever made it. */
const METHODS = ['on', 'off', 'listenerCount', 'address'] as const;

/**
 * Checks what `attach` is given: an HTTP or HTTPS server of Node, or what has its methods.
 *
 * @throws WebSocketError ERR_WS_OPTION
 */
export function checkHttpServer(server: unknown): void {
  if (typeof server === 'number' || typeof server === 'string') {
    throw wrongServer(server, 'an HTTP server; server.listen({ port: 8080 }) listens on a port of its own');
  }
  if (typeof server === 'function') {
    throw wrongServer(
      server,
      'an HTTP server: that of an Express application is what app.listen() returns, or http.createServer(app)',
    );
  }
  if (!hasMethods(server, METHODS)) {
    throw wrongServer(
      server,
      'an HTTP server of node:http or node:https; frameworks have theirs as app.server, or return it from listen()',
    );
  }
  const prototype = Object.getPrototypeOf(server);
  if (prototype === NetServer.prototype || prototype === TlsServer.prototype) {
    throw wrongServer(server, 'an HTTP server of node:http or node:https; this one knows no HTTP');
  }
}

function isNetServer(value: unknown): boolean {
  try {
    return value instanceof NetServer;
  } catch {
    return false; // a revoked proxy
  }
}

/** `createServer(httpServer)` would take the methods of that server for handlers. */
export function checkNoServer(options: unknown): void {
  if (!isNetServer(options)) return;
  throw webSocketError(
    'ERR_WS_OPTION',
    'argument with the options of createServer',
    options,
    'an object with handlers and settings; an HTTP server is given to server.attach(httpServer)',
  );
}

/**
 * Checks the arguments of Node's `upgrade` event.
 *
 * @throws WebSocketError ERR_WS_OPTION
 */
export function checkHandshakeArguments(request: unknown, socket: unknown, head: unknown): void {
  const expected = "of Node's `upgrade` event: handleUpgrade(request, socket, head)";
  if (!hasFields(request)) {
    throw webSocketError('ERR_WS_OPTION', 'first argument of handleUpgrade', request, `the request ${expected}`);
  }
  if (!isByteStream(socket)) {
    const stream = 'a Duplex stream of bytes, without object mode and encoding';
    throw webSocketError(
      'ERR_WS_OPTION',
      'second argument of handleUpgrade',
      socket,
      `the socket ${expected}, or ${stream}`,
    );
  }
  if (!ArrayBuffer.isView(head)) {
    throw webSocketError('ERR_WS_OPTION', 'third argument of handleUpgrade', head, `the bytes ${expected}`);
  }
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');
}

function wrongServer(value: unknown, expected: string): WebSocketError {
  return webSocketError('ERR_WS_OPTION', 'argument of attach', value, expected);
}
