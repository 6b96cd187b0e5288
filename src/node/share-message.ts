// Messages that applications on Node send to many connections.

import { shareSchema } from '../core/connection/option-rows.ts';
import { type SharedMessage, sharedMessage } from '../core/connection/shared-message.ts';
import type { MessageData } from '../core/message/message-data.ts';
import type { SendOptions } from '../core/message/send-options.ts';
import { readOptions } from '../core/option-check.ts';
import { nodeHost } from './environment.ts';

/**
 * Encodes a message that you send to many connections by `connection.sendShared`, of clients or of servers: for groups
 * that you keep yourself. `server.publish` does the same for its topics.
 *
 * @param data     text or bytes. They are copied during the call, and you may change them afterwards
 * @param options  `binary`: as for `connection.send`
 * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_SEND_UTF8, ERR_WS_OPTION
 */
export function shareMessage(data: MessageData, options?: Pick<SendOptions, 'binary'>): SharedMessage {
  const { binary } = readOptions(shareSchema, options);
  return sharedMessage(data, binary, nodeHost.text, nodeHost.memory);
}
