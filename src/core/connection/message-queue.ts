// Messages that wait to be pulled by `for await (const message of connection)`. A reader that falls behind pauses the
// transport, and with it the peer, so that memory does not fill.

import type { WebSocketError } from '../errors.ts';
import { dropUnread, MessageStream } from '../message/message-stream.ts';

/** Messages and bytes from which the transport is paused. It is resumed when half of them are gone. */
const PAUSE_FROM_MESSAGES = 64;
const PAUSE_FROM_SIZE = 256 * 1024;

type Message = string | Uint8Array | MessageStream;
type Result = IteratorResult<Message, undefined>;

interface Waiter {
  resolve(result: Result): void;
  reject(error: WebSocketError): void;
}

/** What the queue pauses and resumes: a connection. */
export interface Pausable {
  pause(): void;
  resume(): void;
}

/** Messages in order, for any number of readers. Each message goes to one of them. */
export class MessageQueue implements AsyncIterator<Message, undefined> {
  readonly #source: Pausable;
  /** Called when a loop is left early, which ends the connection: it has no other reader. */
  readonly #abandoned: () => void;
  readonly #messages: Message[] = [];
  readonly #waiters: Waiter[] = [];
  #head = 0;
  #size = 0;
  #isPaused = false;
  /** A message in parts that a reader was given last. */
  #given: MessageStream | undefined;
  /** How many messages were kept, and how many of these readers have taken. */
  #enqueued = 0;
  #taken = 0;
  /** What to call when a reader takes the message with a number. */
  #told: Map<number, () => void> | undefined;
  #end: { readonly error: WebSocketError | undefined } | undefined;

  constructor(source: Pausable, abandoned: () => void) {
    this.#source = source;
    this.#abandoned = abandoned;
  }

  /** Whether the reader has fallen behind so far that the peer is held back. */
  get isFull(): boolean {
    return this.#isPaused;
  }

  enqueue(message: Message): void {
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      this.#note(message);
      waiter.resolve({ value: message, done: false });
      return;
    }
    this.#messages.push(message);
    this.#enqueued++;
    this.#size += sizeOf(message);
    if (!this.#isPaused && (this.#count >= PAUSE_FROM_MESSAGES || this.#size >= PAUSE_FROM_SIZE)) {
      this.#isPaused = true;
      this.#source.pause();
    }
  }

  /** The connection is closed. What is queued can still be read. `error` is present if the end was not clean. */
  end(error: WebSocketError | undefined): void {
    this.#end = { error };
    for (const waiter of this.#waiters.splice(0)) {
      if (error === undefined) waiter.resolve({ value: undefined, done: true });
      else waiter.reject(error);
    }
  }

  /** As {@link enqueue}. @returns what resolves when a reader has the message; `undefined` if one has it already */
  enqueueTold(message: Message): Promise<void> | undefined {
    const last = this.#enqueued;
    this.enqueue(message);
    if (this.#enqueued === last) return undefined;
    return new Promise((resolve) => {
      this.#told ??= new Map();
      this.#told.set(this.#enqueued, resolve);
    });
  }

  /** Asking for the next message drops one in parts that nobody has begun to read: it would hold up the next one. */
  next(): Promise<Result> {
    if (this.#given !== undefined) {
      dropUnread(this.#given);
      this.#given = undefined;
    }
    if (this.#count > 0) return Promise.resolve({ value: this.#shift(), done: false });
    if (this.#end !== undefined) {
      const { error } = this.#end;
      this.#end = { error: undefined }; // thrown once
      return error === undefined ? Promise.resolve({ value: undefined, done: true }) : Promise.reject(error);
    }
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** Called when a `for await` loop is left early. */
  return(): Promise<Result> {
    this.discard();
    this.#abandoned();
    return Promise.resolve({ value: undefined, done: true });
  }

  /** Drops the queued messages, and resumes the transport. */
  discard(): void {
    this.#taken = this.#enqueued;
    this.#told = undefined;
    this.#messages.length = 0;
    this.#head = 0;
    this.#size = 0;
    this.#resume();
  }

  get #count(): number {
    return this.#messages.length - this.#head;
  }

  #shift(): Message {
    const message = this.#messages[this.#head];
    if (this.#told !== undefined) this.#tell(++this.#taken);
    else this.#taken++;
    this.#messages[this.#head++] = '';
    if (this.#head === this.#messages.length) {
      this.#messages.length = 0;
      this.#head = 0;
    } else if (this.#head >= PAUSE_FROM_MESSAGES) {
      this.#messages.splice(0, this.#head);
      this.#head = 0;
    }
    this.#note(message);
    this.#size -= sizeOf(message);
    if (this.#count <= PAUSE_FROM_MESSAGES / 2 && this.#size <= PAUSE_FROM_SIZE / 2) this.#resume();
    return message;
  }

  #tell(number: number): void {
    this.#told?.get(number)?.();
    this.#told?.delete(number);
  }

  #note(message: Message): void {
    if (message instanceof MessageStream) this.#given = message;
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#source.resume();
  }
}

/** A message in parts bounds the bytes that it holds itself. */
function sizeOf(message: Message): number {
  return message instanceof MessageStream ? 0 : message.length;
}
