// Bun's own server. Its bounds on waiting bytes are raised, or it would drop answers of 1 MiB instead of keeping them.

import { pemOf, ready, task } from '../servers/child.ts';
import type { ServerTask } from '../servers/task.ts';

interface BunSocket {
  readonly data: { readonly path: string };
  send(message: string | Uint8Array, isCompressed?: boolean): number;
  subscribe(topic: string): void;
}
interface BunServer {
  readonly port: number;
  upgrade(request: Request, options: { data: unknown }): boolean;
  publish(topic: string, message: string | Uint8Array, isCompressed?: boolean): number;
}
declare const Bun: { serve(options: object): BunServer };

/** Seconds that it waits for a Pong: it sends a Ping that long before `idleTimeout`. */
const GRACE = 16;

const given = task<ServerTask>();
const isCompressed = given.message.deflate !== undefined;
const context = given.message.deflate === 'takeover' ? 'dedicated' : 'shared';
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  tls: pemOf(given),
  fetch(request: Request, server: BunServer): Response | undefined {
    if (server.upgrade(request, { data: { path: new URL(request.url).pathname } })) return undefined;
    return new Response('Upgrade required', { status: 426 });
  },
  websocket: {
    idleTimeout: given.heartbeat === undefined ? 0 : given.heartbeat / 1000 + GRACE,
    sendPings: given.heartbeat !== undefined,
    maxPayloadLength: 64 << 20,
    backpressureLimit: given.budget ?? 256 << 20,
    perMessageDeflate: isCompressed ? { compress: context, decompress: context } : false,
    open(socket: BunSocket) {
      if (given.kind === 'publish' && socket.data.path !== '/publish') socket.subscribe('news');
    },
    message(socket: BunSocket, message: string | Uint8Array) {
      if (given.kind === 'publish') server.publish('news', message, isCompressed);
      else socket.send(message, isCompressed);
    },
  },
});
ready(server.port);
