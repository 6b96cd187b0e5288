// `sendStream` on a connection that a link carries: its parts are given to the link as the fragments of a message.

import { type WebSocketError, webSocketErrorFrom } from '../errors.ts';
import type { MessageData } from '../message/message-data.ts';
import type { SendStreamOptions } from '../message/send-options.ts';
import type { OpenSource } from '../message/stream-source.ts';
import type { ConnectionLink } from './link.ts';

/** @param fail  fails the connection: its message has begun and cannot be finished */
export async function sendOverLink(
  link: ConnectionLink,
  source: OpenSource,
  { binary, compress, signal }: SendStreamOptions,
  fail: (error: WebSocketError) => void,
): Promise<void> {
  let isBinary = binary ?? source.isBinary;
  let hasBegun = false;
  let high = '';
  const send = async (data: MessageData, fin: boolean): Promise<void> => {
    isBinary ??= typeof data !== 'string';
    hasBegun = true;
    if (!link.sendFragment(data, { fin, binary: isBinary, compress }, undefined)) await link.whenDrained();
  };
  try {
    for (;;) {
      const part = (await source.next()) as MessageData | undefined;
      if (signal?.aborted === true) throw signal.reason;
      if (part === undefined) break;
      if (typeof part !== 'string') {
        await send(part, false);
        continue;
      }
      // A string must not end within a surrogate pair.
      const text = high + part;
      high = (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800 ? text.slice(-1) : '';
      await send(high === '' ? text : text.slice(0, -1), false);
    }
    await send(isBinary === true ? new Uint8Array(0) : high, true);
  } catch (error) {
    source.cancel(error);
    const failure = webSocketErrorFrom(error, 'ERR_WS_SEND_STREAM');
    if (hasBegun) fail(failure);
    throw signal?.aborted === true ? signal.reason : failure;
  }
}
