// Observers are told of everything that a connection does: for logs, traces and tools, beside the handlers of the application.
// Without an observer, a frame costs one look at a boolean.

import type { Role } from './constants.ts';
import type { WebSocketError } from './errors.ts';
import type { SlowConsumerMetrics } from './meter.ts';
import type { Scheduler } from './ports.ts';

/** From the peer, or to it. */
export type Direction = 'received' | 'sent';

/** One frame (RFC 6455 §5.2). */
export interface ObservedFrame {
  /** Whether the peer sent it. */
  readonly direction: Direction;
  /** 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
  readonly opcode: number;
  /** Whether it ends its message. */
  readonly fin: boolean;
  /** Whether it begins a compressed message (RFC 7692 §6). `payload` is then compressed. */
  readonly rsv1: boolean;
  /** Bytes of its payload. */
  readonly size: number;
  /**
   * Its payload as on the wire but without the mask: compressed where the message is. Of a received frame that comes in
   * several chunks, it is the first 64 KiB at most. It is only valid during the call, and must not be changed.
   */
  readonly payload: Uint8Array;
}

/** The request of a handshake. The object is the same for all calls about it. */
export interface ObservedRequest {
  /** Of the end that is observed. */
  readonly role: Role;
  /** Of a server: the request target, as the client sent it. Of a client: the URL that it was called with, without credentials. */
  readonly url: string;
  /** Of a server: the header fields (name, value, name, value …). Of a client: empty. */
  readonly rawHeaders: readonly string[];
  /** Of a server: the address and port of the client. Of a client: `''` and 0. */
  readonly remoteAddress: string;
  /** See `remoteAddress`. */
  readonly remotePort: number;
}

/** What became of a handshake. */
export type HandshakeOutcome<Peer> =
  /** It has begun. */
  | { readonly kind: 'started' }
  /** `rawHeaders`: of the 101 response. Called before `open`. */
  | { readonly kind: 'accepted'; readonly connection: Peer; readonly rawHeaders: readonly string[] }
  /** It led to no connection: see `EndpointMetrics.handshakes` for the difference. `error.status` is that of the response, if any. */
  | { readonly kind: 'refused' | 'failed'; readonly error: WebSocketError };

/** How a connection ended, as `CloseEvent`. */
export interface ObservedClose {
  /** The close code (RFC 6455 §7.1.5). */
  readonly code: number;
  /** The reason (RFC 6455 §7.1.6). */
  readonly reason: string;
  /** Whether a closing handshake ended it. */
  readonly wasClean: boolean;
  /** Why it failed or was lost. Absent: it did not. */
  readonly error?: WebSocketError;
}

/**
 * Is told of everything that connections do. All methods are optional. They are called while the connection works: return
 * soon, and do not send or close from here. What they throw is an uncaught exception, and does not disturb the connection.
 */
export interface Observer<Peer> {
  /**
   * A handshake begins, or has ended.
   *
   * @param request  `undefined`: none was read, for example from a client that was one too many
   */
  handshake?(request: ObservedRequest | undefined, outcome: HandshakeOutcome<Peer>): void;
  /** A connection is open. */
  open?(connection: Peer): void;
  /** A frame has arrived, before its message or its answer; or is queued to be sent. Close frames too. */
  frame?(connection: Peer, frame: ObservedFrame): void;
  /**
   * A message has arrived, before the application gets it; or is sent, before it is encoded, compressed, queued or dropped.
   * Messages that are sent in fragments or read in parts (`streamAbove`) are not reported here, but as frames.
   *
   * @param data  as the application gets it or gave it. It is only valid during the call, and must not be changed
   */
  message?(connection: Peer, direction: Direction, data: string | Uint8Array, isBinary: boolean): void;
  /** Everything queued has left, after a `send` that returned `false`. */
  drain?(connection: Peer): void;
  /** The policy for slow peers has done something: closed the connection, dropped one message, or paused reading. */
  slowConsumer?(connection: Peer, action: keyof SlowConsumerMetrics): void;
  /** The connection has failed or was lost. */
  error?(connection: Peer, error: WebSocketError): void;
  /** The connection has ended. */
  close?(connection: Peer, event: ObservedClose): void;
}

/** Bytes of a received frame in several chunks that are kept for `frame`. */
export const OBSERVED_SIZE = 64 * 1024;

/** The connection below which frames are seen. */
export interface FrameWatcher {
  /** @param payload  the first bytes of `size` in all */
  frameSeen(direction: Direction, first: number, size: number, payload: Uint8Array): void;
}

/** The observers of the connections of one server, or of one client. They may come and go at any time. */
export class Observers<Peer> {
  /** Whether one of them wants frames, and messages. */
  wantsFrames = false;
  wantsMessages = false;
  #list: readonly Observer<Peer>[] = [];

  /** Whether there is none. */
  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  /** @returns removes it again */
  add(observer: Observer<Peer>): () => void {
    this.#become([...this.#list, observer]);
    return () => this.#become(this.#list.filter((it) => it !== observer));
  }

  /** Calls each of them. What they throw surfaces as uncaught. */
  tell(scheduler: Scheduler, call: (observer: Observer<Peer>) => void): void {
    for (const observer of this.#list) {
      try {
        call(observer);
      } catch (exception) {
        scheduler.reportUncaught(exception);
      }
    }
  }

  #become(list: readonly Observer<Peer>[]): void {
    this.#list = list;
    this.wantsFrames = list.some(({ frame }) => frame !== undefined);
    this.wantsMessages = list.some(({ message }) => message !== undefined);
  }
}

/** Of connections that nobody observes. */
export const NO_OBSERVERS = new Observers<never>();
