// A scripted peer: one end of a connection whose test says frame by frame, or byte by byte, what it does, and asserts
// what arrives. It knows the rules of RFC 6455 so far as to hold the other end to them, and none that would keep it from
// breaking them itself.

import { Buffer } from 'node:buffer';
import type { Duplex } from 'node:stream';
import { types } from 'node:util';
import { Opcode, type Role } from '../core/constants.ts';
import { acceptValue } from '../core/handshake/accept-key.ts';
import { readOptions } from '../core/option-check.ts';
import { nodeDigest } from '../node/environment.ts';
import { type Arrival, Arrivals } from './arrivals.ts';
import {
  type Bytes,
  bytesOf,
  decodeClose,
  type ExpectedFrame,
  encodeClose,
  encodeFrame,
  type Frame,
  type FrameFields,
  nameOf,
  show,
} from './frames.ts';
import { type Head, type HeadFields, headText, statusLine } from './head.ts';
import type { MemorySocket } from './memory-socket.ts';
import { expectedFrameSchema, frameSchema, peerAcceptSchema, peerRefuseSchema } from './option-rows.ts';
import { PeerInput } from './peer-input.ts';
import type { AcceptOptions, RefuseOptions } from './peer-options.ts';
import type { Traffic } from './traffic.ts';

/** @internal What a peer is made of. */
export interface PeerParts {
  readonly role: Role;
  /** For texts: where it is, and which connection. */
  readonly name: string;
  readonly traffic: Traffic;
  readonly tcp: MemorySocket;
  /** `tcp`, or TLS over it. */
  readonly stream: Duplex;
  readonly isScripted: boolean;
}

/**
 * One end of a connection, played by the test. Made by `network.peer` (a server) and `network.client`.
 *
 * Methods named `send…` and those that end TCP act at once. Methods named `receives…` wait for the next thing to arrive,
 * and reject with an AssertionError when it is another one, or when nothing is on its way.
 */
export class Peer {
  /** What this end plays. */
  readonly role: Role;
  /** Whether Ping frames are answered, as RFC 6455 §5.5.2 demands; they do not count as received then. Default `true`. */
  answersPings = true;
  /** Ping frames answered so far. */
  pingsAnswered = 0;
  /**
   * Whether a Close frame is answered in kind (RFC 6455 §5.5.1), or, where it is the answer to ours, ends TCP at a
   * server (§7.1.1). It is received all the same. Default `true`.
   */
  answersClose = true;
  /** Whether a FIN from the other end is answered by ours. `false` keeps TCP half-open. Default `true`. */
  answersEnd = true;
  readonly #traffic: Traffic;
  readonly #tcp: MemorySocket;
  readonly #stream: Duplex;
  readonly #arrivals: Arrivals;
  readonly #input: PeerInput;
  /** The Close frame received. */
  #close: Frame | undefined;
  #isCloseSent = false;

