// Whether a response closes its connection. Node writes `Connection: close` by itself in several cases (an HTTP/1.0
// client, a field that the application set) and notes this in `response._last`. It has no public API for this.
//
// Detection: the value is a boolean. Fallback: the field `Connection` of the response, which is public. It misses the
// responses that Node closes by itself, and those have `shouldKeepAlive` set to `false`.

import type { ServerResponse } from 'node:http';

/** Returns whether `response` is the last one of its connection (RFC 9112 §9.6). */
export function isLastResponse(response: ServerResponse): boolean {
  if (response.shouldKeepAlive === false) return true;
  const isLast: unknown = Reflect.get(response, '_last');
  if (typeof isLast === 'boolean') return isLast;
  const field = response.getHeader('connection');
  return field !== undefined && /\bclose\b/i.test(String(field));
}
