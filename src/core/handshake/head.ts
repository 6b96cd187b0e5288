// The fields of the handshake in the head of a request or a response, as an HTTP parser has listed them. Which fields are
// needed, and what follows when one is missing, is left to server.ts and client.ts.

import { equalsIgnoringCase, trim } from './token.ts';

/**
 * What a head says about the handshake. A field that appears several times has its values joined by `, ` (RFC 7230
 * §3.2.2). Fields of which only one is allowed are also counted.
 */
export interface HandshakeFields {
  upgrade: string | undefined;
  connection: string | undefined;
  host: string | undefined;
  hosts: number;
  /** Sec-WebSocket-Key */
  key: string | undefined;
  keys: number;
  /** Sec-WebSocket-Version */
  version: string | undefined;
  /** Sec-WebSocket-Accept */
  accept: string | undefined;
  accepts: number;
  /** Sec-WebSocket-Protocol */
  subprotocols: string | undefined;
  /** Sec-WebSocket-Extensions */
  extensions: string | undefined;
  /** Whether Content-Length (other than 0) or Transfer-Encoding announces a body. */
  announcesBody: boolean;
}

/**
 * Reads a head in one pass. The length of a name decides which names it is compared with, so that most other fields cost
 * no comparison.
 *
 * @param rawHeaders  name, value, name, value … in the order of the head, as node:http gives them
 */
export function readFields(rawHeaders: readonly string[]): HandshakeFields {
  const fields: HandshakeFields = {
    upgrade: undefined,
    connection: undefined,
    host: undefined,
    hosts: 0,
    key: undefined,
    keys: 0,
    version: undefined,
    accept: undefined,
    accepts: 0,
    subprotocols: undefined,
    extensions: undefined,
    announcesBody: false,
  };
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const value = rawHeaders[index + 1] as string;
    switch (name.length) {
      case 4:
        if (equalsIgnoringCase(name, 'host')) {
          fields.host = join(fields.host, value);
          fields.hosts++;
        }
        break;
      case 7:
        if (equalsIgnoringCase(name, 'upgrade')) fields.upgrade = join(fields.upgrade, value);
        break;
      case 10:
        if (equalsIgnoringCase(name, 'connection')) fields.connection = join(fields.connection, value);
        break;
      case 14:
        if (equalsIgnoringCase(name, 'content-length') && !isZero(trim(value))) fields.announcesBody = true;
        break;
      case 17:
        if (equalsIgnoringCase(name, 'sec-websocket-key')) {
          fields.key = join(fields.key, value);
          fields.keys++;
        } else if (equalsIgnoringCase(name, 'transfer-encoding')) {
          fields.announcesBody = true;
        }
        break;
      case 20:
        if (equalsIgnoringCase(name, 'sec-websocket-accept')) {
          fields.accept = join(fields.accept, value);
          fields.accepts++;
        }
        break;
      case 21:
        if (equalsIgnoringCase(name, 'sec-websocket-version')) fields.version = join(fields.version, value);
        break;
      case 22:
        if (equalsIgnoringCase(name, 'sec-websocket-protocol')) fields.subprotocols = join(fields.subprotocols, value);
        break;
      case 24:
        if (equalsIgnoringCase(name, 'sec-websocket-extensions')) fields.extensions = join(fields.extensions, value);
        break;
    }
  }
  return fields;
}

/** Whether a Content-Length is zero: `0`, `00` (RFC 7230 §3.3.2: `1*DIGIT`). */
function isZero(digits: string): boolean {
  return /^0+$/.test(digits);
}

function join(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}

/** Whether a version of HTTP is 1.1 or higher, and so has Upgrade (RFC 7230 §6.7). */
export function isHttp11(version: string): boolean {
  if (version === '1.1') return true;
  const match = /^(\d+)\.(\d+)$/.exec(version);
  return match !== null && (Number(match[1]) > 1 || (match[1] === '1' && Number(match[2]) > 0));
}
