// What goes in one direction, over all connections of a server or of the clients of a process. Frames are counted by their first
// bytes. Most frames have the first byte of the one before: such a frame costs a comparison and two additions of small integers.

import { FIN_BIT, Opcode, RSV1_BIT } from './constants.ts';

/** What went in one direction, over all connections. */
export interface TrafficMetrics {
  /**
   * Messages, by kind. Sent ones count when they are queued, so those that the policy for slow peers drops later are among
   * them. Received ones count when their last frame has arrived, or where they have only one, when its header has.
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
  /** Bytes of the payloads of these frames, as their headers say, compressed where they are. */
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
const COMPRESSED_MESSAGES = 258;
const COMPRESSED_BYTES = 259;
const UNCOMPRESSED_BYTES = 260;
const FRAGMENTED_TEXT = 261;
const FRAGMENTED_BINARY = 262;
const COLUMNS = 263;

/** The largest sum that is kept as a small integer, but for the last frame. */
const LARGEST = 2 ** 29;

export class TrafficCounts {
  readonly #counts = new Float64Array(COLUMNS);
  // Small integers, which cost least, until they are added to the counts: frames with the same first byte in a row, the bytes
  // of their payloads, and bytes of the transport.
  #first = FIN_BIT | Opcode.text;
  #frames = 0;
  #payload = 0;
  #wire = 0;

  /**
   * Counts a frame.
   *
   * @param first  its first byte, which has been checked
   * @param size   bytes of its payload
   */
  frame(first: number, size: number): void {
    if (first !== this.#first) this.#begin(first);
    this.#frames++;
    this.#payload += size;
  }

  /** Bytes that a transport has delivered, or was given. */
  wire(size: number): void {
    this.#wire += size;
    if (this.#wire > LARGEST) this.#settle(); // there are hardly more frames, and bytes in them
  }

  /** The last frame has ended a message in several. */
  fragmented(isBinary: boolean): void {
    this.#counts[isBinary ? FRAGMENTED_BINARY : FRAGMENTED_TEXT]++;
  }

  /** Counts a message that is sent `number` times, each in one frame. */
  published(first: number, size: number, number: number): void {
    this.#counts[first] += number;
    this.#counts[PAYLOAD_BYTES] += number * size;
  }

  #begin(first: number): void {
    this.#settle();
    this.#first = first;
  }

  #settle(): void {
    const counts = this.#counts;
    counts[this.#first] += this.#frames;
    counts[PAYLOAD_BYTES] += this.#payload;
    counts[WIRE_BYTES] += this.#wire;
    this.#frames = 0;
    this.#payload = 0;
    this.#wire = 0;
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

  snapshot(): TrafficMetrics {
    this.#settle();
    const counts = this.#counts;
    const whole = (opcode: number): number => counts[FIN_BIT | opcode] + counts[FIN_BIT | RSV1_BIT | opcode];
    const frames = (opcode: number): number => {
      let sum = 0;
      for (let bits = 0; bits < 0x100; bits += 0x10) sum += counts[bits | opcode];
      return sum;
    };
    return {
      messages: {
        text: whole(Opcode.text) + counts[FRAGMENTED_TEXT],
        binary: whole(Opcode.binary) + counts[FRAGMENTED_BINARY],
      },
      frames: {
        text: frames(Opcode.text),
        binary: frames(Opcode.binary),
        continuation: frames(Opcode.continuation),
        close: frames(Opcode.close),
        ping: frames(Opcode.ping),
        pong: frames(Opcode.pong),
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

/** Counts that nobody asks for. */
export const UNASKED = new TrafficCounts();
