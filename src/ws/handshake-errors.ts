// Why an opening handshake failed, in the texts that programs written for `ws` compare with. The engine's error, with its
// remedy, is the `cause`.

import type { WebSocketError } from '../core/errors.ts';

/** An answer that names no protocol to switch to is none for Node, and so for `ws`. */
const NOT_UPGRADED = 'Unexpected server response: 101';

/** The engine's text for an answer without Upgrade. */
const NO_UPGRADE = 'response has no Upgrade field';

const texts: Readonly<Record<string, string>> = {
  ERR_WS_HANDSHAKE_TIMEOUT: 'Opening handshake has timed out',
  ERR_WS_RESPONSE_UPGRADE: 'Invalid Upgrade header',
  ERR_WS_RESPONSE_CONNECTION: NOT_UPGRADED,
  ERR_WS_RESPONSE_ACCEPT: 'Invalid Sec-WebSocket-Accept header',
  ERR_WS_RESPONSE_ACCEPT_MISSING: 'Invalid Sec-WebSocket-Accept header',
  ERR_WS_RESPONSE_ACCEPT_REPEATED: 'Invalid Sec-WebSocket-Accept header',
  ERR_WS_RESPONSE_SUBPROTOCOL: 'Server sent an invalid subprotocol',
  ERR_WS_RESPONSE_SUBPROTOCOL_SEVERAL: 'Server sent an invalid subprotocol',
  ERR_WS_RESPONSE_EXTENSIONS: 'Invalid Sec-WebSocket-Extensions header',
  ERR_WS_RESPONSE_DEFLATE: 'Invalid Sec-WebSocket-Extensions header',
  ERR_WS_RESPONSE_EXTENSION: 'Server indicated an extension that was not requested',
};

const NONE_OFFERED = 'Server sent a subprotocol but none was requested';

const NO_EXTENSION = 'Server sent a Sec-WebSocket-Extensions header but no extension was requested';

/** @param isExtended  whether an extension was offered */
export function handshakeError(error: WebSocketError, isExtended: boolean): Error {
  const { code, message } = error;
  if (code.startsWith('ERR_WS_RESPONSE_EXTENSION') && !isExtended) return new Error(NO_EXTENSION, { cause: error });
  if (code === 'ERR_WS_RESPONSE_UPGRADE' && message.startsWith(NO_UPGRADE))
    return new Error(NOT_UPGRADED, { cause: error });
  const isUnasked = code === 'ERR_WS_RESPONSE_SUBPROTOCOL' && message.includes('offered none');
  const text = isUnasked ? NONE_OFFERED : texts[code];
  return text === undefined ? error : new Error(text, { cause: error });
}
