// A fragmented message that is being sent (RFC 6455 §5.4): what its first fragment decided for the others, and what is
// checked of each.

import { plainBytesOf } from '../brands.ts';
import { Opcode, RSV1_BIT } from '../constants.ts';
import { webSocketError } from '../errors.ts';
import type { MessageCompression } from '../extension/message-compression.ts';
import type { Memory, TextCodec } from '../ports.ts';
import { Utf8Validator } from '../utf8.ts';
import { encoded, type MessageData, opcodeOf, toBytes } from './message-data.ts';
import type { FragmentOptions } from './send-options.ts';

export class OpenMessage {
  readonly #opcode: number;
  /** Present if the message is compressed. */
  readonly #compression: MessageCompression | undefined;
  /** Present if the message is text that came as bytes, which may be cut within a character. */
  #validator: Utf8Validator | undefined;

  /** @param compression  present where permessage-deflate was agreed */
  constructor(data: MessageData, { binary, compress }: FragmentOptions, compression: MessageCompression | undefined) {
    this.#opcode = opcodeOf(data, binary);
    this.#compression = compress === true ? compression : undefined;
  }

  /** The first byte of the first fragment without FIN. RFC 7692 §6.1: only this one has RSV1. */
  get first(): number {
    return this.#compression === undefined ? this.#opcode : this.#opcode | RSV1_BIT;
  }

  /**
   * Checks a fragment. Nothing changes before {@link proceed}.
   *
   * @returns what to proceed with
   * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_FRAGMENT_KIND, ERR_WS_FRAGMENT_SURROGATE, ERR_WS_SEND_UTF8
   */
  check(data: MessageData, { fin, binary }: FragmentOptions): Utf8Validator | undefined {
    const bytes = typeof data === 'string' ? undefined : toBytes(data);
    const isText = this.#opcode === Opcode.text;
    if (opcodeOf(data, binary) !== this.#opcode) {
      throw webSocketError('ERR_WS_FRAGMENT_KIND', isText ? 'text' : 'binary');
    }
    if (!isText) return undefined;
    if (bytes === undefined) {
      if (this.#validator?.isComplete === false) throw webSocketError('ERR_WS_SEND_UTF8');
      if (!fin && endsWithHighSurrogate(data as string)) throw webSocketError('ERR_WS_FRAGMENT_SURROGATE');
      return this.#validator;
    }
    const validator = this.#validator?.copy() ?? new Utf8Validator();
    if (validator.validate(bytes, 0, bytes.length) >= 0 || (fin && !validator.isComplete)) {
      throw webSocketError('ERR_WS_SEND_UTF8');
    }
    return validator;
  }

  /** The fragment has been queued. */
  proceed(checked: Utf8Validator | undefined): void {
    this.#validator = checked;
  }

  /** What a fragment travels as. */
  payloadOf(data: MessageData, isFinal: boolean, text: TextCodec, memory: Memory): MessageData {
    const compression = this.#compression;
    if (compression !== undefined) {
      const bytes = typeof data === 'string' ? encoded(data, text, memory) : (plainBytesOf(data) as Uint8Array);
      return compression.deflateFragment(bytes, isFinal, memory);
    }
    return typeof data === 'string' && this.#opcode === Opcode.binary ? encoded(data, text, memory) : data;
  }
}

function endsWithHighSurrogate(text: string): boolean {
  return (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;
}
