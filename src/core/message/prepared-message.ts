// A message that goes to many connections, encoded once as a server's frame (RFC 6455 §5.2), and where connections
// compress, once for each set of parameters (RFC 7692 §7.1).

import { FIN_BIT, OPCODE_BITS, RSV1_BIT } from '../constants.ts';
import type { MessageCompression } from '../extension/message-compression.ts';
import { headerSize, writeHeader } from '../frame/encoder.ts';
import type { Memory, Scheduler, TextCodec } from '../ports.ts';
import { type MessageData, opcodeOf, payloadAs, toBytes } from './message-data.ts';
import { type Deflated, SharedDeflation } from './shared-deflation.ts';
import { SharedFrames } from './shared-frames.ts';

/** Bytes from which a message is deflated in pieces. Below, it takes about five milliseconds at most. */
export const IN_PIECES_FROM = 256 * 1024;

/** Which message of a system of several nodes it is. */
export interface MessageOrigin {
  /** Id of the node that has published it. */
  readonly node: string | undefined;
  /** Higher than that of each message before it, of this node in this topic. */
  readonly number: number;
  /** `''`: it goes to everybody. */
  readonly topic: string;
}

/** The frame of a whole message as a server sends it: FIN, no RSV bits, not masked. */
export class WholeFrame {
  /** Nobody changes them. */
  readonly bytes: Uint8Array;
  readonly #header: number;
  /** Where it is from, if that is asked for. */
  origin: MessageOrigin | undefined;

  constructor(bytes: Uint8Array, header: number) {
    this.bytes = bytes;
    this.#header = header;
  }

  /** Bytes before the payload. */
  get header(): number {
    return this.#header;
  }

  /** Whether a value is one. It may be anything that an application gives as data: `instanceof` throws for a revoked proxy. */
  static is(value: unknown): value is WholeFrame {
    return typeof value === 'object' && value !== null && #header in value;
  }
}

/** A message in the forms that connections have asked for. */
export class PreparedMessage {
  readonly opcode: number;
  /** As an uncompressed frame. */
  readonly plain: SharedFrames;
  /** Connections that it was published to as it is, without their own sender; counted by who publishes. */
  published = 0;
  readonly origin: MessageOrigin | undefined;
  /** Where the payload begins in the bytes of `plain`. */
  readonly #header: number;
  readonly #memory: Memory;
  /** See `SendOptions.compress`. */
  readonly #compress: boolean | undefined;
  /** One entry for each parameter set, with its frame; `undefined` where that is not smaller than the plain one. */
  #deflated: { readonly parameters: number; readonly frame: SharedFrames | undefined }[] | undefined;
  /** By parameter set, while it is deflated in pieces. */
  #deflations: Map<number, SharedDeflation> | undefined;

  /**
   * @param given     text (lone surrogates become U+FFFD), bytes, which are copied, or a frame, which is used as it is
   * @param binary    whether it is binary; absent: by the type of the data, or by the frame
   * @param compress  as for `SendOptions`
   * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_SEND_UTF8
   */
  constructor(
    given: MessageData | WholeFrame,
    text: TextCodec,
    memory: Memory,
    binary?: boolean | undefined,
    compress?: boolean | undefined,
  ) {
    this.#memory = memory;
    this.#compress = compress;
    this.origin = undefined;
    if (WholeFrame.is(given)) {
      this.origin = given.origin;
      this.opcode = given.bytes[0] & OPCODE_BITS;
      this.plain = SharedFrames.of(given.bytes, memory);
      this.#header = given.header;
      return;
    }
    const opcode = opcodeOf(given, binary);
    const data = binary === undefined ? given : payloadAs(opcode, given, text, memory);
    const bytes = typeof data === 'string' ? undefined : toBytes(data);
    const size = bytes === undefined ? text.byteLength(data as string) : bytes.length;
    const header = headerSize(size, false);
    const frame = memory.allocate(header + size);
    this.opcode = opcode;
    writeHeader(frame, 0, FIN_BIT | this.opcode, size);
    if (bytes === undefined) text.encodeInto(data as string, frame, header);
    else frame.set(bytes, header);
    this.plain = SharedFrames.of(frame, memory);
    this.#header = header;
  }

  get payload(): Uint8Array {
    return this.plain.bytes.subarray(this.#header);
  }

  /**
   * The frame with its payload deflated without any context, so that all connections with the same parameters can
   * send it, including those that keep a context: see {@link MessageCompression.endSendingContext}.
   *
   * @returns `undefined`: send the plain one
   */
  deflated(compression: MessageCompression): SharedFrames | undefined {
    if (!this.#isToCompress(compression)) return undefined;
    const { parameters } = compression;
    this.#deflations?.get(parameters)?.finish();
    const known = this.#deflated?.find((entry) => entry.parameters === parameters);
    if (known !== undefined) return known.frame;
    const frame = this.#deflate(compression);
    this.#deflated ??= [];
    this.#deflated.push({ parameters, frame });
    return frame;
  }

  /** Whether deflating it for this connection would take long, and has not been done: {@link deflateInPieces} is for it then. */
  isLong(compression: MessageCompression): boolean {
    const size = this.plain.size - this.#header;
    if (size < IN_PIECES_FROM || !this.#isToCompress(compression)) return false;
    return this.#deflated?.some(({ parameters }) => parameters === compression.parameters) !== true;
  }

  /**
   * Deflates it over several turns, once for all connections with the same parameters.
   *
   * @param ready  {@link deflated} has the result; or with what was thrown
   * @returns ends the wait of this connection
   */
  deflateInPieces(compression: MessageCompression, scheduler: Scheduler, ready: Deflated): () => void {
    const { parameters } = compression;
    this.#deflations ??= new Map();
    let deflation = this.#deflations.get(parameters);
    if (deflation === undefined) {
      const done = (payload: Uint8Array | undefined): void => {
        this.#deflations?.delete(parameters);
        this.#deflated ??= [];
        this.#deflated.push({ parameters, frame: payload && this.#frameOf(payload) });
      };
      deflation = new SharedDeflation(compression.deflaterAlone(), this.payload, this.#memory, scheduler, done);
      this.#deflations.set(parameters, deflation);
    }
    return deflation.wait(ready);
  }

  #isToCompress({ threshold }: MessageCompression): boolean {
    return this.#compress ?? this.plain.size - this.#header >= threshold;
  }

  #deflate(compression: MessageCompression): SharedFrames | undefined {
    const payload = compression.deflateAlone(this.payload);
    return payload && this.#frameOf(payload);
  }

  #frameOf(payload: Uint8Array): SharedFrames {
    // The compressor's memory is its own.
    const header = headerSize(payload.length, false);
    const frame = this.#memory.allocate(header + payload.length);
    writeHeader(frame, 0, FIN_BIT | RSV1_BIT | this.opcode, payload.length);
    frame.set(payload, header);
    return SharedFrames.of(frame, this.#memory);
  }
}
