// The opening handshake of a client in the shape of `ws`: the engine's request, with the events and errors that programs
// written for `ws` know.

import type { EventEmitter } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import process from 'node:process';
import type { Duplex } from 'node:stream';
import { type HandshakeRequest, handshakeRequest } from '../client/handshake-request.ts';
import { isError } from '../core/brands.ts';
import type { Connection } from '../core/connection/connection.ts';
import { WebSocketError } from '../core/errors.ts';
import type { PeerHandlers } from '../node/handlers.ts';
import {
  type ClientOptions as AnyClientOptions,
  checkVersion,
  compressionSettings,
  connectionSettings,
  requestHeaders,
  requestOptions,
  subprotocols,
} from './client-options.ts';
import { checkAddress, checkRedirect } from './client-url.ts';
import { handshakeError } from './handshake-errors.ts';

type ClientOptions = AnyClientOptions<never>;

/** The WebSocket that connects. */
export interface ClientOwner {
  /** Where events are emitted. */
  readonly webSocket: EventEmitter;
  /** The engine's handlers. */
  readonly handlers: PeerHandlers<Connection>;
  isConnecting(): boolean;
  /** The attempt has begun: nothing has been sent. */
  begun(attempt: Attempt): void;
  /** The URL of the request. */
  located(url: string, redirects: number): void;
  opened(
    connection: Connection,
    settings: { readonly socket: Duplex; readonly allowSynchronousEvents: boolean | undefined },
  ): void;
  /** The attempt will fail: the state is CLOSING from here on. */
  closing(): void;
  /** The attempt has failed: `error` and `close` are to be emitted. */
  ended(error: Error): void;
}

/** An opening handshake in progress. */
export interface Attempt {
  readonly request: ClientRequest | null;
  /** `close()` or `terminate()` before the connection is open. */
  abort(): void;
}

/**
 * Starts connecting.
 *
 * @throws SyntaxError for a URL or subprotocols that may not be used, RangeError for a protocol version, and what Node and
 *         the engine throw for other options
 */
export function openClient(
  owner: ClientOwner,
  address: string | URL,
  protocols: string | string[] | ClientOptions | undefined,
  options: ClientOptions | undefined,
): void {
  const isOptions = typeof protocols === 'object' && protocols !== null && !Array.isArray(protocols);
  const given = (isOptions ? protocols : options) ?? {};
  const offered = isOptions || protocols === undefined ? given.protocols : protocols;
  const attempt = new ClientAttempt(owner, given, offered);
  owner.begun(attempt);
  attempt.start(address);
}

class ClientAttempt implements Attempt {
  readonly #owner: ClientOwner;
  readonly #options: ClientOptions;
  readonly #offered: unknown;
  #handshake: HandshakeRequest | undefined;
  #redirects = 0;

  constructor(owner: ClientOwner, options: ClientOptions, offered: unknown) {
    this.#owner = owner;
    this.#options = options;
    this.#offered = offered;
  }

  get request(): ClientRequest | null {
    return this.#handshake?.request ?? null;
  }

  start(address: string | URL): void {
    const options = this.#options;
    checkVersion(options);
    const url = checkAddress(address);
    this.#owner.located(url.shown, 0);
    const offered = subprotocols(this.#offered);
    this.#handshake = handshakeRequest(url.target, {
      ...connectionSettings(options),
      compression: compressionSettings(options.perMessageDeflate, true),
      subprotocols: offered,
      headers: requestHeaders(options, url.hasUser),
      request: requestOptions(options),
      handshakeTimeout: options.handshakeTimeout || 0,
      handlers: this.#owner.handlers as object,
      upgraded: (response) => this.#upgraded(response, offered),
      answered: (response) => this.#answered(response),
      opened: (connection, socket) => this.#opened(connection, socket),
      failed: (error) => this.#failed(error),
    });
    this.#finishRequest();
  }

  abort(): void {
    this.#abort(new Error('WebSocket was closed before the connection was established'));
  }

  #finishRequest(): void {
    const request = this.request as ClientRequest;
    const { finishRequest } = this.#options;
    if (finishRequest) finishRequest(request, this.#owner.webSocket as never);
    else request.end();
  }

  #upgraded(response: IncomingMessage, offered: readonly string[]): void {
    this.#owner.webSocket.emit('upgrade', response);
    if (!this.#owner.isConnecting()) return;
    // RFC 6455 §4.1 accepts it; `ws` does not.
    if (offered.length > 0 && response.headers['sec-websocket-protocol'] === undefined) {
      this.#abort(new Error('Server sent no subprotocol'));
    }
  }

  #answered(response: IncomingMessage): void {
    const { followRedirects, maxRedirects = 10 } = this.#options;
    const { statusCode = 0, headers } = response;
    const { webSocket } = this.#owner;
    if (followRedirects && headers.location !== undefined && statusCode >= 300 && statusCode < 400) {
      this.#redirects++;
      this.#owner.located(this.#handshake?.url as string, this.#redirects);
      if (this.#redirects > maxRedirects) this.#abort(new Error('Maximum redirects exceeded'));
      else this.#follow(response);
    } else if (!webSocket.emit('unexpected-response', this.request, response)) {
      this.#abort(new Error(`Unexpected server response: ${statusCode}`));
    }
  }

  #follow(response: IncomingMessage): void {
    const { webSocket } = this.#owner;
    try {
      const from = this.#handshake?.url as string;
      checkRedirect(response.headers.location as string, from, (url) => this.#owner.located(url, this.#redirects));
      // If the program listens, it decides which headers go to the new address.
      this.#handshake = this.#handshake?.follow(response, webSocket.listenerCount('redirect') > 0);
    } catch (error) {
      this.#abort(isError(error) ? error : new Error(String(error)));
      return;
    }
    const { url, request } = this.#handshake as HandshakeRequest;
    this.#owner.located(url, this.#redirects);
    if (this.#redirects > 0) webSocket.emit('redirect', url, request);
    if (this.#owner.isConnecting()) this.#finishRequest();
  }

  #opened(connection: Connection, socket: Duplex): void {
    this.#handshake = undefined;
    const { allowSynchronousEvents } = this.#options;
    this.#owner.opened(connection, { socket, allowSynchronousEvents });
  }

  /** The attempt is over; the program is told in a later tick. */
  #abort(error: Error): void {
    if (!this.#owner.isConnecting()) return;
    this.#owner.closing();
    Error.captureStackTrace?.(error, ClientAttempt.prototype.abort);
    this.#handshake?.abort(error);
  }

  #failed(error: Error): void {
    this.#handshake = undefined;
    const known =
      error instanceof WebSocketError ? handshakeError(error, Boolean(this.#options.perMessageDeflate ?? true)) : error;
    // An error of the request is told as it comes, everything else in a later tick.
    if (known === error && this.#owner.isConnecting()) {
      this.#owner.ended(known);
      return;
    }
    this.#owner.closing();
    process.nextTick(() => this.#owner.ended(known));
  }
}
