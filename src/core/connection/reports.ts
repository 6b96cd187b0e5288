// What the application of a connection is told: by its handlers, by a queue that it pulls messages from, by the promise
// of the end. Exceptions of the application are its own: they surface as uncaught ones and disturb nothing here.

import { type WebSocketError, webSocketError } from '../errors.ts';
import type { Host } from '../ports.ts';
import type { Connection } from './connection.ts';
import { Deferred } from './deferred.ts';
import { MessageQueue } from './message-queue.ts';
import type { CloseEvent, ConnectionHandlers } from './options.ts';

export class Reports {
  readonly #connection: Connection;
  readonly #handlers: ConnectionHandlers;
  readonly #host: Host;
  #queue: MessageQueue | undefined;
  #closed: Deferred<CloseEvent> | undefined;

  constructor(connection: Connection, handlers: ConnectionHandlers, host: Host) {
    this.#connection = connection;
    this.#handlers = handlers;
    this.#host = host;
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

  message(data: string | Uint8Array): void {
    if (this.#queue !== undefined) {
      // When the host closes, a reader that has stopped must not keep the peer's Close from being seen.
      if (this.#connection.isOpen || !this.#queue.isFull) this.#queue.push(data);
      return;
    }
    try {
      this.#handlers.message?.(this.#connection, data);
    } catch (exception) {
      this.#host.scheduler.reportUncaught(exception);
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
    this.call(() => this.#handlers.ping?.(this.#connection, copy));
  }

  /** `payload` is copied. */
  pong(payload: Uint8Array): void {
    if (this.#handlers.pong === undefined) return;
    const copy = this.#copy(payload);
    this.call(() => this.#handlers.pong?.(this.#connection, copy));
  }

  drained(): void {
    this.call(() => this.#handlers.drain?.(this.#connection));
  }

  /** For the host, whose exceptions are no application's. */
  closing(): void {
    this.#handlers.closing?.(this.#connection);
  }

  error(error: WebSocketError): void {
    this.call(() => this.#handlers.error?.(this.#connection, error));
  }

  close(event: CloseEvent): void {
    this.call(() => this.#handlers.close?.(this.#connection, event));
    this.#queue?.end(event.error);
    this.#closed?.resolve(event);
  }

  /** Calls what the application gave. */
  call(callback: () => void): void {
    try {
      callback();
    } catch (exception) {
      this.#host.scheduler.reportUncaught(exception);
    }
  }

  #copy(bytes: Uint8Array): Uint8Array {
    const copy = this.#host.memory.allocate(bytes.length);
    copy.set(bytes);
    return copy;
  }
}
