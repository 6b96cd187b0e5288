// One message that is sent in fragments as its bytes come (RFC 6455 §5.4): how they are cut, and compressed where that was
// agreed. Small parts are joined, and leave when a fragment is full or when the source makes us wait.

import { FIN_BIT, type Opcode, RSV1_BIT } from '../constants.ts';
import type { MessageCompression } from '../extension/message-compression.ts';
import type { Memory, PartEnd } from '../ports.ts';
import type { Sender } from './sender.ts';

/** Bytes of a fragment before it is compressed, at most. */
export const FRAGMENT_SIZE = 64 * 1024;

const NOTHING = new Uint8Array(0);

type DataOpcode = typeof Opcode.text | typeof Opcode.binary;

export class Fragments {
  readonly #sender: Sender;
  readonly #memory: Memory;
  readonly #compression: MessageCompression | undefined;
  /** First byte of the next frame, without FIN. */
  #first: number;
  readonly #opcode: number;
  /** Bytes that wait for more. */
  #joined: Uint8Array | undefined;
  #size = 0;
  /** The deflater may hold something back. */
  #isOpen = false;
  #frames = 0;

  /** @param compression  present if the message is to be compressed */
  constructor(sender: Sender, memory: Memory, opcode: DataOpcode, compression: MessageCompression | undefined) {
    this.#sender = sender;
    this.#memory = memory;
    this.#compression = compression;
    this.#opcode = opcode;
    this.#first = compression === undefined ? opcode : opcode | RSV1_BIT;
  }

  /** Whether a frame has been queued: the message must be finished. */
  get hasBegun(): boolean {
    return this.#frames > 0;
  }

  /** Whether something waits that {@link flush} would send. */
  get isWaiting(): boolean {
    return this.#size > 0 || this.#isOpen;
  }

  /** Room for `size` bytes behind those that wait, to be filled and then given to {@link commit}; `undefined`: too many. */
  reserve(size: number): { readonly bytes: Uint8Array; readonly at: number } | undefined {
    if (size > FRAGMENT_SIZE) return undefined;
    if (this.#size + size > FRAGMENT_SIZE) this.#sendJoined('open');
    this.#joined ??= this.#memory.allocate(FRAGMENT_SIZE);
    return { bytes: this.#joined, at: this.#size };
  }

  commit(size: number): void {
    this.#size += size;
  }

  /** Takes up to {@link FRAGMENT_SIZE} bytes, which are copied or sent during the call. */
  put(bytes: Uint8Array): void {
    if (this.#size + bytes.length > FRAGMENT_SIZE) this.#sendJoined('open');
    if (this.#size === 0 && bytes.length === FRAGMENT_SIZE) {
      this.#send(bytes, 'open');
      return;
    }
    this.#joined ??= this.#memory.allocate(FRAGMENT_SIZE);
    this.#joined.set(bytes, this.#size);
    this.#size += bytes.length;
  }

  /** Sends the bytes that wait: the peer can read all that was put. */
  flush(): void {
    if (this.isWaiting) this.#sendJoined('flushed');
  }

  /** Ends the message with its last frame. */
  end(): void {
    this.#sendJoined('last');
    if (this.#frames > 1) this.#sender.countFragmented(this.#opcode);
  }

  /** It will not be finished. */
  abandon(): void {
    if (this.hasBegun || this.#isOpen) this.#compression?.abandonParts();
  }

  #sendJoined(then: PartEnd): void {
    const bytes = this.#joined?.subarray(0, this.#size) ?? NOTHING;
    this.#size = 0;
    this.#send(bytes, then);
  }

  #send(bytes: Uint8Array, then: PartEnd): void {
    if (this.#compression !== undefined) this.#deflate(bytes, then, this.#compression);
    else if (bytes.length > 0 || then === 'last') this.#queue(bytes, then === 'last');
  }

  #deflate(bytes: Uint8Array, then: PartEnd, compression: MessageCompression): void {
    const deflater = compression.deflaterOfParts();
    this.#isOpen = then === 'open' && (this.#isOpen || bytes.length > 0);
    deflater.write(bytes, 0, bytes.length, then);
    let deflated = 0;
    while (deflater.hasMore) {
      const size = deflater.read();
      deflated += size;
      const isLast = then === 'last' && !deflater.hasMore;
      if (size > 0 || isLast) this.#queue(deflater.output.subarray(0, size), isLast);
    }
    this.#sender.countDeflated(then === 'last' ? 1 : 0, deflated, bytes.length);
  }

  #queue(payload: Uint8Array, isLast: boolean): void {
    this.#frames++;
    this.#sender.queuePart(isLast ? this.#first | FIN_BIT : this.#first, payload);
    this.#first = 0;
  }
}
