// A server's part of the opening handshake (RFC 6455 §4.2), on heads that an HTTP parser has read: whether a request is a
// valid handshake, and which fields the answer has. The version of HTTP decides how an answer is written. The
// application decides which clients may connect.

import { PROTOCOL_VERSION } from '../constants.ts';
import { type WebSocketError, webSocketError } from '../errors.ts';
import { type Extension, formatExtensions, parseExtensions } from '../extension/negotiation.ts';
import type { Digest } from '../ports.ts';
import { acceptValue, isKey } from './accept-key.ts';
import { type HandshakeFields, isHttp11, readFields } from './head.ts';
import { type HeaderFields, listFields } from './header-fields.ts';
import { isHost } from './host.ts';
import { findRepeated, hasToken, isToken, readTokens, trim } from './token.ts';

/** A parsed request head. Node's `IncomingMessage` with `url` as `target`. */
export interface HandshakeRequest {
  readonly method: string;
  /** Request target as sent, e.g. `/chat?room=1`. */
  readonly target: string;
  /** `'1.1'` */
  readonly httpVersion: string;
  /** Name, value, name, value … as sent. */
  readonly rawHeaders: readonly string[];
}

/** What a valid request asks for. */
export interface HandshakeOffer {
  /** Value of Sec-WebSocket-Accept for the response. */
  readonly accept: string;
  /** In the client's order of preference; all different. */
  readonly subprotocols: readonly string[];
  readonly extensions: readonly Extension[];
}

/**
 * Checks a request against RFC 6455 §4.2.1.
 *
 * @throws WebSocketError ERR_WS_REQUEST_…, whose `status` is the one to refuse with; see {@link refusalHeaders}
 */
export function checkRequest(request: HandshakeRequest, digest: Digest): HandshakeOffer {
  if (request.method !== 'GET') throw webSocketError('ERR_WS_REQUEST_METHOD', request.method);
  // 400 rather than 505, which is about major versions (RFC 7231 §6.6.6), or 426, which asks for what HTTP/1.0 does not
  // have: a server must ignore Upgrade there (RFC 7230 §6.7).
  if (!isHttp11(request.httpVersion)) {
    const { key, upgrade } = readFields(request.rawHeaders);
    const fault = upgrade === undefined ? REMOVED : 'speaks HTTP/1.0 to it, which has no Upgrade';
    throw webSocketError('ERR_WS_REQUEST_HTTP_VERSION', request.httpVersion, key === undefined ? '' : fault);
  }
  if (!isTarget(request.target)) throw webSocketError('ERR_WS_REQUEST_TARGET', request.target);
  const fields = readFields(request.rawHeaders);
  const { upgrade, connection, host, version } = fields;
  if (upgrade === undefined || !hasToken(upgrade, 'websocket')) {
    const isRemoved = upgrade === undefined && fields.key !== undefined;
    throw webSocketError('ERR_WS_REQUEST_UPGRADE', upgrade, isRemoved ? REMOVED : '');
  }
  if (connection === undefined || !hasToken(connection, 'upgrade')) {
    const isRemoved = fields.key !== undefined;
    throw webSocketError('ERR_WS_REQUEST_CONNECTION', connection, isRemoved ? 'removed Upgrade from Connection' : '');
  }
  if (host === undefined || fields.hosts !== 1 || !isHost(trim(host)))
    throw webSocketError('ERR_WS_REQUEST_HOST', host);
  // The bytes of a body would be read as frames here and as a body by a proxy before us.
  if (fields.announcesBody) throw webSocketError('ERR_WS_REQUEST_BODY');
  // Before the key: the version tells what a key looks like.
  if (version === undefined) throw webSocketError('ERR_WS_REQUEST_VERSION_MISSING');
  if (trim(version) !== PROTOCOL_VERSION) throw webSocketError('ERR_WS_REQUEST_VERSION', version);
  const key = checkKey(fields);
  return {
    accept: acceptValue(key, digest),
    subprotocols: fields.subprotocols === undefined ? none : checkSubprotocols(fields.subprotocols),
    extensions: fields.extensions === undefined ? none : checkExtensions(fields.extensions),
  };
}

/**
 * What a proxy that is not set up for WebSocket does to a handshake: Upgrade and Connection concern each connection on its
 * own (RFC 7230 §6.1), so it takes them out, and passes Sec-WebSocket-Key on.
 */
const REMOVED = 'removed Upgrade';

const none: readonly never[] = [];

/**
 * RFC 6455 §4.2.1 item 1: a path, or an absolute URI. §3: a fragment must not be used. RFC 7230 §2.7.1: a URI without a
 * host is invalid, and one with a user name in it is treated as an error.
 */
function isTarget(target: string): boolean {
  if (target.includes('#')) return false;
  if (target.charAt(0) === '/') return true;
  const authority = /^https?:\/\/([^/?]*)/i.exec(target)?.[1];
  return authority !== undefined && isHost(authority);
}

function checkKey(fields: HandshakeFields): string {
  if (fields.key === undefined) throw webSocketError('ERR_WS_REQUEST_KEY_MISSING');
  if (fields.keys > 1) throw webSocketError('ERR_WS_REQUEST_KEY_REPEATED', fields.keys);
  // RFC 6455 §4.2.2 item 5: "ignoring any leading and trailing whitespace".
  const key = trim(fields.key);
  if (!isKey(key)) throw webSocketError('ERR_WS_REQUEST_KEY', fields.key);
  return key;
}

