// Compression of the messages of one connection as its handshake agreed (RFC 7692 §7.2): which end uses which window,
// and contexts that are made when the first message needs them and given back with the connection.

import type { Role } from '../constants.ts';
import type { Compression, Deflater, DeflaterOptions, Inflater, InflaterOptions, Memory } from '../ports.ts';
import type { CompressionOptions } from './compression-settings.ts';
import { formatExtensions } from './negotiation.ts';
import type { AcceptedDeflate } from './permessage-deflate.ts';

/** RFC 7692 §7.2.3.6: an empty message is one empty stored block without its tail. */
const EMPTY_MESSAGE = Uint8Array.of(0x00);

/** One for each connection that agreed on permessage-deflate. */
export class MessageCompression {
  /** As in the response's Sec-WebSocket-Extensions. */
  readonly description: string;
  /** Messages of this many bytes or more are compressed. */
  readonly threshold: number;
  /** Connections of one host with the same number here can send each other's {@link deflateAlone}. */
  readonly parameters: number;
  readonly #compression: Compression;
  readonly #deflaterOptions: DeflaterOptions;
  readonly #inflaterOptions: Omit<InflaterOptions, 'limit'>;
  #deflater: Deflater | undefined;
  #inflater: Inflater | undefined;

  /** @param role  our own */
  constructor(role: Role, accepted: AcceptedDeflate, options: CompressionOptions, compression: Compression) {
    const { extension, agreement } = accepted;
    const client = {
      windowBits: agreement.clientMaxWindowBits,
      keepsContext: !agreement.clientNoContextTakeover,
    };
    const server = {
      windowBits: agreement.serverMaxWindowBits,
      keepsContext: !agreement.serverNoContextTakeover,
    };
    this.description = formatExtensions([extension]);
    this.threshold = options.threshold;
    this.#compression = compression;
    this.#deflaterOptions = {
      ...(role === 'server' ? server : client),
      level: options.level,
      memLevel: options.memLevel,
    };
    const { windowBits, level, memLevel } = this.#deflaterOptions;
    this.parameters = (windowBits << 8) | (level << 4) | memLevel;
    this.#inflaterOptions = role === 'server' ? client : server;
  }

  /**
   * The payload that the message `bytes[start, end)` travels as, only valid until the next call; or `undefined` when it
   * is better sent as it is. With a context that is kept it always goes compressed: the peer's window has to follow ours.
   */
  deflate(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
    if (start === end) return EMPTY_MESSAGE;
    this.#deflater ??= this.#compression.deflater(this.#deflaterOptions);
    const payload = this.#deflater.deflate(bytes, start, end);
    return this.isLarger(payload.length, end - start) ? undefined : payload;
  }

  /**
   * The payload that a fragment travels as: all of it can be inflated before the next fragment comes (RFC 7692 §7.2.1).
   * Between the first and the last fragment of a message, no other may be deflated.
   *
   * @returns memory of the caller's
   * @throws what zlib has thrown. The next fragment then begins without a context
   */
  deflateFragment(bytes: Uint8Array, isFinal: boolean, memory: Memory): Uint8Array {
    this.#deflater ??= this.#compression.deflater(this.#deflaterOptions);
    const deflater = this.#deflater;
    try {
      deflater.write(bytes, 0, bytes.length, isFinal ? 'last' : 'flushed');
      let payload: Uint8Array = new Uint8Array(0);
      while (deflater.hasMore) {
        const size = deflater.read();
        const longer = memory.allocate(payload.length + size);
        longer.set(payload);
        longer.set(deflater.output.subarray(0, size), payload.length);
        payload = longer;
      }
      return payload;
    } catch (error) {
      deflater.close();
      this.#deflater = undefined;
      throw error;
    }
  }

  /** The deflater, for one message in parts at a time. */
  deflaterOfParts(): Deflater {
    this.#deflater ??= this.#compression.deflater(this.#deflaterOptions);
    return this.#deflater;
  }

  /** A message in parts will not be finished. The next message begins without a context. */
  abandonParts(): void {
    this.#deflater?.close();
    this.#deflater = undefined;
  }

  /**
   * Whether a message that was deflated to `size` bytes is better sent as it is. With a context that is kept it never is.
   */
  isLarger(size: number, plainSize: number): boolean {
    return size >= plainSize && !this.#deflaterOptions.keepsContext;
  }

  /**
   * As {@link deflate}, without any context: the result refers to no other message.
   *
   * @returns `undefined`: send the message uncompressed
   */
  deflateAlone(message: Uint8Array): Uint8Array | undefined {
    if (message.length === 0) return EMPTY_MESSAGE;
    const deflater = this.#compression.deflater({ ...this.#deflaterOptions, keepsContext: false });
    const payload = deflater.deflate(message, 0, message.length);
    deflater.close();
    return payload.length < message.length ? payload : undefined;
  }

  /** A deflater for one message in parts, without any context: see {@link deflateAlone}. It is the caller's to close. */
  deflaterAlone(): Deflater {
    return this.#compression.deflater({ ...this.#deflaterOptions, keepsContext: false });
  }

  /**
   * A message of {@link deflateAlone} is sent. With context takeover the peer's window takes it in, but ours did not:
   * the next message that is compressed for this peer begins with an empty window, so that it refers to nothing before
   * itself. The peer need not know (RFC 7692 §7.2.1 leaves it to the sender what to refer to).
   */
  endSendingContext(): void {
    if (this.#deflater === undefined || !this.#deflaterOptions.keepsContext) return;
    this.#deflater.close();
    this.#deflater = undefined;
  }

  /** The inflater of received messages. @param limit  bytes that one message may have */
  inflater(limit: number): Inflater {
    this.#inflater ??= this.#compression.inflater({ ...this.#inflaterOptions, limit });
    return this.#inflater;
  }

  /** Nothing more is read: that context is given back. */
  endReceiving(): void {
    this.#inflater?.close();
    this.#inflater = undefined;
  }

  /** The connection is gone: everything is given back. */
  close(): void {
    this.endReceiving();
    this.#deflater?.close();
    this.#deflater = undefined;
  }
}
