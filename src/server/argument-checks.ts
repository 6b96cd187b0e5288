// Checks of the objects that a server is given and has not made: HTTP servers, requests and sockets. Without them, a wrong
// object would be taken in silence and never emit an event.

import { Server as NetServer } from 'node:net';
import { type WebSocketError, webSocketError } from '../core/errors.ts';
import { isTlsServer, lateTls } from '../node/late-modules.ts';
import { reusePortProblem } from '../node/reuse-port.ts';
import { isAbstract, pathProblem, shownPath } from '../node/socket-path.ts';
import { hasFields, isByteStream } from './node-request.ts';
import type { ListenOptions } from './options.ts';
import type { Routes } from './routes.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/** Methods of every HTTP server. */
const METHODS = ['on', 'off', 'listenerCount', 'address'] as const;

/**
 * Checks the argument of `attach`: an HTTP or HTTPS server of Node, or an object with its methods.
 *
 * @throws WebSocketError ERR_WS_OPTION
 */
export function checkHttpServer(server: unknown): void {
  if (typeof server === 'number' || typeof server === 'string') {
    throw wrongServer(server, 'an HTTP server; to open a port, call server.listen({ port: 8080 })');
  }
  if (typeof server === 'function') {
    throw wrongServer(
      server,
      'an HTTP server; with Express, pass the result of app.listen() or http.createServer(app)',
    );
  }
  if (!hasMethods(server, METHODS)) {
    throw wrongServer(
      server,
      'an HTTP server of node:http or node:https; a framework has it as app.server, or returns it from listen()',
    );
  }
  const prototype = Object.getPrototypeOf(server);
  if (prototype === NetServer.prototype || (isTlsServer(server) && prototype === lateTls().Server.prototype)) {
    throw wrongServer(server, 'an HTTP server of node:http or node:https; this server does not speak HTTP');
  }
}

/**
 * Checks that the options of `createServer` are not an HTTP server: its methods would be taken for handlers.
 *
 * @throws WebSocketError ERR_WS_OPTION
 */
export function checkNoServer(options: unknown): void {
  if (!isNetServer(options)) return;
  const expected = 'an object with handlers and settings; pass an HTTP server to server.attach(httpServer)';
  throw webSocketError('ERR_WS_OPTION', 'argument with the options of createServer', options, expected);
}

/**
 * Checks the arguments of Node's `upgrade` event.
 *
 * @throws WebSocketError ERR_WS_OPTION
 */
export function checkHandshakeArguments(request: unknown, socket: unknown, head: unknown): void {
  const source = "of Node's `upgrade` event: handleUpgrade(request, socket, head)";
  if (!hasFields(request)) throw wrongArgument('first', request, `the request ${source}`);
  if (!isByteStream(socket)) {
    const stream = 'a Duplex stream of bytes, without object mode and encoding';
    throw wrongArgument('second', socket, `the socket ${source}, or ${stream}`);
  }
  if (!ArrayBuffer.isView(head)) throw wrongArgument('third', head, `the bytes ${source}`);
}

/**
 * Checks the arguments of a call that answers a request of `node:http`.
 *
 * @throws WebSocketError ERR_WS_OPTION
 */
export function checkHttpArguments(call: string, request: unknown, response: unknown): void {
  const source = "of Node's `request` event";
  if (!hasFields(request)) {
    throw webSocketError('ERR_WS_OPTION', `first argument of ${call}`, request, `the request ${source}`);
  }
  if (!hasMethods(response, ['writeHead', 'end'])) {
    throw webSocketError('ERR_WS_OPTION', `second argument of ${call}`, response, `the response ${source}`);
  }
  if (Reflect.get(response as object, 'headersSent') === true) {
    const expected = 'a response that nobody has begun';
    throw webSocketError('ERR_WS_OPTION', `second argument of ${call}`, response, expected);
  }
}

function isNetServer(value: unknown): boolean {
  try {
    return value instanceof NetServer;
  } catch {
    return false; // a revoked proxy
  }
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return (
    typeof value === 'object' && value !== null && names.every((name) => typeof Reflect.get(value, name) === 'function')
  );
}

function wrongServer(value: unknown, expected: string): WebSocketError {
  return webSocketError('ERR_WS_OPTION', 'argument of attach', value, expected);
}

function wrongArgument(position: string, value: unknown, expected: string): WebSocketError {
  return webSocketError('ERR_WS_OPTION', `${position} argument of handleUpgrade`, value, expected);
}

/**
 * Checks options of `listen` that exclude each other, or need something else.
 *
 * @throws WebSocketError ERR_WS_OPTION
 */
export function checkListenOptions(options: ListenOptions, proxies: TrustedProxies): void {
  const { path, host, port, mode, reusePort, proxyProtocol } = options;
  // Every connection would be refused.
  if (proxyProtocol === true && proxies.isEmpty) {
    const expected = "false, unless the server trusts a proxy: createServer({ trustedProxies: ['10.0.0.0/8'] })";
    throw webSocketError('ERR_WS_OPTION', 'proxyProtocol', true, expected);
  }
  if (path === undefined) {
    if (mode !== undefined) throw webSocketError('ERR_WS_OPTION', 'mode', mode, 'to be left out without path');
    const problem = reusePort === true ? reusePortProblem() : undefined;
    if (problem !== undefined) throw webSocketError('ERR_WS_OPTION', 'reusePort', true, problem);
    return;
  }
  const problem = pathProblem(path);
  if (problem !== undefined) throw webSocketError('ERR_WS_OPTION', 'path', shownPath(path), problem);
  for (const [name, value] of Object.entries({ host, port, reusePort })) {
    if (value === undefined) continue;
    const expected =
      'to be left out beside path, which is that of a Unix socket; for the path of a URL, use createServer({ paths })';
    throw webSocketError('ERR_WS_OPTION', name, value, expected);
  }
  if (mode !== undefined && isAbstract(path))
    throw webSocketError('ERR_WS_OPTION', 'mode', mode, 'to be left out: an abstract socket has no permissions');
}

/**
 * Checks that what `listen` answers over HTTP is not a path of WebSocket, too.
 *
 * @throws WebSocketError ERR_WS_OPTION
 */
export function checkProbePaths({ metrics, health }: ListenOptions, routes: Routes<unknown> | undefined): void {
  const probes = { metrics: typeof metrics === 'object' ? metrics.path : metrics, health };
  for (const [name, path] of Object.entries(probes)) {
    if (path === undefined || routes?.find(path) === undefined) continue;
    const expected = `a path that is not one of WebSocket: paths of createServer are ${routes.paths.join(', ')}`;
    throw webSocketError('ERR_WS_OPTION', name, path, expected);
  }
}

/**
 * Checks that a server with paths has the one that it is attached to.
 *
 * @throws WebSocketError ERR_WS_OPTION
 */
export function checkAttachedPath(path: string | undefined, routes: Routes<unknown> | undefined): void {
  if (path === undefined || routes === undefined || routes.find(path) !== undefined) return;
  const expected = `to be left out, or to be one of the paths of createServer: ${routes.paths.join(', ')}`;
  throw webSocketError('ERR_WS_OPTION', 'path of attach', path, expected);
}
