// Compressed messages among those that arrive (RFC 7692 §6.2, §7.2.2): stands between decoder and assembler where
// permessage-deflate was agreed, inflates what a frame with RSV1 begins, and passes everything else on. What comes out
// goes through the assembler like bytes from the wire, so UTF-8 is judged as soon as it is inflated.
//
// The memory of an unfinished message is bounded by the bytes that have arrived: within a frame, no more is inflated than
// `maxInflateRatio` times those, and the rest waits in its compressed form. A frame is judged when it is complete, so that
// it does not matter how TCP has cut it.
//
// A message that is given in parts is inflated as far as its sink has room. What is left goes on when there is room again.
//
// An error in DEFLATE hides the bytes before it in the same chunk. A text with both such an error and invalid UTF-8 fails
// with 1007 in any case; how it is cut decides which of the two the error names.

import { isError } from '../brands.ts';
import { ByteCollector } from '../bytes.ts';
import { FIN_BIT, OPCODE_BITS, Opcode, RSV1_BIT } from '../constants.ts';
import { webSocketError, webSocketErrorFrom } from '../errors.ts';
import type { MessageCompression } from '../extension/message-compression.ts';
import type { DataFrameReceiver } from '../frame/decoder.ts';
import type { Inflater, Memory } from '../ports.ts';
import type { TrafficCounts } from '../traffic-counts.ts';
import type { Assembler, MessageLimits } from './assembler.ts';

/** A whole message that inflates to less may do so at any ratio: a page of blanks is not an attack. Bytes. */
const WHOLE_RATIO_FROM = 4 * 1024 * 1024;
/**
 * The same for an incomplete message. A peer that opens messages on many connections, and sends a thousandth of what
 * we then hold, is an attack. Bytes.
 */
const UNFINISHED_RATIO_FROM = 64 * 1024;
/** Bytes that are inflated in one turn; the rest is for later ones, so that other connections are served meanwhile. */
const PER_TURN = 1024 * 1024;
/** What runtimes and zlib say where memory cannot be had, which is not a fault of the peer's bytes. */
export const NO_MEMORY = /alloc|memory|initiali[sz]ation failed/i;

export class Inflation implements DataFrameReceiver {
  readonly #assembler: Assembler;
  readonly #compression: MessageCompression;
  readonly #turnIsOver: () => boolean;
  /** Absent: nobody asks. */
  #counts: TrafficCounts | undefined;
  #limit = 0;
  #sizeBound: string | undefined;
  #maxRatio = 0;
  /** Whether the message that is arriving is compressed. */
  #isCompressed = false;
  /** Compressed bytes of it so far. */
  #size = 0;
  /** Bytes that it has inflated to so far. */
  #inflated = 0;
  /** The inflater has bytes of this frame left that it was not asked for, since they would exceed the ratio. */
  #isBehind = false;
  /** Compressed bytes that came after those. */
  readonly #waiting: ByteCollector;
  /** Whether messages may be given in parts. */
  #isStreaming = false;
  /** First byte of a frame that is complete but not inflated to its end; -1: there is none. */
  #unended = -1;
  /** The inflater has been told that the message ends. */
  #isTold = false;
  /** Bytes that were inflated in this turn. */
  #inTurn = 0;
  /** Something is left that only {@link goOn} inflates. */
  #isStopped = false;

  /** @param turnIsOver  so much was inflated that the rest should wait. Answers whether `goOn` follows in a later turn */
  constructor(assembler: Assembler, compression: MessageCompression, memory: Memory, turnIsOver: () => boolean) {
    this.#turnIsOver = turnIsOver;
    this.#assembler = assembler;
    this.#compression = compression;
    this.#waiting = new ByteCollector(memory);
  }

  /** Compressed bytes that wait for inflating. */
  get held(): number {
    return this.#waiting.size;
  }

  /** Frees the memory of a message that will never be finished. */
  discard(): void {
    this.#isBehind = false;
    this.#isStopped = false;
    this.#unended = -1;
    this.#waiting.clear();
  }

  /**
   * @param limits  they apply to the inflated size; the assembler counts the compressed one
   * @param isStreaming  whether messages may be given in parts
   */
  serve(limits: MessageLimits, isStreaming = false): void {
    this.#isStreaming = isStreaming;
    this.#limit = limits.maxMessageSize;
    this.#sizeBound = limits.sizeBound;
    this.#maxRatio = limits.maxInflateRatio;
  }

  /** Counts compressed messages from now on. */
  count(counts: TrafficCounts): void {
    this.#counts = counts;
  }

  begin(first: number, length: number): void {
    this.#assembler.begin(first, length);
    // RFC 7692 §6: RSV1 of its first frame tells for the whole message. The decoder lets it pass nowhere else.
    if ((first & OPCODE_BITS) === Opcode.continuation) return;
    this.#isCompressed = (first & RSV1_BIT) !== 0;
    this.#size = 0;
    this.#inflated = 0;
    this.#isBehind = false;
    this.#isTold = false;
  }

  whole(first: number, chunk: Uint8Array, start: number, end: number, bits: number): void {
    if (!this.#isCompressed) {
      this.#assembler.whole(first, chunk, start, end, bits);
      return;
    }
    const isMessage = first >= FIN_BIT && (first & OPCODE_BITS) !== Opcode.continuation && start < end;
    this.#size += end - start;
    if (!isMessage) {
      if (start < end) this.#compression.inflater(this.#limit).write(chunk, start, end, false);
      this.end(first);
      return;
    }
    const inflater = this.#compression.inflater(this.#limit);
    inflater.write(chunk, start, end, true);
    this.#isTold = true;
    const size = this.#read(inflater, WHOLE_RATIO_FROM);
    if (inflater.hasMore) {
      this.#pass(inflater.output, size);
      this.#end(first, inflater);
    } else {
      this.#counts?.compressed(1, this.#size, this.#inflated);
      this.#assembler.whole(first, inflater.output, 0, size, -1);
    }
  }

