// The responses that answer a handshake, as text of HTTP/1.1 (RFC 7230 §3). Their fields have been checked where they were
// made, in `core/handshake/server.ts`: a value has no line end.

import { Buffer } from 'node:buffer';
import { STATUS_CODES } from '../node/http.ts';

/**
 * The head that accepts a handshake (RFC 6455 §4.2.2), in ASCII.
 *
 * @param fields  name, value, name, value …, without Upgrade and Connection
 */
export function acceptanceHead(fields: readonly string[]): string {
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${linesOf(fields)}\r\n`;
}

/**
 * The whole response that refuses a handshake, to be written as UTF-8. It announces that the connection ends.
 *
 * @param status  HTTP status from 300 to 599, other than 304
 * @param fields  name, value, name, value …; `Content-Type` replaces the default of plain text
 * @param body    any text
 */
export function refusalResponse(status: number, fields: readonly string[], body: string): string {
  let hasUpgrade = false;
  let hasType = false;
  for (let index = 0; index < fields.length; index += 2) {
    const name = (fields[index] as string).toLowerCase();
    hasUpgrade ||= name === 'upgrade';
    hasType ||= name === 'content-type';
  }
  const phrase = STATUS_CODES[status] ?? 'Refused';
  // RFC 7230 §6.7: a sender of Upgrade must name it in Connection.
  const connection = hasUpgrade ? 'close, Upgrade' : 'close';
  const type = hasType ? '' : 'Content-Type: text/plain; charset=utf-8\r\n';
  return `HTTP/1.1 ${status} ${phrase}\r\nConnection: ${connection}\r\n${linesOf(fields)}${type}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

function linesOf(fields: readonly string[]): string {
  let lines = '';
  for (let index = 0; index < fields.length; index += 2) lines += `${fields[index]}: ${fields[index + 1]}\r\n`;
  return lines;
}
