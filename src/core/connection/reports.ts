// What the application of a connection is told: by its handlers, by the queue that it pulls messages from, and by the
// promise of the end. Handlers run in the context of the connection (`Contexts`). What they throw or reject with does not
// disturb the connection's own work. It goes to the `failed` handler, and the connection is closed with 1011. Without
// `failed`, exceptions surface as uncaught and rejections as unhandled.

import { CloseCode } from '../constants.ts';
import { type WebSocketError, webSocketError } from '../errors.ts';
import { dropUnread, type MessageStream } from '../message/message-stream.ts';
import type { SentCallback } from '../message/sent-callbacks.ts';
import type { Context, Host } from '../ports.ts';
import type { CloseEvent } from './close-event.ts';
import { Deferred } from './deferred.ts';
import type { ConnectionHandlers } from './handlers.ts';
import { MessageQueue, type Pausable } from './message-queue.ts';
import type { ConnectionState } from './state.ts';

/** All that the peer learns about a failure of the application. */
const FAILED = 'internal error';

/** The connection that is reported on. */
export interface ReportsOwner<Peer> extends Pausable {
  /** What handlers are given. */
  readonly peer: Peer;
  readonly host: Host;
  readonly isOpen: boolean;
  readonly state: ConnectionState;
  /** Tells observers, before the handler. */
  opening?(): void;
  /** Closes it as the application does. */
  closeByApplication(code: number, reason: string): unknown;
}

export class Reports<Peer> {
  readonly #owner: ReportsOwner<Peer>;
  readonly #handlers: ConnectionHandlers<Peer>;
  /** The context in which the connection was made. Absent: none. */
  readonly #context: Context | undefined;
  #queue: MessageQueue | undefined;
  #closed: Deferred<CloseEvent> | undefined;

  constructor(owner: ReportsOwner<Peer>, handlers: ConnectionHandlers<Peer>) {
    this.#owner = owner;
    this.#handlers = handlers;
    this.#context = owner.host.contexts.capture();
  }

  /** Resolves when `close` is reported. */
  get closed(): Promise<CloseEvent> {
    this.#closed ??= new Deferred();
    return this.#closed.promise;
  }

  /**
   * Keeps messages for a reader from now on, and does not give them to a handler.
   *
   * @throws WebSocketError ERR_WS_ITERATING if a `message` handler takes the messages
   */
  queueMessages(): MessageQueue {
    if (this.#queue !== undefined) return this.#queue;
    if (this.#handlers.message !== undefined) throw webSocketError('ERR_WS_ITERATING');
    const owner = this.#owner;
    this.#queue = new MessageQueue(owner, () => {
      if (owner.isOpen) owner.closeByApplication(CloseCode.normal, '');
    });
    if (owner.state.kind === 'closed') this.#queue.end(owner.state.event.error);
    return this.#queue;
  }

  /** Whether a handler takes the messages, which may then be lent: nothing has to keep them. */
  get hasMessageHandler(): boolean {
    return this.#handlers.message !== undefined;
  }

