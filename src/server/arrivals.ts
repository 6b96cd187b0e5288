// Connections that a listener has accepted and that have no stream yet. Most of them send a handshake in one piece. It is
// parsed by Node's parser, and where nothing about it is unusual, its connection begins at once: without a stream, a
// request and a response of `node:http`, which take more time and memory than the connection itself. All other
// connections get a stream, which reads from `node:http` the bytes received so far.
//
// ```
//  accepted ── a whole handshake, which `open` takes ──▶ a connection
//     │ anything else comes, or nothing for a while
//     ▼
//  a socket of Node's: as if it had been one from the start
// ```

import type { Server as HttpServer } from 'node:http';
import type { Clock, Context, Contexts, Timer } from '../core/ports.ts';
import { acceptedPeer, type PeerAddress } from '../node/address.ts';
import {
  acceptedHandleOf,
  type FirstReader,
  readAgain,
  readFirst,
  stopFirst,
  takeAccepted,
} from '../node/internals/accepted-handle.ts';
import { headParser, type ParsedHead, type ParseHead } from '../node/internals/head-parser.ts';
import { requestFields } from '../node/internals/request-fields.ts';
import { closeHandle, type TcpHandle } from '../node/internals/socket-handle.ts';
import type { Slot } from './admission.ts';
import type { HeadLimits } from './head-limits.ts';

/**
 * Milliseconds that a connection may wait here before it gets a stream, and with it the time that `node:http` gives to a
 * head. A quarter of `handshakeTimeout` at most.
 */
const LONGEST_WAIT = 500;

export interface ArrivalsPolicy {
  readonly limits: HeadLimits;
  readonly clock: Clock;
  readonly contexts: Contexts;
  /** Whether handshakes are handled in the context of their listener too, not only sockets made. */
  readonly handlesInContext: boolean;
  /** Counts a client. @returns `undefined` if the connection has to come with a stream, for example to be refused */
  arrive(peer: PeerAddress): Slot | undefined;
  /** Makes a socket of a connection. It keeps the slot. */
  enterWith(slot: Slot, peer: PeerAddress, makeSocket: () => void): void;
  /**
   * Begins a connection.
   *
   * @param rest  bytes after the head
   * @returns `false` if this is not a handshake that can be taken here; nothing has been done then
   */
  open(head: ParsedHead, arrival: ArrivedConnection, rest: Uint8Array): boolean;
}

/** A connection whose handshake has come. */
export interface ArrivedConnection {
  readonly handle: TcpHandle;
  readonly peer: PeerAddress;
  readonly slot: Slot;
  /** Makes a socket of it, which gets the bytes that have come. To be called once, after {@link ArrivalsPolicy.open} has begun. */
  makeSocket(): void;
}

/** The connections of one listener that wait for their first bytes. */
export class Arrivals {
  readonly #policy: ArrivalsPolicy;
  readonly #wait: number;
  readonly #parse: ParseHead;
  readonly #makeSocket: (connection: object) => void;
  /** In the order in which they came. */
  readonly #waiting = new Set<Newcomer>();
  readonly #timer: Timer;
  /** In which the listener accepts, always the same one: that of its handlers. Absent: none. */
  #context: Context | undefined;
  #isContextKnown = false;

  private constructor(policy: ArrivalsPolicy, parse: ParseHead, makeSocket: (connection: object) => void) {
    const { handshakeTimeout } = policy.limits;
    this.#policy = policy;
    this.#wait = handshakeTimeout === 0 ? LONGEST_WAIT : Math.min(LONGEST_WAIT, handshakeTimeout / 4);
    this.#parse = parse;
    this.#makeSocket = makeSocket;
    this.#timer = policy.clock.timer(this);
  }

  /**
   * Takes what a server accepts from here on.
   *
   * @param server  listening, without TLS
   * @returns `undefined` where this cannot be done
   */
  static of(server: HttpServer, policy: ArrivalsPolicy): Arrivals | undefined {
    let arrivals: Arrivals | undefined;
    const makeSocket = takeAccepted(server, (connection) => arrivals?.take(connection) === true);
    // Looked for last: they make an HTTP server each, which other runtimes may not like.
    const parse = makeSocket && requestFields() && headParser();
    if (makeSocket !== undefined && parse !== undefined) arrivals = new Arrivals(policy, parse, makeSocket);
    return arrivals;
  }

