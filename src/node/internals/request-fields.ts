// Header fields as Node's requests give them, without a request: which ones are joined, and of which only the first counts.
// Node has no public API for this.
//
// Detection: a request of Node's has the method that adds a field to those it has. It is tried out with a few fields, and it
// is tried out that an HTTP server emits `upgrade` while its socket gets the bytes. Fallback: every handshake gets a
// request of Node's.

import { Buffer } from 'node:buffer';
import type { IncomingHttpHeaders, IncomingMessage as Request } from 'node:http';
import { Socket } from 'node:net';
import { keepPeer, type PeerAddress } from '../address.ts';
import { createServer, IncomingMessage } from '../http.ts';
import { streamInMemory } from '../stream-in-memory.ts';
import type { ParsedHead } from './head-parser.ts';

/** What a request of Node's can be replaced with. */
export interface RequestFields {
  /** The fields with names in lower case. @param rawHeaders  name, value, name, value … */
  headersOf(rawHeaders: readonly string[]): IncomingHttpHeaders;
  /** A request of Node's whose connection has been taken. Its socket knows the peer, and is destroyed. */
  requestOf(head: ParsedHead, peer: PeerAddress): Request;
}

interface FieldMethods {
  _addHeaderLine?: (name: string, value: string, headers: IncomingHttpHeaders) => void;
  _addHeaderLines?: (rawHeaders: readonly string[], length: number) => void;
}

let found: { readonly fields: RequestFields | undefined } | undefined;

/** Tries it out at the first call. @returns `undefined` where requests of Node's are needed */
export function requestFields(): RequestFields | undefined {
  found ??= { fields: findRequestFields() };
  return found.fields;
}

/** Finds the methods and tries them out. */
export function findRequestFields(): RequestFields | undefined {
  try {
    const fields = fieldsBy(IncomingMessage.prototype as FieldMethods);
    return fields !== undefined && areAsExpected(fields) && emitsAtOnce() ? fields : undefined;
  } catch {
    return undefined;
  }
}

function fieldsBy({ _addHeaderLine: add, _addHeaderLines: addAll }: FieldMethods): RequestFields | undefined {
  if (typeof add !== 'function' || typeof addAll !== 'function') return undefined;
  /** It has no options of its own. */
  const request = {};
  return {
    headersOf(rawHeaders) {
      const headers: IncomingHttpHeaders = {};
      for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
        Reflect.apply(add, request, [rawHeaders[index], rawHeaders[index + 1], headers]);
      }
      return headers;
    },
    requestOf({ method, target, httpVersion, rawHeaders }, peer) {
      const socket = new Socket();
      keepPeer(socket, peer);
      const message = new IncomingMessage(socket.destroy());
      Reflect.apply(addAll, message, [rawHeaders, rawHeaders.length]);
      const [httpVersionMajor, httpVersionMinor] = httpVersion.split('.').map(Number);
      const upgrade = true;
      return Object.assign(message, { method, url: target, httpVersion, httpVersionMajor, httpVersionMinor, upgrade });
    },
  };
}

const SAMPLE = ['Host', 'a', 'hOST', 'b', 'X-Y', '1', 'x-y', '2', 'Cookie', 'c=1', 'cookie', 'd=2', 'Origin', 'e'];
const SAMPLE_HEADERS = '{"host":"a","x-y":"1, 2","cookie":"c=1; d=2","origin":"e"}';

function areAsExpected({ headersOf, requestOf }: RequestFields): boolean {
  if (JSON.stringify(headersOf(SAMPLE)) !== SAMPLE_HEADERS) return false;
  const head = { method: 'GET', target: '/a', httpVersion: '1.1', rawHeaders: SAMPLE, size: 0 };
  const message = requestOf(head, { address: '127.0.0.1', port: 1 });
  return JSON.stringify(message.headers) === SAMPLE_HEADERS && message.rawHeaders.length === SAMPLE.length;
}

function emitsAtOnce(): boolean {
  let hasCome = false;
  const server = createServer();
  server.on('upgrade', () => {
    hasCome = true;
  });
  const socket = streamInMemory();
  socket.read(0); // as each socket of Node's does
  server.emit('connection', socket);
  socket.push(Buffer.from('GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'));
  socket.destroy();
  return hasCome;
}
