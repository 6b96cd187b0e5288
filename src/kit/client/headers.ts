// Request headers that an application asks for with the `header` option: which are sent, and in what form (§3.4 of the
// kit specification). What cannot be sent is left out without a word, as on a device.

import { utf8Bytes } from '../utf8-bytes.ts';

/**
 * Names that make the handshake, names of a body, which the server would then wait for, and what is for a proxy alone and
 * would go through its tunnel.
 */
const RESERVED =
  /^(?:upgrade|connection|sec-websocket-.*|content-length|transfer-encoding|trailer|expect|proxy-authorization)$/;
const SUBPROTOCOL = 'sec-websocket-protocol';

// RFC 9110, §5.6.2: token.
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
// RFC 9110, §5.5: no control characters but the tab. CR and LF would start a header of their own.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;

export interface RequestHeaders {
  /** Lower-case names, sorted. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** The value of a `Sec-WebSocket-Protocol` among them, which stands in for the `protocol` option. */
  readonly protocol: string;
}

/** Takes the headers of a `header` option; anything but an object has none. Of names that differ in case the last wins. */
export function requestHeaders(header: unknown): RequestHeaders {
  const fields = new Map<string, string>();
  let protocol = '';
  if (typeof header === 'object' && header !== null) {
    for (const [key, given] of Object.entries(header)) {
      const name = key.toLowerCase();
      const value = fieldValue(given);
      if (value === '' || CONTROL.test(value) || !TOKEN.test(name)) continue;
      if (name === SUBPROTOCOL) protocol = value;
      else if (!RESERVED.test(name)) fields.set(name, asBytes(value));
    }
  }
  return { fields: [...fields].sort(byName), protocol };
}

/** A header's text, `''` for what has none. */
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

/** The value of `headerReceive`: lower-case names, repeats joined, except for `set-cookie` (§3.6). */
export function responseHeaders(rawHeaders: readonly string[]): Record<string, string | string[]> {
  const fields = new Map<string, string | string[]>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    const value = rawHeaders[index + 1]!;
    const before = fields.get(name);
    if (before === undefined) fields.set(name, value);
    else if (Array.isArray(before)) before.push(value);
    else fields.set(name, name === 'set-cookie' ? [before, value] : `${before}, ${value}`);
  }
  return Object.fromEntries(fields);
}