  part(chunk: Uint8Array, start: number, end: number, bits: number, remaining: number): void {
    if (!this.#isCompressed) {
      this.#assembler.part(chunk, start, end, bits, remaining);
      return;
    }
    if (start === end) return;
    this.#size += end - start;
    const inflater = this.#compression.inflater(this.#limit);
    if (this.#isBehind) this.#waiting.append(chunk, start, end, remaining);
    else inflater.write(chunk, start, end, false);
    this.#readWithinRatio(inflater);
  }

  end(first: number): void {
    // A message without a single compressed byte is not DEFLATE, strictly. It is taken as empty, because there are
    // senders whose zlib gives nothing for nothing instead of the 00 of RFC 7692 §7.2.3.6.
    if (this.#isCompressed && this.#size > 0) {
      this.#checkRatio(first >= FIN_BIT ? WHOLE_RATIO_FROM : UNFINISHED_RATIO_FROM);
      this.#end(first, this.#compression.inflater(this.#limit));
      return;
    }
    if (this.#isCompressed && first >= FIN_BIT) this.#counts?.compressed(1, 0, 0);
    this.#assembler.end(first);
  }

  /** Inflates a complete frame to its end, and passes that on; or as far as the sink has room. */
  #end(first: number, inflater: Inflater): void {
    const isLast = first >= FIN_BIT;
    const ratioFrom = isLast ? WHOLE_RATIO_FROM : UNFINISHED_RATIO_FROM;
    for (;;) {
      while (inflater.hasMore) {
        if (this.#mustStop()) {
          this.#unended = first;
          this.#keepInput(inflater);
          return;
        }
        this.#pass(inflater.output, this.#read(inflater, ratioFrom));
      }
      this.#isBehind = false;
      if (this.#waiting.size > 0) {
        const waiting = this.#waiting.take();
        inflater.write(waiting, 0, waiting.length, false);
      } else if (isLast && !this.#isTold) {
        this.#isTold = true;
        inflater.write(NOTHING, 0, 0, true);
      } else break;
    }
    this.#unended = -1;
    if (isLast) this.#counts?.compressed(1, this.#size, this.#inflated);
    this.#assembler.end(first);
  }

  /** Whether it has to wait: for room, or for another turn. */
  #mustStop(): boolean {
    if (!this.#assembler.isFull && (this.#inTurn < PER_TURN || !this.#turnIsOver())) return false;
    this.#isStopped = true;
    return true;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** A turn begins. */
  beginTurn(): void {
    this.#inTurn = 0;
  }

  /** Goes on with the input for which there was no room, or no time in the turn before. */
  goOn(): void {
    this.#isStopped = false;
    this.#inTurn = 0;
    const first = this.#unended;
    if (first < 0 && !this.#isBehind) return;
    const inflater = this.#compression.inflater(this.#limit);
    if (first >= 0) this.#end(first, inflater);
    else this.#readWithinRatio(inflater);
  }

  /** What the inflater has not read lies in a chunk. */
  #keepInput(inflater: Inflater): void {
    if (!this.#isBehind) inflater.keepInput();
    this.#isBehind = true;
  }

  /** Inflates as much of an incomplete frame as may be held; the rest waits for more of the frame. */
  #readWithinRatio(inflater: Inflater): void {
    const most = Math.max(UNFINISHED_RATIO_FROM, this.#maxRatio * this.#size);
    for (;;) {
      while (inflater.hasMore && this.#inflated < most && !this.#mustStop()) {
        this.#pass(inflater.output, this.#count(inflater));
      }
      if (inflater.hasMore) {
        // A stream may have a frame of any size, of which no more than a chunk must wait here.
        if (this.#isStreaming && this.#inflated >= most) this.#checkRatio(WHOLE_RATIO_FROM);
        this.#keepInput(inflater);
        return;
      }
      this.#isBehind = false;
      if (this.#waiting.size === 0) return;
      const waiting = this.#waiting.take();
      inflater.write(waiting, 0, waiting.length, false);
    }
  }

  #pass(output: Uint8Array, size: number): void {
    if (size > 0) this.#assembler.part(output, 0, size, -1, 0);
  }

  /** @param ratioFrom  bytes from which on the ratio is looked at */
  #read(inflater: Inflater, ratioFrom: number): number {
    const size = this.#count(inflater);
    this.#checkRatio(ratioFrom);
    return size;
  }

  #checkRatio(ratioFrom: number): void {
    if (this.#inflated < ratioFrom || this.#inflated <= this.#maxRatio * this.#size) return;
    throw webSocketError('ERR_WS_INFLATE_RATIO', this.#inflated, this.#size, this.#maxRatio);
  }

  #count(inflater: Inflater): number {
    const size = this.#inflate(inflater);
    this.#inflated += size;
    this.#inTurn += size;
    return size;
  }

  #inflate(inflater: Inflater): number {
    try {
      return inflater.read();
    } catch (error) {
      if (!isError(error)) throw webSocketErrorFrom(error, 'ERR_WS_INFLATE', String(error));
      if (NO_MEMORY.test(error.message)) throw error;
      if (error.name === 'RangeError') {
        throw webSocketError('ERR_WS_MESSAGE_TOO_LARGE', this.#limit + 1, this.#limit, this.#sizeBound);
      }
      throw webSocketErrorFrom(error, 'ERR_WS_INFLATE', error.message);
    }
  }
}

const NOTHING = new Uint8Array(0);