  open(): void {
    this.#owner.opening?.();
    if (this.#handlers.open !== undefined) this.#tell(() => this.#handlers.open?.(this.#owner.peer));
  }

  /** Calls a function of the application's as a handler is called. */
  tell(handler: (peer: Peer) => unknown): void {
    this.#tell(() => handler(this.#owner.peer));
  }

  messageReceived(data: string | Uint8Array, isBinary: boolean, fragments?: readonly number[]): void {
    if (this.#queue !== undefined) {
      // When the host closes, a reader that has stopped must not keep us from seeing the peer's Close frame.
      if (this.#owner.isOpen || !this.#queue.isFull) this.#queue.enqueue(data);
      return;
    }
    if (this.#context !== undefined) {
      this.#tell(() => this.#handlers.message?.(this.#owner.peer, data, isBinary, fragments));
      return;
    }
    // Without its own context, a connection shares that of its transport, in which messages arrive.
    try {
      const result = this.#handlers.message?.(this.#owner.peer, data, isBinary, fragments);
      if (result !== undefined) this.#await(result);
    } catch (exception) {
      this.#failed(exception);
    }
  }

  /**
   * A message that is lent, for the `message` handler.
   *
   * @returns what resolves when the handler's promise settles; `undefined` if it returned none. It never rejects
   */
  lentReceived(data: string | Uint8Array, isBinary: boolean, fragments?: readonly number[]): Promise<void> | undefined {
    if (this.#context === undefined) return this.#lend(data, isBinary, fragments);
    let done: Promise<void> | undefined;
    this.#owner.host.contexts.run(this.#context, () => {
      done = this.#lend(data, isBinary, fragments);
    });
    return done;
  }

  /**
   * A message that a link brings (link.ts).
   *
   * @returns what resolves when the application has handled it: its handler has returned and the promise that it returned
   *          has settled, or a loop has pulled it; `undefined` if it has already. It never rejects
   */
  linkReceived(data: string | Uint8Array, isBinary: boolean): Promise<void> | undefined {
    if (this.#queue !== undefined) return this.#queue.enqueueTold(data);
    return this.lentReceived(data, isBinary);
  }

  #lend(
    data: string | Uint8Array,
    isBinary: boolean,
    fragments: readonly number[] | undefined,
  ): Promise<void> | undefined {
    try {
      const result: unknown = this.#handlers.message?.(this.#owner.peer, data, isBinary, fragments);
      if (!isThenable(result)) return undefined;
      const settled = Promise.resolve(result);
      // To wait for it counts as handling its rejection, which without `failed` must surface all the same.
      if (this.#handlers.failed === undefined) settled.then(undefined, rethrow);
      else this.#await(settled);
      return settled.then(ignore, ignore);
    } catch (exception) {
      this.#failed(exception);
      return undefined;
    }
  }

  /**
   * A message that is given in parts begins. If nobody has begun to read it when its handler is done, it is dropped.
   *
   * @returns what resolves when the handler is done, or a loop has pulled it; `undefined` if that is so already
   */
  streamReceived(stream: MessageStream): Promise<void> | undefined {
    if (this.#queue !== undefined) {
      if (this.#owner.isOpen || !this.#queue.isFull) return this.#queue.enqueueTold(stream);
      stream.cancel();
      return undefined;
    }
    let result: unknown;
    this.#tell(() => {
      const handlers: ConnectionHandlers<Peer, MessageStream> = this.#handlers as ConnectionHandlers<Peer, never>;
      result = handlers.message?.(this.#owner.peer, stream, stream.isBinary);
      return result;
    });
    if (!isThenable(result)) {
      dropUnread(stream);
      return undefined;
    }
    return Promise.resolve(result)
      .then(ignore, ignore)
      .then(() => dropUnread(stream));
  }

  /** Drops the messages that wait to be pulled. */
  discard(): void {
    this.#queue?.discard();
  }

  /** `payload` is copied. */
  pingReceived(payload: Uint8Array): void {
    if (this.#handlers.ping === undefined) return;
    const copy = this.#copy(payload);
    this.#tell(() => this.#handlers.ping?.(this.#owner.peer, copy));
  }

  /** `payload` is copied. */
  pongReceived(payload: Uint8Array): void {
    if (this.#handlers.pong === undefined) return;
    const copy = this.#copy(payload);
    this.#tell(() => this.#handlers.pong?.(this.#owner.peer, copy));
  }

  drained(): void {
    if (this.#handlers.drain !== undefined) this.#tell(() => this.#handlers.drain?.(this.#owner.peer));
  }

  /** Tells the host, whose exceptions are not the application's. */
  closing(): void {
    this.#handlers.closing?.(this.#owner.peer);
  }

  error(error: WebSocketError): void {
    this.#tell(() => this.#handlers.error?.(this.#owner.peer, error));
  }

  close(event: CloseEvent): void {
    this.#tell(() => this.#handlers.close?.(this.#owner.peer, event));
    this.#queue?.end(event.error);
    this.#closed?.resolve(event);
  }

  /** Makes a callback of the application safe to call later: it runs in the context of the present call, and does not throw. */
  bind(callback: SentCallback): (error?: WebSocketError) => void {
    const context = this.#owner.host.contexts.current();
    return (error) => this.#call(context, () => callback(error));
  }

  /** Calls a handler in the context of the connection. The event may have come about in another one. */
  #tell(handler: () => unknown): void {
    this.#call(this.#context, handler);
  }

  #call(context: Context | undefined, callback: () => unknown): void {
    this.#owner.host.contexts.run(context, () => {
      try {
        const result = callback();
        if (result !== undefined) this.#await(result);
      } catch (exception) {
        this.#failed(exception);
      }
    });
  }

  /** Waits for what a handler returned, if that is a promise and `failed` is there for its rejection. */
  #await(result: unknown): void {
    if (this.#handlers.failed !== undefined && isThenable(result)) {
      Promise.resolve(result).then(undefined, (reason: unknown) => this.#failed(reason));
    }
  }

  #failed(error: unknown): void {
    const owner = this.#owner;
    const handlers = this.#handlers;
    if (handlers.failed === undefined) {
      this.#owner.host.scheduler.reportUncaught(error);
      return;
    }
    this.#owner.host.contexts.run(this.#context, () => {
      try {
        handlers.failed?.(owner.peer, error);
      } catch (exception) {
        this.#owner.host.scheduler.reportUncaught(exception);
      }
    });
    if (owner.isOpen) owner.closeByApplication(CloseCode.internalError, FAILED);
  }

  #copy(bytes: Uint8Array): Uint8Array {
    const copy = this.#owner.host.memory.allocate(bytes.length);
    copy.set(bytes);
    return copy;
  }
}

function isThenable(result: unknown): result is object {
  return typeof result === 'object' && result !== null && 'then' in result;
}

function ignore(): void {}

function rethrow(reason: unknown): never {
  throw reason;
}
