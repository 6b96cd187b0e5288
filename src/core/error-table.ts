// Every error of the engine, in one table: a stable code, who must act, what the text says, and where it leads. A row's
// text names the value, the bound and the remedy.

import { CloseCode, REDIRECT_STATUSES } from './constants.ts';
import { hideCredentialsIn } from './credentials.ts';

/**
 * Who has to act on an error: `protocol`: the peer broke RFC 6455; `usage`: this program misused the API;
 * `environment`: DNS, TCP, TLS, a proxy or the operating system failed.
 */
export type ErrorFamily = 'protocol' | 'usage' | 'environment';

/** One kind of error. */
export interface Row<Values extends readonly unknown[]> {
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

/** A request that a server refuses with `status` because of others. */
function overload<Values extends readonly unknown[]>(status: number, text: (...values: Values) => string): Row<Values> {
  return { family: 'environment', status, text };
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

const { protocolError, invalidPayload, messageTooBig, policyViolation, internalError, tryAgainLater } = CloseCode;

/** The table. Keys are the stable `code` of the errors. */
export const errorTable = {
  // Frames, §5
  ERR_WS_RESERVED_BITS: protocol(
    protocolError,
    (firstByte: number) =>
      `frame with reserved bits set (first byte 0x${hexByte(firstByte)}) and no extension that defines them (§5.2)`,
  ),
  ERR_WS_COMPRESSED_BIT: protocol(
    protocolError,
    (firstByte: number) =>
      `frame with RSV1 set (first byte 0x${hexByte(firstByte)}) that does not begin a message; with permessage-deflate only the first frame of text or binary may have it (RFC 7692 §6)`,
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
  // 1007 rather than 1002: the frames are in order, it is what they carry that is not what they say.
  ERR_WS_INFLATE: protocol(
    invalidPayload,
    (problem: string) =>
      `compressed message cannot be inflated (${problem}); check the peer's compression (RFC 7692 §7.2.2)`,
  ),
  ERR_WS_MESSAGE_TOO_LARGE: protocol(
    messageTooBig,
    (size: number, limit: number) =>
      `message of ${size} bytes or more exceeds maxMessageSize (${limit} bytes); raise maxMessageSize or have the peer split its data`,
  ),
  ERR_WS_TEXT_TOO_LONG: protocol(
    messageTooBig,
    (problem: string) =>
      `text message does not fit into one string of this runtime (${problem}); have the peer split its text, or send it as binary`,
  ),
  ERR_WS_OUT_OF_MEMORY: protocol(
    messageTooBig,
    (problem: string) =>
      `memory for a message of the peer cannot be had (${problem}); lower maxMessageSize or maxConnections, or give this process more memory`,
  ),
  ERR_WS_FRAME_TOO_LARGE: protocol(
    messageTooBig,
    (size: number, limit: number) =>
      `frame of ${size} bytes exceeds maxFrameSize (${limit} bytes); raise maxFrameSize or have the peer send smaller frames`,
  ),
  ERR_WS_INFLATE_RATIO: protocol(
    messageTooBig,
    (inflated: number, compressed: number, limit: number) =>
      `compressed message of ${compressed} bytes so far inflates to ${inflated} or more, beyond maxInflateRatio (${limit}); raise maxInflateRatio or have the peer send such data in another form`,
  ),
  ERR_WS_TOO_MANY_FRAGMENTS: protocol(
    policyViolation,
    (limit: number) =>
      `message of more than maxFragments (${limit}) frames; raise maxFragments or have the peer use larger fragments`,
  ),
  ERR_WS_TOO_MANY_EMPTY_FRAGMENTS: protocol(
    policyViolation,
    (limit: number) =>
      `message of more than maxEmptyFragments (${limit}) frames without payload; raise maxEmptyFragments or have the peer leave them out`,
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
  // Opening handshake as a server reads it, §4.2.1
  ERR_WS_REQUEST_METHOD: request(
    405,
    (method: string) => `request with method ${show(method)}; an opening handshake is a GET (§4.2.1)`,
  ),
  ERR_WS_REQUEST_HTTP_VERSION: request(
    400,
    (version: string, proxyFault = '') =>
      `request of HTTP version ${show(version)}; an opening handshake needs HTTP/1.1 or higher (§4.2.1)${stripped(proxyFault)}`,
  ),
  ERR_WS_REQUEST_TARGET: request(
    400,
    (target: string) =>
      `request target ${show(target)}; expected a path that begins with /, or an http: or https: URL with a host and no user name, without # (§4.2.1)`,
  ),
  ERR_WS_REQUEST_UPGRADE: request(
    426,
    (value: string | undefined, proxyFault = '') =>
      `request with ${field('Upgrade', value)}; expected Upgrade: websocket: use a WebSocket client, and have proxies pass the field on (§4.2.1)${stripped(proxyFault)}`,
  ),
  ERR_WS_REQUEST_CONNECTION: request(
    400,
    (value: string | undefined, proxyFault = '') =>
      `request with ${field('Connection', value)}; expected Connection: Upgrade, which proxies must set anew (§4.2.1)${stripped(proxyFault)}`,
  ),
  ERR_WS_REQUEST_HOST: request(
    400,
    (value: string | undefined) =>
      `request with ${field('Host', value)}; expected exactly one, with a host name or address and an optional port (§4.2.1)`,
  ),
  ERR_WS_REQUEST_BODY: request(
    400,
    () => 'request announces a body (Content-Length or Transfer-Encoding); an opening handshake has none',
  ),
  ERR_WS_REQUEST_VERSION_MISSING: request(
    400,
    () => 'request has no Sec-WebSocket-Version field; expected Sec-WebSocket-Version: 13 (§4.2.1)',
  ),
  ERR_WS_REQUEST_VERSION: request(
    426,
    (value: string) => `request with Sec-WebSocket-Version: ${show(value)}; version 13 is spoken here (§4.4)`,
  ),
  ERR_WS_REQUEST_KEY_MISSING: request(
    400,
    () => 'request has no Sec-WebSocket-Key field; expected 16 random bytes in Base64 (§4.2.1)',
  ),
  ERR_WS_REQUEST_KEY_REPEATED: request(
    400,
    (count: number) => `request with ${count} Sec-WebSocket-Key fields; it must not appear more than once (§11.3.1)`,
  ),
  ERR_WS_REQUEST_KEY: request(
    400,
    (value: string) =>
      `request with Sec-WebSocket-Key: ${show(value)}; expected 16 bytes in Base64, 24 characters that end in == (§4.2.1)`,
  ),
  ERR_WS_REQUEST_SUBPROTOCOLS: request(
    400,
    (value: string) =>
      `request with Sec-WebSocket-Protocol: ${show(value)}; expected a comma list of one or more tokens (§4.1)`,
  ),
  ERR_WS_REQUEST_SUBPROTOCOL_REPEATED: request(
    400,
    (subprotocol: string) => `request offers subprotocol ${show(subprotocol)} more than once (§4.1)`,
  ),
  ERR_WS_REQUEST_EXTENSIONS: request(
    400,
    (value: string, problem: string) => `request with Sec-WebSocket-Extensions: ${show(value)}: ${problem} (§9.1)`,
  ),
  ERR_WS_REQUEST_ORIGIN: request(
    403,
    (origin: string) =>
      `request from origin ${show(origin)}, which is not in allowedOrigins; add it there if its pages may connect (§10.2)`,
  ),
  ERR_WS_REQUEST_HEADER_SIZE: request(
    431,
    (limit: number) =>
      `request head of more than maxHeaderSize (${limit} bytes); send less, cookies for example, or raise maxHeaderSize`,
  ),
  ERR_WS_REQUEST_HEADER_COUNT: request(
    431,
    (limit: number) => `request with more than maxHeaderCount (${limit}) fields; send fewer, or raise maxHeaderCount`,
  ),
  ERR_WS_REQUEST_MALFORMED: request(400, (problem: string, remedy = '') =>
    remedy === ''
      ? `what came is no HTTP request: ${problem}; check what connects here, and ws: against wss:`
      : `received ${problem}: ${remedy}`,
  ),
  // Opening handshake as a client reads it, §4.1
  ERR_WS_REFUSED: response(
    (status: number, statusText: string, explanation = '', isBehindProxy = false) =>
      `server answered ${answer(status, statusText)} instead of 101 Switching Protocols; ${refusalRemedy(status, isBehindProxy)} (§4.1)${explanation === '' ? '' : `. It says: ${explanation}`}`,
  ),
  ERR_WS_RESPONSE_HTTP_VERSION: response(
    (version: string) =>
      `response 101 of HTTP version ${show(version)}; only HTTP/1.1 and higher can switch protocols: a proxy before the server may not pass them on (§4.2.2)`,
  ),
  ERR_WS_RESPONSE_UPGRADE: response(
    (value: string | undefined) =>
      `response with ${field('Upgrade', value)}; expected Upgrade: websocket: the server or a proxy before it does not speak WebSocket (§4.1)`,
  ),
  ERR_WS_RESPONSE_CONNECTION: response(
    (value: string | undefined) =>
      `response with ${field('Connection', value)}; expected Connection: Upgrade: the server or a proxy before it does not speak WebSocket (§4.1)`,
  ),
  ERR_WS_RESPONSE_ACCEPT_MISSING: response(
    (expected: string) => `response has no Sec-WebSocket-Accept field; expected ${expected} for our key (§4.1)`,
  ),
  ERR_WS_RESPONSE_ACCEPT_REPEATED: response(
    (count: number) =>
      `response with ${count} Sec-WebSocket-Accept fields; it must not appear more than once (§11.3.3)`,
  ),
  ERR_WS_RESPONSE_ACCEPT: response(
    (value: string, expected: string) =>
      `response with Sec-WebSocket-Accept: ${show(value)}; expected ${expected} for our key: the answer may be cached, or of another request (§4.1)`,
  ),
  ERR_WS_RESPONSE_SUBPROTOCOL: response(
    (value: string, offered: readonly string[]) =>
      `server selected subprotocol ${show(value)}; ${offered.length === 0 ? 'none was offered' : `offered were ${show(offered.join(', '))}`} (§4.1)`,
  ),
  ERR_WS_RESPONSE_SUBPROTOCOL_SEVERAL: response(
    (value: string) => `server selected several subprotocols, ${show(value)}; it may select one (§4.2.2)`,
  ),
  ERR_WS_RESPONSE_EXTENSION: response(
    (name: string) => `server accepted extension ${show(name)}, which was not offered (§9.1)`,
  ),
  ERR_WS_RESPONSE_EXTENSIONS: response(
    (value: string, problem: string) => `response with Sec-WebSocket-Extensions: ${show(value)}: ${problem} (§9.1)`,
  ),
  ERR_WS_RESPONSE_DEFLATE: response(
    (problem: string) =>
      `server accepted permessage-deflate with parameters that were not offered or are not valid: ${problem} (RFC 7692 §7.1)`,
  ),
  // More clients than a server takes
  ERR_WS_TOO_MANY_CONNECTIONS: overload(
    503,
    (limit: number) => `maxConnections (${limit}) are open; try again later, or raise limits.maxConnections`,
  ),
  ERR_WS_TOO_MANY_HANDSHAKES: overload(
    503,
    (limit: number) => `maxHandshakes (${limit}) are in progress; try again later, or raise limits.maxHandshakes`,
  ),
  ERR_WS_TOO_MANY_CONNECTIONS_OF_ADDRESS: overload(
    429,
    (address: string, limit: number) =>
      `${address} has maxConnectionsPerAddress (${limit}) connections; close some, or raise limits.maxConnectionsPerAddress; behind a proxy set trustedProxies`,
  ),
  ERR_WS_TOO_MANY_CONNECTIONS_PER_MINUTE: overload(
    429,
    (address: string, limit: number, seconds: number) =>
      `${address} has begun maxConnectionsPerMinute (${limit}) connections within a minute; try again in ${seconds} s, or raise limits.maxConnectionsPerMinute; behind a proxy set trustedProxies`,
  ),
  // The handshake as a whole
  ERR_WS_HANDSHAKE_TIMEOUT: environment(
    (timeout: number, progress = '') =>
      `opening handshake took longer than handshakeTimeout (${timeout} ms)${progress}; check the other end, or raise handshakeTimeout`,
  ),
  ERR_WS_HANDSHAKE_LOST: environment(
    (cause: string, hint = '') =>
      `connection lost during the opening handshake (${cause}); check that a WebSocket server listens there${hint}`,
  ),
  ERR_WS_UPGRADE_REFUSED: usage((status: number, reason: string) => `handshake refused with ${status} (${reason})`),
  ERR_WS_UPGRADE_FAILED: {
    family: 'usage',
    status: 500,
    text: (problem: string) =>
      `upgrade handler failed (${problem}), and the client was answered 500; the handler should catch what can go wrong and answer refuse(…), and accept(…) only what the client's request allows`,
  },
  ERR_WS_ABORTED: usage(() => 'aborted by its signal'),
  ERR_WS_LISTEN: environment(
    (address: string, cause: string) => `cannot listen on ${address} (${cause}); ${listenRemedy(cause)}`,
  ),
  // The way to the server
  ERR_WS_URL: usage(
    (url: string, problem: string) => `URL ${show(url)} ${problem}; expected ws://host[:port]/path or wss://…`,
  ),
  ERR_WS_NAME_NOT_RESOLVED: environment(
    (host: string, cause: string, owner = '') =>
      `host name ${show(host)}${owner} cannot be resolved (${cause}); check its spelling and the DNS`,
  ),
  ERR_WS_CONNECT: environment(
    (address: string, cause: string, remedy = 'check that a server listens there and can be reached') =>
      `cannot connect to ${address} (${cause}); ${descriptorRemedy(cause) ?? remedy}`,
  ),
  ERR_WS_RESPONSE_MALFORMED: environment((address: string, problem: string) => `${address} ${problem}`),
  ERR_WS_REDIRECT: environment(
    (location: string, problem: string) => `redirect to ${show(location)} is not followed: ${problem}`,
  ),
  ERR_WS_TLS: environment((host: string, problem: string) => `TLS with ${host} failed: ${problem}`),
  ERR_WS_PROXY_AUTHENTICATION: environment(
    (proxy: string, target: string, sent: boolean) =>
      `${proxy} answered 407 to CONNECT ${target}; ${sent ? 'it does not take this user name and password by the Basic scheme' : 'give it a user name and a password'}`,
  ),
  ERR_WS_PROXY_REFUSED: environment(
    (proxy: string, target: string, status: number, statusText: string) =>
      `${proxy} answered ${answer(status, statusText)} to CONNECT ${target} instead of 200; check that it may connect there, or exclude the host from the proxy`,
  ),
  ERR_WS_PROXY_ANSWER: environment(
    (proxy: string, target: string, problem: string) =>
      `${proxy} answered CONNECT ${target} with ${problem}; check that an HTTP proxy listens there`,
  ),
  ERR_WS_PROXY_LOST: environment(
    (proxy: string, target: string, cause: string) =>
      `${proxy} gave no answer to CONNECT ${target} (${cause}); check that an HTTP proxy listens there`,
  ),
  // Bounds on what a peer can make us hold
  ERR_WS_TOO_MANY_PONGS: protocol(
    policyViolation,
    (limit: number) =>
      `more than maxQueuedPongs (${limit}) pongs wait for a peer that pings without reading; raise maxQueuedPongs if it should`,
  ),
  ERR_WS_TOO_MANY_CONTROL_FRAMES: protocol(
    policyViolation,
    (limit: number) =>
      `more than maxControlFramesPerSecond (${limit}) Ping and Pong frames came within a second; raise maxControlFramesPerSecond or have the peer send fewer`,
  ),
  ERR_WS_TOO_MANY_MESSAGES: protocol(
    policyViolation,
    (limit: number) =>
      `more than maxMessagesPerSecond (${limit}) messages came within a second; raise maxMessagesPerSecond or have the peer send fewer`,
  ),
  ERR_WS_SLOW_CONSUMER: protocol(
    tryAgainLater,
    (queued: number, limit: number) =>
      `${queued} bytes wait for a peer that does not read, maxQueuedBytes is ${limit}; wait for drained(), or raise maxQueuedBytes`,
  ),
  ERR_WS_QUEUES_FULL: protocol(
    tryAgainLater,
    (queued: number, total: number, limit: number) =>
      `${queued} of ${total} bytes in all queues wait for this peer, maxTotalQueuedBytes is ${limit}; wait for drained(), lower maxQueuedBytes or raise maxTotalQueuedBytes`,
  ),
  ERR_WS_UNFINISHED_FULL: protocol(
    tryAgainLater,
    (held: number, total: number, limit: number) =>
      `${held} of ${total} bytes that are held of unfinished messages are of this peer, maxTotalUnfinishedBytes is ${limit}; lower maxMessageSize or raise maxTotalUnfinishedBytes`,
  ),
  ERR_WS_MESSAGE_TIMEOUT: protocol(
    policyViolation,
    (held: number, timeout: number) =>
      `a message of which ${held} bytes are held made no progress for messageTimeout (${timeout} ms); raise messageTimeout or have the peer send its messages without such pauses`,
  ),
  ERR_WS_SLOW_CONSUMER_DROPPED: environment(
    (policy: string, queued: number, bound: string, limit: number) =>
      `message was dropped by slowConsumer ${show(policy)}: ${queued} bytes wait for a peer that does not read, ${bound} is ${limit}; wait for drained(), or raise ${bound}`,
  ),
  ERR_WS_HEARTBEAT: environment(
    (timeout: number) => `no pong within heartbeat.timeout (${timeout} ms) of a ping; the peer is gone or hangs`,
  ),
  ERR_WS_INTERNAL: {
    family: 'environment',
    closeCode: internalError,
    text: (problem: string) =>
      `connection failed by an error that is not the peer's (${problem}); see the cause: this process may lack memory, otherwise report it as a bug`,
  },
  ERR_WS_LOST: environment(
    (cause: string) => `connection lost without a Close frame (${cause}); connect again to continue (§7.1.5)`,
  ),
  ERR_WS_TERMINATED: environment(() => 'connection was terminated here; use close() for a closing handshake'),
  ERR_WS_DROPPED: environment(
    (why: string) => `message was not sent: ${why}; wait for the send callback where delivery matters`,
  ),
  // Misuse
  ERR_WS_DATA_TYPE: usage(
    (type: string) => `data is ${type}; send a string, ArrayBuffer, typed array, DataView or Buffer`,
  ),
  ERR_WS_SEND_CLOSE_CODE: usage(
    (code: unknown) => `close code ${show(code)} must not be sent; use 1000–1003, 1007–1014 or 3000–4999 (§7.4)`,
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
  ERR_WS_FRAGMENT_SURROGATE: usage(() => 'text fragment ends between two surrogates; split text between code points'),
  ERR_WS_ITERATING: usage(
    () => 'messages of this connection go to its message handler or to another iterator; use one of them',
  ),
  ERR_WS_TOPIC: usage((topic: unknown) => `topic is ${show(topic)}; expected a string that is not empty`),
  ERR_WS_TOPIC_TOO_LONG: usage(
    (size: number, limit: number) =>
      `topic of ${size} bytes exceeds maxTopicLength (${limit} bytes); use a shorter name, or raise maxTopicLength`,
  ),
  ERR_WS_TOO_MANY_TOPICS: usage(
    (limit: number) =>
      `connection is subscribed to maxTopicsPerConnection (${limit}) topics; unsubscribe from some, or raise maxTopicsPerConnection`,
  ),
  ERR_WS_OPTION: usage((name: string, value: unknown, expected: string, isKnown = true) =>
    isKnown
      ? `${name} is ${showOption(value)}; expected ${expected}`
      : `${name} (${showOption(value)}) is not an option: ${expected}`,
  ),
} as const satisfies Record<string, Row<never>>;

/** Behind the text of a request that a client made as a handshake and that lost on its way what makes it one. */
function stripped(proxyFault: string): string {
  return proxyFault === ''
    ? ''
    : `. The rest of the request is a handshake: a proxy in front of this server ${proxyFault}. Have it pass the upgrade on; in nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";`;
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** Words that stand in an error text in place of a value. */
export class Described {
  readonly words: string;

  constructor(words: string) {
    this.words = words;
  }
}

/**
 * A value as it may stand in an error text: quoted when a string, cut when long, by its kind when it has parts. Whatever
 * the value is, this does not throw.
 */
export function show(value: unknown): string {
  if (value instanceof Described) return value.words;
  if (typeof value === 'string') return cut(JSON.stringify(value));
  if (typeof value === 'bigint') return cut(`${value}n`);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return cut(String(value));
  try {
    return cut(showObject(value));
  } catch {
    return 'an object that cannot be read'; // a revoked proxy, or one whose parts throw
  }
}

/** As {@link show}; what is before the `@` of a URL may be a password. */
function showOption(value: unknown): string {
  return show(typeof value === 'string' ? hideCredentialsIn(value) : value);
}

function showObject(value: object): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `an array of ${value.length}`;
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  if (typeof name === 'string' && name !== '' && name !== 'Object') return `an object of class ${name}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? '{}' : `{ ${keys.join(', ')} }`;
}

function cut(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

/** A header field as a text quotes it, or its absence. */
function field(name: string, value: string | undefined): string {
  return value === undefined ? `no ${name} field` : `${name}: ${show(value)}`;
}

/** A peer's status line: no control characters, which a terminal might obey, and cut when long. */
function answer(status: number, statusText: string): string {
  return `${status} ${statusText.slice(0, 80).replace(/\p{Cc}/gu, '?')}`.trimEnd();
}

/** What helps when there are too many open files. */
function descriptorRemedy(cause: string): string | undefined {
  if (cause === 'EMFILE')
    return 'this process has no file descriptor left: close what it does not need, or raise its limit (ulimit -n)';
  if (cause === 'ENFILE') return 'this machine has no file descriptor left: end what holds them, or raise fs.file-max';
  return undefined;
}

function listenRemedy(cause: string): string {
  const remedy = descriptorRemedy(cause);
  if (remedy !== undefined) return remedy;
  if (cause === 'EADDRINUSE')
    return 'the port is taken: choose another (0 is any free one), or end the program that listens there';
  if (cause === 'EADDRNOTAVAIL') return 'the address is not one of this machine';
  if (cause === 'EACCES') return 'ports below 1024 need privileges: choose a higher one';
  return 'check the address and the port';
}

function refusalRemedy(status: number, isBehindProxy: boolean): string {
  if (REDIRECT_STATUSES.has(status)) return 'connect to where it redirects, or raise maxRedirects';
  if (status === 401 || status === 403) return 'check the credentials and the origin that it expects';
  // What servers answer to a request whose Upgrade got lost.
  if (status === 426 || (status === 400 && isBehindProxy))
    return 'check the path, and that a WebSocket server listens there; if one does, a proxy in front of it may have removed Upgrade and must pass it on (nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade)';
  if (status >= 500) return 'the server or what it depends on has a problem; try again later';
  return 'check the path, and that a WebSocket server listens there';
}
