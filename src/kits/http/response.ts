// A response as the application gets it: header fields, the result in its type, and how it came about.

import type { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { HttpDataType } from './constants.ts';
import { readValue } from './exchange.ts';
import { tlsInformation } from './tls-connection.ts';
import type { ConnectionExtraInfo, HttpResponse } from './types.ts';

/** Header fields: names in lower case, `set-cookie` as an array. */
export type ResponseFields = Record<string, string | string[]>;

/** A response that has been read, or that the cache had. */
export interface ReadResponse {
  status: number;
  fields: ResponseFields;
  body: Buffer;
  cookies: string;
}

/** Returns the header fields of a response, and its first line as `status-line`. */
export function fieldsOf(message: IncomingMessage): ResponseFields {
  const fields = new Map<string, string | string[]>();
  const { httpVersion, statusCode, statusMessage = '' } = message;
  fields.set('status-line', `HTTP/${httpVersion} ${statusCode} ${readValue(statusMessage)}`.trim());
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) {
    const name = message.rawHeaders[index]!.toLowerCase();
    const value = readValue(message.rawHeaders[index + 1]!);
    const before = fields.get(name);
    if (name === 'set-cookie') fields.set(name, [...(Array.isArray(before) ? before : []), value]);
    else fields.set(name, before === undefined ? value : `${String(before)}, ${value}`);
  }
  return Object.fromEntries(fields);
}

/** Returns the value of a field; `''` if there is none. */
export function fieldOf(fields: ResponseFields, name: string): string {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return Array.isArray(value) ? value.join(', ') : (value ?? '');
}

/** Returns the cookies that a response sets. */
export function setCookiesOf(fields: ResponseFields): readonly string[] {
  const value = fields['set-cookie'];
  return Array.isArray(value) ? value : [];
}

/** Longest body that OBJECT is made of, in bytes. */
const MAX_OBJECT = 65_536;

/** Returns a body in the type that is expected, or that its media type has. */
export function resultOf(
  { body, fields }: ReadResponse,
  expected: HttpDataType | undefined,
): Pick<HttpResponse, 'result' | 'resultType'> {
  if (expected === HttpDataType.OBJECT && body.length <= MAX_OBJECT) {
    try {
      const result: unknown = JSON.parse(body.toString());
      return { result: result as HttpResponse['result'], resultType: HttpDataType.OBJECT };
    } catch {
      // As on a device, what is not JSON comes in the type that it would have without the option.
    }
  }
  const type = fieldOf(fields, 'content-type').toLowerCase();
  const isBinary = type.includes('application/octet-stream') || type.includes('image');
  if (expected === HttpDataType.ARRAY_BUFFER || (expected !== HttpDataType.STRING && isBinary)) {
    return { result: bufferOf(body), resultType: HttpDataType.ARRAY_BUFFER };
  }
  return { result: body.toString(), resultType: HttpDataType.STRING };
}

/** Returns a copy of bytes, as an ArrayBuffer. */
export function bufferOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}

/** Returns how an exchange came about. */
export function extraInformation(
  socket: Socket,
  message: IncomingMessage,
  isProxied: boolean,
  redirectCount: number,
): ConnectionExtraInfo {
  return {
    networkProtocolName: `HTTP/${message.httpVersion}`,
    ...('encrypted' in socket ? tlsInformation(socket as TLSSocket) : {}),
    localAddress: socket.localAddress ?? '',
    remoteAddress: socket.remoteAddress ?? '',
    localPort: socket.localPort ?? 0,
    remotePort: socket.remotePort ?? 0,
    isReusedConnection: false,
    isProxyConnection: isProxied,
    isCacheHit: false,
    redirectCount,
  };
}
