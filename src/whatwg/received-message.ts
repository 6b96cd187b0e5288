// The event of a message that arrived. It is a MessageEvent by its prototypes, but is not made by the platform's
// constructor, which converts a dictionary first and takes ten times as long as the rest of the way of a message.

import { MessageEvent } from './events.ts';
import { inspectAs } from './inspection.ts';

const NO_PORTS: readonly never[] = Object.freeze([]);

export class ReceivedMessage extends Event {
  readonly #data: unknown;
  readonly #origin: string;

  static {
    // Its own constructor stays that of Event; what `instanceof` and inspections see is MessageEvent.
    Object.setPrototypeOf(ReceivedMessage.prototype, MessageEvent.prototype);
    delete (ReceivedMessage.prototype as { constructor?: unknown }).constructor;
    // That of Node 20 has no tag.
    Object.defineProperty(ReceivedMessage.prototype, Symbol.toStringTag, { value: 'MessageEvent', configurable: true });
    inspectAs(ReceivedMessage.prototype, 'MessageEvent', ({ type, data, origin }: ReceivedMessage) => ({
      type,
      data,
      origin,
    }));
  }

  constructor(data: unknown, origin: string) {
    super('message');
    this.#data = data;
    this.#origin = origin;
  }

  get data(): unknown {
    return this.#data;
  }

  get origin(): string {
    return this.#origin;
  }

  get lastEventId(): string {
    return '';
  }

  get source(): null {
    return null;
  }

  get ports(): readonly never[] {
    return NO_PORTS;
  }

  /** That of the platform does not know this object. */
  initMessageEvent(): void {}
}