  /** @internal */
  constructor({ role, name, traffic, tcp, stream, isScripted }: PeerParts) {
    this.role = role;
    this.#traffic = traffic;
    this.#tcp = tcp;
    this.#stream = stream;
    this.#arrivals = new Arrivals(name, traffic, isScripted);
    this.#input = new PeerInput(role, (arrival) => this.#arrived(arrival));
    let isReset = false;
    const failed = (): void => {
      isReset = true;
    };
    tcp.on('error', failed);
    stream.on('error', failed);
    // After a FIN a stream does not tell of a reset until it writes.
    tcp.on('reset', () => {
      if (stream.readableEnded) tcp.destroy();
      isReset = true;
    });
    stream.on('data', (chunk: Buffer) => this.#input.push(chunk));
    stream.on('end', () => {
      this.#input.end();
      if (this.answersEnd && stream.writable) stream.end();
    });
    stream.on('close', () => {
      if (isReset) this.#arrivals.push({ kind: 'reset' });
    });
  }

  /** Address and port of the other end, as this one sees it. */
  get remoteAddress(): string {
    return this.#tcp.remoteAddress ?? '';
  }

  /** Port of the other end, as this one sees it. */
  get remotePort(): number {
    return this.#tcp.remotePort ?? 0;
  }

  /** Whether TCP is still there, in one direction at least. */
  get isOpen(): boolean {
    return !this.#tcp.destroyed;
  }

  /**
   * The request that a server received, or the response that a client received last.
   *
   * @throws Error when none has come yet
   */
  get receivedHead(): Head {
    const { head } = this.#input;
    if (head === undefined) throw new Error('no head has been received yet; await receivesHead() first');
    return head;
  }

  /** @internal What a script waits for. */
  get wanted(): string | undefined {
    return this.#arrivals.wanted;
  }

  // ── Opening handshake ──────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Answers the request with 101 (RFC 6455 §4.2.2).
   *
   * @throws WebSocketError ERR_WS_OPTION
   */
  accept(given?: AcceptOptions): void {
    const options = readOptions(peerAcceptSchema, given);
    const defaults: HeadFields = {
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Accept': acceptValue(this.receivedHead.header('sec-websocket-key') ?? '', nodeDigest),
      'Sec-WebSocket-Protocol': options.subprotocol,
    };
    this.sendAscii(headText(statusLine(101), defaults, options.headers));
    this.#input.expectFrames();
  }

  /**
   * Answers the request with another status, and ends TCP.
   *
   * @throws WebSocketError ERR_WS_OPTION
   */
  refuse(status: number, options?: RefuseOptions): void {
    const { headers, body = '' } = readOptions(peerRefuseSchema, options);
    const defaults = { Connection: 'close', 'Content-Length': String(Buffer.byteLength(body)) };
    this.sendAscii(headText(statusLine(status), defaults, headers));
    this.#stream.write(body);
    this.end();
  }

  /**
   * Waits for the next head: another request of a client that was answered by hand (after CONNECT), or the response to
   * a request that was written by hand. After a 101, frames follow.
   */
  async receivesHead(): Promise<Head> {
    this.#input.expectHead();
    const arrival = await this.#next('a head');
    if (arrival.kind !== 'head') throw this.#arrivals.failure('a head', arrival);
    return arrival.head;
  }

  /** Waits for the body that belongs to a response other than 101. */
  async receivesBody(): Promise<string> {
    const arrival = await this.#next('a body');
    if (arrival.kind !== 'body') throw this.#arrivals.failure('a body', arrival);
    return arrival.text;
  }

  // ── Sending ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Sends a text in one frame. */
  sendText(text: string): void {
    this.sendFrame({ opcode: 'text', payload: text });
  }

  /** Sends bytes in one frame. */
  sendBinary(bytes: Bytes): void {
    this.sendFrame({ opcode: 'binary', payload: bytesOf(bytes) });
  }

  /** Sends a ping. */
  sendPing(payload: string | Uint8Array = ''): void {
    this.sendFrame({ opcode: 'ping', payload });
  }

  /** Sends a pong. */
  sendPong(payload: string | Uint8Array = ''): void {
    this.sendFrame({ opcode: 'pong', payload });
  }

  /** A Close frame, with any code, also one that must not be sent; without one, an empty frame. TCP stays. */
  sendClose(code?: number, reason = ''): void {
    this.#isCloseSent = true;
    this.sendFrame({ opcode: 'close', payload: encodeClose(code, reason) });
  }

  /** Any frame, whole or cut. A client's is masked unless the fields say otherwise. */
  sendFrame(fields: FrameFields): void {
    this.sendBytes(encodeFrame(readOptions(frameSchema, fields), this.role === 'client'));
  }

  /** Any bytes, given as such or as hexadecimal digits. */
  sendBytes(bytes: Bytes): void {
    if (this.#stream.writable) this.#stream.write(bytesOf(bytes));
  }

  /** Any characters, a byte each: a head written by hand, or what is no HTTP at all. */
  sendAscii(text: string): void {
    if (this.#stream.writable) this.#stream.write(text, 'latin1');
  }

  // ── Time, reading, and the end of TCP ──────────────────────────────────────────────────────────────────────────

  /** Waits in the network's time: resolves when the test has advanced it by so many milliseconds. */
  delay(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#traffic.clock.timer({ expired: resolve }).set(milliseconds);
    });
  }

  /** Stops reading: nothing is received or answered any more, and what the other end sends piles up there. */
  stopReading(): void {
    this.#stream.pause();
  }

  /** Reads again after `stopReading`. */
  resumeReading(): void {
    this.#stream.resume();
  }

  /** Ends our direction of TCP after what was sent (FIN). Receiving goes on until the other end does the same. */
  end(): void {
    this.#stream.end();
  }

  /** Drops TCP (RST), after what was sent and without reading what has come. */
  reset(): void {
    this.#tcp.resetAndDestroy();
  }

  // ── Receiving ──────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Waits for a message in one frame.
   *
   * @param expected  the whole text, or what it must match; the bytes, as such or as hexadecimal digits; absent: any
   * @returns the text or the bytes
   */
  receives(kind: 'text', expected?: string | RegExp): Promise<string>;
  receives(kind: 'binary', expected?: Bytes): Promise<Buffer>;
  async receives(kind: 'text' | 'binary', expected?: Bytes | RegExp): Promise<string | Buffer> {
    const wanted = expected === undefined || types.isRegExp(expected) || kind === 'text' ? expected : bytesOf(expected);
    const words = wanted === undefined ? `any ${kind}` : `${kind} ${types.isRegExp(wanted) ? wanted : show(wanted)}`;
    const { arrival, frame } = await this.#nextFrame(words);
    const data = kind === 'text' ? frame.payload.toString() : frame.payload;
    const isWhole = frame.opcode === Opcode[kind] && frame.fin && frame.rsv === 0;
    if (isWhole && (wanted === undefined || equals(data, wanted))) return data;
    throw this.#arrivals.failure(words, arrival);
  }

  /**
   * Waits for a Ping frame. Only for peers that do not answer by themselves: `answersPings = false`.
   *
   * @returns its payload
   */
  receivesPing(expected?: string | Uint8Array): Promise<Buffer> {
    if (this.answersPings) throw new Error('this peer answers Ping frames by itself; set answersPings = false first');
    return this.#receivesControl('ping', expected);
  }

  /** Waits for a pong. */
  receivesPong(expected?: string | Uint8Array): Promise<Buffer> {
    return this.#receivesControl('pong', expected);
  }

  /**
   * Waits for a Close frame.
   *
   * @param code    1005 for a frame without one; absent: any
   * @param reason  absent: any
   */
  async receivesClose(code?: number, reason?: string): Promise<{ code: number; reason: string }> {
    const words = ['close', code, reason === undefined ? undefined : show(reason)]
      .filter((word) => word !== undefined)
      .join(' ');
    const { arrival, frame } = await this.#nextFrame(words);
    const close = decodeClose(frame.payload);
    const holds = (code ?? close.code) === close.code && (reason ?? close.reason) === close.reason;
    if (frame.opcode === Opcode.close && holds) return close;
    throw this.#arrivals.failure(words, arrival);
  }

  /** Answers a Close frame, as a peer does by itself unless `answersClose` is `false`. */
  answerClose(): void {
    if (!this.#isCloseSent) {
      this.#isCloseSent = true;
      this.sendFrame({ opcode: 'close', payload: this.#close?.payload ?? '' });
    }
    if (this.role === 'server') this.end();
  }

  /**
   * Waits for a frame with these fields, whatever the others are.
   *
   * @throws (rejects) AssertionError; WebSocketError ERR_WS_OPTION
   */
  async receivesFrame(expected: ExpectedFrame): Promise<Frame> {
    const fields = readOptions(expectedFrameSchema, expected);
    const words = [`${nameOf(fields.opcode)}${fields.fin === false ? '…' : ''}`];
    if (fields.rsv !== undefined) words.push(`rsv ${fields.rsv}`);
    if (fields.payload !== undefined) words.push(show(fields.payload));
    const { arrival, frame } = await this.#nextFrame(words.join(' '));
    const { opcode, fin = frame.fin, rsv = frame.rsv, payload = frame.payload } = fields;
    const holds = nameOf(opcode) === nameOf(frame.opcode) && fin === frame.fin && rsv === frame.rsv;
    if (holds && Buffer.from(payload as string).equals(frame.payload)) return frame;
    throw this.#arrivals.failure(words.join(' '), arrival);
  }

  /** Waits for the end of the other direction of TCP (FIN). */
  async receivesEnd(): Promise<void> {
    const arrival = await this.#next('the end of TCP (FIN)');
    if (arrival.kind !== 'end') throw this.#arrivals.failure('the end of TCP (FIN)', arrival);
  }

  /** Waits for a reset of TCP (RST). */
  async receivesReset(): Promise<void> {
    const arrival = await this.#arrivals.next('a reset of TCP (RST)', true);
    if (arrival.kind !== 'reset') throw this.#arrivals.failure('a reset of TCP (RST)', arrival);
  }

  /** Lets everything settle, and asserts that nothing has arrived that was not asked for. */
  async receivesNothing(): Promise<void> {
    await this.#traffic.settle();
    this.#arrivals.assertNothing();
  }

  /** The frames that come, until TCP ends. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Frame, void> {
    for (;;) {
      const arrival = await this.#arrivals.next(undefined);
      if (arrival.kind === 'violation') throw this.#arrivals.failure('a frame', arrival);
      if (arrival.kind === 'end' || arrival.kind === 'reset') return;
      if (arrival.kind === 'frame') yield arrival.frame;
    }
  }

  /** @internal Reads a request that is the script's to answer: its head has come, or is not going to. */
  async opened(): Promise<boolean> {
    if (this.#input.head !== undefined) return true;
    const arrival = await this.#arrivals.next(undefined).catch(() => undefined);
    return arrival?.kind === 'head';
  }

  #arrived(arrival: Arrival): void {
    const frame = arrival.kind === 'frame' ? arrival.frame : undefined;
    if (frame?.opcode === Opcode.ping && this.answersPings) {
      this.pingsAnswered++;
      this.sendPong(frame.payload);
      return;
    }
    this.#arrivals.push(arrival);
    if (frame?.opcode !== Opcode.close) return;
    this.#close = frame;
    if (this.answersClose) this.answerClose();
  }

  async #receivesControl(kind: 'ping' | 'pong', expected: string | Uint8Array | undefined): Promise<Buffer> {
    const wanted = expected === undefined ? undefined : Buffer.from(expected as string);
    const words = wanted === undefined ? kind : `${kind} ${show(wanted)}`;
    const { arrival, frame } = await this.#nextFrame(words);
    if (frame.opcode === Opcode[kind] && (wanted === undefined || wanted.equals(frame.payload))) return frame.payload;
    throw this.#arrivals.failure(words, arrival);
  }

  async #nextFrame(wanted: string): Promise<{ arrival: Arrival; frame: Frame }> {
    const arrival = await this.#next(wanted);
    if (arrival.kind !== 'frame') throw this.#arrivals.failure(wanted, arrival);
    return { arrival, frame: arrival.frame };
  }

  #next(wanted: string): Promise<Arrival> {
    return this.#arrivals.next(wanted);
  }
}

function equals(data: string | Buffer, expected: string | RegExp | Uint8Array): boolean {
  if (types.isRegExp(expected)) return expected.test(data.toString());
  return typeof expected === 'string' ? data === expected : Buffer.from(data as Buffer).equals(expected);
}
