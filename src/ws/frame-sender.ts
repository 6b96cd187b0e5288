// Frames that `Sender.frame` has made, sent by `webSocket._sender.sendFrame`: how servers send one message to many clients.
// The engine has its own way for that, so each list of pieces becomes a shared message once.

import { Buffer } from 'node:buffer';
import type { Connection } from '../core/connection/connection.ts';
import type { SharedMessage } from '../core/connection/shared-message.ts';
import { FIN_BIT, OPCODE_BITS, Opcode, RSV_BITS } from '../core/constants.ts';
import { shareMessage } from '../node/share-message.ts';
import type { Sent } from './transmit.ts';

export interface FrameSender {
  /**
   * @param list  what `Sender.frame` returned, without a mask
   * @throws TypeError for a frame that is masked, compressed or a fragment
   */
  sendFrame(list: readonly Uint8Array[], sent?: Sent): void;
}

const shared = new WeakMap<readonly Uint8Array[], SharedMessage>();

export function frameSender(connection: Connection): FrameSender {
  return {
    sendFrame(list, sent) {
      const known = shared.get(list);
      if (known !== undefined) connection.sendShared(known, sent);
      else sendPieces(connection, list, sent);
    },
  };
}

function sendPieces(connection: Connection, list: readonly Uint8Array[], sent: Sent | undefined): void {
  const bytes = Buffer.concat(list);
  const [first = 0, second = 0] = bytes;
  if (second >= 0x80 || (first & RSV_BITS) !== 0 || (first & FIN_BIT) === 0) {
    throw new TypeError('sendFrame takes whole messages without mask and compression: use send() for others');
  }
  const payload = bytes.subarray(second === 127 ? 10 : second === 126 ? 4 : 2);
  const opcode = first & OPCODE_BITS;
  if (opcode === Opcode.ping) connection.ping(payload, sent);
  else if (opcode === Opcode.pong) connection.pong(payload, sent);
  else if (opcode === Opcode.text || opcode === Opcode.binary) {
    const message = shareMessage(payload, { binary: opcode === Opcode.binary });
    shared.set(list, message);
    connection.sendShared(message, sent);
  } else throw new TypeError(`sendFrame does not send frames with opcode ${opcode}`);
}
