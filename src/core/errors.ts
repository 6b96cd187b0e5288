// The class of errors that the engine throws, rejects with and reports, and the functions that make one from the table.

import type { ConnectPhase, ConnectTimings, RefusedResponse } from './connect-failure.ts';
import { type ErrorFamily, errorTable, type Row } from './error-table.ts';

export { type ErrorFamily, errorTable } from './error-table.ts';
export { show } from './shown-value.ts';

/** Stable name of an error. docs/errors.md lists all, with their texts. */
export type ErrorCode = keyof typeof errorTable;
type Values<Code extends ErrorCode> = Parameters<(typeof errorTable)[Code]['text']>;

/**
 * An error of the engine. `message` says what happened, names the rule or the bound, and tells you what to do. It may change;
 * `code` does not.
 */
export class WebSocketError extends Error {
  /** Stable name of the error: a key of the error table. */
  readonly code: ErrorCode;
  /** The party that must act. */
  readonly family: ErrorFamily;
  /** Close code sent to the peer when the connection was failed because of this (RFC 6455 §7.1.7). */
  readonly closeCode?: number;
  /** HTTP status: what a server answers with, or what a client was answered with. */
  readonly status?: number;
  /** How far a failed `connect` came. Absent where nothing was connected, and on all other errors. */
  declare readonly phase?: ConnectPhase;
  /** Milliseconds that a failed `connect` spent in each phase; there with `phase`. */
  declare readonly timings?: ConnectTimings;
  /**
   * What the server answered to a failed `connect`, where it answered at all. Not enumerable, so that its cookies and its
   * body do not show in logs unless they are asked for.
   */
  declare readonly response?: RefusedResponse;

  /** `status` is that of a received response; otherwise the row of `code` has it. */
  constructor(code: ErrorCode, message: string, cause?: unknown, status?: number) {
    super(inOneLine(message), cause === undefined ? undefined : { cause });
    const row: Row<never> = errorTable[code];
    this.code = code;
    this.family = row.family;
    if (row.closeCode !== undefined) this.closeCode = row.closeCode;
    const answered = status ?? row.status;
    if (answered !== undefined) this.status = answered;
  }
}

Object.defineProperty(WebSocketError.prototype, 'name', {
  value: 'WebSocketError',
  configurable: true,
  writable: true,
});

/** The message on one line: messages of OpenSSL that it quotes end with a colon and a line end. */
function inOneLine(message: string): string {
  if (!LINE_END.test(message)) return message;
  return message.replace(/[:\s]*[\r\n]+\s*(?=[),.;\]]|$)/g, '').replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ');
}

const LINE_END = /[\r\n\u2028\u2029]/;

/** Notes on an error of a failed `connect` how far it came. */
export function noteProgress(error: WebSocketError, phase: ConnectPhase, timings: ConnectTimings): void {
  Object.assign(error, { phase, timings });
}

/** Notes on an error of a failed `connect` what the server answered. */
export function noteResponse(error: WebSocketError, response: RefusedResponse): void {
  Object.defineProperty(error, 'response', { value: response, configurable: true, writable: true });
}

/** Codes of the environment's family that peers cause, as all of the protocol's. */
const OF_PEERS: ReadonlySet<string> = new Set(['ERR_WS_LOST', 'ERR_WS_HEARTBEAT', 'ERR_WS_DROPPED']);

/** V8's bound on the lines of a stack, where it can be set. */
const stack = Error as { stackTraceLimit?: number | undefined };
const hasStackLimit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')?.writable === true;

/**
 * An error that a peer caused has no stack: it would lead from the socket to here, each time the same way, and costs more
 * than everything else that is done for a bad frame. What the application caused shows the application's line.
 */
function make(code: ErrorCode, message: string, cause?: unknown, status?: number): WebSocketError {
  const isOfPeer = errorTable[code].family === 'protocol' || OF_PEERS.has(code);
  if (!isOfPeer || !hasStackLimit) return new WebSocketError(code, message, cause, status);
  const { stackTraceLimit } = stack;
  stack.stackTraceLimit = 0;
  const error = new WebSocketError(code, message, cause, status);
  stack.stackTraceLimit = stackTraceLimit;
  return error;
}

/** Builds the error of a row from its values. */
export function webSocketError<Code extends ErrorCode>(code: Code, ...values: Values<Code>): WebSocketError {
  const text = errorTable[code].text as (...values: unknown[]) => string;
  return make(code, text(...values));
}

/** As {@link webSocketError}, for an error that another one led to. */
export function webSocketErrorFrom<Code extends ErrorCode>(
  cause: unknown,
  code: Code,
  ...values: Values<Code>
): WebSocketError {
  const text = errorTable[code].text as (...values: unknown[]) => string;
  return make(code, text(...values), cause);
}

/** As {@link webSocketError}, for an error that carries the status of a response: of the one received, or of the one sent. */
export function responseError<Code extends ErrorCode>(
  status: number,
  code: Code,
  ...values: Values<Code>
): WebSocketError {
  const text = errorTable[code].text as (...values: unknown[]) => string;
  return make(code, text(...values), undefined, status);
}

/** As {@link responseError}, for an error that another one led to. */
export function responseErrorFrom<Code extends ErrorCode>(
  cause: unknown,
  status: number,
  code: Code,
  ...values: Values<Code>
): WebSocketError {
  const text = errorTable[code].text as (...values: unknown[]) => string;
  return make(code, text(...values), cause, status);
}
