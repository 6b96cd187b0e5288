// The shapes of the web's classes as TypeScript sees them: interfaces and not classes, so that they fit those of other
// declarations (lib.dom, undici-types) wherever a program mixes them. Sources: WebSockets standard, HTML standard, the
// WebSocketStream proposal.

// biome-ignore-all lint/suspicious/noExplicitAny: as in the declarations that they have to fit

import type { Blob } from 'node:buffer';
import type { WebSocketOptions, WebSocketStreamOptions } from './options.ts';

/** In which form binary messages arrive: as `Blob` (the default) or as `ArrayBuffer`. */
export type BinaryType = 'blob' | 'arraybuffer';

/** What `send` takes. Anything else becomes a string, as everywhere in the web. */
export type SendData = string | ArrayBuffer | ArrayBufferView | Blob;

/** What listeners of `message` get. */
export interface MessageEvent<Data = any> extends Event {
  /** A string, or binary data in the form of `binaryType`. */
  readonly data: Data;
  /** Scheme, host and port of the URL: `wss://example.org`. */
  readonly origin: string;
  /** Always `''`. */
  readonly lastEventId: string;
  /** Always `null`. */
  readonly source: any;
  /** Always empty. */
  readonly ports: readonly any[];
}

/** Second argument of `new MessageEvent`. */
export interface MessageEventInit<Data = any> {
  /** Default `false`. */
  bubbles?: boolean;
  /** Default `false`. */
  cancelable?: boolean;
  /** Default `false`. */
  composed?: boolean;
  /** Default `null`. */
  data?: Data;
  /** Default `''`. */
  origin?: string;
  /** Default `''`. */
  lastEventId?: string;
  /** Default `null`. */
  source?: any;
  /** Default empty. */
  ports?: any[];
}

/** What listeners of `close` get. */
export interface CloseEvent extends Event {
  /** The code of the peer's Close frame; 1005 if it had none; 1006 if no Close frame came, or if this end failed the connection. */
  readonly code: number;
  /** The reason of the peer's Close frame; otherwise `''`. */
  readonly reason: string;
  /** Whether Close frames went both ways (RFC 6455 §7.1.4). */
  readonly wasClean: boolean;
}

/** Second argument of `new CloseEvent`. */
export interface CloseEventInit {
  /** Default `false`. */
  bubbles?: boolean;
  /** Default `false`. */
  cancelable?: boolean;
  /** Default `false`. */
  composed?: boolean;
  /** Default 0. */
  code?: number;
  /** Default `''`. */
  reason?: string;
  /** Default `false`. */
  wasClean?: boolean;
}

/**
 * What listeners of `error` get: an `Event`, as the standard says. The web tells a page nothing of the cause; a program
 * needs it. The members are optional because events of browsers do not have them: events of this package always do.
 */
export interface FailureEvent extends Event {
  /** What failed, in words. */
  readonly message?: string;
  /** The `WebSocketError` of `harmony-websocket/engine`, with its `code`; what a Blob failed with that could not be read. */
  readonly error?: any;
}

/** The events of a WebSocket, by type. */
export interface WebSocketEventMap {
  /** The connection is open. */
  open: Event;
  /** A message arrived. */
  message: MessageEvent;
  /** The connection could not be made, or failed. `close` follows. */
  error: FailureEvent;
  /** The end. Nothing follows. */
  close: CloseEvent;
}

/** Third argument of `addEventListener`. */
export interface ListenerOptions {
  /** Part of the identity of a listener. */
  capture?: boolean;
  /** Called once only. */
  once?: boolean;
  /** Without effect here. */
  passive?: boolean;
  /** Removes the listener when it is aborted. */
  signal?: AbortSignal;
}

/** A WebSocket connection of a client, as in browsers. */
export interface WebSocket extends EventTarget {
  /** Where it connects to, in normal form, with the scheme `ws:` or `wss:`. */
  readonly url: string;
  /** 0 `CONNECTING`, 1 `OPEN`, 2 `CLOSING`, 3 `CLOSED`. */
  readonly readyState: number;
  /** Bytes of messages that were given to `send` and have not been handed to the system. It does not go back to 0 at the end. */
  readonly bufferedAmount: number;
  /** The extensions in use, once it is open: `permessage-deflate`, or `''`. */
  readonly extensions: string;
  /** The subprotocol that the server chose, once it is open; `''` if it chose none. */
  readonly protocol: string;
  /** In which form binary messages arrive from now on. A value that is neither is ignored. */
  binaryType: BinaryType;
  /** Listener of `open`. */
  onopen: ((this: WebSocket, event: Event) => unknown) | null;
  /** Listener of `message`. */
  onmessage: ((this: WebSocket, event: MessageEvent) => unknown) | null;
  /** Listener of `error`. */
  onerror: ((this: WebSocket, event: FailureEvent) => unknown) | null;
  /** Listener of `close`. */
  onclose: ((this: WebSocket, event: CloseEvent) => unknown) | null;
  /** 0 */
  readonly CONNECTING: 0;
  /** 1 */
  readonly OPEN: 1;
  /** 2 */
  readonly CLOSING: 2;
  /** 3 */
  readonly CLOSED: 3;