function checkSubprotocols(list: string): readonly string[] {
  const subprotocols = readTokens(list);
  if (subprotocols === undefined || subprotocols.length === 0) {
    throw webSocketError('ERR_WS_REQUEST_SUBPROTOCOLS', list);
  }
  const repeated = findRepeated(subprotocols);
  if (repeated !== undefined) throw webSocketError('ERR_WS_REQUEST_SUBPROTOCOL_REPEATED', repeated);
  return subprotocols;
}

function checkExtensions(text: string): readonly Extension[] {
  return parseExtensions(text, (problem) => webSocketError('ERR_WS_REQUEST_EXTENSIONS', text, problem));
}

/** The first of the client's offers that is supported, or `''` (RFC 6455 §4.2.2 item 5: subprotocol). */
export function selectSubprotocol(offered: readonly string[], supported: readonly string[]): string {
  for (const offer of offered) {
    const index = supported.indexOf(offer);
    // Our string instead of theirs, which may be a slice that keeps a whole header alive.
    if (index !== -1) return supported[index] as string;
  }
  return '';
}

/** What a server agreed to. */
export interface HandshakeAgreement {
  /** Absent or `''`: none. */
  readonly subprotocol?: string | undefined;
  readonly extensions?: readonly Extension[] | undefined;
  /** Further fields, e.g. Set-Cookie. Those of the handshake itself are refused. */
  readonly headers?: HeaderFields | undefined;
}

/**
 * The fields of the response that accepts a handshake (RFC 6455 §4.2.2), each one checked. Upgrade and Connection, which
 * only HTTP/1.1 has, are not among them.
 *
 * @param accept  {@link HandshakeOffer.accept}
 * @returns name, value, name, value … in the order to send them, in ASCII
 * @throws WebSocketError ERR_WS_OPTION for a field that cannot be sent or is the handshake's own
 */
export function acceptanceFields(
  accept: string,
  { subprotocol, extensions, headers }: HandshakeAgreement = {},
): string[] {
  const fields = ['Sec-WebSocket-Accept', accept];
  if (subprotocol !== undefined && subprotocol !== '') {
    if (!isToken(subprotocol))
      throw webSocketError('ERR_WS_OPTION', 'subprotocol', subprotocol, 'a token (RFC 6455 §4.1)');
    fields.push('Sec-WebSocket-Protocol', subprotocol);
  }
  if (extensions !== undefined && extensions.length > 0) {
    fields.push('Sec-WebSocket-Extensions', formatExtensions(extensions));
  }
  if (headers !== undefined) fields.push(...furtherFields(headers));
  return fields;
}

/**
 * Further fields of the response that accepts a handshake, each one checked.
 *
 * @param mayHaveSubprotocol  Sec-WebSocket-Protocol may be one of them. Its value is not checked
 * @returns as {@link acceptanceFields}
 * @throws WebSocketError ERR_WS_OPTION for a field that cannot be sent or is the handshake's own
 */
export function furtherFields(headers: HeaderFields, mayHaveSubprotocol = false): string[] {
  const isOwn = (name: string): boolean =>
    isHandshakeResponseField(name) && !(mayHaveSubprotocol && name === 'sec-websocket-protocol');
  return listFields(headers, HIGHEST_ASCII, isOwn);
}

/**
 * Fields that the refusal of a request needs in addition to its status: Allow for 405 (RFC 7231 §6.5.5); for 426
 * Upgrade (RFC 7231 §6.5.15) and the version supported (§4.4).
 */
export function refusalHeaders(error: WebSocketError): Readonly<Record<string, string>> {
  if (error.status === 405) return { Allow: 'GET' };
  if (error.status === 426) return { Upgrade: 'websocket', 'Sec-WebSocket-Version': PROTOCOL_VERSION };
  return {};
}

/**
 * The fields of a response that refuses a handshake, each one checked.
 *
 * @param status   HTTP status from 300 to 599, other than 304, which has no body
 * @param headers  the fields to send; those that HTTP itself sets are refused
 * @returns name, value, name, value … in the order to send them, in ASCII
 * @throws WebSocketError ERR_WS_OPTION for what cannot be sent
 */
export function refusalFields(status: number, headers: HeaderFields): string[] {
  if (!Number.isInteger(status) || status < 300 || status > 599 || status === 304) {
    throw webSocketError('ERR_WS_OPTION', 'status', status, 'an HTTP status from 300 to 599 other than 304');
  }
  return listFields(headers, HIGHEST_ASCII, isOwnedByRefusal);
}

/** Values are in ASCII only: then they are the same bytes in every encoding that a head may be written in. */
const HIGHEST_ASCII = 0x7e;

/** Whether the engine sets a field of the 101 response itself. RFC 7230 §3.3.1, §3.3.2: a 1xx response has no length either. */
export function isHandshakeResponseField(name: string): boolean {
  return name === 'upgrade' || name.startsWith('sec-websocket-') || isOwnedByRefusal(name);
}

function isOwnedByRefusal(name: string): boolean {
  return name === 'connection' || name === 'content-length' || name === 'transfer-encoding' || name === 'trailer';
}
