// The class WebSocketError of the WebSocketStream proposal: a DOMException with a close code and a reason. It is not the
// error of the engine, which has the same name.
//
// It is not derived by `extends`: in Node, the constructor of DOMException makes a plain DOMException whatever
// `new.target` is.

import { type CloseArguments, closeInfo } from './close-arguments.ts';
import { isObject } from './conversions.ts';
import { formInterface } from './interface-object.ts';
import type { WebSocketCloseInfo } from './types.ts';

/** The error of the streams proposal: an end that was not clean, or a code and reason to close with (`writer.abort`). */
export interface WebSocketError extends DOMException {
  /** The code of the peer's Close frame, or to close with; `null` if there is none. */
  readonly closeCode: number | null;
  /** Its reason. */
  readonly reason: string;
}

/** The class of the errors of the streams proposal. */
export interface WebSocketErrorConstructor {
  /**
   * @param message  in words
   * @param init     code and reason, as of `close`
   * @throws DOMException InvalidAccessError for a code that may not be sent, SyntaxError for a reason of more than 123 bytes
   */
  new (message?: string, init?: WebSocketCloseInfo): WebSocketError;
  readonly prototype: WebSocketError;
}

const closes = new WeakMap<object, CloseArguments>();

class StreamError {
  constructor(message: unknown = '', init: WebSocketCloseInfo | undefined = undefined) {
    const text = `${message as string}`;
    // biome-ignore lint/correctness/noConstructorReturn: see above
    return made(text, closeInfo(init), new.target.prototype) as unknown as StreamError;
  }

  get closeCode(): number | null {
    return closeOf(this).code ?? null;
  }

  get reason(): string {
    return closeOf(this).reason;
  }
}
Object.setPrototypeOf(StreamError, DOMException);
Object.setPrototypeOf(StreamError.prototype, DOMException.prototype);
formInterface(StreamError, { name: 'WebSocketError', length: 0 });

/** The class of the errors of the streams proposal. */
export const WebSocketError = StreamError as unknown as WebSocketErrorConstructor;

function made(message: string, close: CloseArguments, prototype: object): DOMException {
  const error = new DOMException(message, 'WebSocketError');
  Object.setPrototypeOf(error, prototype);
  closes.set(error, close);
  return error;
}

/** Makes an error with what a peer sent, which need not be what a program may send. */
export function endedWith(message: string, code: number | undefined, reason: string, cause?: unknown): WebSocketError {
  const error = made(message, { code, reason }, StreamError.prototype);
  if (cause !== undefined) Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true });
  return error as WebSocketError;
}

/** What a reason of `abort` or `cancel` says to close with: nothing, if it is not a WebSocketError. */
export function closeOfReason(reason: unknown): CloseArguments | undefined {
  return isObject(reason) ? closes.get(reason) : undefined;
}

function closeOf(error: object): CloseArguments {
  const close = closes.get(error);
  if (close === undefined) throw new TypeError('this is not a WebSocketError');
  return close;
}
