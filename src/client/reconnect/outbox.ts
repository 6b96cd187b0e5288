// Messages that were sent while no connection was open, in their order and within bounds.

import { Buffer } from 'node:buffer';
import { Opcode } from '../../core/constants.ts';
import { type WebSocketError, webSocketError } from '../../core/errors.ts';
import { type MessageData, opcodeOf, payloadAs, toBytes } from '../../core/message/message-data.ts';
import type { SendOptions } from '../../core/message/send-options.ts';
import { nodeMemory } from '../../node/memory.ts';
import { nodeText } from '../../node/text.ts';
import { type OutboxSettings, outboxDefaults, type UnsentMessage } from './options.ts';

/** One message that waits. */
export interface WaitingMessage extends UnsentMessage {
  readonly size: number;
  readonly options: SendOptions | undefined;
  /** Tells its sender what became of it. It does not throw. */
  readonly sent: ((error?: WebSocketError) => void) | undefined;
}

/**
 * Makes a message of what was passed to `send`. Bytes are copied: the application may change them.
 *
 * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_SEND_UTF8
 */
export function waitingMessage(
  data: MessageData,
  options: SendOptions | undefined,
  sent: WaitingMessage['sent'],
): WaitingMessage {
  const opcode = opcodeOf(data, options?.binary);
  const payload = payloadAs(opcode, data, nodeText, nodeMemory);
  const isBinary = opcode === Opcode.binary;
  if (typeof payload === 'string') return { data: payload, isBinary, size: Buffer.byteLength(payload), options, sent };
  const bytes = toBytes(payload);
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return { data: copy, isBinary, size: copy.length, options: { ...options, binary: isBinary }, sent };
}

export class ClientOutbox {
  readonly #maxBytes: number;
  readonly #maxMessages: number;
  readonly #dropsOldest: boolean;
  readonly #isOff: boolean;
  #messages: WaitingMessage[] = [];
  /** Index of the first that waits. */
  #head = 0;
  #bytes = 0;

  constructor(settings: false | OutboxSettings = {}) {
    const given = settings === false ? {} : settings;
    this.#isOff = settings === false;
    this.#maxBytes = given.maxBytes ?? outboxDefaults.maxBytes;
    this.#maxMessages = given.maxMessages ?? outboxDefaults.maxMessages;
    this.#dropsOldest = (given.policy ?? outboxDefaults.policy) === 'drop-oldest';
  }

  /** Messages that wait. */
  get length(): number {
    return this.#messages.length - this.#head;
  }

  /** Bytes of their payloads. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Adds a message, or refuses it. The senders of messages that are refused or dropped are told.
   *
   * @returns whether it waits now
   */
  add(message: WaitingMessage): boolean {
    const full = this.#fullFor(message);
    if (full !== undefined) {
      if (!this.#dropsOldest || this.#isOff || message.size > this.#maxBytes || this.#maxMessages === 0) {
        message.sent?.(webSocketError('ERR_WS_DROPPED', full));
        return false;
      }
      while (this.length > 0 && this.#fullFor(message) !== undefined) {
        this.take()?.sent?.(webSocketError('ERR_WS_DROPPED', `${full}, and outbox.policy is "drop-oldest"`));
      }
    }
    this.#messages.push(message);
    this.#bytes += message.size;
    return true;
  }

  /** Why it cannot be added. */
  #fullFor({ size }: WaitingMessage): string | undefined {
    if (this.#isOff) return 'no connection is open, and reconnect.outbox is false';
    if (this.length >= this.#maxMessages) return `${this.length} messages wait (outbox.maxMessages)`;
    if (this.#bytes + size <= this.#maxBytes) return undefined;
    return `its ${size} bytes and the ${this.#bytes} that wait exceed outbox.maxBytes (${this.#maxBytes})`;
  }

  /** Takes out the oldest. */
  take(): WaitingMessage | undefined {
    const message = this.#messages[this.#head];
    if (message === undefined) return undefined;
    this.#head++;
    this.#bytes -= message.size;
    if (this.#head >= 64 && this.#head * 2 >= this.#messages.length) {
      this.#messages = this.#messages.slice(this.#head);
      this.#head = 0;
    }
    return message;
  }

  /** Takes out all, and tells their senders that they were not sent. */
  giveBack(why: string): readonly UnsentMessage[] {
    const rest = this.#messages.slice(this.#head);
    this.#messages = [];
    this.#head = 0;
    this.#bytes = 0;
    for (const { sent } of rest) sent?.(webSocketError('ERR_WS_DROPPED', why));
    return rest.map(({ data, isBinary }) => ({ data, isBinary }));
  }
}
