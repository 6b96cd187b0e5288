// A connection as the application holds it: the public API, and nothing else. What is behind it, and what transports and
// hosts deal with, is the machine (machine.ts).

import { Opcode, type Role } from '../constants.ts';
import { webSocketError } from '../errors.ts';
import type { MessageData } from '../message/message-data.ts';
import type { FragmentOptions, SendOptions, SendStreamOptions } from '../message/send-options.ts';
import { controlPayload } from '../message/sender.ts';
import type { SentCallback } from '../message/sent-callbacks.ts';
import type { StreamSource } from '../message/stream-source.ts';
import type { ConnectionMetrics } from '../meter.ts';
import { readOptions, refuseArguments } from '../option-check.ts';
import type { Account } from './accounts.ts';
import type { CloseEvent } from './close-event.ts';
import { ConnectionMachine } from './machine.ts';
import { sharedSchema, streamSchema } from './option-rows.ts';
import { publishTo } from './published.ts';
import { checkSent, readFragmentOptions, readSendOptions } from './send-arguments.ts';
import { sendControl, sendFragment, sendMessage, sendMessageAs, sendShared, sendStream } from './sending.ts';
import { preparedOf, type SharedMessage } from './shared-message.ts';
import type { ConnectionState } from './state.ts';

const NO_PAYLOAD = new Uint8Array(0);

/** The machine behind a connection: for hosts. */
export let machineOf: <Peer extends Connection>(connection: Peer) => ConnectionMachine<Peer>;

/**
 * An open WebSocket connection, of a client or a server.
 *
 * You do not construct one: `connect()` returns them, and a server gives them to its handlers. Each method may be called
 * at any time, even within handlers and after the end.
 *
 * @typeParam Message  what `for await` gives: with `streamAbove`, `MessageStream` as well
 */
export class Connection<Message = string | Uint8Array> implements AsyncIterable<Message> {
  /** The subprotocol that the handshake selected (RFC 6455 §1.9); `''` if it selected none. */
  readonly subprotocol: string;
  readonly #machine: ConnectionMachine<unknown>;

  static {
    machineOf = <Peer extends Connection>(connection: Peer) => connection.#machine as ConnectionMachine<Peer>;
  }

  /** For `connect()` and servers. */
  protected constructor(machine: object, subprotocol = '') {
    if (!(machine instanceof ConnectionMachine)) {
      const expected =
        'nothing: connections are not constructed; connect() returns one, a server passes them to `open`';
      throw webSocketError('ERR_WS_OPTION', 'first argument of new Connection', machine, expected);
    }
    this.#machine = machine;
    machine.peer = this;
    this.subprotocol = subprotocol;
  }

  /** Which end this is. A client masks what it sends (RFC 6455 §5.3), and a server ends TCP (§7.1.1). */
  get role(): Role {
    return this.#machine.options.role;
  }

  /**
   * The extensions that the handshake agreed on, as in the response, for example
   * `permessage-deflate; client_no_context_takeover`; `''` if it agreed on none (RFC 6455 §9.1).
   */
  get extensions(): string {
    return this.#machine.link?.extensions ?? this.#machine.compression?.description ?? '';
  }

  /** A decimal number that no other connection of this process has, of a client or a server. */
  get id(): string {
    return String(this.#account.id);
  }

  /** When it was opened, in milliseconds since the epoch, as `Date.now()`. */
  get openedAt(): number {
    return this.#account.openedAt;
  }

  /**
   * When bytes of the peer have last arrived, in milliseconds since the epoch: messages, pings, and pongs, which keep-alive
   * asks for. {@link openedAt} until the first ones. It is exact to a tenth of a second, while the event loop runs.
   */
  get lastActivity(): number {
    const { heardAt } = this.#machine;
    return Math.max(heardAt, this.openedAt); // it is not exact
  }

  /**
   * Milliseconds from the last ping of keep-alive to its pong; `undefined` before the first pong, and where `heartbeat` has
   * no `timeout`. It includes the time that the ping waited behind other frames, here and at the peer.
   */
  get roundTripTime(): number | undefined {
    return this.#account.roundTripTime;
  }

  /**
   * What this connection has sent and received, as numbers. They are always counted.
   *
   * @returns a copy, which does not change any more.
   * @throws WebSocketError ERR_WS_OPTION for arguments.
   */
  metrics(): ConnectionMetrics;
  metrics(...rest: unknown[]): ConnectionMetrics {
    refuseArguments('metrics', rest, 'it returns an object');
    const machine = this.#machine;
    const { openedAt, roundTripTime } = this.#account;
    return {
      id: this.id,
      openedAt,
      lastActivity: this.lastActivity,
      received: { messages: machine.messagesReceived, bytes: machine.receivedSize },
      sent: { messages: machine.messagesSent, bytes: machine.sentSize },
      bufferedAmount: machine.bufferedAmount,
      roundTripTime,
    };
  }

  get #account(): Account {
    const { accounts, account } = this.#machine;
    return accounts.read(account);
  }

