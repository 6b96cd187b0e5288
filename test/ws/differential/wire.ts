// The far end of a script: a bare socket that writes frames as it is told, right or wrong, and notes the frames that it gets.

import type { Socket } from 'node:net';
import { constants, inflateRawSync } from 'node:zlib';
import { bytesShown, type Recorder } from './recorder.ts';

export interface FrameSettings {
  readonly fin?: boolean;
  /** RSV1 to RSV3 as 4, 2, 1. */
  readonly rsv?: number;
  /** Whether it is masked. Default: as the role asks for. */
  readonly mask?: boolean;
  /** Bytes that the header promises, if they are others than those that follow. */
  readonly length?: number;
  /** Bytes of the extended length: 2 or 8, although fewer would do. */
  readonly lengthBytes?: 2 | 8;
}

const NAMES: Readonly<Record<number, string>> = {
  0: 'more',
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
};
const MASK = Buffer.from([1, 2, 3, 4]);

function toBytes(payload: string | Uint8Array): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload) : Buffer.from(payload);
}

export class Wire {
  readonly socket: Socket;
  readonly #recorder: Recorder;
  /** Whether it is a client. */
  readonly #masks: boolean;
  /** Told of each head of HTTP. */
  onHead: ((head: string) => void) | undefined;
  #received = Buffer.alloc(0);
  #isOpen = false;
  isGone = false;

  constructor(recorder: Recorder, socket: Socket, masks: boolean) {
    this.socket = socket;
    this.#recorder = recorder;
    this.#masks = masks;
    socket.setNoDelay(); // a step ends when nothing is on its way
    socket.on('data', (chunk) => this.#take(chunk as Buffer));
    socket.on('end', () => this.#note('end'));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isGone = true;
    });
  }

  #note(what: string): void {
    this.#recorder.note('peer', what);
  }

  write(bytes: string | Uint8Array): void {
    if (typeof bytes === 'string') this.socket.write(bytes, 'latin1');
    else this.socket.write(bytes);
  }

  /** The bytes of one frame. */
  frame(opcode: number, payload: string | Uint8Array = '', settings: FrameSettings = {}): Buffer {
    const bytes = toBytes(payload);
    const { fin = true, rsv = 0, mask = this.#masks, length = bytes.length } = settings;
    const size = settings.lengthBytes ?? (length > 65_535 ? 8 : length > 125 ? 2 : 0);
    const header = Buffer.alloc(2 + size);
    header[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
    header[1] = (mask ? 0x80 : 0) | (size === 0 ? length : size === 2 ? 126 : 127);
    if (size === 2) header.writeUInt16BE(length, 2);
    if (size === 8) header.writeBigUInt64BE(BigInt(length), 2);
    if (!mask) return Buffer.concat([header, bytes]);
    return Buffer.concat([header, MASK, bytes.map((byte, at) => byte ^ MASK[at & 3]!)]);
  }

  send(opcode: number, payload?: string | Uint8Array, settings?: FrameSettings): void {
    this.write(this.frame(opcode, payload, settings));
  }

  text(payload: string): void {
    this.send(1, payload);
  }

  close(code?: number, reason = ''): void {
    this.write(this.closeFrame(code, reason));
  }

  closeFrame(code?: number, reason = ''): Buffer {
    if (code === undefined) return this.frame(8);
    return this.frame(8, Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]));
  }

  /** TCP FIN. */
  end(): void {
    this.socket.end();
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    while (this.#isOpen ? this.#takeFrame() : this.#takeHead());
  }

  #takeHead(): boolean {
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const head = this.#received.toString('latin1', 0, end);
    this.#received = this.#received.subarray(end + 4);
    this.#isOpen = this.onHead !== undefined || head.startsWith('HTTP/1.1 101');
    this.#note(headShown(head));
    if (!this.#isOpen) {
      this.#note(`body ${bytesShown(this.#received)}`);
      this.#received = Buffer.alloc(0);
    }
    this.onHead?.(head);
    return this.#received.length > 0;
  }

  #takeFrame(): boolean {
    const bytes = this.#received;
    if (bytes.length < 2) return false;
    const [first = 0, second = 0] = bytes;
    const short = second & 0x7f;
    const sizes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const start = 2 + sizes + (second >= 0x80 ? 4 : 0);
    if (bytes.length < start) return false;
    const size = sizes === 2 ? bytes.readUInt16BE(2) : sizes === 8 ? Number(bytes.readBigUInt64BE(2)) : short;
    if (bytes.length < start + size) return false;
    const payload = Buffer.from(bytes.subarray(start, start + size));
    if (second >= 0x80) for (let at = 0; at < size; at++) payload[at]! ^= bytes[start - 4 + (at & 3)]!;
    this.#received = bytes.subarray(start + size);
    const marks = `${first < 0x80 ? ' unfinished' : ''}${(first & 0x70) === 0 ? '' : ` rsv ${(first >> 4) & 7}`}`;
    const isWrong = second >= 0x80 === this.#masks;
    const opcode = first & 15;
    const isCompressed = (first & 0x40) !== 0;
    const what =
      opcode === 8 && size >= 2 ? closeShown(payload) : bytesShown(isCompressed ? inflated(payload) : payload);
    this.#note(`${NAMES[opcode] ?? opcode}${marks}${isWrong ? ' wrong mask' : ''} ${what}`);
    return this.#received.length > 0;
  }
}

const TAIL = Buffer.from('0000ffff', 'hex');

/** A message of permessage-deflate without context takeover. */
function inflated(payload: Buffer): Buffer {
  return inflateRawSync(Buffer.concat([payload, TAIL]), { finishFlush: constants.Z_SYNC_FLUSH });
}

function closeShown(payload: Buffer): string {
  return `${payload.readUInt16BE(0)} ${bytesShown(payload.subarray(2))}`;
}

const CHANGING = /^(sec-websocket-key|sec-websocket-accept|host|date): .*$/iu;

/** A head with its fields in the order of their names, without what differs from run to run. */
function headShown(head: string): string {
  const [first = '', ...fields] = head.split('\r\n');
  const kept = fields.map((field) => field.replace(CHANGING, '$1: …').replace(/^[^:]+/u, (name) => name.toLowerCase()));
  return [first, ...kept.sort()].join(' | ');
}
