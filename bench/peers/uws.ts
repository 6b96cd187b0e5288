// uWebSockets.js 20.30, as Truffle published it to npm with its binaries: the project itself is not on npm. Its newest build
// for Node is for version 20, which therefore runs it in each run. Its bounds on waiting bytes are raised as Bun's are.

import { createRequire } from 'node:module';
import { ready, task } from '../servers/child.ts';
import type { ServerTask } from '../servers/task.ts';

interface UwsSocket {
  getUserData(): { path: string };
  send(message: ArrayBuffer, isBinary: boolean, isCompressed: boolean): number;
  subscribe(topic: string): void;
}
interface UwsResponse {
  upgrade(data: object, key: string, protocol: string, extensions: string, context: unknown): void;
}
interface UwsRequest {
  getUrl(): string;
  getHeader(name: string): string;
}
interface UwsApp {
  ws(pattern: string, behavior: object): UwsApp;
  listen(host: string, port: number, listening: (socket: unknown) => void): UwsApp;
  publish(topic: string, message: ArrayBuffer, isBinary: boolean, isCompressed: boolean): boolean;
}
interface Uws {
  App(): UwsApp;
  SSLApp(options: { cert_file_name: string; key_file_name: string }): UwsApp;
  us_socket_local_port(socket: unknown): number;
  readonly DISABLED: number;
  readonly SHARED_COMPRESSOR: number;
  readonly SHARED_DECOMPRESSOR: number;
  readonly DEDICATED_COMPRESSOR_32KB: number;
  readonly DEDICATED_DECOMPRESSOR_32KB: number;
}

/** Seconds that it waits for a Pong: it sends a Ping that long before `idleTimeout`. */
const GRACE = 16;

const given = task<ServerTask>();
// The binary itself: the package would silently take a slow substitute in its place.
const { platform, arch, versions } = process;
const file = `uws_${platform}_${arch}_${versions.modules}.node`;
const uws = createRequire(import.meta.url)(`@trufflesuite/uws-js-unofficial/binaries/${file}`) as Uws;

const { deflate } = given.message;
const isCompressed = deflate !== undefined;
const compression = {
  none: uws.DISABLED,
  takeover: uws.DEDICATED_COMPRESSOR_32KB | uws.DEDICATED_DECOMPRESSOR_32KB,
  'no takeover': uws.SHARED_COMPRESSOR | uws.SHARED_DECOMPRESSOR,
}[deflate ?? 'none'];
const app =
  given.tls === undefined ? uws.App() : uws.SSLApp({ cert_file_name: given.tls.cert, key_file_name: given.tls.key });
app
  .ws('/*', {
    idleTimeout: given.heartbeat === undefined ? 0 : given.heartbeat / 1000 + GRACE,
    sendPingsAutomatically: given.heartbeat !== undefined,
    maxPayloadLength: 64 << 20,
    maxBackpressure: given.budget ?? 256 << 20,
    compression,
    upgrade(response: UwsResponse, request: UwsRequest, context: unknown) {
      const key = request.getHeader('sec-websocket-key');
      const extensions = request.getHeader('sec-websocket-extensions');
      response.upgrade({ path: request.getUrl() }, key, '', extensions, context);
    },
    open(socket: UwsSocket) {
      if (given.kind === 'publish' && socket.getUserData().path !== '/publish') socket.subscribe('news');
    },
    message(socket: UwsSocket, message: ArrayBuffer, isBinary: boolean) {
      if (given.kind === 'publish') app.publish('news', message, isBinary, isCompressed);
      else socket.send(message, isBinary, isCompressed);
    },
  })
  .listen('127.0.0.1', 0, (socket) => ready(uws.us_socket_local_port(socket)));
