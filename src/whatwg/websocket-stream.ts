// WebSocketStream as programs see it: its interface and its class.

import { BrowserWebSocketStream } from './browser-websocket-stream.ts';
import type { WebSocketStreamOptions } from './options.ts';
import type { WebSocketCloseInfo, WebSocketOpenInfo } from './types.ts';

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

/** The class of WebSocketStreams. */
export const WebSocketStream = BrowserWebSocketStream as unknown as WebSocketStreamConstructor;
