// Compares the next frame that a scripted peer receives with the one that a test expects. If they differ, the error shows
// both.

import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import { Opcode } from '../core/constants.ts';
import type { Arrival, Arrivals } from './arrivals.ts';
import { type Bytes, bytesOf, decodeClose, type ExpectedFrame, type Frame, nameOf, show } from './frames.ts';

/** The content of a Close frame. */
export interface ReceivedClose {
  /** 1005 for a frame without a code. */
  readonly code: number;
  readonly reason: string;
}

/** Each method takes the next arrival, and rejects with an AssertionError if it is not the expected frame. */
export class FrameExpectations {
  readonly #arrivals: Arrivals;

  constructor(arrivals: Arrivals) {
    this.#arrivals = arrivals;
  }

  /** Expects a message in one frame. @param expected  absent: any */
  async message(kind: 'text' | 'binary', expected?: Bytes | RegExp): Promise<string | Buffer> {
    const wanted = expected === undefined || types.isRegExp(expected) || kind === 'text' ? expected : bytesOf(expected);
    const words = wanted === undefined ? `any ${kind}` : `${kind} ${types.isRegExp(wanted) ? wanted : show(wanted)}`;
    const { arrival, frame } = await this.#next(words);
    const data = kind === 'text' ? frame.payload.toString() : frame.payload;
    const isWhole = frame.opcode === Opcode[kind] && frame.fin && frame.rsv === 0;
    if (isWhole && (wanted === undefined || equals(data, wanted))) return data;
    throw this.#arrivals.failure(words, arrival);
  }

  /** Expects a Ping or Pong frame. @param expected  its payload; absent: any */
  async control(kind: 'ping' | 'pong', expected: string | Uint8Array | undefined): Promise<Buffer> {
    const wanted = expected === undefined ? undefined : Buffer.from(expected as string);
    const words = wanted === undefined ? kind : `${kind} ${show(wanted)}`;
    const { arrival, frame } = await this.#next(words);
    if (frame.opcode === Opcode[kind] && (wanted === undefined || wanted.equals(frame.payload))) return frame.payload;
    throw this.#arrivals.failure(words, arrival);
  }

  /** Expects a Close frame. @param code  absent: any, as for `reason` */
  async close(code: number | undefined, reason: string | undefined): Promise<ReceivedClose> {
    const words = ['close', code, reason === undefined ? undefined : show(reason)]
      .filter((word) => word !== undefined)
      .join(' ');
    const { arrival, frame } = await this.#next(words);
    const close = decodeClose(frame.payload);
    const holds = (code ?? close.code) === close.code && (reason ?? close.reason) === close.reason;
    if (frame.opcode === Opcode.close && holds) return close;
    throw this.#arrivals.failure(words, arrival);
  }

  /** Expects a frame with these fields. Other fields may have any value. */
  async frame(fields: ExpectedFrame): Promise<Frame> {
    const words = [`${nameOf(fields.opcode)}${fields.fin === false ? '…' : ''}`];
    if (fields.rsv !== undefined) words.push(`rsv ${fields.rsv}`);
    if (fields.payload !== undefined) words.push(show(fields.payload));
    const { arrival, frame } = await this.#next(words.join(' '));
    const { opcode, fin = frame.fin, rsv = frame.rsv, payload = frame.payload } = fields;
    const holds = nameOf(opcode) === nameOf(frame.opcode) && fin === frame.fin && rsv === frame.rsv;
    if (holds && Buffer.from(payload as string).equals(frame.payload)) return frame;
    throw this.#arrivals.failure(words.join(' '), arrival);
  }

  async #next(wanted: string): Promise<{ arrival: Arrival; frame: Frame }> {
    const arrival = await this.#arrivals.nextOf('frame', wanted);
    return { arrival, frame: arrival.frame };
  }
}

function equals(data: string | Buffer, expected: string | RegExp | Uint8Array): boolean {
  if (types.isRegExp(expected)) return expected.test(data.toString());
  return typeof expected === 'string' ? data === expected : Buffer.from(data as Buffer).equals(expected);
}