  /** Where the connection is in its life. See {@link isOpen} for the usual question. */
  get state(): ConnectionState {
    return this.#machine.state;
  }

  /** Whether you can send: neither side has begun to close, and the connection has not failed. */
  get isOpen(): boolean {
    return this.#machine.isOpen;
  }

  /** Bytes that wait here or in the transport to be sent, frame headers included. */
  get bufferedAmount(): number {
    return this.#machine.bufferedAmount;
  }

  /** Resolves when TCP is gone, with what the `close` handler is told. It never rejects. */
  get closed(): Promise<CloseEvent> {
    return this.#machine.closed;
  }

  /**
   * Sends one message (RFC 6455 §6.1).
   *
   * Stop when it returns `false`, until {@link drained} resolves or the `drain` handler is called: beyond
   * `maxQueuedBytes`, `slowConsumer` decides what is dropped. Messages keep the order of the calls. Those of one turn of
   * the event loop leave in one write. If the handshake agreed on compression, a message of `threshold` bytes or more is
   * compressed during the call.
   *
   * @param data     Text, in which lone surrogates become U+FFFD, or bytes. Bytes are copied during the call: you may
   *                 change or transfer them as soon as it returns.
   * @param options  Whether it is text or binary, and whether it is compressed: see {@link SendOptions}. You may leave
   *                 them out, and give `sent` in their place.
   * @param sent  Called once, after the current turn: without an argument when the system has the bytes, or with an
   *              error when the message was dropped. What it throws goes to the `failed` handler.
   * @returns `true` when less than `highWaterMark` bytes wait; `false` when more do, and when the message was dropped:
   *          the connection is not open, or the policy for slow peers dropped it.
   * @throws WebSocketError ERR_WS_DATA_TYPE for other data and for memory that was transferred; ERR_WS_SEND_UTF8 for
   *         bytes that are sent as text and are not UTF-8; ERR_WS_FRAGMENT_OPEN within a fragmented message;
   *         ERR_WS_OPTION for another option, and if `sent` is not a function.
   */
  send(data: MessageData, sent?: SentCallback): boolean;
  send(data: MessageData, options: SendOptions | undefined, sent?: SentCallback): boolean;
  send(data: MessageData, options?: SendOptions | SentCallback, sent?: SentCallback): boolean {
    if (sent !== undefined) checkSent('send', 'third', sent);
    if (options === undefined) return sendMessage(this.#machine, data, sent);
    if (typeof options === 'function') return sendMessage(this.#machine, data, options);
    return sendMessageAs(this.#machine, data, readSendOptions(options), sent);
  }

  /**
   * Sends a message that other connections send as well. It is encoded once for all of them, and where connections
   * agreed on compression, compressed once.
   *
   * Within a fragmented message it waits for the last fragment.
   *
   * @param message  What `shareMessage` has returned.
   * @param options  `compress: false`: it is not compressed. Default: from `threshold` bytes on. You may leave them out,
   *                 and give `sent` in their place.
   * @param sent     As for {@link send}.
   * @returns as {@link send}.
   * @throws WebSocketError ERR_WS_OPTION
   */
  sendShared(message: SharedMessage, sent?: SentCallback): boolean;
  sendShared(message: SharedMessage, options: Pick<SendOptions, 'compress'> | undefined, sent?: SentCallback): boolean;
  sendShared(
    message: SharedMessage,
    options?: Pick<SendOptions, 'compress'> | SentCallback,
    sent?: SentCallback,
  ): boolean {
    const machine = this.#machine;
    const prepared = preparedOf(message);
    const callback = typeof options === 'function' ? options : sent;
    if (callback === undefined && publishTo(machine, prepared)) {
      const { first, payloadSize } = prepared.plain;
      machine.meter.sent.published(first, payloadSize, 1);
      return true;
    }
    if (callback !== undefined) checkSent('sendShared', 'third', callback);
    const { compress = true } = typeof options === 'function' ? {} : readOptions(sharedSchema, options);
    return sendShared(machine, prepared, compress, callback);
  }

  /**
   * Sends one fragment of a message (RFC 6455 §5.4), which leaves without waiting for the others.
   *
   * End each message with a fragment that has `fin: true`, which may be empty. Until then {@link send} throws. All
   * fragments of a message are text, or all are binary.
   *
   * @param data     As for {@link send}. A string must not end within a surrogate pair, except with `fin: true`; bytes of
   *                 a text message may end within a character.
   * @param options  `{ fin: false }`, or `{ fin: true }` for the last fragment; see {@link FragmentOptions}.
   * @param sent     As for {@link send}, for this fragment.
   * @returns as {@link send}. If the first fragment was dropped, so are the others.
   * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_FRAGMENT_KIND for text and binary mixed, ERR_WS_FRAGMENT_SURROGATE,
   *         ERR_WS_SEND_UTF8, ERR_WS_OPTION.
   */
  sendFragment(data: MessageData, options: FragmentOptions, sent?: SentCallback): boolean {
    const read = readFragmentOptions(options);
    if (sent !== undefined) checkSent('sendFragment', 'third', sent);
    return sendFragment(this.#machine, data, read, sent);
  }

  /**
   * Sends one message while its source is being read (docs/streams.md): in fragments, as large as they come, and compressed
   * piece by piece if the handshake agreed on compression.
   *
   * The source is pulled only while the peer takes what was sent. Other messages that you send meanwhile wait for the end of
   * this one, up to `maxQueuedBytes`; pings and pongs do not wait. `close()` does not wait either: it ends the stream.
   *
   * The message cannot be taken back once its first fragment has left. If the source fails then, or `signal` is aborted, the
   * connection fails with 1011. If the connection ends, the source is cancelled: `return()` of an iterator, `cancel()` of a
   * web stream, `destroy()` of a stream of Node.
   *
   * @param source   A `ReadableStream`, a `Readable`, any other iterable, async or not, of strings or bytes; or a
   *                 `MessageStream` of another connection. Parts are copied or sent before the next one is asked for.
   * @param options  `binary`: whether it is a binary message; default: by its first part. Bytes of a text message must be
   *                 UTF-8, and may be cut anywhere, as strings may. `compress: false`: it is not compressed. `signal`.
   * @returns a Promise that resolves when the system has the whole message.
   * @throws WebSocketError ERR_WS_OPTION; ERR_WS_STREAM_SOURCE for another source; ERR_WS_STREAM_USED;
   *         ERR_WS_SEND_STREAM if the source cannot even begin, as a web stream with a reader; ERR_WS_FRAGMENT_OPEN within a
   *         fragmented message.
   * @throws (rejects) WebSocketError ERR_WS_SEND_STREAM if the source failed, whose `cause` is its error, or if one of its
   *         parts cannot be sent; ERR_WS_DROPPED if the connection is not open, or ends before; the `reason` of `signal`.
   */
  sendStream(source: StreamSource, options?: SendStreamOptions): Promise<void>;
  sendStream(source: StreamSource, options?: SendStreamOptions, ...rest: unknown[]): Promise<void> {
    refuseArguments('sendStream', rest, 'it returns a Promise');
    return sendStream(this.#machine, source, readOptions(streamSchema, options));
  }

  /**
   * Sends a Ping frame (RFC 6455 §5.5.2). The peer's answer goes to the `pong` handler.
   *
   * @param payload  At most 125 bytes, or text of at most 125 bytes of UTF-8. It is copied during the call.
   * @param sent     As for {@link send}.
   * @returns as {@link send}.
   * @throws WebSocketError ERR_WS_PING_TOO_LARGE, ERR_WS_DATA_TYPE, ERR_WS_OPTION for further arguments.
   */
  ping(payload?: MessageData, sent?: SentCallback): boolean;
  ping(payload: MessageData = NO_PAYLOAD, sent?: SentCallback, ...rest: unknown[]): boolean {
    refuseArguments('ping', rest, 'the answer goes to the pong handler');
    if (sent !== undefined) checkSent('ping', 'second', sent);
    return sendControl(this.#machine, Opcode.ping, controlPayload(payload, this.#machine.host.text), sent);
  }

  /**
   * Sends a Pong frame that no Ping asked for (RFC 6455 §5.5.3). Pings of the peer are answered without it, unless
   * `autoPong` is `false`.
   *
   * @param payload  As for {@link ping}.
   * @param sent     As for {@link send}.
   * @returns as {@link send}.
   * @throws WebSocketError as {@link ping}.
   */
  pong(payload?: MessageData, sent?: SentCallback): boolean;
  pong(payload: MessageData = NO_PAYLOAD, sent?: SentCallback, ...rest: unknown[]): boolean {
    refuseArguments('pong', rest, 'nothing answers a pong');
    if (sent !== undefined) checkSent('pong', 'second', sent);
    return sendControl(this.#machine, Opcode.pong, controlPayload(payload, this.#machine.host.text), sent);
  }

  /**
   * Starts the closing handshake (RFC 6455 §7.1.2), after what was sent before.
   *
   * From this call on you get nothing more of the peer: no message, not even one that waits to be pulled, no ping and no
   * pong. You still get the answers to earlier calls (`sent`, `drained()`, `drain`) and `close`. If the peer does not
   * answer within `closeTimeout`, TCP is cut. Calling it again is harmless.
   *
   * @param code    1000–1003, 1007–1014 or 3000–4999 (RFC 6455 §7.4). Without a code the Close frame is empty.
   * @param reason  At most 123 bytes of UTF-8. It needs a code.
   * @returns as {@link closed}.
   * @throws WebSocketError ERR_WS_SEND_CLOSE_CODE, ERR_WS_CLOSE_REASON_TOO_LONG, ERR_WS_OPTION for a reason that is not
   *         a string and for further arguments.
   */
  close(code?: number, reason?: string): Promise<CloseEvent>;
  close(code?: number, reason = '', ...rest: unknown[]): Promise<CloseEvent> {
    refuseArguments('close', rest, 'it returns a Promise');
    return this.#machine.closeByApplication(code, reason);
  }

  /**
   * Drops the TCP connection at once, without a closing handshake (RFC 6455 §7.1.7). Queued messages are lost.
   *
   * Nothing of the peer is delivered after it, as after {@link close}. `close` reports code 1006, unless the peer's
   * Close frame came before.
   */
  terminate(): void {
    this.#machine.terminate();
  }

  /**
   * Waits until you may go on sending.
   *
   * @returns a Promise. It resolves at once if no call has returned `false` since the queue was last empty, and otherwise
   *          when the system has all that was sent.
   * @throws (rejects) WebSocketError ERR_WS_DROPPED if the connection closes before that.
   */
  drained(): Promise<void> {
    return this.#machine.whenDrained();
  }

  /**
   * Stops reading from the peer, which TCP then holds back. Call {@link resume} to go on.
   *
   * Messages of the chunk that is being read still come. The process stays alive for a paused connection as for any
   * other. Harmless if the connection is not open.
   */
  pause(): void {
    this.#machine.pause();
  }

  /** Reads from the peer again, after {@link pause}. Harmless if it was not paused. */
  resume(): void {
    this.#machine.resume();
  }

  /**
   * Pulls messages: `for await (const message of connection)`. Binary messages belong to you.
   *
   * A slow loop pauses the peer from 64 messages or 256 KiB on. With `streamAbove` a large message is given as a
   * `MessageStream` while it arrives; asking for the next message drops it, unless you have begun to read it. Several loops
   * share the messages. A loop ends with the
   * connection, and throws if the end was not clean. If you leave it early, the connection is closed with 1000.
   *
   * @throws WebSocketError ERR_WS_ITERATING if a `message` handler takes the messages.
   */
  [Symbol.asyncIterator](): AsyncIterator<Message, undefined> {
    return this.#machine.reports.queueMessages() as AsyncIterator<unknown, undefined> as AsyncIterator<
      Message,
      undefined
    >;
  }
}
