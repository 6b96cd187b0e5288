// Every error of the engine, in one table: a stable code, who must act, what the text says, and where it leads.
// Families (see `ErrorFamily`) follow who has to change something; a row's text names the value, the bound and the remedy.

import { CloseCode } from './constants.ts';

/**
 * Who has to act on an error: `protocol`: the peer broke RFC 6455; `usage`: this program misused the API;
 * `environment`: DNS, TCP, TLS, a proxy or the operating system failed.
 */
export type ErrorFamily = 'protocol' | 'usage' | 'environment';

interface Row<Values extends readonly unknown[]> {
  readonly family: ErrorFamily;
  /** Close code that the connection is failed with (§7.1.7). */
  readonly closeCode?: number;
  /** HTTP status that a server answers a refused handshake with. */
  readonly status?: number;
  readonly text: (...values: Values) => string;
}

function protocol<Values extends readonly unknown[]>(
  closeCode: number,
  text: (...values: Values) => string,
): Row<Values> {
  return { family: 'protocol', closeCode, text };
}

/** A request that a server refuses with `status`. */
function request<Values extends readonly unknown[]>(status: number, text: (...values: Values) => string): Row<Values> {
  return { family: 'protocol', status, text };
}

/** A response that a client does not accept as an opening handshake. */
function response<Values extends readonly unknown[]>(text: (...values: Values) => string): Row<Values> {
  return { family: 'protocol', text };
}

function usage<Values extends readonly unknown[]>(text: (...values: Values) => string): Row<Values> {
  return { family: 'usage', text };
}

function environment<Values extends readonly unknown[]>(text: (...values: Values) => string): Row<Values> {
  return { family: 'environment', text };
}

const { protocolError, invalidPayload, messageTooBig, policyViolation, tryAgainLater } = CloseCode;

