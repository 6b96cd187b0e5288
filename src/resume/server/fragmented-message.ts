// A message that the application sends in fragments, on a session: it is kept until its last fragment, and goes as one.

import { Opcode } from '../../core/constants.ts';
import { webSocketError } from '../../core/errors.ts';
import { type MessageData, opcodeOf, toBytes } from '../../core/message/message-data.ts';
import type { FragmentOptions } from '../../core/message/send-options.ts';
import { nodeHost } from '../../node/environment.ts';
import type { Payload } from '../protocol/ports.ts';

const { text, memory } = nodeHost;

export class FragmentedMessage {
  readonly compress: boolean;
  readonly #opcode: number;
  readonly #pieces: Uint8Array[] = [];

  constructor(first: MessageData, options: FragmentOptions) {
    this.compress = options.compress === true;
    this.#opcode = opcodeOf(first, options.binary);
  }

  /** @throws WebSocketError ERR_WS_FRAGMENT_KIND, ERR_WS_DATA_TYPE */
  add(data: MessageData, { binary }: FragmentOptions): void {
    if (opcodeOf(data, binary) !== this.#opcode) {
      throw webSocketError('ERR_WS_FRAGMENT_KIND', this.#opcode === Opcode.text ? 'text' : 'binary');
    }
    if (typeof data === 'string') {
      const bytes = memory.allocate(text.byteLength(data));
      text.encodeInto(data, bytes, 0);
      this.#pieces.push(bytes);
    } else {
      this.#pieces.push(toBytes(data).slice());
    }
  }

  /** All of it. @throws WebSocketError ERR_WS_SEND_UTF8 */
  get payload(): Payload {
    const size = this.#pieces.reduce((sum, { length }) => sum + length, 0);
    const whole = memory.allocate(size);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    if (this.#opcode !== Opcode.text) return whole;
    if (!text.isUtf8(whole, 0, size)) throw webSocketError('ERR_WS_SEND_UTF8');
    return text.decode(whole, 0, size);
  }
}
