// Compressed messages among those that arrive (RFC 7692 §6.2, §7.2.2): stands between decoder and assembler where
// permessage-deflate was agreed, inflates what a frame with RSV1 begins, and passes everything else on. What comes out
// goes through the assembler like bytes from the wire, so UTF-8 is judged as soon as it is inflated.
// What a chunk holds in front of an error of its own in DEFLATE is lost with it: a text that has both that and invalid
// UTF-8 fails with 1007 wherever it is cut, but which of the two is named depends on the cut.

import { FIN_BIT, OPCODE_BITS, Opcode, RSV1_BIT } from '../constants.ts';
import { webSocketError, webSocketErrorFrom } from '../errors.ts';
import type { MessageCompression } from '../extension/message-compression.ts';
import type { DataFrameReceiver } from '../frame/decoder.ts';
import type { Inflater } from '../ports.ts';
import type { Assembler, MessageLimits } from './assembler.ts';

/**
 * What inflates to less may do so at any ratio: a page of blanks is no attack. A peer that opens a message and sends a
 * thousandth of what we then hold, on many connections, is.
 */
const RATIO_FROM = 4 * 1024 * 1024;

export class Inflation implements DataFrameReceiver {
  readonly #assembler: Assembler;
  readonly #compression: MessageCompression;
  #limit = 0;
  #maxRatio = 0;
  /** Whether the message that is arriving is compressed. */
  #isCompressed = false;
  /** Compressed bytes of it so far. */
  #size = 0;
  /** Bytes that it has inflated to so far. */
  #inflated = 0;

  constructor(assembler: Assembler, compression: MessageCompression) {
    this.#assembler = assembler;
    this.#compression = compression;
  }

  /** @param limits  also of what a message inflates to; what arrives of it is counted by the assembler */
  serve(limits: MessageLimits): void {
    this.#limit = limits.maxMessageSize;
    this.#maxRatio = limits.maxInflateRatio;
  }

  begin(first: number, length: number): void {
    this.#assembler.begin(first, length);
    // §6: RSV1 of its first frame tells for the whole message. The decoder lets it pass nowhere else.
    if ((first & OPCODE_BITS) === Opcode.continuation) return;
    this.#isCompressed = (first & RSV1_BIT) !== 0;
    this.#size = 0;
    this.#inflated = 0;
  }

  whole(first: number, chunk: Uint8Array, start: number, end: number, bits: number): void {
    if (!this.#isCompressed) {
      this.#assembler.whole(first, chunk, start, end, bits);
      return;
    }
    if (first < FIN_BIT || (first & OPCODE_BITS) === Opcode.continuation || start === end) {
      this.part(chunk, start, end, bits);
      this.end(first);
      return;
    }
    this.#size = end - start;
    const inflater = this.#compression.inflater(this.#limit);
    inflater.write(chunk, start, end, true);
    const size = this.#read(inflater);
    if (inflater.hasMore) {
      this.#pass(inflater.output, size);
      this.#readAll(inflater);
      this.#assembler.end(first);
    } else {
      this.#assembler.whole(first, inflater.output, 0, size, -1);
    }
  }

  part(chunk: Uint8Array, start: number, end: number, bits: number, remaining = 0): void {
    if (!this.#isCompressed) {
      this.#assembler.part(chunk, start, end, bits, remaining);
      return;
    }
    if (start === end) return;
    this.#size += end - start;
    const inflater = this.#compression.inflater(this.#limit);
    inflater.write(chunk, start, end, false);
    this.#readAll(inflater);
  }

  end(first: number): void {
    // A message without a single compressed byte is no DEFLATE, strictly; it is taken as empty, for there are senders
    // whose zlib gives nothing for nothing instead of the 00 of §7.2.3.6.
    if (this.#isCompressed && first >= FIN_BIT && this.#size > 0) {
      const inflater = this.#compression.inflater(this.#limit);
      inflater.write(NOTHING, 0, 0, true);
      this.#readAll(inflater);
    }
    this.#assembler.end(first);
  }

  #readAll(inflater: Inflater): void {
    while (inflater.hasMore) this.#pass(inflater.output, this.#read(inflater));
  }

  #pass(output: Uint8Array, size: number): void {
    if (size > 0) this.#assembler.part(output, 0, size, -1, 0);
  }

  #read(inflater: Inflater): number {
    const size = this.#inflate(inflater);
    this.#inflated += size;
    if (this.#inflated >= RATIO_FROM && this.#inflated > this.#maxRatio * this.#size) {
      throw webSocketError('ERR_WS_INFLATE_RATIO', this.#inflated, this.#size, this.#maxRatio);
    }
    return size;
  }

  #inflate(inflater: Inflater): number {
    try {
      return inflater.read();
    } catch (error) {
      if (error instanceof RangeError) throw webSocketError('ERR_WS_MESSAGE_TOO_LARGE', this.#limit + 1, this.#limit);
      throw webSocketErrorFrom(error, 'ERR_WS_INFLATE', error instanceof Error ? error.message : String(error));
    }
  }
}

const NOTHING = new Uint8Array(0);
