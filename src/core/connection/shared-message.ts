// A message that the application sends to many connections, as it holds it.

import { webSocketError } from '../errors.ts';
import type { MessageData } from '../message/message-data.ts';
import { PreparedMessage } from '../message/prepared-message.ts';
import type { Memory, TextCodec } from '../ports.ts';

/** For hosts: makes one. @param binary  whether it is binary; absent: by the type of the data */
export let sharedMessage: (
  data: MessageData,
  binary: boolean | undefined,
  text: TextCodec,
  memory: Memory,
) => SharedMessage;

/** What is sent. */
export let preparedOf: (message: SharedMessage) => PreparedMessage;

/** A message that is encoded once, and compressed once, and sent by `connection.sendShared` to many connections. */
export class SharedMessage {
  readonly #prepared: PreparedMessage;

  static {
    sharedMessage = (data, binary, text, memory) => new SharedMessage(new PreparedMessage(data, text, memory, binary));
    preparedOf = (message) => {
      if (typeof message === 'object' && message !== null && #prepared in message) return message.#prepared;
      throw webSocketError('ERR_WS_OPTION', 'first argument of sendShared', message, 'what shareMessage(data) returns');
    };
  }

  private constructor(prepared: PreparedMessage) {
    this.#prepared = prepared;
  }

  /** Bytes that it takes in memory and, uncompressed, on each connection, frame header included. */
  get size(): number {
    return this.#prepared.plain.size;
  }
}
