// A client and a server connection of the core, joined by a network that is slow, on a clock that the test moves. Each
// direction is what two systems make of it: a buffer that takes megabytes at once, which is emptied at the link's rate,
// and takes more only when a third of it has become free. What does not fit waits in the writer's transport.

import type { CloseEvent } from '../../src/core/connection/close-event.ts';
import { connectionOptions } from '../../src/core/connection/complete-settings.ts';
import type { Connection } from '../../src/core/connection/connection.ts';
import type { ConnectionHandlers } from '../../src/core/connection/handlers.ts';
import { defaultHeartbeat } from '../../src/core/connection/heartbeat.ts';
import { ConnectionMachine } from '../../src/core/connection/machine.ts';
import type { ConnectionSettings } from '../../src/core/connection/settings.ts';
import type { Role } from '../../src/core/constants.ts';
import type { TimerOwner, Transport, TransportEvents } from '../../src/core/ports.ts';
import { CoreConnection, CoreHost, describeClose } from './core-connection.ts';

/** Milliseconds between two arrivals. */
const TICK = 100;

export interface LinkSettings {
  /** Bytes in a second. */
  readonly rate: number;
  /** Bytes that the systems hold. Default 4 MiB. */
  readonly buffer?: number;
  /** Bytes that the system took before the connection was made: of HTTP on the same socket. Default 0. */
  readonly before?: number;
}

/** One end of the link, and the direction that leads away from it. */
class LinkEnd implements Transport, TimerOwner {
  readonly keepsBytes = false;
  readonly #host: CoreHost;
  readonly #buffer: number;
  /** Bytes in a second; 0: nothing arrives. */
  rate: number;
  peer!: LinkEnd;
  events: TransportEvents | undefined;
  isPaused = false;
  /** Bytes ever taken by the system. */
  taken: number;
  /** Taken and not arrived: in order. */
  readonly #held: Uint8Array[] = [];
  #heldSize = 0;
  /** Writes that have not been taken as a whole. */
  readonly #writes: { bytes: Uint8Array; at: number }[] = [];
  #isFull = false;
  #isEnding = false;
  #hasEnded = false;
  #isDestroyed = false;

  constructor(host: CoreHost, { rate, buffer = 4 * 1024 * 1024, before = 0 }: LinkSettings) {
    this.#host = host;
    this.rate = rate;
    this.#buffer = buffer;
    this.taken = before;
  }

  write(bytes: Uint8Array): boolean {
    return this.writeMany([bytes]);
  }

  writeMany(pieces: readonly Uint8Array[]): boolean {
    if (this.#isDestroyed) return false;
    this.#writes.push({ bytes: Buffer.concat(pieces), at: 0 });
    if (this.#writes.length === 1 && !this.#isFull) this.#take();
    return this.#writes.length === 0;
  }

  end(): void {
    this.#isEnding = true;
  }

  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#host.turn.afterTurn({
      endOfTurn: () => {
        this.events?.disconnected();
        this.peer.events?.disconnected(this.#hasEnded ? undefined : new Error('ECONNRESET'));
        this.events = this.peer.events = undefined;
      },
    });
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  start(): void {
    this.#host.clock.timer(this).set(TICK);
  }

  expired(): void {
    if (this.#isDestroyed || this.peer.#isDestroyed) return;
    if (!this.peer.isPaused) this.#arrive((this.rate * TICK) / 1000);
    this.#host.turn.end();
    if (this.#isFull && this.#heldSize <= (this.#buffer * 2) / 3) {
      const before = this.#writes.length;
      this.#isFull = false;
      this.#take();
      for (let count = before - this.#writes.length; count > 0; count--) this.events?.written();
      this.#host.turn.end();
    }
    this.start();
  }

  #take(): void {
    while (this.#writes.length > 0) {
      const write = this.#writes[0] as { bytes: Uint8Array; at: number };
      const size = Math.min(write.bytes.length - write.at, this.#buffer - this.#heldSize);
      if (size > 0) this.#held.push(write.bytes.subarray(write.at, write.at + size));
      this.#heldSize += size;
      this.taken += size;
      write.at += size;
      if (write.at < write.bytes.length) {
        this.#isFull = true;
        return;
      }
      this.#writes.shift();
    }
  }

  #arrive(budget: number): void {
    for (let room = Math.floor(budget); room > 0 && this.#held.length > 0; ) {
      const first = this.#held[0] as Uint8Array;
      const size = Math.min(room, first.length);
      if (size === first.length) this.#held.shift();
      else this.#held[0] = first.subarray(size);
      this.#heldSize -= size;
      room -= size;
      this.peer.events?.received(first.slice(0, size), size);
    }
    if (!this.#isEnding || this.#hasEnded || this.#heldSize > 0 || this.#writes.length > 0 || this.rate === 0) return;
    this.#hasEnded = true;
    this.peer.events?.ended();
    if (this.peer.#hasEnded) this.destroy();
  }
}

export interface End {
  readonly connection: Connection;
  /** Messages that came, by size. */
  readonly sizes: number[];
  /** Frees the link in the direction that leads away from here; 0 stops it. */
  rate(bytesInSecond: number): void;
  /** How it ended, in words; `''`: it has not. */
  end: string;
  event: CloseEvent | undefined;
}

export interface SlowLink {
  readonly client: End;
  readonly server: End;
  readonly host: CoreHost;
  /** Moves the clock until both ends are closed, for `most` milliseconds. @returns the time that it took */
  untilClosed(most: number): number;
}

export interface SlowLinkSettings {
  /** The direction to the client, and that to the server; an absent one is fast. */
  readonly toClient?: LinkSettings;
  readonly toServer?: LinkSettings;
  readonly client?: ConnectionSettings;
  readonly server?: ConnectionSettings;
  readonly handlers?: {
    readonly client?: ConnectionHandlers<Connection>;
    readonly server?: ConnectionHandlers<Connection>;
  };
}

export const FAST: LinkSettings = { rate: 100_000_000 };

export function slowLink(settings: SlowLinkSettings): SlowLink {
  const host = new CoreHost();
  const ends = {
    client: new LinkEnd(host, settings.toServer ?? FAST),
    server: new LinkEnd(host, settings.toClient ?? FAST),
  };
  ends.client.peer = ends.server;
  ends.server.peer = ends.client;
  const made = { client: open('client'), server: open('server') };
  ends.client.start();
  ends.server.start();

  function open(role: Role): End {
    const transport = ends[role];
    const sizes: number[] = [];
    const options = connectionOptions(role, settings[role] ?? {}, defaultHeartbeat);
    const handlers = settings.handlers?.[role] ?? {};
    const machine = new ConnectionMachine<Connection>(host.workspace, transport, options, {
      ...handlers,
      message(it, data, isBinary) {
        sizes.push(data.length);
        handlers.message?.(it, data, isBinary);
      },
      close(it, event) {
        end.end = describeClose(event);
        end.event = event;
        handlers.close?.(it, event);
      },
    });
    const connection = new CoreConnection(machine);
    transport.events = machine;
    const end: End = {
      connection,
      sizes,
      rate: (bytes) => {
        transport.rate = bytes;
      },
      end: '',
      event: undefined,
    };
    return end;
  }

  return {
    ...made,
    host,
    untilClosed(most) {
      const from = host.clock.now();
      while (host.clock.now() - from < most && (made.client.end === '' || made.server.end === '')) {
        host.clock.advance(TICK);
      }
      return host.clock.now() - from;
    },
  };
}
