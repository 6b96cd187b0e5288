// Frames that `Sender.frame` has made, sent as they are by `webSocket._sender.sendFrame`: how servers send one message to
// many clients.

import { Buffer } from 'node:buffer';
import type { Connection } from '../core/connection/connection.ts';
import type { Sent } from './transmit.ts';

export interface FrameSender {
  /** @param list  what `Sender.frame` returned */
  sendFrame(list: readonly Uint8Array[], sent?: Sent): void;
}

export function frameSender(connection: Connection): FrameSender {
  return {
    sendFrame(list, sent) {
      const bytes = Buffer.concat(list);
      const size = bytes.readUInt8(1) & 0x7f;
      const header = size === 127 ? 10 : size === 126 ? 4 : 2;
      const payload = bytes.subarray(header);
      connection.send((bytes.readUInt8(0) & 15) === 1 ? payload.toString() : payload, sent);
    },
  };
}
