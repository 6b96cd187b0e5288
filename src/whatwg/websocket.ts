// WebSocket as programs see it: its interface and its class.
//
// Interfaces and not classes for TypeScript, so that they fit those of other declarations (lib.dom, undici-types) wherever a
// program mixes them.

// biome-ignore-all lint/suspicious/noExplicitAny: as in the declarations that they have to fit

import { BrowserWebSocket } from './browser-websocket.ts';
import type { CloseEvent, FailureEvent, MessageEvent } from './events.ts';
import type { WebSocketOptions } from './options.ts';
import type { BinaryType, SendData } from './types.ts';

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
  readonly readyState: 0 | 1 | 2 | 3;
  /** Bytes of messages that were given to `send` and have not been handed to the system. It does not go back to 0 at the end. */
  readonly bufferedAmount: number;
  /** The extensions in use, once it is open: `permessage-deflate`, or `''`. */
  readonly extensions: string;
  /** The subprotocol that the server chose, once it is open; `''` if it chose none. */
  readonly protocol: string;
  /** In which form binary messages arrive from now on. A value that is neither is ignored. */
  binaryType: BinaryType;
  /** Listener of `open`. */
  onopen: ((this: any, event: Event) => unknown) | null;
  /** Listener of `message`. */
  onmessage: ((this: any, event: MessageEvent) => unknown) | null;
  /** Listener of `error`. */
  onerror: ((this: any, event: FailureEvent) => unknown) | null;
  /** Listener of `close`. */
  onclose: ((this: any, event: CloseEvent) => unknown) | null;
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

/** The class of WebSockets. */
export const WebSocket = BrowserWebSocket as unknown as WebSocketConstructor;
