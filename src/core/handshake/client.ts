// A client's part of the opening handshake (RFC 6455 §4.1): the header fields of the request, in the order of kit
// specification §3.4, and the check of the response. The request line, and reading heads, are the HTTP library's.

import { PROTOCOL_VERSION, REDIRECT_STATUSES } from '../constants.ts';
import { hideInLocation } from '../credentials.ts';
import { type ErrorCode, type errorTable, responseError, type WebSocketError, webSocketError } from '../errors.ts';
import { type Extension, findUnoffered, formatExtensions, parseExtensions } from '../extension/negotiation.ts';
import { isHttp11, readFields } from './head.ts';
import { type HeaderFields, listFields } from './header-fields.ts';
import { isHost } from './host.ts';
import { equalsIgnoringCase, findRepeated, hasToken, isToken, readTokens, trim } from './token.ts';

/** What a request is made of. */
export interface HandshakeIntent {
  /** Value of Host: `example.com`, `example.com:8080`, `[::1]:8080`; without the port where it is the default one. */
  readonly host: string;
  /** Value of Origin, e.g. `https://example.com`. Absent: not sent, as by programs that are not browsers. */
  readonly origin?: string | undefined;
  /** See `makeKey`. */
  readonly key: string;
  /** Offered in this order. */
  readonly subprotocols?: readonly string[] | undefined;
  /** Offered in this order. */
  readonly extensions?: readonly Extension[] | undefined;
  /** Further fields. `Host`, `Origin`, `Pragma` and `Cache-Control` take the place of the default. */
  readonly headers?: HeaderFields | undefined;
}

/**
 * Header fields of a request as a flat list, name, value, name, value …, in the order to send them in.
 *
 * @throws WebSocketError ERR_WS_OPTION for a subprotocol or a header that cannot be sent, or is the handshake's own
 */
export function requestHead({ host, origin, key, subprotocols, extensions, headers }: HandshakeIntent): string[] {
  const custom = headers === undefined ? [] : listFields(headers, 0xff, isHandshakeField);
  const list: string[] = [];
  take(custom, list, 'pragma', 'Pragma', 'no-cache');
  take(custom, list, 'cache-control', 'Cache-Control', 'no-cache');
  take(custom, list, 'host', 'Host', host);
  take(custom, list, 'origin', 'Origin', origin);
  list.push('Upgrade', 'websocket', 'Connection', 'Upgrade', 'Sec-WebSocket-Key', key);
  if (subprotocols !== undefined && subprotocols.length > 0) {
    list.push('Sec-WebSocket-Protocol', checkSubprotocols(subprotocols).join(', '));
  }
  list.push('Sec-WebSocket-Version', PROTOCOL_VERSION);
  if (extensions !== undefined && extensions.length > 0) {
    list.push('Sec-WebSocket-Extensions', formatExtensions(extensions));
  }
  checkSingle(custom, 'user-agent');
  return list.concat(custom);
}

/**
 * Whether a header, its name in lower case, is the handshake's own: `requestHead` refuses it. These are the fields of
 * the handshake (RFC 6455 §4.1), and those of a body, since the request has no body.
 */
export function isHandshakeField(name: string): boolean {
  return (
    name === 'upgrade' ||
    name === 'connection' ||
    name.startsWith('sec-websocket-') ||
    name === 'content-length' ||
    name === 'transfer-encoding' ||
    name === 'trailer' ||
    name === 'expect'
  );
}

/** Moves the fields of one name from `custom` to `list`; where there are none, puts the default there. */
function take(custom: string[], list: string[], name: string, fieldName: string, value: string | undefined): void {
  if (name === 'host' || name === 'origin') checkSingle(custom, name);
  let found = false;
  for (let index = 0; index < custom.length; ) {
    if (!equalsIgnoringCase(custom[index] as string, name)) {
      index += 2;
      continue;
    }
    found = true;
    list.push(...custom.splice(index, 2));
  }
  if (!found && value !== undefined) list.push(fieldName, value);
  if (name === 'host') checkHost(list[list.length - 1] as string);
}

function checkHost(host: string): void {
  if (!isHost(host)) {
    throw webSocketError('ERR_WS_OPTION', 'header Host', host, 'a host name or address and an optional port');
  }
}

function checkSingle(list: readonly string[], name: string): void {
  let count = 0;
  for (let index = 0; index < list.length; index += 2) {
    if (equalsIgnoringCase(list[index] as string, name)) count++;
  }
  if (count > 1) throw webSocketError('ERR_WS_OPTION', `number of ${name} headers`, count, 'at most one');
}

/** RFC 6455 §4.1 item 10: tokens, all different. */
function checkSubprotocols(subprotocols: readonly string[]): readonly string[] {
  for (const subprotocol of subprotocols) {
    if (typeof subprotocol !== 'string' || !isToken(subprotocol)) {
      throw webSocketError('ERR_WS_OPTION', 'subprotocol', subprotocol, 'a token such as chat.v1 (RFC 7230 §3.2.6)');
    }
  }
  const repeated = findRepeated(subprotocols);
  if (repeated === undefined) return subprotocols;
  throw webSocketError('ERR_WS_OPTION', 'subprotocol', repeated, 'each subprotocol only once (RFC 6455 §4.1)');
}

