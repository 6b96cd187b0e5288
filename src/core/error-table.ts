// Every error of the engine, in one table: a stable code, who must act, the text, and where the error leads. A text says
// what happened, with the value; the rule or bound; and what to do.
//
// The table is ordered by who must act: the peer (frames, messages, limits, requests, responses), the environment, this
// program. A text that goes to the peer as the reason of a Close frame fits into its 123 bytes (RFC 6455 §5.5.1), or loses
// nothing but the remedy. After a change, run `npx tsx scripts/error-page.ts`: it writes docs/errors.md.

import { CloseCode, REDIRECT_STATUSES } from './constants.ts';
import { hideCredentialsIn } from './credentials.ts';
import { show } from './shown-value.ts';

/**
 * The party that must act on an error.
 *
 * - `protocol`: the peer broke a rule of RFC 6455 or RFC 7692, or a limit.
 * - `usage`: this program misused the API.
 * - `environment`: DNS, TCP, TLS, a proxy, the network or the operating system failed.
 */
export type ErrorFamily = 'protocol' | 'usage' | 'environment';

/** One kind of error. */
export interface Row<Values extends readonly unknown[]> {
  readonly family: ErrorFamily;
  /** Close code that the connection fails with (RFC 6455 §7.1.7). */
  readonly closeCode?: number;
  /** HTTP status with which a server refuses the handshake. */
  readonly status?: number;
  readonly text: (...values: Values) => string;
}

/** The connection fails with `closeCode`. */
function protocol<Values extends readonly unknown[]>(
  closeCode: number,
  text: (...values: Values) => string,
): Row<Values> {
  return { family: 'protocol', closeCode, text };
}

/** A server refuses the request with `status`. */
function request<Values extends readonly unknown[]>(status: number, text: (...values: Values) => string): Row<Values> {
  return { family: 'protocol', status, text };
}

/** A client does not accept the response as an opening handshake. */
function response<Values extends readonly unknown[]>(text: (...values: Values) => string): Row<Values> {
  return { family: 'protocol', text };
}

function environment<Values extends readonly unknown[]>(text: (...values: Values) => string): Row<Values> {
  return { family: 'environment', text };
}

/** A server refuses the request with `status`, because of other clients. */
function overload<Values extends readonly unknown[]>(status: number, text: (...values: Values) => string): Row<Values> {
  return { family: 'environment', status, text };
}

function usage<Values extends readonly unknown[]>(text: (...values: Values) => string): Row<Values> {
  return { family: 'usage', text };
}

const { protocolError, invalidPayload, messageTooBig, policyViolation, internalError, tryAgainLater } = CloseCode;

