// How a server in the shape of `ws` refuses: the statuses and texts that programs compare with. The engine has checked the
// request; its error, with its remedy, is the `cause` of what `wsClientError` is told.

import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { WebSocketError } from '../core/errors.ts';
import { isKey } from '../core/handshake/accept-key.ts';
import { STATUS_CODES } from '../node/http.ts';
import type { Refused } from '../server/decision.ts';
import { refuse } from '../server/upgrade-decision.ts';
import { warnOnce } from './warnings.ts';

const KEY = 'Missing or invalid Sec-WebSocket-Key header';
const VERSION = 'Missing or invalid Sec-WebSocket-Version header';
const PROTOCOL = 'Invalid Sec-WebSocket-Protocol header';

const texts: Readonly<Record<string, string>> = {
  ERR_WS_REQUEST_METHOD: 'Invalid HTTP method',
  ERR_WS_REQUEST_UPGRADE: 'Invalid Upgrade header',
  ERR_WS_REQUEST_CONNECTION: 'Invalid Connection header',
  ERR_WS_REQUEST_KEY: KEY,
  ERR_WS_REQUEST_KEY_MISSING: KEY,
  ERR_WS_REQUEST_KEY_REPEATED: KEY,
  ERR_WS_REQUEST_VERSION: VERSION,
  ERR_WS_REQUEST_VERSION_MISSING: VERSION,
  ERR_WS_REQUEST_SUBPROTOCOLS: PROTOCOL,
  ERR_WS_REQUEST_SUBPROTOCOL_REPEATED: PROTOCOL,
  ERR_WS_REQUEST_EXTENSIONS: 'Invalid or unacceptable Sec-WebSocket-Extensions header',
};

/** Fields that the engine sets itself. */
const ENGINES = ['connection', 'content-length', 'transfer-encoding', 'trailer'];

/** What `wsClientError` is told. */
export function clientError(error: WebSocketError, request: IncomingMessage): Error {
  return new Error(textOf(error, request), { cause: error });
}

/** The response to a request that is not a handshake. */
export function refusalOf(error: WebSocketError, request: IncomingMessage): Refused {
  const text = textOf(error, request);
  // `ws` has 400 for a wrong version and a wrong Upgrade as well.
  const status = error.status === 426 || error.status === undefined ? 400 : error.status;
  return refusal(status, text, text === VERSION ? { 'Sec-WebSocket-Version': '13' } : undefined);
}

function textOf({ code, message }: WebSocketError, { headers }: IncomingMessage): string {
  const text = texts[code] ?? message;
  // `ws` looks at the key first.
  return text === VERSION && !isKey(headers['sec-websocket-key'] ?? '') ? KEY : text;
}

/**
 * A refusal with the body and the type that `ws` gives it.
 *
 * @param message  absent or empty: the name of the status
 * @param headers  those that the response needs itself are left out
 */
export function refusal(status: number, message?: string, headers?: OutgoingHttpHeaders): Refused {
  const fields = new Map<string, string | number | readonly string[]>([['Content-Type', 'text/html']]);
  for (const [name, value] of Object.entries(headers ?? {})) {
    const lower = name.toLowerCase();
    if (lower === 'content-type') fields.delete('Content-Type');
    if (value !== undefined && !ENGINES.includes(lower)) fields.set(name, value);
  }
  try {
    return refuse(status, message || STATUS_CODES[status], fields);
  } catch (error) {
    if (!(error instanceof WebSocketError)) throw error;
    warnOnce(`the answer ${status} of verifyClient`, `${error.message}; 401 is sent`);
    return refuse(401, message || undefined);
  }
}
