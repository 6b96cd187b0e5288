// What arrives in a session, as its application gets it where messages may be streams (`streamAbove`): a large message is handed
// over while its parts come, and each part is acknowledged when there was room for it. What the application does not read stays
// at the sender, since it is not acknowledged.
//
// ```
//  first part ──▶ gathering ── more than `above` ──▶ reading ── last part, all of it read ──▶ the next message
//                     └── last part ──▶ a whole message
// ```

import type { WebSocketError } from '../../core/errors.ts';
import { webSocketError } from '../../core/errors.ts';
import { MessageStream } from '../../core/message/message-stream.ts';
import { PartQueue, type PartSource } from '../../core/message/part-queue.ts';
import { nodeHost } from '../../node/environment.ts';
import { joined } from '../protocol/outgoing-item.ts';
import type { Delivery, Payload } from '../protocol/ports.ts';

/** What gets the messages. None of its methods may throw. */
export interface IncomingOwner {
  /** A message that is not a stream. @param deliveries  its parts, to be handled with it */
  whole(data: Payload, isBinary: boolean, deliveries: readonly Delivery[]): void;
  /** @returns what resolves when the application is done with it; `undefined` if it is already */
  stream(message: MessageStream): Promise<void> | undefined;
  /** There was room for a part, or it is not wanted. */
  handled(delivery: Delivery): void;
}

export interface IncomingSettings {
  /** Bytes above which a message is a stream. */
  readonly above: number;
  /** Bytes of parts that are gathered at most, to see whether it is one. */
  readonly most: number;
  /** Whether text is given as strings. */
  readonly givesStrings: boolean;
  /** Bytes that `text()` and `bytes()` of a stream read without being asked for more. */
  readonly limit: number;
}

export class IncomingMessages {
  readonly #owner: IncomingOwner;
  readonly #settings: IncomingSettings;
  /** What waits until the message before it has been read. */
  readonly #waiting: Delivery[] = [];
  #gathered: { readonly parts: Delivery[]; size: number } | undefined;
  #reading: Reading | undefined;
  #isRunning = false;
  #isStopped = false;
  /** Parts of messages that are left to another process: they stay unhandled. */
  left = 0;

  constructor(owner: IncomingOwner, settings: IncomingSettings) {
    this.#owner = owner;
    this.#settings = settings;
  }

  /** Whether a message is being handed over. */
  get isReading(): boolean {
    return this.#reading !== undefined;
  }

  /** Takes no further message. The one that is being handed over goes on. */
  stop(): void {
    this.#isStopped = true;
  }

  take(delivery: Delivery): void {
    this.#waiting.push(delivery);
    this.#run();
  }

  /** Nothing more comes. @param reason  for who reads a message that is not complete */
  end(reason: () => WebSocketError): void {
    this.#waiting.length = 0;
    this.#gathered = undefined;
    this.#reading?.parts.fail(reason);
    this.#reading = undefined;
  }

  #run(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      while (this.#waiting.length > 0 && this.#reading?.parts.isFull !== true) {
        this.#next(this.#waiting.shift() as Delivery);
      }
    } finally {
      this.#isRunning = false;
    }
  }

  #next(delivery: Delivery): void {
    const { position } = delivery;
    if (this.#isStopped && this.#reading === undefined) {
      this.left++;
      return;
    }
    if (position === 'whole' || position === 'first') {
      this.#gathered = { parts: [], size: 0 };
      this.#gather(delivery);
    } else if (this.#reading !== undefined) this.#add(this.#reading, delivery);
    else if (this.#gathered !== undefined && position !== 'void') this.#gather(delivery);
    else this.#drop(delivery);
  }

  #gather(delivery: Delivery): void {
    const gathered = this.#gathered as { parts: Delivery[]; size: number };
    const { parts } = gathered;
    const { data, position, isBinary } = delivery;
    const isLast = position === 'whole' || position === 'last';
    parts.push(delivery);
    gathered.size += typeof data === 'string' ? nodeHost.text.byteLength(data) : data.length;
    const { above, most } = this.#settings;
    if (gathered.size > above || above === 0 || (!isLast && gathered.size > most)) {
      this.#gathered = undefined;
      const reading = this.#open(isBinary);
      for (const part of parts) this.#add(reading, part);
    } else if (isLast) {
      this.#gathered = undefined;
      this.#owner.whole(
        joined(
          parts.map((part) => part.data),
          isBinary,
        ),
        isBinary,
        parts,
      );
    }
  }

  /** A message that was taken back before it became a stream, or the rest of one whose beginning another process had. */
  #drop(delivery: Delivery): void {
    for (const part of this.#gathered?.parts ?? []) this.#owner.handled(part);
    this.#gathered = undefined;
    this.#owner.handled(delivery);
  }

  #open(isBinary: boolean): Reading {
    const source: PartSource = {
      hold() {},
      roomMade: () => {
        if (reading.last !== undefined) this.#read(reading);
        this.#run();
      },
    };
    const { givesStrings, limit } = this.#settings;
    const parts = new PartQueue(source, isBinary, givesStrings, nodeHost.text, nodeHost.memory);
    const reading: Reading = { parts, done: undefined, last: undefined };
    this.#reading = reading;
    reading.done = this.#owner.stream(new MessageStream(parts, limit));
    return reading;
  }

  #add(reading: Reading, delivery: Delivery): void {
    const { data, position, missing } = delivery;
    const { parts } = reading;
    if (position === 'void') {
      this.#reading = undefined;
      const why = missing === undefined ? 'its sender has taken it back' : 'the rest of it is lost';
      parts.fail(() => webSocketError('ERR_WS_MESSAGE_CUT', why));
      this.#owner.handled(delivery);
      return;
    }
    const bytes = typeof data === 'string' ? encoded(data) : data;
    parts.part(bytes, 0, bytes.length);
    if (position === 'first' || position === 'middle') {
      this.#owner.handled(delivery);
      return;
    }
    reading.last = delivery;
    parts.end();
    if (!parts.isFull) this.#read(reading);
  }

  /** All of it was read, or is not wanted: it is handled when the application is done with it, too. */
  #read(reading: Reading): void {
    const { last, done } = reading;
    if (last === undefined) return;
    reading.last = undefined;
    if (this.#reading === reading) this.#reading = undefined;
    const handled = (): void => this.#owner.handled(last);
    if (done === undefined) handled();
    else void done.then(handled);
  }
}

/** A message that is handed over. */
interface Reading {
  readonly parts: PartQueue;
  /** Settles when the application is done with it. */
  done: Promise<void> | undefined;
  /** All parts are in the queue: the last of them. */
  last: Delivery | undefined;
}

function encoded(text: string): Uint8Array {
  const bytes = nodeHost.memory.allocate(nodeHost.text.byteLength(text));
  nodeHost.text.encodeInto(text, bytes, 0);
  return bytes;
}
