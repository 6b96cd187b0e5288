// The messages of a client that resumes, as its application takes them: by the `message` handler, or by a loop.

import type { Buffer } from 'node:buffer';
import type { WebSocketError } from '../../core/errors.ts';
import { webSocketError } from '../../core/errors.ts';
import { dropUnread, MessageStream } from '../../core/message/message-stream.ts';
import { nodeHost } from '../../node/environment.ts';
import { callApplication } from '../../node/handlers.ts';
import type { Payload } from '../protocol/ports.ts';
import { dataOf } from './messages.ts';
import { PulledMessages } from './pulled-messages.ts';
import type { MessageTaker } from './received-messages.ts';

export type TakenMessage = string | Buffer | MessageStream;

/** The `message` handler, with its object. */
export type MessageHandler = (data: TakenMessage, isBinary: boolean) => unknown;

export class ApplicationMessages implements MessageTaker {
  readonly #handler: MessageHandler | undefined;
  /** The `failed` handler. Absent: exceptions are uncaught, rejections are unhandled. */
  readonly #failed: ((error: unknown) => unknown) | undefined;
  readonly #context = nodeHost.contexts.capture();
  /** Present without a handler. */
  readonly #pulled: PulledMessages<TakenMessage> | undefined;

  constructor(handler: MessageHandler | undefined, failed: ((error: unknown) => unknown) | undefined) {
    this.#handler = handler;
    this.#failed = failed;
    this.#pulled = handler === undefined ? new PulledMessages() : undefined;
  }

  message(data: Payload, isBinary: boolean): Promise<void> | undefined {
    return this.#pulled === undefined ? this.#call(dataOf(data), isBinary) : this.#pulled.add(dataOf(data));
  }

  stream(message: MessageStream): Promise<void> | undefined {
    if (this.#pulled !== undefined) return this.#pulled.add(message);
    const running = this.#call(message, message.isBinary);
    if (running !== undefined) return running.then(() => dropUnread(message));
    dropUnread(message);
    return undefined;
  }

  /** Nothing follows. */
  end(error: WebSocketError | undefined): void {
    this.#pulled?.end(error);
  }

  /**
   * Pulls them. A message is handled when the next one is asked for.
   *
   * @throws WebSocketError ERR_WS_ITERATING if a handler takes them; what they have ended with
   */
  pull(): AsyncGenerator<TakenMessage, void> {
    if (this.#pulled === undefined) throw webSocketError('ERR_WS_ITERATING');
    return read(this.#pulled);
  }

  #call(data: TakenMessage, isBinary: boolean): Promise<void> | undefined {
    let result: unknown;
    nodeHost.contexts.run(this.#context, () =>
      callApplication(() => {
        result = this.#handler?.(data, isBinary);
        return result;
      }, this.#failed),
    );
    if (!isThenable(result)) return undefined;
    const settled = Promise.resolve(result);
    // To wait for it counts as handling its rejection, which without `failed` must surface all the same.
    if (this.#failed === undefined) settled.then(undefined, rethrow);
    return settled.then(ignore, ignore);
  }
}

async function* read(messages: PulledMessages<TakenMessage>): AsyncGenerator<TakenMessage, void> {
  for (let pulled = await messages.next(); pulled !== undefined; pulled = await messages.next()) {
    const { message, done } = pulled;
    yield message;
    if (message instanceof MessageStream) dropUnread(message);
    done();
  }
}

function isThenable(result: unknown): result is PromiseLike<unknown> {
  return typeof result === 'object' && result !== null && 'then' in result;
}

function ignore(): void {}

function rethrow(reason: unknown): never {
  throw reason;
}
