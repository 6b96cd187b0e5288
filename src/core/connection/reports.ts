// What the application of a connection is told: by its handlers, by a queue that it pulls messages from, by the promise
// of the end. Handlers run in the context of the connection (`Contexts`). What they throw, or reject with, is the
// application's own and disturbs nothing here: its `failed` handler takes it, and the connection is closed with 1011;
// without one, exceptions surface as uncaught and rejections as unhandled.

import { CloseCode } from '../constants.ts';
import { type WebSocketError, webSocketError } from '../errors.ts';
import type { SentCallback } from '../message/sent-callbacks.ts';
import type { Context, Host } from '../ports.ts';
import type { CloseEvent } from './close-event.ts';
import type { Connection } from './connection.ts';
import { Deferred } from './deferred.ts';
import type { ConnectionHandlers } from './handlers.ts';
import { MessageQueue } from './message-queue.ts';

/** All that a peer learns of a failure of the application. */
const FAILED = 'internal error';

export class Reports {
  readonly #connection: Connection;
  readonly #handlers: ConnectionHandlers;
  readonly #host: Host;
  /** Where the connection was made. Absent: outside of any. */
  readonly #context: Context | undefined;
  #queue: MessageQueue | undefined;
  #closed: Deferred<CloseEvent> | undefined;

  constructor(connection: Connection, handlers: ConnectionHandlers, host: Host) {
    this.#connection = connection;
    this.#handlers = handlers;
    this.#host = host;
    this.#context = host.contexts.capture();
  }

  /** Resolves with `close`. */
  get closed(): Promise<CloseEvent> {
    this.#closed ??= new Deferred();
    return this.#closed.promise;
  }

  /** @throws WebSocketError ERR_WS_ITERATING when a `message` handler takes the messages */
  queueMessages(): MessageQueue {
    if (this.#queue !== undefined) return this.#queue;
    if (this.#handlers.message !== undefined) throw webSocketError('ERR_WS_ITERATING');
    const connection = this.#connection;
    this.#queue = new MessageQueue(connection, () => {
      if (connection.isOpen) void connection.close(1000);
    });
    if (connection.state.kind === 'closed') this.#queue.end(connection.state.event.error);
    return this.#queue;
  }

  open(): void {
    if (this.#handlers.open !== undefined) this.#tell(() => this.#handlers.open?.(this.#connection));
  }

  message(data: string | Uint8Array): void {
    if (this.#queue !== undefined) {
      // When the host closes, a reader that has stopped must not keep the peer's Close from being seen.
      if (this.#connection.isOpen || !this.#queue.isFull) this.#queue.push(data);
      return;
    }
    if (this.#context !== undefined) {
      this.#tell(() => this.#handlers.message?.(this.#connection, data));
      return;
    }
    // Without a context of its own a connection is where its transport is, which is where messages come from.
    try {
      const result = this.#handlers.message?.(this.#connection, data);
      if (result !== undefined) this.#await(result);
    } catch (exception) {
      this.#failed(exception);
    }
  }

  /** Nobody will pull the messages that wait. */
  discard(): void {
    this.#queue?.discard();
  }

  /** `payload` is copied. */
  ping(payload: Uint8Array): void {
    if (this.#handlers.ping === undefined) return;
    const copy = this.#copy(payload);
    this.#tell(() => this.#handlers.ping?.(this.#connection, copy));
  }

  /** `payload` is copied. */
  pong(payload: Uint8Array): void {
    if (this.#handlers.pong === undefined) return;
    const copy = this.#copy(payload);
    this.#tell(() => this.#handlers.pong?.(this.#connection, copy));
  }

  drained(): void {
    if (this.#handlers.drain !== undefined) this.#tell(() => this.#handlers.drain?.(this.#connection));
  }

  /** For the host, whose exceptions are no application's. */
  closing(): void {
    this.#handlers.closing?.(this.#connection);
  }

  error(error: WebSocketError): void {
    this.#tell(() => this.#handlers.error?.(this.#connection, error));
  }

  close(event: CloseEvent): void {
    this.#tell(() => this.#handlers.close?.(this.#connection, event));
    this.#queue?.end(event.error);
    this.#closed?.resolve(event);
  }

  /** What the application gives to a call, to be called later: in the context of that call. It does not throw. */
  bind(callback: SentCallback): (error?: WebSocketError) => void {
    const context = this.#host.contexts.current();
    return (error) => this.#call(context, () => callback(error));
  }

  /** Calls a handler, in the context of the connection: what has led to the event may be somebody else's doing. */
  #tell(handler: () => unknown): void {
    this.#call(this.#context, handler);
  }

  #call(context: Context | undefined, callback: () => unknown): void {
    this.#host.contexts.run(context, () => {
      try {
        const result = callback();
        if (result !== undefined) this.#await(result);
      } catch (exception) {
        this.#failed(exception);
      }
    });
  }

  /** What a handler has answered is of interest where it is a promise, and somebody wants to know of its rejection. */
  #await(result: unknown): void {
    if (this.#handlers.failed !== undefined && typeof result === 'object' && result !== null && 'then' in result) {
      Promise.resolve(result).then(undefined, (reason: unknown) => this.#failed(reason));
    }
  }

  #failed(error: unknown): void {
    const connection = this.#connection;
    const handlers = this.#handlers;
    if (handlers.failed === undefined) {
      this.#host.scheduler.reportUncaught(error);
      return;
    }
    this.#host.contexts.run(this.#context, () => {
      try {
        handlers.failed?.(connection, error);
      } catch (exception) {
        this.#host.scheduler.reportUncaught(exception);
      }
    });
    if (connection.isOpen) void connection.close(CloseCode.internalError, FAILED);
  }

  #copy(bytes: Uint8Array): Uint8Array {
    const copy = this.#host.memory.allocate(bytes.length);
    copy.set(bytes);
    return copy;
  }
}
