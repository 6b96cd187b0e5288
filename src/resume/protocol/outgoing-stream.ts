// One message that is sent while its content comes: each chunk leaves as parts when there is room. Messages that are sent
// meanwhile wait for its end, since parts of two messages cannot mix.

import { endsInPair } from './cut.ts';
import type { Outbound, OutgoingItem } from './outbound.ts';
import type { EndHost, Payload } from './ports.ts';

export class OutgoingStream {
  readonly #outbound: Outbound;
  readonly #item: OutgoingItem;
  readonly #host: EndHost;
  readonly #pump: () => void;
  /** The first half of a surrogate pair, which goes with the second. */
  #half = '';

  constructor(isBinary: boolean, outbound: Outbound, host: EndHost, pump: () => void) {
    this.#outbound = outbound;
    this.#item = outbound.open(isBinary);
    this.#host = host;
    this.#pump = pump;
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
      this.#outbound.write(this.#item, text, this.#host.textSize(text));
    } else {
      this.#outbound.write(this.#item, data, data.length);
    }
    this.#pump();
  }

  /** Ends the message. */
  end(): void {
    if (this.#half !== '') this.#outbound.write(this.#item, this.#half, this.#host.textSize(this.#half));
    this.#half = '';
    this.#outbound.finish(this.#item, false);
    this.#pump();
  }

  /** Gives the message up: the peer drops what it has got of it. */
  abort(): void {
    this.#outbound.finish(this.#item, true);
    this.#pump();
  }
}
