// The request and the socket that `handleUpgrade` gets: Node's own, or those that routers, tests and other transports make.

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HandshakeRequest } from '../core/handshake/server.ts';
import { type PeerAddress, peerAddress } from '../node/address.ts';
import { isTlsSocket } from '../node/late-modules.ts';

const STREAM_METHODS = ['on', 'once', 'off', 'write', 'end', 'destroy', 'pause', 'resume', 'cork', 'uncork'];

/** Whether a value is a request that a handshake can be read from. */
export function hasFields(request: unknown): boolean {
  if (typeof request !== 'object' || request === null) return false;
  const { method, url, httpVersion, rawHeaders } = request as Partial<IncomingMessage>;
  if (![method, url, httpVersion].every((value) => value == null || isString(value))) return false;
  if (Array.isArray(rawHeaders)) return rawHeaders.every(isString);
  const { headers } = request as Partial<IncomingMessage>;
  return typeof headers === 'object' && headers !== null;
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}

/** Whether a value is a Duplex stream of Node's, or has its methods, and gives bytes. */
export function isByteStream(socket: unknown): boolean {
  if (typeof socket !== 'object' || socket === null) return false;
  if (STREAM_METHODS.some((name) => typeof Reflect.get(socket, name) !== 'function')) return false;
  const { readableObjectMode, writableObjectMode, readableEncoding } = socket as Partial<Duplex>;
  return readableObjectMode !== true && writableObjectMode !== true && (readableEncoding ?? null) === null;
}

/** The head of a request. A request that was made by hand may lack the fields that every upgrade has. */
export function headOf(message: IncomingMessage): HandshakeRequest {
  const { method, url, httpVersion, rawHeaders } = message as Partial<IncomingMessage>;
  return {
    method: method ?? 'GET',
    target: url ?? '/',
    httpVersion: httpVersion ?? '1.1',
    rawHeaders: Array.isArray(rawHeaders) ? rawHeaders : rawFields(message.headers),
  };
}

/** The fields of a request with names in lower case. Node makes them on the first reading, so read them only if needed. */
export function headersOf(message: IncomingMessage): IncomingHttpHeaders {
  const { headers, rawHeaders } = message as Partial<IncomingMessage>;
  const isNodes = typeof headers === 'object' && !isFetchHeaders(headers);
  if (isNodes && Array.isArray(rawHeaders)) return headers;
  const fields: IncomingHttpHeaders = {};
  const raw = Array.isArray(rawHeaders) ? rawHeaders : rawFields(headers);
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = String(raw[index]).toLowerCase();
    const before = fields[name];
    fields[name] = before === undefined ? String(raw[index + 1]) : `${String(before)}, ${raw[index + 1]}`;
  }
  return fields;
}

/** Name, value, name, value … of a record or of `Headers`. */
function rawFields(headers: unknown): string[] {
  const entries = isFetchHeaders(headers) ? [...headers] : Object.entries(headers ?? {});
  const raw: string[] = [];
  for (const [name, value] of entries) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) raw.push(name, String(one));
    }
  }
  return raw;
}

function isFetchHeaders(headers: unknown): headers is Iterable<[string, string]> {
  return typeof headers === 'object' && headers !== null && Symbol.iterator in headers;
}

/** The socket that a request came on. In Node 26 an upgrade with an unfinished body has another stream in front of it. */
export function carrierOf(message: IncomingMessage, socket: Duplex): Duplex {
  const { socket: carrier } = message as Partial<IncomingMessage>;
  return carrier !== socket && isByteStream(carrier) ? (carrier as Duplex) : socket;
}

/** The address of the peer, as far as the socket or the request knows it. */
export function peerOf(message: IncomingMessage, socket: Duplex): PeerAddress {
  const peer = peerAddress(socket as Socket);
  const { socket: carrier } = message as Partial<IncomingMessage>;
  const isKnown = peer.address !== '' || typeof carrier !== 'object' || carrier === null;
  return isKnown ? peer : peerAddress(carrier);
}

/** Whether a request came over TLS. */
export function isEncrypted(message: IncomingMessage, socket: Duplex): boolean {
  return isTlsSocket(socket) || isTlsSocket(carrierOf(message, socket));
}

/** Whether the client has gone. A TCP socket that was reset may still know its own address, but not the peer's. */
export function hasLeft(socket: Duplex): boolean {
  const { localAddress, remoteAddress } = socket as Partial<Socket>;
  return socket.destroyed || !socket.writable || (localAddress !== undefined && remoteAddress === undefined);
}