/** The table. Its keys are the stable `code` of the errors. */
export const errorTable = {
  // The peer's frames: RFC 6455 §5
  ERR_WS_RESERVED_BITS: protocol(
    protocolError,
    (firstByte: number) =>
      `frame has reserved bits set (first byte 0x${hexByte(firstByte)}), but no extension defines them (RFC 6455 §5.2)`,
  ),
  ERR_WS_COMPRESSED_BIT: protocol(
    protocolError,
    (firstByte: number) =>
      `frame has RSV1 set (first byte 0x${hexByte(firstByte)}); only the first frame of a message may have it (RFC 7692 §6)`,
  ),
  ERR_WS_RESERVED_OPCODE: protocol(
    protocolError,
    (opcode: number) =>
      `frame has reserved opcode 0x${opcode.toString(16)}; opcodes 0 to 2 and 8 to a are defined (RFC 6455 §5.2)`,
  ),
  ERR_WS_LENGTH_NOT_MINIMAL: protocol(
    protocolError,
    (length: number, bits: number) =>
      `payload length ${length} is encoded in ${bits} bits; it must use the shortest encoding (RFC 6455 §5.2)`,
  ),
  ERR_WS_LENGTH_TOO_LARGE: protocol(
    messageTooBig,
    () => 'payload length is 2^53 bytes or more, which the engine cannot receive; send smaller messages',
  ),
  ERR_WS_LENGTH_SIGN: protocol(
    protocolError,
    () => 'most significant bit of a 64-bit payload length is set; it must be 0 (RFC 6455 §5.2)',
  ),
  ERR_WS_NOT_MASKED: protocol(
    protocolError,
    () => 'frame from a client is not masked; clients must mask their frames (RFC 6455 §5.1)',
  ),
  ERR_WS_MASKED: protocol(
    protocolError,
    () => 'frame from a server is masked; servers must not mask their frames (RFC 6455 §5.1)',
  ),
  ERR_WS_CONTROL_FRAGMENTED: protocol(
    protocolError,
    (opcode: number) =>
      `control frame (opcode 0x${opcode.toString(16)}) has no FIN bit; it must not be fragmented (RFC 6455 §5.5)`,
  ),
  ERR_WS_CONTROL_TOO_LARGE: protocol(
    protocolError,
    (opcode: number, length: number) =>
      `control frame (opcode 0x${opcode.toString(16)}) has ${length} bytes of payload or more; the limit is 125 (RFC 6455 §5.5)`,
  ),
  ERR_WS_CLOSE_PAYLOAD: protocol(
    protocolError,
    () => 'Close frame has one byte of payload; it must have none, or begin with a two-byte code (RFC 6455 §5.5.1)',
  ),
  ERR_WS_CLOSE_CODE: protocol(
    protocolError,
    (code: number) =>
      `Close frame has code ${code}; only 1000–1003, 1007–1014 and 3000–4999 may be sent (RFC 6455 §7.4)`,
  ),
  // The peer's messages: RFC 6455 §5.4, §8.1; RFC 7692
  ERR_WS_UNEXPECTED_CONTINUATION: protocol(
    protocolError,
    () => 'received a continuation frame, but no message has begun (RFC 6455 §5.4)',
  ),
  ERR_WS_EXPECTED_CONTINUATION: protocol(
    protocolError,
    (opcode: number) =>
      `received a data frame (opcode 0x${opcode.toString(16)}) inside a message; expected a continuation frame (RFC 6455 §5.4)`,
  ),
  ERR_WS_INVALID_UTF8: protocol(invalidPayload, (where: string) => `${where} is not valid UTF-8 (RFC 6455 §8.1)`),
  // 1007 and not 1002: the frames are in order, but their content is not what they announce.
  ERR_WS_INFLATE: protocol(
    invalidPayload,
    (problem: string) =>
      `cannot inflate a compressed message (${problem}); check the peer's compression (RFC 7692 §7.2.2)`,
  ),
  ERR_WS_TEXT_TOO_LONG: protocol(
    messageTooBig,
    (problem: string) => `text is too long for a string (${problem}); split it, or send it as binary`,
  ),
  ERR_WS_OUT_OF_MEMORY: protocol(
    messageTooBig,
    (problem: string) =>
      `no memory for a message of the peer (${problem}); lower maxMessageSize or maxConnections, or add memory`,
  ),
  // Limits that the peer exceeded
  ERR_WS_MESSAGE_TOO_LARGE: protocol(
    messageTooBig,
    (size: number, limit: number, bound = 'maxMessageSize') =>
      `message of ${size} bytes or more exceeds ${bound} (${limit} bytes); raise it, or split the data`,
  ),
  ERR_WS_FRAME_TOO_LARGE: protocol(
    messageTooBig,
    (size: number, limit: number) =>
      `frame of ${size} bytes exceeds maxFrameSize (${limit} bytes); raise it, or send smaller frames`,
  ),
  ERR_WS_INFLATE_RATIO: protocol(
    messageTooBig,
    (inflated: number, compressed: number, limit: number) =>
      `${compressed} compressed bytes inflate to ${inflated} or more, above maxInflateRatio (${limit}); raise it, or compress less`,
  ),
  ERR_WS_TOO_MANY_FRAGMENTS: protocol(
    policyViolation,
    (limit: number) => `message has more than maxFragments (${limit}) frames; raise it, or send larger fragments`,
  ),
  ERR_WS_TOO_MANY_EMPTY_FRAGMENTS: protocol(
    policyViolation,
    (limit: number) =>
      `message has more than maxEmptyFragments (${limit}) frames without payload; raise it, or omit them`,
  ),
  ERR_WS_TOO_MANY_MESSAGES: protocol(
    policyViolation,
    (limit: number) =>
      `received more than maxMessagesPerSecond (${limit}) messages in a second; raise it, or send fewer`,
  ),
  ERR_WS_TOO_MANY_CONTROL_FRAMES: protocol(
    policyViolation,
    (limit: number) =>
      `received more than maxControlFramesPerSecond (${limit}) pings and pongs in a second; raise it, or send fewer`,
  ),
  ERR_WS_TOO_MANY_PONGS: protocol(
    policyViolation,
    (limit: number) =>
      `more than maxQueuedPongs (${limit}) pongs wait for a peer that pings but does not read; raise it, or read more`,
  ),
  ERR_WS_MESSAGE_TIMEOUT: protocol(
    policyViolation,
    (held: number, timeout: number) =>
      `message stopped after ${held} bytes for longer than messageTimeout (${timeout} ms); raise it, or send without pauses`,
  ),
  ERR_WS_UNFINISHED_FULL: protocol(
    tryAgainLater,
    (held: number, total: number, limit: number) =>
      `unfinished messages hold ${total} bytes, ${held} of this peer, above maxTotalUnfinishedBytes (${limit}); raise it`,
  ),
  ERR_WS_SLOW_CONSUMER: protocol(
    tryAgainLater,
    (queued: number, limit: number) =>
      `${queued} bytes wait for a slow peer, above maxQueuedBytes (${limit}); wait for drained() or raise it`,
  ),
  ERR_WS_QUEUES_FULL: protocol(
    tryAgainLater,
    (queued: number, total: number, limit: number) =>
      `queues hold ${total} bytes, ${queued} for this peer, above maxTotalQueuedBytes (${limit}); wait for drained() or raise it`,
  ),
  // Requests that a server refuses: RFC 6455 §4.2.1
  ERR_WS_REQUEST_METHOD: request(
    405,
    (method: string) => `request method is ${show(method)}; an opening handshake must use GET (RFC 6455 §4.2.1)`,
  ),
  ERR_WS_REQUEST_HTTP_VERSION: request(
    400,
    (version: string, proxyFault = '') =>
      `request has HTTP version ${show(version)}; an opening handshake needs HTTP/1.1 or later (RFC 6455 §4.2.1)${stripped(proxyFault)}`,
  ),
  ERR_WS_REQUEST_TARGET: request(
    400,
    (target: string) =>
      `request target is ${show(target)}; expected a path that begins with /, or an http: or https: URL with a host, and neither a user name nor # (RFC 6455 §4.2.1)`,
  ),
  ERR_WS_REQUEST_UPGRADE: request(
    426,
    (value: string | undefined, proxyFault = '') =>
      `request has ${field('Upgrade', value)}; expected Upgrade: websocket: use a WebSocket client, and have proxies pass the field on (RFC 6455 §4.2.1)${stripped(proxyFault)}`,
  ),
  ERR_WS_REQUEST_CONNECTION: request(
    400,
    (value: string | undefined, proxyFault = '') =>
      `request has ${field('Connection', value)}; expected Connection: Upgrade, which each proxy must set again (RFC 6455 §4.2.1)${stripped(proxyFault)}`,
  ),
  ERR_WS_REQUEST_HOST: request(
    400,
    (value: string | undefined) =>
      `request has ${field('Host', value)}; expected exactly one Host field with a host name or address and an optional port (RFC 6455 §4.2.1)`,
  ),
  ERR_WS_REQUEST_BODY: request(
    400,
    () =>
      'request announces a body (Content-Length or Transfer-Encoding); an opening handshake must not have one: leave it out',
  ),
  ERR_WS_REQUEST_VERSION_MISSING: request(
    400,
    () => 'request has no Sec-WebSocket-Version field; expected Sec-WebSocket-Version: 13 (RFC 6455 §4.2.1)',
  ),
  ERR_WS_REQUEST_VERSION: request(
    426,
    (value: string) =>
      `request has Sec-WebSocket-Version: ${show(value)}; this server supports only version 13 (RFC 6455 §4.4)`,
  ),
  ERR_WS_REQUEST_KEY_MISSING: request(
    400,
    () => 'request has no Sec-WebSocket-Key field; expected 16 random bytes in Base64 (RFC 6455 §4.2.1)',
  ),
  ERR_WS_REQUEST_KEY_REPEATED: request(
    400,
    (count: number) => `request has ${count} Sec-WebSocket-Key fields; expected exactly one (RFC 6455 §11.3.1)`,
  ),
  ERR_WS_REQUEST_KEY: request(
    400,
    (value: string) =>
      `request has Sec-WebSocket-Key: ${show(value)}; expected 16 bytes in Base64: 24 characters that end in == (RFC 6455 §4.2.1)`,
  ),
  ERR_WS_REQUEST_SUBPROTOCOLS: request(
    400,
    (value: string) =>
      `request has Sec-WebSocket-Protocol: ${show(value)}; expected one or more tokens, separated by commas (RFC 6455 §4.1)`,
  ),
  ERR_WS_REQUEST_SUBPROTOCOL_REPEATED: request(
    400,
    (subprotocol: string) =>
      `request offers subprotocol ${show(subprotocol)} more than once; all must differ (RFC 6455 §4.1)`,
  ),
  ERR_WS_REQUEST_EXTENSIONS: request(
    400,
    (value: string, problem: string) =>
      `request has Sec-WebSocket-Extensions: ${show(value)}: ${problem} (RFC 6455 §9.1)`,
  ),
  ERR_WS_REQUEST_ORIGIN: request(
    403,
    (origin: string) =>
      `request comes from origin ${show(origin)}, which is not in allowedOrigins; add it there if its pages may connect (RFC 6455 §10.2)`,
  ),
  ERR_WS_REQUEST_HEADER_SIZE: request(
    431,
    (limit: number) =>
      `request head exceeds maxHeaderSize (${limit} bytes); send less, such as fewer cookies, or raise maxHeaderSize`,
  ),
  ERR_WS_REQUEST_HEADER_COUNT: request(
    431,
    (limit: number) =>
      `request has more than maxHeaderCount (${limit}) header fields; send fewer, or raise maxHeaderCount`,
  ),
  ERR_WS_REQUEST_MALFORMED: request(400, (problem: string, remedy = '') =>
    remedy === ''
      ? `received bytes that are not an HTTP request (${problem}); check which program connects to this port`
      : `received ${problem}: ${remedy}`,
  ),
  ERR_WS_REQUEST_PATH: request(
    404,
    (path: string, paths: string) =>
      `request has the path ${show(path)}, which is not one of this server: connect to one of its paths (${paths}), or add it to them`,
  ),
  ERR_WS_REQUEST_PROXY_HEADER: request(
    400,
    (problem: string, remedy: string) => `PROXY protocol header ${problem}; ${remedy}`,
  ),
  // Responses that a client does not accept: RFC 6455 §4.1
  ERR_WS_REFUSED: response(
    (status: number, statusText: string, explanation = '', isBehindProxy = false, location?: string) =>
      `server answered ${answer(status, statusText)} instead of 101 Switching Protocols; ${refusalRemedy(status, isBehindProxy, location)}${explanation === '' ? '' : `. The server says: ${explanation}`}`,
  ),
  ERR_WS_RESPONSE_HTTP_VERSION: response(
    (version: string) =>
      `response 101 has HTTP version ${show(version)}; only HTTP/1.1 and later can switch protocols: check the proxies in front of the server (RFC 6455 §4.2.2)`,
  ),
  ERR_WS_RESPONSE_UPGRADE: response(
    (value: string | undefined) =>
      `response has ${field('Upgrade', value)}; expected Upgrade: websocket: the server, or a proxy in front of it, does not support WebSocket (RFC 6455 §4.1)`,
  ),
  ERR_WS_RESPONSE_CONNECTION: response(
    (value: string | undefined) =>
      `response has ${field('Connection', value)}; expected Connection: Upgrade: the server, or a proxy in front of it, does not support WebSocket (RFC 6455 §4.1)`,
  ),
  ERR_WS_RESPONSE_ACCEPT_MISSING: response(
    (expected: string) =>
      `response has no Sec-WebSocket-Accept field; expected ${expected} for the key of the request (RFC 6455 §4.1)`,
  ),
  ERR_WS_RESPONSE_ACCEPT_REPEATED: response(
    (count: number) => `response has ${count} Sec-WebSocket-Accept fields; expected exactly one (RFC 6455 §11.3.3)`,
  ),
  ERR_WS_RESPONSE_ACCEPT: response(
    (value: string, expected: string) =>
      `response has Sec-WebSocket-Accept: ${show(value)}; expected ${expected} for the key of the request: the response may come from a cache, or answer another request (RFC 6455 §4.1)`,
  ),
  ERR_WS_RESPONSE_SUBPROTOCOL: response(
    (value: string, offered: readonly string[]) =>
      `server selected subprotocol ${show(value)}, but the client offered ${offered.length === 0 ? 'none' : show(offered.join(', '))} (RFC 6455 §4.1)`,
  ),
  ERR_WS_RESPONSE_SUBPROTOCOL_SEVERAL: response(
    (value: string) =>
      `server selected several subprotocols (${show(value)}); it may select only one (RFC 6455 §4.2.2)`,
  ),
  ERR_WS_RESPONSE_SUBPROTOCOL_ABSENT: response(
    (offered: string) =>
      `server selected none of the subprotocols offered (${show(offered)}); a client of the web must then fail the connection: offer none, or have the server select one (Fetch standard, "establish a WebSocket connection")`,
  ),
  ERR_WS_RESPONSE_EXTENSION: response(
    (name: string) => `server accepted extension ${show(name)}, which the client did not offer (RFC 6455 §9.1)`,
  ),
  ERR_WS_RESPONSE_EXTENSIONS: response(
    (value: string, problem: string) =>
      `response has Sec-WebSocket-Extensions: ${show(value)}: ${problem} (RFC 6455 §9.1)`,
  ),
  ERR_WS_RESPONSE_DEFLATE: response(
    (problem: string) =>
      `server accepted permessage-deflate with parameters that were not offered or are not valid: ${problem} (RFC 7692 §7.1)`,
  ),
  // The way to the server
  ERR_WS_NAME_NOT_RESOLVED: environment(
    (host: string, cause: string, owner = '') =>
      `cannot resolve host name ${show(host)}${owner} (${cause}); check its spelling and the DNS`,
  ),
  ERR_WS_CONNECT: environment(
    (address: string, cause: string, remedy = 'check that a server listens there and can be reached') =>
      `cannot connect to ${address} (${cause}); ${descriptorRemedy(cause) ?? remedy}`,
  ),
  ERR_WS_PROXY_AUTHENTICATION: environment(
    (proxy: string, target: string, sent: boolean) =>
      `${proxy} answered 407 to CONNECT ${target}; ${sent ? 'it does not accept this user name and password (Basic scheme): check them' : 'set a user name and a password for it'}`,
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
      `${proxy} did not answer CONNECT ${target} (${cause}); check that an HTTP proxy listens there`,
  ),
  ERR_WS_PROXY_SOCKS: environment(
    (proxy: string, target: string, problem: string, remedy: string) =>
      `${proxy} did not connect to ${target} by SOCKS (${problem}); ${remedy}`,
  ),
  ERR_WS_TLS: environment((host: string, problem: string) => `TLS with ${host} failed: ${problem}`),
  ERR_WS_RESPONSE_MALFORMED: environment((address: string, problem: string) => `${address} ${problem}`),
  ERR_WS_REDIRECT: environment(
    (location: string | undefined, problem: string) =>
      `did not follow the redirect${location === undefined ? '' : ` to ${show(location)}`}: ${problem}`,
  ),
  ERR_WS_HANDSHAKE_TIMEOUT: environment(
    (timeout: number, progress = '') =>
      `opening handshake took longer than handshakeTimeout (${timeout} ms)${progress}; check the other end, or raise handshakeTimeout`,
  ),
  ERR_WS_HANDSHAKE_LOST: environment(
    (cause: string, remedy = '') =>
      `connection lost during the opening handshake (${cause})${remedy === '' ? '' : `; ${remedy}`}`,
  ),
  // More clients than a server takes
  ERR_WS_TOO_MANY_CONNECTIONS: overload(
    503,
    (limit: number) =>
      `server has maxConnections (${limit}) connections open; try again later, or raise limits.maxConnections`,
  ),
  ERR_WS_TOO_MANY_HANDSHAKES: overload(
    503,
    (limit: number) =>
      `server has maxHandshakes (${limit}) handshakes in progress; try again later, or raise limits.maxHandshakes`,
  ),
  ERR_WS_TOO_MANY_CONNECTIONS_OF_ADDRESS: overload(
    429,
    (address: string, limit: number) =>
      `${address} has maxConnectionsPerAddress (${limit}) connections open; close some, or raise limits.maxConnectionsPerAddress; behind a proxy, set trustedProxies`,
  ),
  ERR_WS_TOO_MANY_CONNECTIONS_PER_MINUTE: overload(
    429,
    (address: string, limit: number, seconds: number) =>
      `${address} opened maxConnectionsPerMinute (${limit}) connections within a minute; try again in ${seconds} s, or raise limits.maxConnectionsPerMinute; behind a proxy, set trustedProxies`,
  ),
  // The end of a connection, and messages that were not sent
  ERR_WS_LOST: environment(
    (cause: string) => `connection lost without a Close frame (${cause}); connect again to continue (RFC 6455 §7.1.5)`,
  ),
  ERR_WS_HEARTBEAT: environment(
    (timeout: number) =>
      `no pong came within heartbeat.timeout (${timeout} ms) of a ping; the peer is gone or does not respond: connect again to continue`,
  ),
  ERR_WS_CLOSED: environment(
    (code: number, reason: string) =>
      `connection was closed with code ${code}${reason === '' ? '' : ` (${show(reason)})`}; connect again to continue (RFC 6455 §7.4)`,
  ),
  ERR_WS_GAVE_UP: environment(
    (why: string, last: string) => `the client does not connect again: ${why}. The last reason: ${last}`,
  ),
  ERR_WS_TERMINATED: environment(() => 'connection was terminated by this side; use close() for a closing handshake'),
  ERR_WS_MESSAGE_CUT: environment(
    (why: string) => `message ended before it was complete: ${why}; have the peer send it again on a new connection`,
  ),
  ERR_WS_SESSION_OVER: environment(
    (why: string) => `session ended without its client: ${why}; the expired handler has what was not acknowledged`,
  ),
  ERR_WS_DROPPED: environment(
    (why: string) => `message was not sent: ${why}; wait for the callback of send() where delivery matters`,
  ),
  ERR_WS_SLOW_CONSUMER_DROPPED: environment(
    (policy: string, queued: number, bound: string, limit: number) =>
      `message was dropped by slowConsumer ${show(policy)}: ${queued} bytes wait for a slow peer, above ${bound} (${limit}); wait for drained() or raise it`,
  ),
  // Redis and Valkey between the nodes of a system
  ERR_WS_REDIS_LOST: environment(
    (address: string, problem: string) => `Redis at ${address} is out of reach (${problem}); it is tried again`,
  ),
  ERR_WS_REDIS_REFUSED: environment(
    (address: string, problem: string, remedy: string) =>
      `Redis at ${address} refuses this program (${problem}): ${remedy}`,
  ),
  ERR_WS_REDIS_CUT: environment(
    (address: string) =>
      `Redis at ${address} closed the connection that subscribes, and only that one, as it does with a slow reader: messages were lost; raise client-output-buffer-limit pubsub, or take load off this process`,
  ),
  ERR_WS_REDIS_MOVED: environment(
    (address: string, channels: number, silence: number) =>
      `Redis at ${address} moved slots to other servers: messages on ${channels} ${channels === 1 ? 'channel' : 'channels'} of the last ${silence} ms may be missing; they arrive again, and clients may read again what they need`,
  ),
  ERR_WS_REDIS_DENIED: environment(
    (address: string, channel: string, problem: string) =>
      `Redis at ${address} does not let this program subscribe to ${channel} (${problem}); permit it by ACL SETUSER … &pattern`,
  ),
  ERR_WS_REDIS_PUBLISH: environment(
    (address: string, count: number, problem: string) =>
      `Redis at ${address} did not take ${count} ${count === 1 ? 'message' : 'messages'} (${problem}); what it says tells what to change there`,
  ),
  ERR_WS_LISTEN: environment(
    (address: string, cause: string, isPath = false) =>
      `cannot listen on ${address} (${cause}); ${isPath ? pathRemedy(cause) : listenRemedy(cause)}`,
  ),
  // Other nodes of the system, over a bus
  ERR_WS_BUS_CONNECT: environment(
    (address: string, timeout: number, cause: string) =>
      `the bus at ${address} was not ready within timeout (${timeout} ms): ${cause}; start the broker, or listen without it by required: false`,
  ),
  ERR_WS_BUS_LOST: environment(
    (address: string, cause: string) => `the bus at ${address} is lost (${cause}); it connects again by itself`,
  ),
  ERR_WS_BUS_REFUSED: environment(
    (address: string, cause: string) =>
      `the broker at ${address} refuses this node (${cause}); check its credentials and its version, and start again`,
  ),
  ERR_WS_BUS_TROUBLE: environment(
    (address: string, cause: string) => `the broker at ${address} dropped messages or refused a channel (${cause})`,
  ),
  ERR_WS_NODE_GONE: environment(
    (node: string, why: string) =>
      `node ${show(node)} is gone: ${why}; its connections have ended, or come back elsewhere`,
  ),
  ERR_WS_NODE_SILENT: environment(
    (node: string, deadline: number) =>
      `node ${show(node)} did not answer within deadline (${deadline} ms); it may have done what was asked: try again, or raise deadline`,
  ),
  ERR_WS_CLUSTER_WORKER: environment(
    (number: number, end: string, error: string) => `worker ${number} ended before it listened (${end}): ${error}`,
  ),
  ERR_WS_INTERNAL: {
    ...environment(
      (problem: string) =>
        `connection failed because of an internal error (${problem}); see the cause: add memory, or report a bug`,
    ),
    closeCode: internalError,
  },
  // Misuse by this program
  ERR_WS_OPTION: usage((name: string, value: unknown, expected: string, isKnown = true) =>
    isKnown
      ? `${name} is ${showOption(value)}; expected ${expected}`
      : `${name} (${showOption(value)}) is not an option: ${expected}`,
  ),
  ERR_WS_NO_CLUSTER: usage(
    () =>
      'workersBus() is for the workers of createCluster(), and this process is not one; use localBus() in one process, redisBus() or natsBus() between others',
  ),
  ERR_WS_CLUSTER_ENDED: usage(() => 'the cluster has ended or is draining: call createCluster() for another one'),
  ERR_WS_CLUSTER_NESTED: usage(
    () =>
      'this process is a worker of a cluster, and cannot have workers; call createCluster() in the first process only',
  ),
  ERR_WS_PACKAGE_MISSING: usage(
    (user: string, name: string) => `${user} needs the package ${name}, which is not installed: npm install ${name}`,
  ),
  ERR_WS_URL: usage(
    (url: string, problem: string) =>
      `URL ${show(url)} ${problem}; expected ${/^wss?\+unix:/i.test(url) ? 'ws+unix:///path/of.sock:/path' : 'ws://host[:port]/path or wss://…'}`,
  ),
  ERR_WS_ABORTED: usage(() => 'connect() was aborted by its signal'),
  ERR_WS_RECONNECT_FUNCTION: usage(
    (name: string, problem: string) =>
      `function ${name} gave no answer for an attempt to connect (${problem}); the attempt counts as failed: have it return a value, or a promise of one, in time`,
  ),
  ERR_WS_DATA_TYPE: usage(
    (type: string) => `data is ${type}; send a string, ArrayBuffer, typed array, DataView or Buffer`,
  ),
  ERR_WS_PING_TOO_LARGE: usage(
    (size: number) =>
      `payload of a ping or pong has ${size} bytes; at most 125 fit into a control frame (RFC 6455 §5.5)`,
  ),
  ERR_WS_SEND_CLOSE_CODE: usage(
    (code: unknown) => `cannot send close code ${show(code)}; use 1000–1003, 1007–1014 or 3000–4999 (RFC 6455 §7.4)`,
  ),
  ERR_WS_CLOSE_REASON_TOO_LONG: usage(
    (size: number) =>
      `close reason has ${size} bytes; at most 123 bytes of UTF-8 fit into a Close frame (RFC 6455 §5.5.1)`,
  ),
  ERR_WS_FRAGMENT_OPEN: usage(
    () =>
      'cannot send another message inside a fragmented one; finish that with sendFragment(data, { fin: true }) first (RFC 6455 §5.4)',
  ),
  ERR_WS_FRAGMENT_KIND: usage(
    (begun: 'text' | 'binary') =>
      `cannot send a ${begun === 'text' ? 'binary' : 'text'} fragment: this message began as ${begun} (RFC 6455 §5.4)`,
  ),
  ERR_WS_FRAGMENT_SURROGATE: usage(
    () => 'text fragment ends in the middle of a surrogate pair; split text between code points',
  ),
  ERR_WS_SEND_UTF8: usage(
    () =>
      'cannot send these bytes as text: they are not UTF-8 (RFC 6455 §8.1); encode text as UTF-8, or send them as a binary message',
  ),
  ERR_WS_ITERATING: usage(
    () => 'cannot iterate: the message handler or another iterator takes the messages of this connection; use only one',
  ),
  ERR_WS_STREAM_SOURCE: usage(
    (source: unknown) =>
      `cannot read parts from ${show(source)}; expected a ReadableStream, a Readable, or an iterable of strings or bytes; use send() for one string or one piece of bytes`,
  ),
  // The text goes to the peer, which does not learn more than that.
  ERR_WS_SEND_STREAM: {
    ...usage(() => 'a message could not be finished: its source failed'),
    closeCode: internalError,
  },
  ERR_WS_STREAM_OPEN: usage(
    () => 'cannot send a fragment while sendStream is sending; use send(), or wait for the promise of sendStream',
  ),
  ERR_WS_STREAM_USED: usage(
    () => 'cannot read this message: it was read or cancelled before; read it once, and keep its parts if need be',
  ),
  ERR_WS_STREAM_UNREAD: usage(
    () =>
      'message was dropped: nobody had begun to read it when its handler was done; call text(), bytes() or for await in the handler',
  ),
  ERR_WS_STREAM_LIMIT: usage(
    (limit: number) =>
      `message has more than ${limit} bytes, the limit of text() or bytes(); raise it, or read it in parts`,
  ),
  ERR_WS_NOT_TEXT: usage(() => 'this binary message is not UTF-8; use bytes() instead of text()'),
  ERR_WS_TOPIC: usage((topic: unknown) => `topic is ${show(topic)}; expected a string that is not empty`),
  ERR_WS_TOPIC_TOO_LONG: usage(
    (size: number, limit: number) =>
      `topic of ${size} bytes exceeds maxTopicLength (${limit} bytes); use a shorter name, or raise maxTopicLength`,
  ),
  ERR_WS_TOO_MANY_TOPICS: usage(
    (limit: number) =>
      `connection is already subscribed to maxTopicsPerConnection (${limit}) topics; unsubscribe from some, or raise maxTopicsPerConnection`,
  ),
  ERR_WS_BUS_USED: usage((user: string) => `this bus serves ${user} already; make one for each server and publisher`),
  ERR_WS_BUS_CLOSED: usage(
    () => 'the bus is closed, since its server or publisher has ended; make a new server with a new bus',
  ),
  ERR_WS_BUS_PAYLOAD: usage(
    (size: number, beside: number, limit: number, bound: string) =>
      `message of ${size} bytes, with ${beside} bytes beside it, exceeds the bound of the bus (${limit} bytes, by ${bound}); split the message, or raise that`,
  ),
  ERR_WS_CONNECTION_ID: usage(
    (id: unknown) =>
      `connection id is ${show(id)}; expected the id of a connection, such as 'a-k3x9w2pm/17', or '17' without a bus`,
  ),
  ERR_WS_PRESENCE: usage(
    (what: string, value: unknown, expected: string) => `${what} is ${show(value)}; expected ${expected}`,
  ),
  ERR_WS_UPGRADE_REFUSED: usage((status: number, reason: string) => `handshake was refused with ${status} (${reason})`),
  ERR_WS_UPGRADE_FAILED: {
    ...usage(
      (problem: string) =>
        `upgrade handler failed (${problem}), and the client was answered 500; catch errors in the handler, and accept(…) only what the client's request allows`,
    ),
    status: 500,
  },
} as const satisfies Record<string, Row<never>>;

