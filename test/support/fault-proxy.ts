// TCP with faults: a proxy on 127.0.0.1 between a client and a server, in this process. It does what a test asks for,
// in each direction, at the byte that the test names. It has no timers: for a delay, a test holds bytes and releases
// them. Bytes that pass keep their order.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type Scope, turn } from './handles.ts';
import { Inbox } from './inbox.ts';

/** One direction of a proxied connection. */
export class Lane {
  readonly #source: Socket;
  readonly #target: Socket;
  readonly #queue: Buffer[] = [];
  /** Bytes forwarded. */
  #passed = 0;
  /** Bytes that may be forwarded. */
  #limit = Number.POSITIVE_INFINITY;
  #bytesPerTurn = Number.POSITIVE_INFINITY;
  #corruption: { readonly at: number; readonly mask: number } | undefined;
  #isPumping = false;
  #isFrozen = false;
  #hasSourceEnded = false;
  #hasEnded = false;
  #held: (() => void)[] = [];

  constructor(source: Socket, target: Socket) {
    this.#source = source;
    this.#target = target;
  }

  /** Bytes forwarded so far. */
  get passed(): number {
    return this.#passed;
  }

  start(): void {
    const source = this.#source;
    source.on('data', (chunk: Buffer) => {
      if (this.#hasEnded) return;
      this.#queue.push(chunk);
      this.#pump();
    });
    source.on('end', () => {
      this.#hasSourceEnded = true;
      this.#pump();
    });
    source.on('error', () => {
      // A reset passes at once, as on a wire, unless nothing passes at all.
      if (!this.#isFrozen) this.#target.resetAndDestroy();
    });
    if (!this.#isFrozen) source.resume();
  }

  /** Lets `count` more bytes pass and holds what follows, the end of the direction included. */
  hold(count = 0): void {
    this.#limit = this.#passed + count;
  }

  /** Resolves when something waits at the hold. */
  async held(): Promise<void> {
    while (!this.#isHolding) await new Promise<void>((resolve) => this.#held.push(resolve));
  }

  /** Lets what was held pass. */
  release(): void {
    this.#limit = Number.POSITIVE_INFINITY;
    this.#pump();
  }

  /** From now on, forwards at most `bytesPerTurn` bytes in a turn of the event loop, each with its own write. */
  throttle(bytesPerTurn: number): void {
    this.#bytesPerTurn = bytesPerTurn;
  }

  /** Flips the bits of `mask` in the byte that has `offset` others before it, counted from now. */
  corrupt(offset: number, mask: number): void {
    this.#corruption = { at: this.#passed + offset, mask };
  }

  /** Neither reads nor writes any more; both sockets stay. */
  freeze(): void {
    this.#isFrozen = true;
    this.#source.pause();
  }

  /** Ends this direction (TCP FIN) at what has passed; what the source sends further is read and thrown away. */
  end(): void {
    this.#hasEnded = true;
    this.#queue.length = 0;
    this.#target.end();
  }

  get #isHolding(): boolean {
    return this.#passed === this.#limit && (this.#queue.length > 0 || this.#hasSourceEnded);
  }

  #pump(): void {
    if (this.#isPumping || this.#isFrozen || this.#hasEnded) return;
    this.#isPumping = true;
    let budget = this.#bytesPerTurn;
    while (this.#queue.length > 0 && this.#passed < this.#limit && budget > 0) {
      const [chunk] = this.#queue as [Buffer];
      const size = Math.min(chunk.length, this.#limit - this.#passed, budget);
      this.#write(chunk.subarray(0, size));
      if (size === chunk.length) this.#queue.shift();
      else this.#queue[0] = chunk.subarray(size);
      budget -= size;
    }
    this.#isPumping = false;
    if (this.#queue.length > 0 && this.#passed < this.#limit) void turn().then(() => this.#pump());
    else if (this.#hasSourceEnded && this.#passed < this.#limit) {
      this.#hasEnded = true;
      this.#target.end();
    }
    if (!this.#isHolding) return;
    const held = this.#held;
    this.#held = [];
    for (const resolve of held) resolve();
  }

  #write(bytes: Buffer): void {
    const { at, mask } = this.#corruption ?? { at: -1, mask: 0 };
    const index = at - this.#passed;
    if (index >= 0 && index < bytes.length) bytes[index] = (bytes[index] as number) ^ mask;
    this.#passed += bytes.length;
    this.#target.write(bytes);
  }
}

/** A client's connection through the proxy. Faults of both directions are here, those of one are in its lane. */
export class Proxied {
  readonly toServer: Lane;
  readonly toClient: Lane;
  readonly #client: Socket;
  readonly #server: Socket;

  constructor(client: Socket, server: Socket) {
    this.#client = client;
    this.#server = server;
    this.toServer = new Lane(client, server);
    this.toClient = new Lane(server, client);
  }

  start(): void {
    this.toServer.start();
    this.toClient.start();
  }

  /** Ends both directions (TCP FIN). */
  end(): void {
    this.toServer.end();
    this.toClient.end();
  }

  /** Closes both sockets: FIN, or a reset where something is unread. */
  destroy(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  /** TCP RST to both sides. */
  reset(): void {
    this.#client.resetAndDestroy();
    this.#server.resetAndDestroy();
  }

  freeze(): void {
    this.toServer.freeze();
    this.toClient.freeze();
  }

  /** Resolves when both sockets are closed. */
  async gone(): Promise<void> {
    for (const socket of [this.#client, this.#server]) if (!socket.closed) await once(socket, 'close');
  }
}

export interface FaultProxy {
  readonly port: number;
  /** The connections, in the order in which they came. */
  readonly connections: Inbox<Proxied>;
}

/**
 * Forwards connections to `port` of this machine. At the end of the scope all of them are cut.
 *
 * @param prepare  called with each connection before a byte passes
 */
export async function faultProxy(
  scope: Scope,
  port: number,
  prepare: (proxied: Proxied) => void = () => {},
): Promise<FaultProxy> {
  const all = new Set<Proxied>();
  const connections = new Inbox<Proxied>();
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => {
    const upstream = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const proxied = new Proxied(client, upstream);
    all.add(proxied);
    client.on('error', () => {});
    let isJoined = false;
    upstream.on('error', () => {
      if (!isJoined) client.destroy(); // nobody listens there
    });
    upstream.on('connect', () => {
      isJoined = true;
      prepare(proxied);
      proxied.start();
      connections.push(proxied);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  scope.defer(async () => {
    for (const proxied of all) proxied.destroy();
    server.close();
    await once(server, 'close');
  });
  return { port: (server.address() as AddressInfo).port, connections };
}
