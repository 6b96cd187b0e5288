// The payload of a Close frame (RFC 6455 §5.5.1): nothing, or a code and a reason; and which codes may stand there
// (§7.4).

import { MAX_CLOSE_REASON_SIZE } from '../constants.ts';
import { webSocketError } from '../errors.ts';
import type { TextCodec } from '../ports.ts';
import { cutUtf8 } from '../utf8.ts';

/** What a Close frame says. `code` is absent when its payload is empty. */
export interface Close {
  /** 1000 to 4999. */
  readonly code: number | undefined;
  /** At most 123 bytes of UTF-8; `''` where there is none. */
  readonly reason: string;
}

/**
 * Whether a code may be sent in a Close frame: 1000–1003 and 1007–1014 as defined by RFC 6455 and its registry,
 * 3000–4999 for libraries and applications (§7.4.2). 1004 is reserved; 1005, 1006 and 1015 only describe (§7.4.1).
 */
export function isSendableCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  if (code < 3000) return code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006);
  return code <= 4999;
}

/**
 * Reads the payload of a received Close frame, `bytes[start, end)`, already unmasked.
 *
 * @throws WebSocketError ERR_WS_CLOSE_PAYLOAD or ERR_WS_INVALID_UTF8. The code is not judged here.
 */
export function readClosePayload(bytes: Uint8Array, start: number, end: number, text: TextCodec): Close {
  if (start === end) return { code: undefined, reason: '' };
  if (end - start === 1) throw webSocketError('ERR_WS_CLOSE_PAYLOAD');
  if (!text.isUtf8(bytes, start + 2, end)) throw webSocketError('ERR_WS_INVALID_UTF8', 'reason of a Close frame');
  return { code: (bytes[start] << 8) | bytes[start + 1], reason: text.decode(bytes, start + 2, end) };
}

/**
 * Payload of a Close frame.
 *
 * @throws WebSocketError ERR_WS_SEND_CLOSE_CODE, ERR_WS_CLOSE_REASON_TOO_LONG, ERR_WS_OPTION
 */
export function closePayload({ code, reason }: Close, text: TextCodec): Uint8Array {
  if (typeof reason !== 'string') throw webSocketError('ERR_WS_OPTION', 'close reason', reason, 'a string');
  if (code === undefined) {
    // RFC 6455 §5.5.1: a reason follows a code, so it cannot be sent without one.
    if (reason !== '') throw webSocketError('ERR_WS_SEND_CLOSE_CODE', code);
    return new Uint8Array(0);
  }
  if (!isSendableCloseCode(code)) throw webSocketError('ERR_WS_SEND_CLOSE_CODE', code);
  const size = text.byteLength(reason);
  if (size > MAX_CLOSE_REASON_SIZE) throw webSocketError('ERR_WS_CLOSE_REASON_TOO_LONG', size);
  const payload = new Uint8Array(2 + size);
  payload[0] = code >> 8;
  payload[1] = code;
  text.encodeInto(reason, payload, 2);
  return payload;
}

/** Longest part of `reason` that fits into a Close frame, cut between code points. */
export function fitCloseReason(reason: string, text: TextCodec): string {
  const size = text.byteLength(reason);
  if (size <= MAX_CLOSE_REASON_SIZE) return reason;
  const bytes = new Uint8Array(size);
  text.encodeInto(reason, bytes, 0);
  return text.decode(bytes, 0, cutUtf8(bytes, MAX_CLOSE_REASON_SIZE));
}
