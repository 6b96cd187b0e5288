// Bytes to frames (RFC 6455 §5.2), for both roles, wherever the input is cut. Headers are read as numbers straight from
// the chunk; payloads are unmasked in place and passed on as ranges, so that nothing is allocated for a frame. What
// frames mean together (fragments, messages, closing) is left to the receivers.

import {
  CONTROL_BIT,
  FIN_BIT,
  LENGTH_16,
  LENGTH_BITS,
  MASK_BIT,
  MAX_CONTROL_PAYLOAD,
  MAX_HEADER_SIZE,
  OPCODE_BITS,
  Opcode,
  type Role,
  RSV_BITS,
} from '../constants.ts';
import { webSocketError } from '../errors.ts';
import { maskInPlace, readKey, rotateKey } from '../mask.ts';

/**
 * Takes data frames. For each frame `begin` comes first and may throw to refuse it before its payload is looked at;
 * then either `whole`, or one or more `part` and an `end`. Ranges are unmasked, and only valid during the call. `bits`
 * below 0x80: the range is ASCII; -1: not known.
 */
export interface DataFrameReceiver {
  begin(first: number, length: number): void;
  whole(first: number, chunk: Uint8Array, start: number, end: number, bits: number): void;
  part(chunk: Uint8Array, start: number, end: number, bits: number, remaining: number): void;
  end(first: number): void;
}

/** Takes control frames, always whole. The range is only valid during the call. */
export interface ControlFrameReceiver {
  control(opcode: number, bytes: Uint8Array, start: number, end: number): void;
}

/** Waiting for a header, or within one that is cut. */
const HEADER = 0;
/** Within the payload of a data frame. */
const DATA = 1;
/** Within the payload of a control frame that is cut. */
const CONTROL = 2;
/** Nothing more is read: the connection failed or a Close frame came (RFC 6455 §1.4, §7.1.7). */
const DISCARDING = 3;
/** Nothing is read until `goOn`. */
const HELD = 4;

/** Decodes the frames of one direction of one connection. */
export class Decoder {
  #data: DataFrameReceiver;
  readonly #controls: ControlFrameReceiver;
  /** What the MASK bit of each frame must be: set from clients, clear from servers (RFC 6455 §5.1). */
  readonly #expectedMask: number;
  /** RSV bits that no negotiated extension defines; the others may only be set where a message begins. */
  readonly #forbiddenBits: number;

  #state = HEADER;
  /** The state before HELD. */
  #before = HEADER;
  // The current frame
  #first = 0;
  #length = 0;
  #key = 0;
  /** Payload bytes of the current frame seen so far. */
  #seen = 0;
  /** Bytes of a header, then of a control frame's payload, that is cut between chunks. */
  #spare: Uint8Array | undefined;
  #spareSize = 0;

  /**
   * @param role            our own role: a server expects masked frames, a client unmasked ones
   * @param allowedRsvBits  those that a negotiated extension defines for the first frame of a message
   */
  constructor(role: Role, data: DataFrameReceiver, controls: ControlFrameReceiver, allowedRsvBits = 0) {
    this.#data = data;
    this.#controls = controls;
    this.#expectedMask = role === 'server' ? MASK_BIT : 0;
    this.#forbiddenBits = RSV_BITS & ~allowedRsvBits;
  }

  /** Gives data frames to `data` from now on, which passes them on: see `WatchedFrames`. */
  deliverTo(data: DataFrameReceiver): void {
    this.#data = data;
  }

  /** Ignores everything from now on, including the rest of a chunk that is being decoded. */
  discard(): void {
    this.#state = DISCARDING;
    this.#spare = undefined;
  }