/** A parsed response head. Node's `IncomingMessage` with `statusCode` and `statusMessage`. */
export interface HandshakeResponse {
  /** HTTP status code. */
  readonly status: number;
  /** Reason phrase, as received. */
  readonly statusText: string;
  /** `'1.1'` */
  readonly httpVersion: string;
  /** Name, value, name, value … as received. */
  readonly rawHeaders: readonly string[];
}

/**
 * Whether a response says that it came through a proxy (RFC 7230 §5.7.1), or from nginx, which is one most of the time.
 */
function isBehindProxy(rawHeaders: readonly string[]): boolean {
  return rawHeaders.some((name, index) => {
    if (index % 2 === 1) return false;
    if (equalsIgnoringCase(name, 'via')) return true;
    return equalsIgnoringCase(name, 'server') && (rawHeaders[index + 1] ?? '').startsWith('nginx');
  });
}

/** The first Location field, without credentials. */
function locationOf(rawHeaders: readonly string[]): string | undefined {
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && equalsIgnoringCase(name, 'location'));
  const location = at === -1 ? undefined : rawHeaders[at + 1];
  return location === undefined ? undefined : hideInLocation(location);
}

/** What the request asked for. */
export interface HandshakeExpectation {
  /** `acceptValue` of the key that was sent. */
  readonly accept: string;
  /** As offered. */
  readonly subprotocols?: readonly string[] | undefined;
  /** As offered. */
  readonly extensions?: readonly Extension[] | undefined;
}

/** What the server chose. */
export interface HandshakeChoice {
  /** `''` when it chose none. */
  readonly subprotocol: string;
  /** All of them offered. Whether their parameters are as offered is for each extension to check. */
  readonly extensions: readonly Extension[];
}

/**
 * Checks a response against RFC 6455 §4.1. A server that ignores an offered subprotocol is accepted.
 *
 * @param explanation  what the server says in the body of a response other than 101, in one line
 * @throws WebSocketError ERR_WS_REFUSED for a status other than 101, else ERR_WS_RESPONSE_…; `status` is the response's
 */
export function checkResponse(
  response: HandshakeResponse,
  expectation: HandshakeExpectation,
  explanation = '',
): HandshakeChoice {
  const { status } = response;
  function failure<Code extends ErrorCode>(
    code: Code,
    ...values: Parameters<(typeof errorTable)[Code]['text']>
  ): WebSocketError {
    return responseError(status, code, ...values);
  }

  if (status !== 101) {
    // A server that gives a reason is believed.
    const mayBeStripped = explanation === '' && isBehindProxy(response.rawHeaders);
    const location = REDIRECT_STATUSES.has(status) ? locationOf(response.rawHeaders) : undefined;
    throw failure('ERR_WS_REFUSED', status, response.statusText, explanation, mayBeStripped, location);
  }
  // RFC 6455 §4.2.2 item 5 shows `HTTP/1.1 101`. What answers in an older version cannot have switched (RFC 7230 §6.7).
  if (!isHttp11(response.httpVersion)) throw failure('ERR_WS_RESPONSE_HTTP_VERSION', response.httpVersion);
  const { upgrade, connection, accept, accepts, subprotocols, extensions } = readFields(response.rawHeaders);
  // Items 2 and 3: the value itself for Upgrade, a token in the list for Connection.
  if (upgrade === undefined || !equalsIgnoringCase(trim(upgrade), 'websocket')) {
    throw failure('ERR_WS_RESPONSE_UPGRADE', upgrade);
  }
  if (connection === undefined || !hasToken(connection, 'upgrade')) {
    throw failure('ERR_WS_RESPONSE_CONNECTION', connection);
  }
  if (accept === undefined) throw failure('ERR_WS_RESPONSE_ACCEPT_MISSING', expectation.accept);
  if (accepts > 1) throw failure('ERR_WS_RESPONSE_ACCEPT_REPEATED', accepts);
  // Item 4: "ignoring any leading and trailing whitespace".
  if (trim(accept) !== expectation.accept) throw failure('ERR_WS_RESPONSE_ACCEPT', accept, expectation.accept);
  return {
    subprotocol: subprotocols === undefined ? '' : chosenSubprotocol(subprotocols, expectation.subprotocols ?? []),
    extensions: extensions === undefined ? [] : chosenExtensions(extensions, expectation.extensions ?? []),
  };

  /** Item 6. Answers with our own string, not with a slice of their header. */
  function chosenSubprotocol(value: string, offered: readonly string[]): string {
    const index = offered.indexOf(trim(value));
    if (index !== -1) return offered[index] as string;
    if ((readTokens(value) ?? []).length > 1) throw failure('ERR_WS_RESPONSE_SUBPROTOCOL_SEVERAL', value);
    throw failure('ERR_WS_RESPONSE_SUBPROTOCOL', value, offered);
  }

  /** Item 5. */
  function chosenExtensions(value: string, offered: readonly Extension[]): readonly Extension[] {
    const accepted = parseExtensions(value, (problem) => failure('ERR_WS_RESPONSE_EXTENSIONS', value, problem));
    const unoffered = findUnoffered(accepted, offered);
    if (unoffered !== undefined) throw failure('ERR_WS_RESPONSE_EXTENSION', unoffered.name);
    return accepted;
  }
}
