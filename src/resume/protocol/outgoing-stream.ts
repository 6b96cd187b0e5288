// One message that is sent while its content comes: each chunk leaves as parts when there is room. Messages that are sent
// meanwhile wait for its end, since parts of two messages cannot mix.

import { endsInPair } from './cut.ts';
import type { Outbound } from './outbound.ts';
import type { OutgoingItem } from './outgoing-item.ts';
import type { EndHost, Payload } from './ports.ts';

/** What carries it: the conversation of an end. */
export interface StreamCarrier {
  readonly outbound: Outbound;
  /** Bytes that may be unacknowledged. */
  readonly window: number;
  /** Bytes of the largest message that the peer takes. */
  readonly max: number;
  /** Sends what there is room for. */
  pump(): void;
}

export class OutgoingStream {
  readonly #outbound: Outbound;
  readonly #item: OutgoingItem;
  readonly #host: EndHost;
  readonly #carrier: StreamCarrier;
  /** Whether it is text or bytes is said by what is written first. */
  #isUndecided: boolean;
  #size = 0;
  /** The first half of a surrogate pair, which goes with the second. */
  #half = '';

  /** @param isBinary  absent: by what is written first */
  constructor(isBinary: boolean | undefined, carrier: StreamCarrier, host: EndHost) {
    this.#carrier = carrier;
    this.#outbound = carrier.outbound;
    this.#isUndecided = isBinary === undefined;
    this.#item = this.#outbound.open(isBinary ?? false);
    this.#host = host;
  }

  /**
   * Whether its source should give more: no message is before it, and less than half of what may be unacknowledged is held. The
   * other half is for messages that are sent meanwhile, where the peer is away.
   */
  get hasRoom(): boolean {
    const { outbound, window } = this.#carrier;
    return outbound.isFirst(this.#item) && outbound.heldBytes + this.#item.waiting < window / 2;
  }

  /** Whether it has become larger than the peer takes: it must be aborted. */
  get isTooLarge(): boolean {
    return this.#size > this.#carrier.max;
  }

  /** Bytes of it that have not left yet. A source waits while they are many. */
  get waitingBytes(): number {
    return this.#item.waiting;
  }

  /** Whether it can be written to: it has not ended, and neither has its session. */
  get isOpen(): boolean {
    return this.#item.state === 'open';
  }

  /**
   * Adds to the message.
   *
   * @param data  text for a text, bytes for a binary message. Bytes are kept: the caller may not change them any more.
   * @throws TypeError for the other kind
   */
  write(data: Payload): void {
    if (this.#isUndecided) {
      this.#isUndecided = false;
      this.#item.isBinary = typeof data !== 'string';
    }
    if ((typeof data !== 'string') !== this.#item.isBinary)
      throw new TypeError(
        `a ${this.#item.isBinary ? 'binary' : 'text'} message takes no ${typeof data === 'string' ? 'text' : 'bytes'}`,
      );
    if (typeof data === 'string') {
      let text = this.#half + data;
      this.#half = '';
      if (endsInPair(text)) {
        this.#half = text.slice(-1);
        text = text.slice(0, -1);
      }
      this.#add(text, this.#host.textSize(text));
    } else {
      this.#add(data, data.length);
    }
    if (!this.isTooLarge) this.#carrier.pump();
  }

  /** Ends the message. */
  end(): void {
    if (this.#half !== '') this.#add(this.#half, this.#host.textSize(this.#half));
    this.#half = '';
    this.#outbound.finish(this.#item, false);
    this.#carrier.pump();
  }

  /** Gives the message up: the peer drops what it has got of it. */
  abort(): void {
    this.#outbound.finish(this.#item, true);
    this.#carrier.pump();
  }

  #add(data: Payload, size: number): void {
    this.#size += size;
    this.#outbound.write(this.#item, data, size);
  }
}