  /** Reads nothing more of the present chunk, once the frame or the range is done that is being passed on. */
  hold(): void {
    if (this.#state === HELD || this.#state === DISCARDING) return;
    this.#before = this.#state;
    this.#state = HELD;
  }

  /** Reads on, after `hold`. Harmless otherwise. */
  goOn(): void {
    if (this.#state === HELD) this.#state = this.#before;
  }

  /** Whether it is between frames and holds no part of the next one. */
  get isIdle(): boolean {
    return this.#state === HEADER && this.#spareSize === 0;
  }

  /** Payload bytes that have arrived of an unfinished data frame; 0 between frames. */
  get frameProgress(): number {
    return (this.#state === HELD ? this.#before : this.#state) === DATA ? this.#seen : 0;
  }

  /**
   * Takes the next bytes.
   *
   * @param chunk  The decoder unmasks in it, and does not keep it after the call.
   * @param end    number of bytes, at the start of `chunk`
   * @returns number of bytes that it has read: all, unless it is held or discards
   * @throws WebSocketError of the protocol family at the first byte that breaks RFC 6455 §5; nothing may be pushed after it
   */
  decode(chunk: Uint8Array, end: number): number {
    let at = 0;
    while (at < end) {
      switch (this.#state) {
        case HEADER: {
          if (this.#spareSize > 0) {
            at = this.#continueHeader(chunk, at, end);
            break;
          }
          const size = this.#readHeader(chunk, at, end);
          if (size === 0) {
            this.#keep(chunk, at, end);
            return end;
          }
          at = this.#startPayload(chunk, at + size, end);
          break;
        }
        case DATA:
          at = this.#continueData(chunk, at, end);
          break;
        case CONTROL:
          at = this.#continueControl(chunk, at, end);
          break;
        default:
          return at;
      }
    }
    return at;
  }

  /**
   * Reads a header at `bytes[at]`, checking each byte as soon as it is there.
   *
   * @returns its size, or 0 when it is cut at `end`
   */
  #readHeader(bytes: Uint8Array, at: number, end: number): number {
    const first = bytes[at];
    const opcode = first & OPCODE_BITS;
    if ((first & RSV_BITS) !== 0) this.#checkBits(first);
    if ((opcode & 0x7) > 2) throw webSocketError('ERR_WS_RESERVED_OPCODE', opcode);
    if (opcode >= CONTROL_BIT && first < FIN_BIT) throw webSocketError('ERR_WS_CONTROL_FRAGMENTED', opcode);
    if (end - at < 2) return 0;

    const second = bytes[at + 1];
    if ((second & MASK_BIT) !== this.#expectedMask) {
      throw webSocketError(this.#expectedMask === 0 ? 'ERR_WS_MASKED' : 'ERR_WS_NOT_MASKED');
    }
    let length = second & LENGTH_BITS;
    if (opcode >= CONTROL_BIT && length > MAX_CONTROL_PAYLOAD) {
      throw webSocketError('ERR_WS_CONTROL_TOO_LARGE', opcode, length);
    }
    let size = 2;
    if (length >= LENGTH_16) {
      size = length === LENGTH_16 ? 4 : 10;
      if (end - at < size) {
        // RFC 6455 §5.2: the most significant bit is 0. Known three bytes in, so not waited for.
        if (size === 10 && end - at > 2 && bytes[at + 2] >= 0x80) throw webSocketError('ERR_WS_LENGTH_SIGN');
        return 0;
      }
      length = size === 4 ? readLength16(bytes, at + 2) : readLength64(bytes, at + 2);
    }
    if (this.#expectedMask !== 0) {
      if (end - at < size + 4) return 0;
      this.#key = readKey(bytes, at + size);
      size += 4;
    }
    this.#first = first;
    this.#length = length;
    return size;
  }

  /** Judges reserved bits that are set. */
  #checkBits(first: number): void {
    if ((first & this.#forbiddenBits) !== 0) throw webSocketError('ERR_WS_RESERVED_BITS', first);
    // RFC 7692 §6: not in control frames, not in the later fragments of a message.
    const opcode = first & OPCODE_BITS;
    if (opcode >= CONTROL_BIT || opcode === Opcode.continuation) throw webSocketError('ERR_WS_COMPRESSED_BIT', first);
  }

  /** Keeps a header that is cut. */
  #keep(chunk: Uint8Array, at: number, end: number): void {
    this.#spare ??= new Uint8Array(MAX_HEADER_SIZE);
    for (let from = at; from < end; from++) this.#spare[this.#spareSize++] = chunk[from];
  }

  /** Adds byte after byte to a header that was cut, until it is complete. */
  #continueHeader(chunk: Uint8Array, start: number, end: number): number {
    const spare = this.#spare as Uint8Array;
    for (let at = start; at < end; at++) {
      spare[this.#spareSize++] = chunk[at];
      if (this.#readHeader(spare, 0, this.#spareSize) > 0) {
        this.#spareSize = 0;
        this.#spare = undefined;
        return this.#startPayload(chunk, at + 1, end);
      }
    }
    return end;
  }

  /** After a header. @returns index after what was used */
  #startPayload(chunk: Uint8Array, at: number, end: number): number {
    const first = this.#first;
    const length = this.#length;
    const isControl = (first & CONTROL_BIT) !== 0;
    if (!isControl) this.#data.begin(first, length);
    const payloadEnd = at + length;
    if (payloadEnd <= end) {
      const bits = this.#expectedMask === 0 ? -1 : maskInPlace(chunk, at, payloadEnd, this.#key);
      if (isControl) this.#controls.control(first & OPCODE_BITS, chunk, at, payloadEnd);
      else this.#data.whole(first, chunk, at, payloadEnd, bits);
      return payloadEnd;
    }
    this.#seen = 0;
    if (isControl) {
      this.#state = CONTROL;
      this.#spare = new Uint8Array(length);
      return at;
    }
    this.#state = DATA;
    return at;
  }

  #continueData(chunk: Uint8Array, start: number, chunkEnd: number): number {
    const end = Math.min(chunkEnd, start + this.#length - this.#seen);
    const bits = this.#expectedMask === 0 ? -1 : maskInPlace(chunk, start, end, rotateKey(this.#key, this.#seen));
    this.#seen += end - start;
    const remaining = this.#length - this.#seen;
    if (remaining === 0) this.#state = HEADER;
    this.#data.part(chunk, start, end, bits, remaining);
    if (remaining === 0) this.#data.end(this.#first);
    return end;
  }

  #continueControl(chunk: Uint8Array, start: number, chunkEnd: number): number {
    const spare = this.#spare as Uint8Array;
    const length = this.#length;
    const end = Math.min(chunkEnd, start + length - this.#seen);
    for (let at = start; at < end; at++) spare[this.#seen++] = chunk[at];
    if (this.#seen === length) {
      this.#state = HEADER;
      this.#spare = undefined;
      if (this.#expectedMask !== 0) maskInPlace(spare, 0, length, this.#key);
      this.#controls.control(this.#first & OPCODE_BITS, spare, 0, length);
    }
    return end;
  }
}

/** RFC 6455 §5.2: "the minimal number of bytes MUST be used to encode the length". */
function readLength16(bytes: Uint8Array, at: number): number {
  const length = (bytes[at] << 8) | bytes[at + 1];
  if (length < LENGTH_16) throw webSocketError('ERR_WS_LENGTH_NOT_MINIMAL', length, 16);
  return length;
}

function readLength64(bytes: Uint8Array, at: number): number {
  if (bytes[at] >= 0x80) throw webSocketError('ERR_WS_LENGTH_SIGN');
  const high = bytes[at] * 0x1000000 + (bytes[at + 1] << 16) + (bytes[at + 2] << 8) + bytes[at + 3];
  const low = bytes[at + 4] * 0x1000000 + (bytes[at + 5] << 16) + (bytes[at + 6] << 8) + bytes[at + 7];
  if (high > 0x1fffff) throw webSocketError('ERR_WS_LENGTH_TOO_LARGE');
  const length = high * 0x100000000 + low;
  if (length < 0x10000) throw webSocketError('ERR_WS_LENGTH_NOT_MINIMAL', length, 64);
  return length;
}
