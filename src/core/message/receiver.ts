// What a peer sends, as messages and control frames: the decoder and the assembler of one direction, joined. What these
// mean for the connection is left to its owner.

import { FIN_BIT, Opcode, type Role, RSV1_BIT } from '../constants.ts';
import type { MessageCompression } from '../extension/message-compression.ts';
import { type Close, readClosePayload } from '../frame/close-payload.ts';
import { type ControlFrameReceiver, Decoder } from '../frame/decoder.ts';
import { WatchedFrames } from '../frame/watched-frames.ts';
import type { MemoryPool } from '../memory-pool.ts';
import { NOBODY } from '../pool.ts';
import type { Memory, TextCodec } from '../ports.ts';
import { type TrafficCounts, UNASKED } from '../traffic-counts.ts';
import { Assembler, type Lending, type MessageLimits, type MessageReceiver } from './assembler.ts';
import { Inflation } from './inflation.ts';

/** Is told of messages and control frames, in wire order. Payloads of Ping and Pong are only valid during the call. */
export interface ReceiverEvents extends MessageReceiver {
  /**
   * So much was inflated that the receiver is to be held, and to go on in a later turn. Absent: it is not held.
   */
  turnIsOver?(): void;
  pingReceived(payload: Uint8Array): void;
  pongReceived(payload: Uint8Array): void;
  /** The code has not been judged. */
  closeReceived(close: Close): void;
  /** Every frame while the receiver `isWatched`, before it is taken. @param payload  the first bytes of `size` in all */
  frameSeen?(first: number, size: number, payload: Uint8Array): void;
}

/**
 * The counterpart of `Sender`. An idle receiver may be released, and then serve another connection.
 */
export class Receiver implements ControlFrameReceiver {
  /** That of the connections it can serve. */
  readonly role: Role;
  readonly #text: TextCodec;
  readonly #assembler: Assembler;
  readonly #decoder: Decoder;
  readonly #compression: MessageCompression | undefined;
  readonly #inflation: Inflation | undefined;
  #events: ReceiverEvents = NOBODY;
  /** `hold` was called after the last `goOn`. */
  #isHeld = false;
  #counts = UNASKED;
  #isWatched = false;

  /**
   * @param role         our own: a server expects masked frames (RFC 6455 §5.1)
   * @param compression  where permessage-deflate was agreed: it then serves only that connection
   */
  constructor(role: Role, text: TextCodec, memory: Memory, pool: MemoryPool, compression?: MessageCompression) {
    this.role = role;
    this.#text = text;
    this.#assembler = new Assembler(text, memory, pool);
    this.#compression = compression;
    this.#inflation = compression && new Inflation(this.#assembler, compression, memory, () => this.#turnIsOver());
    this.#decoder =
      this.#inflation === undefined
        ? new Decoder(role, this.#assembler, this)
        : new Decoder(role, this.#inflation, this, RSV1_BIT);
  }

  /** Serves one connection from now on. The other parameters are as of `Assembler.serve`. */
  serve(
    events: ReceiverEvents,
    limits: MessageLimits,
    lending?: Lending,
    keepsBytes?: boolean,
    notesFragments?: boolean,
    streamFrom = Infinity,
  ): void {
    this.#events = events;
    this.#assembler.serve(events, limits, lending, keepsBytes, notesFragments, streamFrom);
    this.#inflation?.serve(limits, streamFrom !== Infinity);
  }

  /** Counts what it receives from now on. Only between frames. */
  count(counts: TrafficCounts): void {
    if (this.#counts !== counts) this.#counts = counts;
    this.#assembler.count(counts);
    this.#inflation?.count(counts);
  }

  /** Whether each frame is shown (`ReceiverEvents.frameSeen`). */
  get isWatched(): boolean {
    return this.#isWatched;
  }

  set isWatched(isWatched: boolean) {
    this.#isWatched = isWatched;
    const frames = this.#inflation ?? this.#assembler;
    const show = (first: number, size: number, payload: Uint8Array): void => {
      this.#events.frameSeen?.(first, size, payload);
    };
    this.#decoder.deliverTo(isWatched ? new WatchedFrames(frames, show) : frames);
  }

  /** Whether it holds nothing of the connection that it serves: neither the beginning of a frame nor of a message. */
  get isIdle(): boolean {
    return this.#compression === undefined && this.isBetweenMessages;
  }

  /** Whether no frame and no message is unfinished. */
  get isBetweenMessages(): boolean {
    return this.#decoder.isIdle && this.#assembler.isIdle;
  }

  /** Bytes that it holds of an unfinished message, inflated or not. */
  get held(): number {
    return this.#assembler.held + (this.#inflation?.held ?? 0);
  }

  /** Forgets its connection. Only while it `isIdle`. */
  release(): void {
    this.#events = NOBODY;
    this.#assembler.release();
  }

  /** As of the decoder. */
  get frameProgress(): number {
    return this.#decoder.frameProgress;
  }

  /** A number that grows while a message comes in; 0 outside one. */
  get messageProgress(): number {
    return this.#assembler.progress + this.#decoder.frameProgress;
  }

  /**
   * Takes the next bytes, the first `size` of `chunk`. They are modified, and not kept beyond the call.
   *
   * @returns number of bytes that it has read: fewer if it was held, or discards
   * @throws WebSocketError of the protocol family; nothing may be pushed after it
   */
  receive(chunk: Uint8Array, size: number): number {
    this.#inflation?.beginTurn();
    return this.#decoder.decode(chunk, size);
  }

  /** Gives no further part of the current message, and reads nothing behind it, until `goOn`. */
  hold(): void {
    this.#isHeld = true;
    this.#decoder.hold();
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /**
   * Goes on after `hold`, with what it has not given of the bytes that it has read.
   *
   * @throws WebSocketError as {@link receive}
   */
  goOn(): void {
    this.#isHeld = false;
    this.#inflation?.goOn();
    if (this.#inflation?.isStopped === true) this.#isHeld = true;
    if (!this.#isHeld) this.#decoder.goOn();
  }

  /** Ignores everything from now on, and frees what was collected. */
  discard(): void {
    this.#isHeld = false;
    this.#decoder.discard();
    this.#assembler.discard();
    this.#inflation?.discard();
    this.#compression?.endReceiving();
  }

  #turnIsOver(): boolean {
    if (this.#events.turnIsOver === undefined) return false;
    this.#events.turnIsOver();
    return true;
  }

  control(opcode: number, bytes: Uint8Array, start: number, end: number): void {
    this.#counts.frame(FIN_BIT | opcode, end - start);
    if (this.#isWatched) this.#events.frameSeen?.(FIN_BIT | opcode, end - start, bytes.subarray(start, end));
    if (opcode === Opcode.ping) this.#events.pingReceived(bytes.subarray(start, end));
    else if (opcode === Opcode.pong) this.#events.pongReceived(bytes.subarray(start, end));
    else this.#events.closeReceived(readClosePayload(bytes, start, end, this.#text));
  }
}
