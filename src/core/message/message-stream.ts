// A message that is read while it arrives, as the application holds it. The parts are in a queue (part-queue.ts).

import { ByteCollector } from '../bytes.ts';
import { webSocketError } from '../errors.ts';
import { PartQueue } from './part-queue.ts';

/** The queue behind a stream: for those who fill it, and for those who pass it on as bytes. */
export let partsOf: (stream: MessageStream) => PartQueue;

/** Takes the parts for a reader. @throws WebSocketError ERR_WS_STREAM_USED if there is one */
export let takeParts: (stream: MessageStream) => PartQueue;

/** Drops a message that nobody has begun to read. */
export let dropUnread: (stream: MessageStream) => void;

/**
 * A message that is read while it arrives: what a `message` handler or `for await` gets instead of the whole message
 * with `streamAbove`.
 *
 * Read it to its end, by `for await`, {@link text} or {@link bytes}, or call {@link cancel}. What you do not take waits,
 * up to 256 KiB; then the peer is held back by TCP. Everything that the peer sends after the message waits with it:
 * pings, its Close frame, the next message.
 *
 * `for await (const part of message)` gives parts of any size, none of them empty: a binary message as bytes that belong
 * to you (on Node Buffers), a text as strings that are cut between characters, or with `textMessages: 'bytes'` as bytes.
 * How a message is cut has no meaning. If you leave the loop early, the rest of the message is dropped as it comes, and
 * the connection stays open. `ReadableStream.from(message)` and Node's `Readable.from(message)` make streams of it.
 *
 * If the connection ends within the message, reading throws a WebSocketError, after the parts that have arrived: that of
 * a connection that failed or was lost (ERR_WS_LOST …), or ERR_WS_MESSAGE_CUT after a `close()`.
 *
 * @typeParam Bytes  type of the parts of a binary message
 */
export class MessageStream<Bytes extends Uint8Array = Uint8Array> implements AsyncIterable<string | Bytes> {
  /** Whether it is a binary message. */
  readonly isBinary: boolean;
  readonly #parts: PartQueue;
  readonly #limit: number;
  #isTaken = false;

  static {
    partsOf = (stream) => stream.#parts;
    takeParts = (stream) => stream.#take();
    dropUnread = (stream) => {
      if (stream.#isTaken) return;
      stream.#parts.drop(() => webSocketError('ERR_WS_STREAM_UNREAD'));
    };
  }

  /** For connections. */
  constructor(parts: object, limit: number) {
    if (!(parts instanceof PartQueue)) {
      const expected = 'nothing: message streams are not constructed; the message handler gets them with streamAbove';
      throw webSocketError('ERR_WS_OPTION', 'first argument of new MessageStream', parts, expected);
    }
    this.isBinary = parts.isBinary;
    this.#parts = parts;
    this.#limit = limit;
  }

  /** Bytes of the message that have arrived so far. */
  get received(): number {
    return this.#parts.received;
  }

  #take(): PartQueue {
    if (this.#isTaken) throw webSocketError('ERR_WS_STREAM_USED');
    this.#isTaken = true;
    return this.#parts;
  }

  /**
   * Reads the parts. To be called once.
   *
   * @throws WebSocketError ERR_WS_STREAM_USED
   */
  [Symbol.asyncIterator](): AsyncIterator<string | Bytes, undefined> {
    const parts = this.#take();
    return {
      next: async () => {
        const part = await parts.next();
        if (part === undefined) return { value: undefined, done: true };
        const value = parts.givesStrings ? parts.text.decode(part, 0, part.length) : (part as Bytes);
        return { value, done: false };
      },
      return: () => {
        parts.drop();
        return Promise.resolve({ value: undefined, done: true });
      },
    };
  }

  /**
   * Reads the whole message as bytes; of a text, its UTF-8.
   *
   * @param limit  Bytes that it may have. Default: `limits.maxMessageSize` of the connection.
   * @returns bytes that belong to you.
   * @throws (rejects) WebSocketError ERR_WS_STREAM_LIMIT if it has more, and the rest of it is dropped; ERR_WS_STREAM_USED;
   *         and as reading does.
   */
  async bytes(limit: number = this.#limit): Promise<Bytes> {
    if (limit !== Infinity && (!Number.isSafeInteger(limit) || limit < 0)) {
      throw webSocketError('ERR_WS_OPTION', 'limit', limit, 'an integer of at least 0, or Infinity');
    }
    const parts = this.#take();
    const collector = new ByteCollector(parts.memory);
    for (let part = await parts.next(); part !== undefined; part = await parts.next()) {
      if (collector.size + part.length > limit) {
        parts.drop();
        throw webSocketError('ERR_WS_STREAM_LIMIT', limit);
      }
      collector.append(part, 0, part.length, 0);
    }
    return collector.take() as Bytes;
  }

  /**
   * Reads the whole message as text.
   *
   * @param limit  As for {@link bytes}, in bytes of UTF-8.
   * @throws (rejects) WebSocketError as {@link bytes}; ERR_WS_NOT_TEXT for a binary message that is not UTF-8.
   */
  async text(limit?: number): Promise<string> {
    const bytes = await this.bytes(limit);
    const { text } = this.#parts;
    if (this.isBinary && !text.isUtf8(bytes, 0, bytes.length)) throw webSocketError('ERR_WS_NOT_TEXT');
    return text.decode(bytes, 0, bytes.length);
  }

  /**
   * Drops the rest of the message as it comes, without reading it. A reader that waits gets the end. Harmless at the end,
   * and when repeated.
   */
  cancel(): void {
    this.#isTaken = true;
    this.#parts.drop();
  }
}
