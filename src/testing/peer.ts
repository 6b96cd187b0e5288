// A scripted peer: one end of a connection. The test tells it, frame by frame or byte by byte, what to send, and asserts
// what arrives. It holds the other end to the rules of RFC 6455; it may break them itself.

import { Buffer } from 'node:buffer';
import type { Duplex } from 'node:stream';
import { Opcode, type Role } from '../core/constants.ts';
import { readOptions } from '../core/option-check.ts';
import { type Arrival, Arrivals } from './arrivals.ts';
import { FrameExpectations } from './frame-expectations.ts';
import {
  type Bytes,
  bytesOf,
  type ExpectedFrame,
  encodeClose,
  encodeFrame,
  type Frame,
  type FrameFields,
} from './frames.ts';
import type { Head } from './head.ts';
import { answerBytes, answerNowSchema, endsAfter, type HttpAnswer, wholeAnswer } from './http-answer.ts';
import { expectedFrameSchema, frameSchema, peerAcceptSchema } from './option-rows.ts';
import type { Pace } from './pace.ts';
import { acceptance, refusal } from './peer-answers.ts';
import { PeerInput } from './peer-input.ts';
import type { AcceptOptions, RefuseOptions } from './peer-options.ts';
import type { PeerSocket } from './peer-socket.ts';
import { PeerStream } from './peer-stream.ts';

/** @internal The parts of a peer. */
export interface PeerParts {
  readonly role: Role;
  /** The name in errors: the URL, and which connection it is. */
  readonly name: string;
  readonly traffic: Pace;
  readonly tcp: PeerSocket;
  /** `tcp`, or TLS over it. */
  readonly stream: Duplex;
  readonly isScripted: boolean;
}

/**
 * One end of a connection, played by the test. `network.peer` makes servers, `network.client` makes clients.
 *
 * Methods named `send…`, and those that end TCP, act at once. Methods named `receives…` wait for the next arrival. They
 * reject with an AssertionError if something else arrives, or if nothing is on its way.
 */
export class Peer {
  /** The role of this end. */
  readonly role: Role;
  /**
   * Whether this peer answers Ping frames by itself (RFC 6455 §5.5.2). It then does not count them as received.
   * Default `true`.
   */
  answersPings = true;
  /** The number of Ping frames that this peer has answered. */
  pingsAnswered = 0;
  /**
   * Whether this peer answers a Close frame by itself (RFC 6455 §5.5.1). A server then ends TCP (RFC 6455 §7.1.1). The
   * frame still counts as received. Default `true`.
   */
  answersClose = true;
  /** Whether this peer answers a FIN with its own. `false` keeps TCP half-open. Default `true`. */
  answersEnd = true;
  readonly #traffic: Pace;
  readonly #stream: PeerStream;
  readonly #arrivals: Arrivals;
  readonly #expectations: FrameExpectations;
  readonly #input: PeerInput;
  /** The Close frame received. */
  #close: Frame | undefined;
  #isCloseSent = false;

