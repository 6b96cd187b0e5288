// The two answers of a scripted server to an opening handshake, as text.

import { Buffer } from 'node:buffer';
import { acceptValue } from '../core/handshake/accept-key.ts';
import { readOptions } from '../core/option-check.ts';
import { nodeDigest } from '../node/environment.ts';
import { type Head, type HeadFields, headText, statusLine } from './head.ts';
import { peerRefuseSchema } from './option-rows.ts';
import type { AcceptOptions, RefuseOptions } from './peer-options.ts';

/** Returns the 101 response to `request` (RFC 6455 §4.2.2). @param options  already checked */
export function acceptance(request: Head, { subprotocol, headers }: AcceptOptions): string {
  const defaults: HeadFields = {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Accept': acceptValue(request.header('sec-websocket-key') ?? '', nodeDigest),
    'Sec-WebSocket-Protocol': subprotocol,
  };
  return headText(statusLine(101), defaults, headers);
}

/** Returns the head and the body of a response that refuses. @throws WebSocketError ERR_WS_OPTION */
export function refusal(status: number, given: RefuseOptions | undefined): { head: string; body: string } {
  const { headers, body = '' } = readOptions(peerRefuseSchema, given);
  const defaults = { Connection: 'close', 'Content-Length': String(Buffer.byteLength(body)) };
  return { head: headText(statusLine(status), defaults, headers), body };
}
