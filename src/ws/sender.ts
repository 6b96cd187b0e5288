// `Sender.frame` in the shape of `ws`: a frame as bytes, for programs that make one and send it to many clients with
// `webSocket._sender.sendFrame`. Messages of a WebSocket do not go through it.

import { Buffer } from 'node:buffer';
import { FIN_BIT, RSV1_BIT } from '../core/constants.ts';
import { headerSize, writeHeader, writeMaskedHeader } from '../core/frame/encoder.ts';
import { maskInto, readKey } from '../core/mask.ts';
import { lateCrypto } from '../node/late-modules.ts';
import { asBuffer, sendable } from './data.ts';

export interface FrameOptions {
  fin?: boolean | undefined;
  rsv1?: boolean | undefined;
  opcode: number;
  mask?: boolean | undefined;
  /** No effect: `data` is never written to. */
  readOnly?: boolean | undefined;
  /** Fills a masking key of four bytes. Default: random bytes. */
  generateMask?: ((mask: Buffer) => void) | undefined;
  maskBuffer?: Buffer | undefined;
}

/** Makes frames. It is not constructed: a WebSocket sends by itself. */
export class WebSocketSender {
  constructor() {
    throw new TypeError(
      'a Sender is not constructed here: use webSocket.send(), or Sender.frame() for a frame as bytes',
    );
  }

  /**
   * A frame as bytes (RFC 6455 §5.2).
   *
   * @returns header and payload; `data` itself is the payload where that needs no change
   */
  static frame(data: unknown, options: FrameOptions): Buffer[] {
    const given = sendable(data);
    const payload = typeof given === 'string' ? Buffer.from(given) : asBuffer(given);
    const isMasked = options.mask === true;
    const header = Buffer.alloc(headerSize(payload.length, isMasked));
    const first = (options.fin === true ? FIN_BIT : 0) | (options.rsv1 === true ? RSV1_BIT : 0) | options.opcode;
    if (!isMasked) {
      writeHeader(header, 0, first, payload.length);
      return [header, payload];
    }
    const mask = options.maskBuffer ?? Buffer.alloc(4);
    if (options.generateMask) options.generateMask(mask);
    else lateCrypto().randomFillSync(mask, 0, 4);
    const key = readKey(mask, 0);
    writeMaskedHeader(header, 0, first, payload.length, key);
    const masked = Buffer.alloc(payload.length);
    maskInto(payload, masked, 0, key);
    return [header, masked];
  }
}
