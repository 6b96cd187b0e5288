// One message that is sent to many clients, as programs written for `ws` do it: a loop over `clients` with `send`. From the
// second client on the message is one of the engine's shared messages, which is encoded and compressed once.

import { Buffer } from 'node:buffer';
import type { Connection } from '../core/connection/connection.ts';
import type { SharedMessage } from '../core/connection/shared-message.ts';
import { shareMessage } from '../node/share-message.ts';

/** Larger messages are written for each client anew; the memory of one message is kept until the next is sent. */
const LARGEST = 32 * 1024;

let lastData: string | Uint8Array | undefined;
let wasBinary = false;
let shared: SharedMessage | undefined;
/** What was in `lastData` when it was shared. The application may have changed it since. */
let copy: Buffer | undefined;

/**
 * Notes a message of a server.
 *
 * @returns what to send for it by `sendShared`, if the same was sent last
 */
export function repeated(
  connection: Connection,
  data: string | Uint8Array,
  isBinary: boolean,
): SharedMessage | undefined {
  if (data !== lastData || isBinary !== wasBinary) {
    shared = undefined;
    copy = undefined;
    lastData = data.length <= LARGEST ? data : undefined;
    wasBinary = isBinary;
    return undefined;
  }
  if (connection.role === 'client') return undefined; // RFC 6455 §5.3: masked, for each frame anew
  if (typeof data !== 'string' && copy?.equals(data) !== true) {
    copy = Buffer.from(data);
    shared = undefined;
  }
  shared ??= shareMessage(copy ?? data, { binary: isBinary });
  return shared;
}