  /** Ends the connections that wait. */
  end(): void {
    this.#timer.clear();
    for (const arrival of this.#waiting) end(arrival);
    this.#waiting.clear();
  }

  /** For the listening handle. @returns whether a connection has been taken */
  take(connection: object): boolean {
    const handle = acceptedHandleOf(connection);
    const peer = handle && acceptedPeer(handle);
    if (handle === undefined || peer === undefined) return false;
    const slot = this.#policy.arrive(peer);
    if (slot === undefined) return false;
    const { clock, contexts } = this.#policy;
    if (!this.#isContextKnown) {
      this.#context = contexts.capture();
      this.#isContextKnown = true;
    }
    const arrival = new Newcomer(this, handle, peer, slot, clock.now() + this.#wait);
    if (this.#waiting.size === 0) this.#timer.set(this.#wait);
    this.#waiting.add(arrival);
    readFirst(handle, arrival);
    return true;
  }

  /** For arrivals. Something has come. */
  came(arrival: Newcomer, bytes: Uint8Array): void {
    this.#leave(arrival);
    const { contexts, handlesInContext } = this.#policy;
    if (this.#context === undefined || !handlesInContext) this.#handle(arrival, bytes);
    else contexts.run(this.#context, () => this.#handle(arrival, bytes));
  }

  #handle(arrival: Newcomer, bytes: Uint8Array): void {
    const head = this.#parse(bytes, this.#policy.limits.maxHeaderSize);
    if (head !== undefined && this.#policy.open(head, arrival, bytes.subarray(head.size))) return;
    this.makeSocketWith(arrival, bytes);
  }

  /** For arrivals. @param bytes  the bytes received */
  makeSocketWith(arrival: Newcomer, bytes: Uint8Array): void {
    this.#makeSocketOf(arrival);
    readAgain(arrival.handle, bytes);
  }

  /** For arrivals. The client has left without a request. Nobody is told, as with `node:http`. */
  left(arrival: Newcomer): void {
    this.#leave(arrival);
    end(arrival);
  }

  #makeSocketOf({ handle, slot, peer }: Newcomer): void {
    stopFirst(handle);
    const { contexts } = this.#policy;
    this.#policy.enterWith(slot, peer, () => {
      if (this.#context === undefined) this.#makeSocket(handle);
      else contexts.run(this.#context, () => this.#makeSocket(handle));
    });
  }

  #leave(arrival: Newcomer): void {
    this.#waiting.delete(arrival);
    if (this.#waiting.size === 0) this.#timer.clear();
  }

  /** For the timer. */
  expired(): void {
    const now = this.#policy.clock.now();
    for (const arrival of this.#waiting) {
      if (arrival.until > now) {
        this.#timer.set(arrival.until - now);
        return;
      }
      this.#waiting.delete(arrival);
      this.#makeSocketOf(arrival);
    }
  }
}

/** One of them. */
class Newcomer implements ArrivedConnection, FirstReader {
  readonly #arrivals: Arrivals;
  readonly handle: TcpHandle;
  readonly peer: PeerAddress;
  readonly slot: Slot;
  /** When it gets a stream. */
  readonly until: number;
  #bytes: Uint8Array | undefined;

  constructor(arrivals: Arrivals, handle: TcpHandle, peer: PeerAddress, slot: Slot, until: number) {
    this.#arrivals = arrivals;
    this.handle = handle;
    this.peer = peer;
    this.slot = slot;
    this.until = until;
  }

  makeSocket(): void {
    this.#arrivals.makeSocketWith(this, this.#bytes as Uint8Array);
    this.#bytes = undefined;
  }

  firstRead(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#arrivals.came(this, bytes);
  }

  firstFailed(): void {
    this.#arrivals.left(this);
  }
}

function end({ handle, slot }: ArrivedConnection): void {
  slot.leave();
  closeHandle(handle, () => {});
}