  /**
   * Sends a message. While the connection closes, and after it, the message is only counted in `bufferedAmount`.
   *
   * @param data  Text, in which lone surrogates become U+FFFD, or bytes, which are copied during the call. The content
   *              of a Blob is read later; what is sent after it waits.
   * @throws DOMException InvalidStateError before `open`. TypeError for shared memory.
   */
  send(data: SendData): void;

  /**
   * Closes the connection, after what was sent before. Without effect if it is closing or closed.
   *
   * @param code    1000 or 3000–4999
   * @param reason  at most 123 bytes of UTF-8
   * @throws DOMException InvalidAccessError for another code, SyntaxError for a longer reason
   */
  close(code?: number, reason?: string): void;

  /** Adds a listener: a function, or an object with `handleEvent`. */
  addEventListener<Type extends keyof WebSocketEventMap>(
    type: Type,
    listener: (this: WebSocket, event: WebSocketEventMap[Type]) => unknown,
    options?: boolean | ListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: ((event: Event) => void) | { handleEvent(event: Event): void },
    options?: boolean | ListenerOptions,
  ): void;
  /** Removes a listener. */
  removeEventListener<Type extends keyof WebSocketEventMap>(
    type: Type,
    listener: (this: WebSocket, event: WebSocketEventMap[Type]) => unknown,
    options?: boolean | { capture?: boolean },
  ): void;
  removeEventListener(
    type: string,
    listener: ((event: Event) => void) | { handleEvent(event: Event): void },
    options?: boolean | { capture?: boolean },
  ): void;
}

/** The class of WebSockets. */
export interface WebSocketConstructor {
  /**
   * Starts to connect.
   *
   * @param url      `ws:`, `wss:`, `http:` or `https:`, absolute and without a fragment
   * @param options  subprotocols to offer, or an object with `protocols` and options of the engine
   * @throws DOMException SyntaxError for a URL or subprotocols that cannot be used. WebSocketError ERR_WS_OPTION for a wrong
   *         option.
   */
  new (url: string | URL, options?: string | string[] | WebSocketOptions): WebSocket;
  readonly prototype: WebSocket;
  /** 0 */
  readonly CONNECTING: 0;
  /** 1 */
  readonly OPEN: 1;
  /** 2 */
  readonly CLOSING: 2;
  /** 3 */
  readonly CLOSED: 3;
}

/** What `opened` of a WebSocketStream resolves with. */
export interface WebSocketOpenInfo {
  /** The extensions in use: `permessage-deflate`, or `''`. */
  readonly extensions: string;
  /** The subprotocol that the server chose; `''` if it chose none. */
  readonly protocol: string;
  /** The messages of the peer: strings and `Uint8Array`s. While nobody reads, the peer is held back. */
  readonly readable: ReadableStream<string | Uint8Array>;
  /** Takes strings and bytes, a message each. A write is done when the next may follow. */
  readonly writable: WritableStream<string | ArrayBuffer | ArrayBufferView>;
}

/** How a WebSocketStream is closed, or was. */
export interface WebSocketCloseInfo {
  /** 1000 or 3000–4999, to close with; what the peer sent, afterwards. */
  readonly closeCode?: number | undefined;
  /** At most 123 bytes of UTF-8. With a reason and no code, the code is 1000. */
  readonly reason?: string | undefined;
}

/** A WebSocket connection of a client as a pair of streams. */
export interface WebSocketStream {
  /** Where it connects to, in normal form. */
  readonly url: string;
  /** Resolves with the streams when it is open. Rejects with a `WebSocketError` if it does not open. */
  readonly opened: Promise<WebSocketOpenInfo>;
  /** Resolves when it was closed cleanly. Otherwise it rejects with a `WebSocketError`. */
  readonly closed: Promise<{ readonly closeCode: number; readonly reason: string }>;
  /**
   * Closes the connection, after what was written before. Without effect if it is closing or closed.
   *
   * @throws DOMException InvalidAccessError for a code that may not be sent, SyntaxError for a reason of more than 123 bytes
   */
  close(closeInfo?: WebSocketCloseInfo): void;
}

/** The class of WebSocketStreams. */
export interface WebSocketStreamConstructor {
  /**
   * Starts to connect.
   *
   * @param url      as of `new WebSocket`
   * @param options  `protocols`, `signal`, and options of the engine
   * @throws DOMException SyntaxError for a URL or subprotocols that cannot be used. WebSocketError ERR_WS_OPTION for a wrong
   *         option.
   */
  new (url: string | URL, options?: WebSocketStreamOptions): WebSocketStream;
  readonly prototype: WebSocketStream;
}

/** The error of the streams proposal: an end that was not clean, or a code and reason to close with (`writer.abort`). */
export interface WebSocketError extends DOMException {
  /** The code of the peer's Close frame, or to close with; `null` if there is none. */
  readonly closeCode: number | null;
  /** Its reason. */
  readonly reason: string;
}

/** The class of the errors of the streams proposal. */
export interface WebSocketErrorConstructor {
  /**
   * @param message  in words
   * @param init     code and reason, as of `close`
   * @throws DOMException InvalidAccessError for a code that may not be sent, SyntaxError for a reason of more than 123 bytes
   */
  new (message?: string, init?: WebSocketCloseInfo): WebSocketError;
  readonly prototype: WebSocketError;
}