/** The table. Keys are the stable `code` of the errors. */
export const errorTable = {
  // Frames, §5
  ERR_WS_RESERVED_BITS: protocol(
    protocolError,
    (firstByte: number) =>
      `frame with reserved bits set (first byte 0x${hexByte(firstByte)}) and no extension that defines them (§5.2)`,
  ),
  ERR_WS_RESERVED_OPCODE: protocol(
    protocolError,
    (opcode: number) => `frame with reserved opcode 0x${opcode.toString(16)}; known are 0–2 and 8–a (§5.2)`,
  ),
  ERR_WS_LENGTH_NOT_MINIMAL: protocol(
    protocolError,
    (length: number, bits: number) =>
      `payload length ${length} is encoded in ${bits} bits; the minimal number of bytes must be used (§5.2)`,
  ),
  ERR_WS_LENGTH_TOO_LARGE: protocol(
    messageTooBig,
    () => 'payload length of 2^53 bytes or more; no message of this size can be taken (§5.2)',
  ),
  ERR_WS_LENGTH_SIGN: protocol(
    protocolError,
    () => '64-bit payload length with its most significant bit set; it must be 0 (§5.2)',
  ),
  ERR_WS_NOT_MASKED: protocol(protocolError, () => 'frame from a client is not masked; it must be (§5.1)'),
  ERR_WS_MASKED: protocol(protocolError, () => 'frame from a server is masked; it must not be (§5.1)'),
  ERR_WS_CONTROL_FRAGMENTED: protocol(
    protocolError,
    (opcode: number) => `control frame (opcode 0x${opcode.toString(16)}) without FIN; it must not be fragmented (§5.5)`,
  ),
  ERR_WS_CONTROL_TOO_LARGE: protocol(
    protocolError,
    (opcode: number, length: number) =>
      `control frame (opcode 0x${opcode.toString(16)}) with a payload of ${length} bytes or more; 125 are allowed (§5.5)`,
  ),
  // Messages, §5.4, §5.6, §8.1
  ERR_WS_UNEXPECTED_CONTINUATION: protocol(
    protocolError,
    () => 'continuation frame without a message to continue (§5.4)',
  ),
  ERR_WS_EXPECTED_CONTINUATION: protocol(
    protocolError,
    (opcode: number) =>
      `data frame with opcode 0x${opcode.toString(16)} inside a fragmented message; expected a continuation frame (§5.4)`,
  ),
  ERR_WS_INVALID_UTF8: protocol(invalidPayload, (where: string) => `${where} is not valid UTF-8 (§8.1)`),
  ERR_WS_MESSAGE_TOO_LARGE: protocol(
    messageTooBig,
    (size: number, limit: number) =>
      `message of ${size} bytes or more exceeds maxMessageSize (${limit} bytes); raise maxMessageSize or have the peer split its data`,
  ),
  ERR_WS_TOO_MANY_FRAGMENTS: protocol(
    policyViolation,
    (limit: number) =>
      `message of more than maxFragments (${limit}) frames; raise maxFragments or have the peer use larger fragments`,
  ),
  // Closing, §5.5.1, §7.4
  ERR_WS_CLOSE_PAYLOAD: protocol(
    protocolError,
    () => 'Close frame with a payload of one byte; it is empty or starts with a two-byte code (§5.5.1)',
  ),
  ERR_WS_CLOSE_CODE: protocol(
    protocolError,
    (code: number) =>
      `Close frame with code ${code}, which must not be sent; allowed are 1000–1003, 1007–1014 and 3000–4999 (§7.4)`,
  ),
  // Bounds on what a peer can make us hold
  ERR_WS_TOO_MANY_PONGS: protocol(
    policyViolation,
    (limit: number) =>
      `more than maxQueuedPongs (${limit}) pongs wait for a peer that pings without reading; raise maxQueuedPongs if it should`,
  ),
  ERR_WS_SLOW_CONSUMER: protocol(
    tryAgainLater,
    (queued: number, limit: number) =>
      `${queued} bytes wait for a peer that does not read, maxQueuedBytes is ${limit}; wait for drained(), or raise maxQueuedBytes`,
  ),
  ERR_WS_HEARTBEAT: protocol(
    policyViolation,
    (timeout: number) => `no pong within heartbeat.timeout (${timeout} ms) of a ping; the peer is gone or hangs`,
  ),
  ERR_WS_LOST: environment(
    (cause: string) => `connection lost without a Close frame (${cause}); connect again to continue (§7.1.5)`,
  ),
  ERR_WS_DROPPED: environment(
    (why: string) => `message was not sent: ${why}; wait for the send callback where delivery matters`,
  ),
  // Misuse
  ERR_WS_DATA_TYPE: usage(
    (type: string) => `data is ${type}; send a string, ArrayBuffer, typed array, DataView or Buffer`,
  ),
  ERR_WS_SEND_CLOSE_CODE: usage(
    (code: unknown) => `close code ${String(code)} must not be sent; use 1000–1003, 1007–1014 or 3000–4999 (§7.4)`,
  ),
  ERR_WS_CLOSE_REASON_TOO_LONG: usage(
    (size: number) => `close reason of ${size} bytes; at most 123 bytes of UTF-8 fit into a Close frame (§5.5.1)`,
  ),
  ERR_WS_PING_TOO_LARGE: usage(
    (size: number) => `ping or pong payload of ${size} bytes; at most 125 fit into a control frame (§5.5)`,
  ),
  ERR_WS_FRAGMENT_OPEN: usage(
    () => 'a fragmented message is being sent; finish it with sendFragment(data, { fin: true }) first (§5.4)',
  ),
  ERR_WS_FRAGMENT_KIND: usage(
    (expected: string) => `fragment is of the other kind; this message began as ${expected} and stays so (§5.4)`,
  ),
  ERR_WS_FRAGMENT_SURROGATE: usage(
    () => 'text fragment ends between two surrogates; split text between code points',
  ),
  ERR_WS_ITERATING: usage(
    () => 'messages of this connection go to its message handler or to another iterator; use one of them',
  ),
  ERR_WS_OPTION: usage(
    (name: string, value: unknown, expected: string) => `${name} is ${show(value)}; expected ${expected}`,
  ),
} as const satisfies Record<string, Row<never>>;

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** A value as it may stand in an error text: quoted when a string, cut when long. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

export type ErrorCode = keyof typeof errorTable;
type Values<Code extends ErrorCode> = Parameters<(typeof errorTable)[Code]['text']>;

/**
 * An error of the engine. `message` says what was wrong, the value, the bound and the remedy; `code` is stable.
 */
export class WebSocketError extends Error {
  /** Stable name of what happened: a key of the error table. */
  readonly code: ErrorCode;
  /** Who has to act. */
  readonly family: ErrorFamily;
  /** Close code sent to the peer when the connection was failed because of this (§7.1.7). */
  readonly closeCode?: number;
  /** HTTP status: what a server answers with, or what a client was answered with. */
  readonly status?: number;

  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    const row: Row<never> = errorTable[code];
    this.code = code;
    this.family = row.family;
    if (row.closeCode !== undefined) this.closeCode = row.closeCode;
    if (row.status !== undefined) this.status = row.status;
  }
}

Object.defineProperty(WebSocketError.prototype, 'name', { value: 'WebSocketError', configurable: true, writable: true });

/** Builds the error of a row from its values. */
export function webSocketError<Code extends ErrorCode>(code: Code, ...values: Values<Code>): WebSocketError {
  const text = errorTable[code].text as (...values: unknown[]) => string;
  return new WebSocketError(code, text(...values));
}

/** As {@link webSocketError}, for an error that another one led to. */
export function webSocketErrorFrom<Code extends ErrorCode>(
  cause: unknown,
  code: Code,
  ...values: Values<Code>
): WebSocketError {
  const text = errorTable[code].text as (...values: unknown[]) => string;
  return new WebSocketError(code, text(...values), cause);
}
