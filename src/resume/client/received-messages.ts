// What has arrived in the session of a client, on its way to the application: whole, or as streams (`streamAbove`), and what is
// acknowledged when.

import type { WebSocketError } from '../../core/errors.ts';
import type { MessageStream } from '../../core/message/message-stream.ts';
import { nodeHost } from '../../node/environment.ts';
import { MessagePace } from '../message-pace.ts';
import type { Delivery, Payload } from '../protocol/ports.ts';
import { IncomingMessages } from '../streams/incoming-messages.ts';

/** What the application gets. Both return what resolves when it has handled it; `undefined`: it has. They do not throw. */
export interface MessageTaker {
  message(data: Payload, isBinary: boolean): Promise<void> | undefined;
  stream(message: MessageStream): Promise<void> | undefined;
}

/** How large messages are streams. */
export interface ClientStreaming {
  /** Bytes from which a message is one. */
  readonly from: number;
  /** Bytes that one may be read to as a whole. */
  readonly limit: number;
}

export interface ReceivedSettings {
  /** Whether a message counts as handled when it has arrived. */
  readonly acknowledgesReceipt: boolean;
  /** Messages that are given in a second; others wait. */
  readonly messagesPerSecond: number;
  /** Absent: messages are given whole. */
  readonly streaming: ClientStreaming | undefined;
}

/** The end of the protocol that they come from. */
export interface DeliveringEnd {
  readonly window: number;
  handled(delivery: Delivery): void;
}

export class ReceivedMessages {
  readonly #taker: MessageTaker;
  readonly #settings: ReceivedSettings;
  readonly #end: () => DeliveringEnd;
  readonly #incoming: IncomingMessages | undefined;
  readonly #pace: MessagePace | undefined;
  /** What waits for the next second. */
  readonly #held: Delivery[] = [];

  /** @param end  the current one. It ignores deliveries of those before */
  constructor(taker: MessageTaker, settings: ReceivedSettings, end: () => DeliveringEnd) {
    this.#taker = taker;
    this.#settings = settings;
    this.#end = end;
    this.#incoming = settings.streaming && this.#streams(settings.streaming);
    const { messagesPerSecond } = settings;
    if (messagesPerSecond !== Infinity)
      this.#pace = new MessagePace(messagesPerSecond, nodeHost.clock, () => this.#goOn());
  }

  take(delivery: Delivery): void {
    if (this.#held.length > 0 || this.#mustWait(delivery)) this.#held.push(delivery);
    else this.#pass(delivery);
  }

  #goOn(): void {
    for (let next = this.#held[0]; next !== undefined && !this.#mustWait(next); next = this.#held[0]) {
      this.#held.shift();
      this.#pass(next);
    }
  }

  #mustWait({ position }: Delivery): boolean {
    return (position === 'whole' || position === 'first') && this.#pace?.mustWait() === true;
  }

  #pass(delivery: Delivery): void {
    if (this.#incoming === undefined) this.#give(delivery.data, delivery.isBinary, [delivery]);
    // The rest of it will not come: its reader is told why by `end`.
    else if (delivery.missing !== 'over') this.#incoming.take(delivery);
  }

  /** The session is over. @param reason  for who reads a message that is not complete */
  end(reason: () => WebSocketError): void {
    this.#pace?.stop();
    this.#held.length = 0;
    this.#incoming?.end(reason);
  }

  #streams({ from, limit }: ClientStreaming): IncomingMessages {
    const end = this.#end;
    return new IncomingMessages(
      {
        whole: (data, isBinary, deliveries) => this.#give(data, isBinary, deliveries),
        stream: (message) => {
          const running = this.#taker.stream(message);
          return this.#settings.acknowledgesReceipt ? undefined : running;
        },
        handled: (delivery) => this.#end().handled(delivery),
      },
      {
        above: Math.max(0, from - 1),
        get most() {
          return end().window / 2;
        },
        givesStrings: true,
        limit,
      },
    );
  }

  #give(data: Payload, isBinary: boolean, deliveries: readonly Delivery[]): void {
    const handled = (): void => {
      for (const delivery of deliveries) this.#end().handled(delivery);
    };
    if (this.#settings.acknowledgesReceipt) handled();
    const running = this.#taker.message(data, isBinary);
    if (this.#settings.acknowledgesReceipt) return;
    if (running === undefined) handled();
    else void running.then(handled);
  }
}
