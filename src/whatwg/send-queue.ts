// Messages on their way to the connection. A Blob is read before it can be sent, and while the events of a chunk are fired
// one after another, messages wait to leave together. What comes behind waits, too, and so does the end.

import { type Blob, Buffer } from 'node:buffer';
import type { ClientConnection } from '../client/client-connection.ts';
import { blobSize, isBlob, readBlob } from './blob.ts';
import type { CloseArguments } from './close-arguments.ts';

type Item = string | Uint8Array | Blob | CloseArguments;

export class SendQueue {
  readonly #connection: ClientConnection;
  /** Called if a Blob cannot be read. */
  readonly #failed: (reason: unknown) => void;
  #items: Item[] = [];
  #isReading = false;
  #isHeld = false;
  /** Bytes of messages that the engine has and the system has not, in the order of sending. */
  #sizes: number[] = [];
  #head = 0;
  #unsent = 0;

  constructor(connection: ClientConnection, failed: (reason: unknown) => void) {
    this.#connection = connection;
    this.#failed = failed;
  }

  /** Bytes of messages that the system does not have. */
  get unsent(): number {
    return this.#unsent;
  }

  /** @param size  bytes of the message, as it counts in `unsent` */
  send(data: string | Uint8Array | Blob, size: number): void {
    this.#unsent += size;
    const isReady = typeof data === 'string' || ArrayBuffer.isView(data);
    if (isReady && this.#items.length === 0 && !this.#isHeld && !this.#isReading) {
      this.#transmit(data, size);
      return;
    }
    this.#items.push(ArrayBuffer.isView(data) ? copyOf(data) : data);
    if (!this.#isHeld) this.#goOn();
  }

  /** Starts the closing handshake, after what was sent before. */
  close(close: CloseArguments): void {
    if (this.#items.length === 0 && !this.#isReading) {
      this.#end(close);
      return;
    }
    this.#items.push(close);
    if (!this.#isHeld) this.#goOn();
  }

  /** Keeps messages until {@link release}. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#goOn();
  }

  #goOn(): void {
    let index = 0;
    while (index < this.#items.length && !this.#isReading) {
      const item = this.#items[index++] as Item;
      if (typeof item === 'string') this.#transmit(item, Buffer.byteLength(item));
      else if (ArrayBuffer.isView(item)) this.#transmit(item, item.length);
      else if (isBlob(item)) void this.#read(item);
      else this.#end(item);
    }
    this.#items = index === this.#items.length ? [] : this.#items.slice(index);
  }

  async #read(blob: Blob): Promise<void> {
    this.#isReading = true;
    try {
      const bytes = await readBlob(blob);
      this.#isReading = false;
      this.#transmit(bytes, blobSize(blob));
    } catch (error) {
      this.#failed(error);
      return; // nothing may be sent in its place
    }
    if (!this.#isHeld) this.#goOn();
  }

  #transmit(data: string | Uint8Array, size: number): void {
    this.#sizes.push(size);
    this.#connection.send(data, this.#sent);
  }

  #end({ code, reason }: CloseArguments): void {
    void this.#connection.close(code, reason);
  }

  /** The system has a message. Those that were dropped stay counted, and none follows. */
  readonly #sent = (error?: unknown): void => {
    if (error !== undefined) return;
    this.#unsent -= this.#sizes[this.#head++] as number;
    if (this.#head === this.#sizes.length) {
      this.#sizes = [];
      this.#head = 0;
    } else if (this.#head >= 1024) {
      this.#sizes = this.#sizes.slice(this.#head);
      this.#head = 0;
    }
  };
}

function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy;
}
