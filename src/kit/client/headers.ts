// Request headers that an application asks for with the `header` option (kit specification §3.4): which are sent, and in
// what form. A header that cannot be sent is left out silently, as on a device.

import { findForeign } from '../../core/handshake/field-value.ts';
import { isToken } from '../../core/handshake/token.ts';
import { utf8Bytes } from '../../core/utf8-text.ts';

/**
 * Names that the handshake itself sets; names that announce a body, which the server would then wait for; and the
 * credentials of a proxy, which would go through its tunnel to the server.
 */
const RESERVED =
  /^(?:upgrade|connection|sec-websocket-.*|content-length|transfer-encoding|trailer|expect|proxy-authorization)$/;
const SUBPROTOCOL = 'sec-websocket-protocol';

/** Only control characters are foreign: the text is sent as UTF-8. */
const HIGHEST_CHARACTER = 0xffff;

export interface RequestHeaders {
  /** Lower-case names, sorted. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** The value of `Sec-WebSocket-Protocol`, which stands in for an empty `protocol` option; `''` without one. */
  readonly protocol: string;
}

/**
 * The headers that a `header` option asks for. A value other than an object asks for none. Of names that differ only in
 * their case the last one wins.
 */
export function requestHeaders(header: unknown): RequestHeaders {
  const fields = new Map<string, string>();
  let protocol = '';
  if (typeof header === 'object' && header !== null) {
    for (const [key, given] of Object.entries(header)) {
      const name = key.toLowerCase();
      const value = fieldValue(given);
      if (value === '' || findForeign(value, HIGHEST_CHARACTER) !== -1 || !isToken(name)) continue;
      if (name === SUBPROTOCOL) protocol = value;
      else if (!RESERVED.test(name)) fields.set(name, asBytes(value));
    }
  }
  return { fields: [...fields].sort(byName), protocol };
}

/** The text of a value; `''` for a value that is not sent. */
function fieldValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value.join(', ') : '';
  }
}

/** Devices send UTF-8; Node sends one byte for each character. */
function asBytes(value: string): string {
  return Array.from(utf8Bytes(value), (byte) => String.fromCharCode(byte)).join('');
}

function byName([left]: readonly [string, string], [right]: readonly [string, string]): number {
  return left < right ? -1 : 1;
}
