// Decodes bytes to frames for a scripted peer, by the engine's decoder: what the code under test sends is checked against
// RFC 6455 §5.

import { Buffer } from 'node:buffer';
import { FIN_BIT, type Role, RSV_BITS } from '../core/constants.ts';
import { type ControlFrameReceiver, type DataFrameReceiver, Decoder } from '../core/frame/decoder.ts';
import { type Frame, frameOf } from './frames.ts';

export class FrameReader implements DataFrameReceiver, ControlFrameReceiver {
  readonly #decoder: Decoder;
  readonly #received: (frame: Frame) => void;
  #parts: Buffer[] = [];

  /** @param role  role of the peer. A server expects masked frames. Reserved bits are accepted. */
  constructor(role: Role, received: (frame: Frame) => void) {
    this.#decoder = new Decoder(role, this, this, RSV_BITS);
    this.#received = received;
  }

  /** Decodes a chunk. @throws WebSocketError for a violation of RFC 6455 §5; do not read anything after it */
  read(chunk: Uint8Array): void {
    this.#decoder.decode(chunk, chunk.length);
  }

  begin(): void {}

  whole(first: number, chunk: Uint8Array, start: number, end: number): void {
    this.#received(frameOf(first, Buffer.from(chunk.subarray(start, end))));
  }

  part(chunk: Uint8Array, start: number, end: number): void {
    this.#parts.push(Buffer.from(chunk.subarray(start, end)));
  }

  end(first: number): void {
    const payload = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#received(frameOf(first, payload));
  }

  control(opcode: number, bytes: Uint8Array, start: number, end: number): void {
    this.#received(frameOf(FIN_BIT | opcode, Buffer.from(bytes.subarray(start, end))));
  }
}
