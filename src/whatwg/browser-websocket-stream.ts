// The class WebSocketStream of the WebSocketStream proposal, over a connection of the engine: a WebSocket as a pair of
// streams that hold back either side when the other does not keep up.

import { offAbort, onAbort } from '../client/abort-listeners.ts';
import type { ClientConnection } from '../client/client-connection.ts';
import { type Ending, openChannel } from './channel.ts';
import { type CloseArguments, closeInfo, NO_CODE } from './close-arguments.ts';
import { requireArguments, scalarString } from './conversions.ts';
import { formInterface } from './interface-object.ts';
import { engineOptions, webSocketStreamSchema } from './option-rows.ts';
import type { WebSocketStreamOptions } from './options.ts';
import { readRequest } from './protocols.ts';
import { textOrBytes } from './sendable.ts';
import { closeOfReason, endedWith } from './stream-error.ts';
import type { WebSocketCloseInfo, WebSocketOpenInfo } from './types.ts';
import { urlRecord } from './url-record.ts';

/** The class behind the interface WebSocketStream, whose name it gets. */
export class BrowserWebSocketStream {
  readonly #url: string;
  readonly #opened = promised<WebSocketOpenInfo>();
  readonly #closed = promised<{ closeCode: number; reason: string }>();
  readonly #fail: () => void;
  readonly #signal: AbortSignal | undefined;
  #connection: ClientConnection | undefined;
  #isClosing = false;
  /** The signal has ended the attempt. */
  #isAborted = false;
  #reading: ReadableStreamDefaultController<string | Uint8Array> | undefined;
  #writing: WritableStreamDefaultController | undefined;
  /** A writer has closed it. */
  #isWriterClosing = false;
  /** A write waits for its bytes to leave. */
  #isWriting = false;

  constructor(...given: [url: string | URL, options?: WebSocketStreamOptions]) {
    requireArguments('new WebSocketStream', given, 1);
    const text = scalarString(given[0]);
    const request = readRequest(given[1] ?? undefined, webSocketStreamSchema, false);
    const url = urlRecord(text);
    const { signal, ...options } = request.options;
    this.#url = url.href;
    this.#signal = signal;
    if (signal?.aborted === true) {
      this.#fail = () => {};
      this.#aborted();
      return;
    }
    this.#fail = openChannel(
      url,
      { protocols: request.protocols, options: engineOptions(options) },
      {
        opened: (connection) => this.#open(connection),
        messageReceived: (data) => this.#messageReceived(data),
        ended: (ending) => this.#ended(ending),
      },
    );
    if (signal !== undefined) onAbort(signal, this.#aborted);
  }

  get url(): string {
    return this.#url;
  }

  get opened(): Promise<WebSocketOpenInfo> {
    return this.#opened.promise;
  }

  get closed(): Promise<{ readonly closeCode: number; readonly reason: string }> {
    return this.#closed.promise;
  }

  close(...given: [info?: WebSocketCloseInfo]): void {
    this.#close(closeInfo(given[0]));
  }

  readonly #aborted = (): void => {
    if (this.#connection !== undefined || this.#isAborted) return;
    this.#isAborted = true;
    this.#isClosing = true;
    this.#opened.reject(this.#signal?.reason);
    this.#closed.reject(this.#signal?.reason);
    this.#fail?.();
  };

  #close({ code, reason }: CloseArguments): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    if (this.#connection === undefined) this.#fail();
    else void this.#connection.close(code, reason);
  }

  #closeFor(reason: unknown): void {
    this.#close(closeOfReason(reason) ?? NO_CODE);
  }

  #open(connection: ClientConnection): void {
    if (this.#signal !== undefined) offAbort(this.#signal, this.#aborted);
    if (this.#isClosing) return;
    this.#connection = connection;
    const readable = new ReadableStream<string | Uint8Array>({
      start: (controller) => {
        this.#reading = controller;
      },
      pull: () => connection.resume(),
      cancel: (reason) => this.#closeFor(reason),
    });
    const writable = new WritableStream<unknown>({
      start: (controller) => {
        this.#writing = controller;
      },
      write: (chunk) => this.#write(connection, chunk),
      close: () => this.#closeByWriter(connection),
      abort: (reason) => this.#closeFor(reason),
    });
    const { extensions, subprotocol: protocol } = connection;
    this.#opened.resolve({ extensions, protocol, readable, writable });
  }

  #messageReceived(data: string | Uint8Array): void {
    if (this.#isClosing || this.#reading === undefined) return;
    const chunk = typeof data === 'string' ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    try {
      this.#reading.enqueue(chunk);
    } catch {
      return; // its reader has gone
    }
    // The peer is held back by TCP until the reader pulls again.
    if ((this.#reading.desiredSize ?? 0) <= 0) this.#connection?.pause();
  }

  async #write(connection: ClientConnection, chunk: unknown): Promise<void> {
    if (connection.send(textOrBytes(chunk, 'write'))) return;
    this.#isWriting = true;
    // A message that the peer has not taken when it closes does not reach it, even if its frame is finished.
    const isLost = await connection.drained().then(
      () => !connection.isOpen && !this.#isClosing,
      () => true,
    );
    if (isLost) await this.#closed.promise; // which rejects, because of this write
    this.#isWriting = false;
  }

  async #closeByWriter(connection: ClientConnection): Promise<void> {
    this.#isWriterClosing = true;
    this.#close(NO_CODE);
    await connection.closed;
  }

  #ended({ code, reason, wasClean, error }: Ending): void {
    if (this.#signal !== undefined) offAbort(this.#signal, this.#aborted);
    this.#isClosing = true;
    if (this.#isAborted) return;
    if (this.#connection !== undefined && wasClean && !this.#isWriting) {
      quietly(() => this.#reading?.close());
      if (!this.#isWriterClosing) {
        quietly(() => this.#writing?.error(new DOMException('the WebSocketStream is closed', 'InvalidStateError')));
      }
      this.#closed.resolve({ closeCode: code, reason });
      return;
    }
    const failure = endedWith(error?.message ?? 'the connection was not closed cleanly', code, reason, error);
    this.#opened.reject(failure);
    this.#reading?.error(failure);
    this.#writing?.error(failure);
    this.#closed.reject(failure);
  }
}
formInterface(BrowserWebSocketStream, { name: 'WebSocketStream', length: 1, methods: { close: 0 } });

interface Promised<Value> {
  readonly promise: Promise<Value>;
  resolve(value: Value): void;
  reject(reason: unknown): void;
}

/** A Promise whose rejection does not end the process when nobody waits for it: the streams tell of it as well. */
function promised<Value>(): Promised<Value> {
  let resolve!: (value: Value) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<Value>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  promise.catch(ignore);
  return { promise, resolve, reject };
}

function ignore(): void {}

/** Calls a controller, which throws where its stream has ended already. */
function quietly(call: () => unknown): void {
  try {
    call();
  } catch {
    // it has ended
  }
}