  /** @internal */
  constructor({ role, name, traffic, tcp, stream, isScripted }: PeerParts) {
    this.role = role;
    this.#traffic = traffic;
    this.#arrivals = new Arrivals(name, traffic, isScripted);
    this.#expectations = new FrameExpectations(this.#arrivals);
    this.#input = new PeerInput(role, (arrival) => this.#arrived(arrival));
    this.#stream = new PeerStream(tcp, stream, {
      received: (chunk) => this.#input.received(chunk),
      ended: () => {
        this.#input.end();
        return this.answersEnd;
      },
      reset: () => this.#arrivals.add({ kind: 'reset' }),
    });
  }

  /** Address of the other end, as this end sees it. */
  get remoteAddress(): string {
    return this.#stream.remoteAddress;
  }

  /** Port of the other end, as this end sees it. */
  get remotePort(): number {
    return this.#stream.remotePort;
  }

  /** Whether TCP is open in at least one direction. */
  get isOpen(): boolean {
    return this.#stream.isOpen;
  }

  /**
   * The latest head received: a request at a server, a response at a client.
   *
   * @throws Error if none has arrived yet
   */
  get receivedHead(): Head {
    const { head } = this.#input;
    if (head === undefined) throw new Error('no head has arrived yet; await receivesHead() first');
    return head;
  }

  /** @internal What a script waits for, in words; `undefined` if it waits for nothing in particular. */
  get wanted(): string | undefined {
    return this.#arrivals.wanted;
  }

  // ── Opening handshake ──────────────────────────────────────────────────────────────────────────────────────────

  /** Accepts the request: answers it with 101 (RFC 6455 §4.2.2). @throws WebSocketError ERR_WS_OPTION */
  accept(options?: AcceptOptions): void {
    const checked = readOptions(peerAcceptSchema, options);
    this.sendAscii(acceptance(this.receivedHead, checked));
    this.#input.expectFrames();
  }

  /**
   * Refuses the request: answers it with `status`, and ends TCP.
   *
   * @throws WebSocketError ERR_WS_OPTION
   */
  refuse(status: number, options?: RefuseOptions): void {
    const { head, body } = refusal(status, options);
    this.sendAscii(head);
    this.#stream.write(Buffer.from(body));
    this.end();
  }

  /**
   * Answers a plain HTTP request. TCP stays open for the client's next request (`receivesHead`), unless it asked for the end.
   *
   * @throws WebSocketError ERR_WS_OPTION
   */
  answerHTTP(answer?: Omit<HttpAnswer, 'delay'>): void {
    const whole = wholeAnswer(readOptions(answerNowSchema, answer));
    const request = this.receivedHead;
    this.sendBytes(answerBytes(whole, request));
    if (endsAfter(request)) this.end();
  }

  /**
   * Waits for the next head. It is a further request of a client that you answered by hand (after CONNECT), or the
   * response to a request that you wrote by hand. After a 101, frames follow.
   */
  async receivesHead(): Promise<Head> {
    this.#input.expectHead();
    return (await this.#arrivals.nextOf('head', 'a head')).head;
  }

  /** Waits for the body of a response other than 101, or of a plain HTTP request that tells its length. */
  async receivesBody(): Promise<string> {
    this.#input.expectBody();
    return (await this.#arrivals.nextOf('body', 'a body')).text;
  }

  // ── Sending ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Sends a text message in one frame. */
  sendText(text: string): void {
    this.sendFrame({ opcode: 'text', payload: text });
  }

  /** Sends a binary message in one frame. */
  sendBinary(bytes: Bytes): void {
    this.sendFrame({ opcode: 'binary', payload: bytesOf(bytes) });
  }

  /** Sends a Ping frame. */
  sendPing(payload: string | Uint8Array = ''): void {
    this.sendFrame({ opcode: 'ping', payload });
  }

  /** Sends a Pong frame. */
  sendPong(payload: string | Uint8Array = ''): void {
    this.sendFrame({ opcode: 'pong', payload });
  }

  /** Sends a Close frame with any code, even one that must not be sent; without `code`, an empty one. TCP stays open. */
  sendClose(code?: number, reason = ''): void {
    this.#isCloseSent = true;
    this.sendFrame({ opcode: 'close', payload: encodeClose(code, reason) });
  }

  /**
   * Sends any frame, whole or cut. A client masks it unless you set `masked`.
   *
   * @throws WebSocketError ERR_WS_OPTION
   */
  sendFrame(fields: FrameFields): void {
    this.sendBytes(encodeFrame(readOptions(frameSchema, fields), this.role === 'client'));
  }

  /** Sends any bytes: a Uint8Array, or hexadecimal digits. */
  sendBytes(bytes: Bytes): void {
    this.#stream.write(bytesOf(bytes));
  }

  /** Sends any characters, one byte each: a head written by hand, or something that is not HTTP. */
  sendAscii(text: string): void {
    this.#stream.writeAscii(text);
  }

  // ── Time, reading, and the end of TCP ──────────────────────────────────────────────────────────────────────────

  /** Waits in the network's time: resolves once the test has advanced it by so many milliseconds. */
  delay(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#traffic.clock.timer({ expired: resolve }).set(milliseconds);
    });
  }

  /** Stops reading: this peer receives and answers nothing, and the data of the other end piles up there. */
  stopReading(): void {
    this.#stream.pause();
  }

  /** Reads again after {@link stopReading}. */
  resumeReading(): void {
    this.#stream.resume();
  }

  /** Ends this direction of TCP (FIN), after everything sent. Receiving goes on until the other end does the same. */
  end(): void {
    this.#stream.end();
  }

  /** Drops TCP (RST), after everything sent, and without reading what has arrived. */
  reset(): void {
    this.#stream.reset();
  }

  // ── Receiving ──────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Waits for a message in one frame.
   *
   * @param expected  the whole text, or a pattern; the bytes, or their hexadecimal digits; absent: any
   * @returns the text or the bytes
   */
  receives(kind: 'text', expected?: string | RegExp): Promise<string>;
  receives(kind: 'binary', expected?: Bytes): Promise<Buffer>;
  receives(kind: 'text' | 'binary', expected?: Bytes | RegExp): Promise<string | Buffer> {
    return this.#expectations.message(kind, expected);
  }

  /**
   * Waits for a Ping frame. Set `answersPings = false` first.
   *
   * @param expected  the payload; absent: any
   * @returns the payload
   * @throws Error while this peer answers pings by itself
   */
  receivesPing(expected?: string | Uint8Array): Promise<Buffer> {
    if (this.answersPings) throw new Error('this peer answers Ping frames by itself; set answersPings = false first');
    return this.#expectations.control('ping', expected);
  }

  /** Waits for a Pong frame. @returns the payload */
  receivesPong(expected?: string | Uint8Array): Promise<Buffer> {
    return this.#expectations.control('pong', expected);
  }

  /**
   * Waits for a Close frame.
   *
   * @param code    1005 for a frame without a code; absent: any
   * @param reason  absent: any
   */
  receivesClose(code?: number, reason?: string): Promise<{ code: number; reason: string }> {
    return this.#expectations.close(code, reason);
  }

  /** Answers the Close frame received. A peer does this by itself unless `answersClose` is `false`. */
  answerClose(): void {
    if (!this.#isCloseSent) {
      this.#isCloseSent = true;
      this.sendFrame({ opcode: 'close', payload: this.#close?.payload ?? '' });
    }
    if (this.role === 'server') this.end();
  }

  /**
   * Waits for a frame with these fields. Absent fields may have any value.
   *
   * @throws (rejects) AssertionError; WebSocketError ERR_WS_OPTION
   */
  async receivesFrame(expected: ExpectedFrame): Promise<Frame> {
    const fields = readOptions(expectedFrameSchema, expected);
    return this.#expectations.frame(fields);
  }

  /** Waits until the other end ends its direction of TCP (FIN). */
  async receivesEnd(): Promise<void> {
    await this.#arrivals.nextOf('end', 'the end of TCP (FIN)');
  }

  /** Waits until the other end resets TCP (RST). */
  async receivesReset(): Promise<void> {
    await this.#arrivals.nextOf('reset', 'a reset of TCP (RST)', true);
  }

  /** Waits until nothing is on its way, and asserts that nothing has arrived that you did not ask for. */
  async receivesNothing(): Promise<void> {
    await this.#traffic.settle();
    this.#arrivals.assertNothing();
  }

  /** The frames that arrive, until TCP ends. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Frame, void> {
    for (;;) {
      const arrival = await this.#arrivals.next(undefined);
      if (arrival.kind === 'violation') throw this.#arrivals.failure('a frame', arrival);
      if (arrival.kind === 'end' || arrival.kind === 'reset') return;
      if (arrival.kind === 'frame') yield arrival.frame;
    }
  }

  /** @internal Waits for the request. @returns whether it has arrived */
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
    this.#arrivals.add(arrival);
    if (frame?.opcode !== Opcode.close) return;
    this.#close = frame;
    if (this.answersClose) this.answerClose();
  }
}
