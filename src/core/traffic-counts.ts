// What goes in one direction, counted by frames. A frame costs two additions to an array of numbers: one by its first
// byte, which tells its kind, whether it ends a message, and whether that is compressed; and one of its size. Everything
// else is added up when somebody asks.

import { FIN_BIT, OPCODE_BITS, Opcode, RSV1_BIT } from './constants.ts';

/** What went in one direction, over all connections. */
export interface TrafficMetrics {
  /**
   * Complete messages, by kind. Received ones count when their last frame has arrived, before the application gets them;
   * sent ones when they are queued, so those that the policy for slow peers drops later are among them.
   */
  readonly messages: { readonly text: number; readonly binary: number };
  /** Frames by kind (RFC 6455 §5.2). `text` and `binary` begin a message, `continuation` goes on with it. */
  readonly frames: {
    readonly text: number;
    readonly binary: number;
    readonly continuation: number;
    readonly close: number;
    readonly ping: number;
    readonly pong: number;
  };
  /** Bytes of the payloads of these frames, compressed where they are. */
  readonly payloadBytes: number;
  /**
   * Bytes that the transport has delivered or was given, frame headers included, without the HTTP of the handshake and
   * without what TLS adds.
   */
  readonly wireBytes: number;
  /** The messages among them that were compressed (RFC 7692). */
  readonly compressed: {
    readonly messages: number;
    /** Bytes of their payloads on the wire. */
    readonly bytes: number;
    /** Bytes of the messages themselves. */
    readonly uncompressedBytes: number;
  };
}

// The columns behind the 256 values of a first byte.
const PAYLOAD_BYTES = 256;
const WIRE_BYTES = 257;
const FRAGMENTED_TEXT = 258;
const FRAGMENTED_BINARY = 259;
const COMPRESSED_MESSAGES = 260;
const COMPRESSED_BYTES = 261;
const UNCOMPRESSED_BYTES = 262;
const COLUMNS = 263;

export class TrafficCounts {
  readonly #counts = new Float64Array(COLUMNS);

  /**
   * Counts a complete frame.
   *
   * @param first  its first byte, which has been checked
   * @param size   bytes of its payload
   */
  frame(first: number, size: number): void {
    const counts = this.#counts;
    counts[first]++;
    counts[PAYLOAD_BYTES] += size;
  }

  /** Bytes that a transport has delivered, or was given. */
  wire(size: number): void {
    this.#counts[WIRE_BYTES] += size;
  }

  /** The message that the last frame ended came in several. @param first  the first byte of its first frame */
  fragmented(first: number): void {
    this.#counts[(first & OPCODE_BITS) === Opcode.text ? FRAGMENTED_TEXT : FRAGMENTED_BINARY]++;
  }

  /**
   * A message, or a part of one, is compressed.
   *
   * @param messages      1 where it is complete, 0 for another part
   * @param size          bytes on the wire
   * @param uncompressed  bytes of the data
   */
  compressed(messages: number, size: number, uncompressed: number): void {
    const counts = this.#counts;
    counts[COMPRESSED_MESSAGES] += messages;
    counts[COMPRESSED_BYTES] += size;
    counts[UNCOMPRESSED_BYTES] += uncompressed;
  }

  /** Frames of one kind. */
  frames(opcode: number): number {
    const counts = this.#counts;
    let sum = 0;
    for (let bits = 0; bits < 0x100; bits += 0x10) sum += counts[bits | opcode];
    return sum;
  }

  snapshot(): TrafficMetrics {
    const counts = this.#counts;
    const whole = (opcode: number): number => counts[FIN_BIT | opcode] + counts[FIN_BIT | RSV1_BIT | opcode];
    return {
      messages: {
        text: whole(Opcode.text) + counts[FRAGMENTED_TEXT],
        binary: whole(Opcode.binary) + counts[FRAGMENTED_BINARY],
      },
      frames: {
        text: this.frames(Opcode.text),
        binary: this.frames(Opcode.binary),
        continuation: this.frames(Opcode.continuation),
        close: this.frames(Opcode.close),
        ping: this.frames(Opcode.ping),
        pong: this.frames(Opcode.pong),
      },
      payloadBytes: counts[PAYLOAD_BYTES],
      wireBytes: counts[WIRE_BYTES],
      compressed: {
        messages: counts[COMPRESSED_MESSAGES],
        bytes: counts[COMPRESSED_BYTES],
        uncompressedBytes: counts[UNCOMPRESSED_BYTES],
      },
    };
  }
}