/** The end of the text for a handshake that lost its fields to a proxy on its way. */
function stripped(proxyFault: string): string {
  return proxyFault === ''
    ? ''
    : `. The rest of the request is a handshake: a proxy in front of this server ${proxyFault}. Have it pass the upgrade on. In nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";`;
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** As {@link show}, without what is before the `@` of a URL: that may be a password. */
function showOption(value: unknown): string {
  return show(typeof value === 'string' ? hideCredentialsIn(value) : value);
}

/** A header field, or its absence, as a text quotes it. */
function field(name: string, value: string | undefined): string {
  return value === undefined ? `no ${name} field` : `${name}: ${show(value)}`;
}

/** A peer's status line, without control characters, which a terminal might obey, and cut when long. */
function answer(status: number, statusText: string): string {
  return `${status} ${statusText.slice(0, 80).replace(/\p{Cc}/gu, '?')}`.trimEnd();
}

/** The remedy for too many open files, or `undefined` for any other cause. */
function descriptorRemedy(cause: string): string | undefined {
  if (cause === 'EMFILE')
    return 'this process has no file descriptors left: close some, or raise its limit (ulimit -n)';
  if (cause === 'ENFILE')
    return 'this machine has no file descriptors left: stop programs that hold many, or raise fs.file-max';
  return undefined;
}

function listenRemedy(cause: string): string {
  const remedy = descriptorRemedy(cause);
  if (remedy !== undefined) return remedy;
  if (cause === 'EADDRINUSE')
    return 'the port is in use: choose another (0 means any free one), or stop the program that listens there';
  if (cause === 'EADDRNOTAVAIL') return 'the address does not belong to this machine: choose one that does';
  if (cause === 'EACCES') return 'ports below 1024 need privileges: choose a higher port';
  return 'check the address and the port';
}

/** For a Unix socket. */
function pathRemedy(cause: string): string {
  const remedy = descriptorRemedy(cause);
  if (remedy !== undefined) return remedy;
  if (cause === 'EADDRINUSE') return 'a program answers there: stop it, or choose another path';
  if (cause === 'EEXIST') return 'there is a file that is not a socket: remove it, or choose another path';
  if (cause === 'EACCES' || cause === 'EPERM' || cause === 'ENOENT')
    return 'check that its folder exists, and that this user may write there';
  return 'check the path, and the file system that it is on';
}

function refusalRemedy(status: number, isBehindProxy: boolean, location: string | undefined): string {
  if (REDIRECT_STATUSES.has(status)) {
    const target =
      location === undefined
        ? 'connect to the URL that it redirects to'
        : `it redirects to ${show(location)}: connect there`;
    return `${target}, or raise maxRedirects`;
  }
  if (status === 401 || status === 403) return 'check the credentials, and which origin the server expects';
  // Servers answer these to a request that has lost its Upgrade field.
  if (status === 426 || (status === 400 && isBehindProxy))
    return 'check the path, and that a WebSocket server listens there; if one does, a proxy in front of it may have removed the Upgrade field: have it pass the field on (nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade)';
  if (status >= 500) return 'the server, or a service that it needs, has a problem: try again later';
  return 'check the path, and that a WebSocket server listens there';
}
