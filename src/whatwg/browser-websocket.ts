// The class WebSocket of the WebSockets standard, over a connection of the engine. It translates names, errors and
// events, and keeps the order of the standard; the protocol is the engine's.

import type { ClientConnection } from '../client/client-connection.ts';
import { hideCredentials } from '../core/credentials.ts';
import { blobOf } from './blob.ts';
import { type Ending, openChannel } from './channel.ts';
import { closeArguments } from './close-arguments.ts';
import { clampedShort, requireArguments, scalarString } from './conversions.ts';
import { EventHandlers, type Handler } from './event-handler.ts';
import { EventQueue } from './event-queue.ts';
import { CloseEvent, failureEvent } from './events.ts';
import { inspectAs } from './inspection.ts';
import { formInterface } from './interface-object.ts';
import { engineOptions, webSocketSchema } from './option-rows.ts';
import type { WebSocketOptions } from './options.ts';
import { readRequest } from './protocols.ts';
import { ReceivedMessage } from './received-message.ts';
import { SendQueue } from './send-queue.ts';
import { sendable, sizeOf } from './sendable.ts';
import type { BinaryType, SendData } from './types.ts';
import { urlRecord } from './url-record.ts';

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** What happened on the network: it is fired when its turn has come. */
type Happening = string | Uint8Array | (() => void);

/** The class behind the interface WebSocket, whose name it gets. */
export class BrowserWebSocket extends EventTarget {
  readonly #url: string;
  readonly #origin: string;
  readonly #fail: () => void;
  readonly #handlers = new EventHandlers(this);
  readonly #events = new EventQueue<Happening>((happening) => this.#fire(happening));
  #readyState = CONNECTING;
  #connection: ClientConnection | undefined;
  #sending: SendQueue | undefined;
  /** Bytes that were given to `send` when nothing could be sent any more. */
  #late = 0;
  #binaryType: BinaryType = 'blob';
  #extensions = '';
  #protocol = '';
  #blobError: unknown;

  constructor(...given: [url: string | URL, options?: string | string[] | WebSocketOptions]) {
    requireArguments('new WebSocket', given, 1);
    const text = scalarString(given[0]);
    const request = readRequest(given[1], webSocketSchema, true);
    const url = urlRecord(text);
    super();
    this.#url = url.href;
    this.#origin = url.origin;
    this.#fail = openChannel(
      url,
      { protocols: request.protocols, options: engineOptions(request.options) },
      {
        opened: (connection) => {
          this.#connection = connection;
          this.#events.queue(() => this.#opened(connection));
        },
        messageReceived: (data) => this.#events.fire(data),
        ended: (ending) => this.#events.queue(() => this.#ended(ending)),
      },
    );
  }

  get url(): string {
    return this.#url;
  }

  get readyState(): number {
    return this.#state();
  }

  /** A task of the standard makes it 2 when the peer closes; it comes after those of the messages before that. */
  #state(): number {
    const isPeerClosing = this.#readyState === OPEN && this.#connection?.isOpen === false && this.#events.isIdle;
    return isPeerClosing ? CLOSING : this.#readyState;
  }

  get bufferedAmount(): number {
    return this.#late + (this.#sending?.unsent ?? 0);
  }

  get onopen(): Handler | null {
    return this.#handlers.get('open');
  }

  set onopen(value: unknown) {
    this.#handlers.set('open', value);
  }

  get onerror(): Handler | null {
    return this.#handlers.get('error');
  }

  set onerror(value: unknown) {
    this.#handlers.set('error', value);
  }

  get onclose(): Handler | null {
    return this.#handlers.get('close');
  }

  set onclose(value: unknown) {
    this.#handlers.set('close', value);
  }

  get extensions(): string {
    return this.#extensions;
  }

  get protocol(): string {
    return this.#protocol;
  }

  close(...given: [code?: number, reason?: string]): void {
    const readyState = this.#state();
    const code = given[0] === undefined ? undefined : clampedShort(given[0]);
    const reason = given[1] === undefined ? '' : scalarString(given[1]);
    const close = closeArguments(code, reason);
    if (readyState === CONNECTING) {
      this.#readyState = CLOSING;
      this.#fail();
    } else if (readyState === OPEN) {
      this.#readyState = CLOSING;
      this.#sending?.close(close);
    }
  }

  get onmessage(): Handler | null {
    return this.#handlers.get('message');
  }

  set onmessage(value: unknown) {
    this.#handlers.set('message', value);
  }

  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(value: BinaryType) {
    // WebIDL: other values than those of the enumeration are ignored.
    const type = `${value}`;
    this.#binaryType = type === 'blob' || type === 'arraybuffer' ? type : this.#binaryType;
  }

  send(...given: [data: SendData]): void {
    const readyState = this.#state();
    requireArguments('send', given, 1);
    const data = sendable(given[0], 'send');
    if (readyState === CONNECTING) {
      throw new DOMException('the WebSocket is still connecting: send after the event open', 'InvalidStateError');
    }
    const size = sizeOf(data);
    if (readyState === OPEN && this.#sending !== undefined) {
      // Messages of the events of one chunk leave in one write.
      if (this.#events.hasMore) this.#sending.hold();
      this.#sending.send(data, size);
    } else {
      this.#late += size;
    }
  }

  #fire(happening: Happening): void {
    if (typeof happening === 'function') happening();
    else this.#messageReceived(happening);
    if (!this.#events.hasMore) this.#sending?.release();
  }

  #opened(connection: ClientConnection): void {
    if (this.#readyState !== CONNECTING) return; // closed meanwhile
    this.#readyState = OPEN;
    this.#sending = new SendQueue(connection, (reason) => {
      this.#blobError = reason;
      this.#fail();
    });
    this.#extensions = connection.extensions;
    this.#protocol = connection.subprotocol;
    this.dispatchEvent(new Event('open'));
  }

  #messageReceived(data: string | Uint8Array): void {
    if (this.#readyState !== OPEN) return;
    this.dispatchEvent(new ReceivedMessage(this.#shown(data), this.#origin));
  }

  #shown(data: string | Uint8Array): unknown {
    if (typeof data === 'string') return data;
    if (this.#binaryType === 'blob') return blobOf(data);
    const { buffer, byteOffset, byteLength } = data;
    // Small messages lie in memory that they share with others.
    return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
  }

  #ended({ code, reason, wasClean, error }: Ending): void {
    this.#readyState = CLOSED;
    const close = (): void => {
      this.dispatchEvent(new CloseEvent('close', { code, reason, wasClean }));
    };
    if (error === undefined) {
      close();
      return;
    }
    this.#events.queue(close);
    const cause = this.#blobError ?? error;
    const message = this.#blobError === undefined ? error.message : 'a Blob that was to be sent could not be read';
    this.dispatchEvent(failureEvent(message, cause));
  }
}
formInterface(BrowserWebSocket, {
  name: 'WebSocket',
  length: 1,
  methods: { close: 0, send: 1 },
  constants: { CONNECTING, OPEN, CLOSING, CLOSED },
});
inspectAs(BrowserWebSocket.prototype, 'WebSocket', (socket: BrowserWebSocket) => {
  const { url, readyState, protocol, extensions, binaryType, bufferedAmount } = socket;
  return { url: hideCredentials(url), readyState, protocol, extensions, binaryType, bufferedAmount };
});
