// What WebSocket and WebSocketStream have in common: one attempt to connect, its connection, and their end. It knows the
// rules of the web that the engine does not have.

import type { ClientConnection } from '../client/client-connection.ts';
import { connect } from '../client/connect.ts';
import type { ConnectOptions } from '../client/options.ts';
import { responseError, type WebSocketError, webSocketError } from '../core/errors.ts';
import { hasBadPort } from './bad-ports.ts';
import type { Request } from './protocols.ts';

/** How it ended. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  /** Why it failed. Absent when the peer closed it. */
  readonly error?: WebSocketError | undefined;
}

/** What is told of a channel. The calls come from the network or from a Promise: no code of the application is below them. */
export interface ChannelEvents {
  opened(connection: ClientConnection): void;
  messageReceived(data: string | Uint8Array): void;
  /** Called once, as the last. */
  ended(ending: Ending): void;
}

/** Starts to connect. @returns fails the attempt or the connection (RFC 6455 §7.1.7), if it has not ended */
export function openChannel(
  url: URL,
  { protocols, options }: Request<ConnectOptions>,
  events: ChannelEvents,
): () => void {
  const abort = new AbortController();
  let isRefused = false;
  const failed = (error: WebSocketError): void => events.ended({ code: 1006, reason: '', wasClean: false, error });
  if (hasBadPort(url)) {
    const problem = `has the port ${url.port}, which the web does not connect to (Fetch standard, "bad port")`;
    void Promise.resolve(webSocketError('ERR_WS_URL', url.origin, problem)).then(failed);
    return () => {};
  }
  connect(url.href, {
    ...options,
    subprotocols: protocols,
    signal: abort.signal,
    handlers: {
      open(connection) {
        if (protocols.length > 0 && connection.subprotocol === '') {
          // Fetch standard, "establish a WebSocket connection": a server that chooses none of those offered will not do. For
          // RFC 6455 it would.
          isRefused = true;
          connection.terminate();
          failed(responseError(101, 'ERR_WS_RESPONSE_SUBPROTOCOL_ABSENT', protocols.join(', ')));
          return;
        }
        events.opened(connection);
      },
      message(_connection, data) {
        if (!isRefused) events.messageReceived(data);
      },
      close(_connection, { code, reason, wasClean, error }) {
        if (isRefused) return;
        // With a code of the peer, it was closed, even if not cleanly.
        events.ended(code === 1006 ? { code, reason: '', wasClean, error } : { code, reason, wasClean });
      },
    },
  }).catch(failed);
  return () => abort.abort();
}
