// `sendStream` on a connection that a link carries: the source is pulled part by part while the link has room, and its parts go
// to the link as one message.

import { plainBytesOf } from '../brands.ts';
import { type WebSocketError, webSocketError, webSocketErrorFrom } from '../errors.ts';
import { encoded, type MessageData, toBytes } from '../message/message-data.ts';
import type { SendStreamOptions } from '../message/send-options.ts';
import type { OpenSource } from '../message/stream-source.ts';
import { TextCheck } from '../message/text-check.ts';
import type { Host } from '../ports.ts';
import { completeUntil } from '../utf8.ts';

/** A message that a link sends while it comes. */
export interface LinkStream {
  /** @returns a promise of room where there is none. It does not reject: `gone` of the opener is called instead */
  hasRoom(): Promise<void> | undefined;
  /**
   * @param part  text for a text, bytes for a binary message. Bytes are copied
   * @throws WebSocketError ERR_WS_DROPPED if the peer takes no message of this size
   */
  write(part: string | Uint8Array): void;
  /** @throws WebSocketError ERR_WS_DROPPED as `write` */
  end(): void;
  /** The message will not be complete: the peer drops what it has of it. */
  abort(): void;
}

/**
 * Begins a message of a link, in order with what is sent before and after the call.
 *
 * @param isBinary  absent: by its first part
 * @param gone      the message cannot be finished any more
 * @returns `undefined`: the connection is not open
 */
export type OpenLinkStream = (
  isBinary: boolean | undefined,
  gone: (error: WebSocketError) => void,
) => LinkStream | undefined;

/** What waits at present: the source, or the link. */
type Stop = (reason: unknown) => void;

export async function sendOverLink(
  open: OpenLinkStream,
  host: Host,
  source: OpenSource,
  { binary, signal }: SendStreamOptions,
): Promise<void> {
  const isAborted = (): boolean => signal?.aborted === true;
  if (isAborted()) {
    source.cancel(signal?.reason);
    throw signal?.reason;
  }
  let stop: Stop | undefined;
  let gone: WebSocketError | undefined;
  const stream = open(binary ?? source.isBinary, (error) => {
    gone = error;
    stop?.(error);
  });
  if (stream === undefined) {
    const error = webSocketError('ERR_WS_DROPPED', 'the connection is not open');
    source.cancel(error);
    throw error;
  }
  const waiting = <Value>(value: Value | Promise<Value>): Promise<Value> =>
    new Promise((resolve, reject) => {
      stop = reject;
      Promise.resolve(value).then(resolve, reject);
    });
  const aborted = (): void => stop?.(signal?.reason);
  signal?.addEventListener('abort', aborted);
  const parts = new PayloadParts(host, binary ?? source.isBinary);
  let refused: WebSocketError | undefined;
  const toLink = (call: () => void): void => {
    try {
      call();
    } catch (error) {
      refused = error as WebSocketError;
      throw error;
    }
  };
  try {
    for (;;) {
      for (let room = stream.hasRoom(); room !== undefined; room = stream.hasRoom()) await waiting(room);
      if (gone !== undefined) throw gone;
      const part = await waiting(source.next());
      if (gone !== undefined) throw gone;
      if (isAborted()) throw signal?.reason;
      if (part === undefined) break;
      const payload = parts.next(part as MessageData);
      if (payload.length > 0) toLink(() => stream.write(payload));
    }
    parts.end();
    toLink(() => stream.end());
  } catch (error) {
    source.cancel(error);
    if (gone !== undefined) throw gone;
    stream.abort();
    if (isAborted()) throw signal?.reason;
    throw refused ?? webSocketErrorFrom(error, 'ERR_WS_SEND_STREAM');
  } finally {
    signal?.removeEventListener('abort', aborted);
  }
}

/** Parts of a message, which come as strings or bytes, as text or as bytes. Text is cut between characters. */
class PayloadParts {
  readonly #host: Host;
  #isBinary: boolean | undefined;
  #check: TextCheck | undefined;
  /** The beginning of a character whose rest has not come. */
  #cut: Uint8Array = new Uint8Array(0);

  constructor(host: Host, isBinary: boolean | undefined) {
    this.#host = host;
    this.#isBinary = isBinary;
  }

  /** @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_SEND_UTF8 */
  next(part: MessageData): string | Uint8Array {
    this.#isBinary ??= typeof part !== 'string';
    const { text, memory } = this.#host;
    if (typeof part === 'string') {
      if (this.#isBinary) return encoded(part, text, memory);
      // Bytes before it must not end within a character.
      if (this.#cut.length > 0) throw webSocketError('ERR_WS_SEND_UTF8');
      return part;
    }
    toBytes(part); // or throws
    const bytes = plainBytesOf(part) as Uint8Array;
    return this.#isBinary ? bytes : this.#decoded(bytes);
  }

  /** No part is left. @throws WebSocketError ERR_WS_SEND_UTF8 if that is within a character */
  end(): void {
    if (this.#cut.length > 0) throw webSocketError('ERR_WS_SEND_UTF8');
  }

  #decoded(bytes: Uint8Array): string {
    const { text, memory } = this.#host;
    this.#check ??= new TextCheck(text);
    if (!this.#check.passes(bytes)) throw webSocketError('ERR_WS_SEND_UTF8');
    const before = this.#cut.length;
    let whole = bytes;
    if (before > 0) {
      whole = memory.allocate(before + bytes.length);
      whole.set(this.#cut);
      whole.set(bytes, before);
    }
    const until = completeUntil(whole, 0, whole.length);
    this.#cut = whole.slice(until);
    return text.decode(whole, 0, until);
  }
}
