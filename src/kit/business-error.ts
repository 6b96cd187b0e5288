// The error class of the kit, the table of its codes and texts, and the types of callbacks that get it. The texts are
// those of a device, with its spelling, because applications log and compare them. `cause` holds the details.

import { isError } from '../core/brands.ts';
import { thrownText } from './described.ts';
import { own } from './own-errors.ts';

/**
 * The error type of OpenHarmony's kits. `code`, `message` and, if there is one, `data` are own enumerable properties in
 * this order, so that `JSON.stringify(error)` prints them as on a device. Unlike there, it is an `Error` with a stack.
 *
 * @typeParam T  the type of `data`
 */
export class BusinessError<T = void> extends Error {
  /** Error code, such as 2302001. */
  code: number;
  /** Text of the error. */
  override message: string;
  /** Further data; absent where there is none. */
  declare data?: T;

  /** @param options.cause  the reason; it is not enumerable, so that it does not appear in logged JSON */
  constructor(code: number, message: string, data?: T, options?: { cause?: unknown }) {
    super(undefined, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.message = message;
    if (data !== undefined) this.data = data;
  }
}

Object.defineProperty(BusinessError.prototype, 'name', { value: 'BusinessError', configurable: true, writable: true });

/** A callback without an error parameter. */
export type Callback<T> = (data: T) => void;

/** A callback that gets only an error. */
export type ErrorCallback<T extends Error = BusinessError> = (err: T) => void;

/** A callback that gets an error or a result. The other argument is `undefined`. */
export type AsyncCallback<T, E = void> = (err: BusinessError<E>, data: T) => void;

const table = {
  parameter: [401, 'Parameter error'],
  permission: [201, 'Permission denied'],
  connectFailed: [-1, 'Websocket connect failed'],
  // Devices combine code -1 with the text of "unknown".
  notConnected: [-1, 'Websocket Unknown Other Error'],
  url: [2302001, 'Websocket url error'],
  certificateFile: [2302002, 'Websocket certificate file does not exist'],
  connectionExists: [2302003, 'Websocket connection already exist'],
  listenAddress: [2302004, "Can't listen to the given NIC"],
  listenPort: [2302005, "Can't listen to the given Port"],
  noSuchConnection: [2302006, 'websocket connection does not exist'],
  portInUse: [2302007, 'Websocket port already occupied'],
  domain: [2302998, 'It is not allowed to access this domain'],
  unknown: [2302999, 'Websocket Unknown Other Error'],
} as const satisfies Record<string, readonly [code: number, text: string]>;

export type ErrorKind = keyof typeof table;

/**
 * Makes an error of the table.
 *
 * @param cause  for the developer, since the text is fixed: a sentence with the value and what was expected, or the value
 *               that was thrown
 */
export function businessError(kind: ErrorKind, cause?: unknown): BusinessError {
  const [code, text] = table[kind];
  return own(new BusinessError(code, text, undefined, { cause: causeOf(cause) }));
}

/** An "unknown" error with its own text, for failures that a device does not have. */
export function refusal(sentence: string): BusinessError {
  return own(new BusinessError(table.unknown[0], sentence, undefined, { cause: causeOf(sentence) }));
}

/** The error that a call reports for a value that was thrown. An error of another kind becomes "unknown". */
export function asBusinessError(error: unknown): BusinessError {
  if (isBusinessError(error)) return error;
  return businessError('unknown', isError(error) ? error : `${thrownText(error)} was thrown`);
}

/** V8's bound on the lines of a stack, if it can be set. */
const stack = Error as { stackTraceLimit?: number | undefined };
const hasStackLimit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')?.writable === true;

/** A sentence becomes an error without a stack, because the error that it belongs to has the same stack. */
function causeOf(cause: unknown): unknown {
  if (typeof cause !== 'string') return cause;
  if (!hasStackLimit) return new Error(cause);
  const { stackTraceLimit } = stack;
  stack.stackTraceLimit = 0;
  const error = new Error(cause);
  stack.stackTraceLimit = stackTraceLimit;
  return error;
}

function isBusinessError(error: unknown): error is BusinessError {
  try {
    return error instanceof BusinessError;
  } catch {
    return false; // a revoked proxy was thrown
  }
}

/** The code of every `error` event (kit specification §2.4). It is not an HTTP status. */
const EVENT_CODE = 200;

/**
 * The value of a client's `error` event.
 *
 * @param status  HTTP status of the handshake response; 0 without one and after the opening
 */
export function clientErrorEvent(text: EventText, status: number, cause?: unknown): BusinessError {
  // By the SDK's declaration the error has no data, but devices deliver it.
  const error: unknown = own(new BusinessError(EVENT_CODE, text, String(status), { cause: causeOf(cause) }));
  return error as BusinessError;
}

/** The value of a server's `error` event. */
export function serverErrorEvent(text: EventText, cause?: unknown): BusinessError {
  return own(new BusinessError(EVENT_CODE, text, undefined, { cause: causeOf(cause) }));
}

/** The text of an `error` event, before and after the opening of the connection. */
export type EventText = typeof CONNECT_FAILED | typeof LINK_DOWN;
export const CONNECT_FAILED = 'Websocket connect failed';
/** This is also the reason of a `close` event whose peer gave none. */
export const LINK_DOWN = 'The link is down';
