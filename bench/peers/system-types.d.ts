// As much of `socket.io`, its Redis adapter and `crossws` as is used here.

declare module 'socket.io' {
  import type { Server as HttpServer } from 'node:http';

  interface Socket {
    readonly handshake: { readonly query: Readonly<Record<string, string | undefined>> };
    join(rooms: readonly string[]): void;
    on(event: 'p', listener: (topic: string, data: string) => void): void;
  }
  export class Server {
    constructor(server: HttpServer, options: { adapter?: unknown; transports?: readonly string[] });
    on(event: 'connection', listener: (socket: Socket) => void): void;
    to(room: string): { emit(event: string, data: string): void };
  }
}

declare module '@socket.io/redis-adapter' {
  export function createAdapter(publisher: unknown, subscriber: unknown): unknown;
}

declare module 'crossws/sync' {
  export function redis(options: { client: unknown; channel: string }): unknown;
}

declare module 'crossws/adapters/node' {
  import type { IncomingMessage } from 'node:http';
  import type { Duplex } from 'node:stream';

  interface Peer {
    readonly request: { readonly url: string };
    subscribe(topic: string): void;
    publish(topic: string, data: string): void;
  }
  interface Hooks {
    open(peer: Peer): void;
    message(peer: Peer, message: { text(): string }): void;
  }
  export default function nodeAdapter(options: { hooks: Hooks; sync?: unknown }): {
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  };
}
