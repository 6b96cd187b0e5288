// One upgrade that a server in the shape of `ws` decides on: path, `verifyClient`, subprotocol, `headers`. The engine checks
// the request and writes the answer.

import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocketError } from '../core/errors.ts';
import type { Accepted, Refused, Released } from '../server/decision.ts';
import type { UpgradeRequest } from '../server/options.ts';
import type { ServerConnection } from '../server/server-connection.ts';
import { accept, release } from '../server/upgrade-decision.ts';
import type { UpgradeOwner } from '../server/upgrade-owner.ts';
import { addedFields, headLines } from './server-head.ts';
import type { ServerOptions, VerifyClientCallbackAsync, VerifyClientCallbackSync } from './server-options.ts';
import { clientError, refusal, refusalOf } from './server-refusals.ts';
import type { WebSocket } from './websocket.ts';

/** The server that decides. */
export interface UpgradeHost {
  readonly options: ServerOptions;
  readonly isRunning: boolean;
  shouldHandle(request: IncomingMessage): unknown;
  /** Emits `headers`. */
  emit(event: 'headers', lines: string[], request: IncomingMessage): unknown;
  emit(event: 'wsClientError', error: Error, socket: Duplex, request: IncomingMessage): unknown;
  listenerCount(event: string): number;
  makeWebSocket(): WebSocket;
  opened(webSocket: WebSocket, connection: ServerConnection<WebSocket>, socket: Duplex): void;
}

type Verdict = Accepted<WebSocket> | Refused;

export class ServerUpgrade implements UpgradeOwner<WebSocket> {
  readonly #host: UpgradeHost;
  readonly #request: IncomingMessage;
  readonly #socket: Duplex;
  readonly #callback: (webSocket: WebSocket, request: IncomingMessage) => void;

  constructor(
    host: UpgradeHost,
    request: IncomingMessage,
    socket: Duplex,
    callback: (webSocket: WebSocket, request: IncomingMessage) => void,
  ) {
    this.#host = host;
    this.#request = request;
    this.#socket = socket;
    this.#callback = callback;
  }

  upgrade({ subprotocols }: UpgradeRequest): Verdict | Promise<Verdict> {
    const host = this.#host;
    const request = this.#request;
    if (!host.shouldHandle(request)) return refusal(400);
    const { verifyClient } = host.options;
    if (!verifyClient) return this.#accept(subprotocols);
    const { socket } = request as { socket: { authorized?: boolean; encrypted?: boolean } };
    const info = {
      origin: request.headers.origin as string,
      secure: Boolean(socket?.authorized || socket?.encrypted),
      req: request,
    };
    if (verifyClient.length === 2) return this.#verify(verifyClient as VerifyClientCallbackAsync, info, subprotocols);
    return (verifyClient as VerifyClientCallbackSync)(info) ? this.#accept(subprotocols) : refusal(401);
  }

  invalid(_request: IncomingMessage, error: WebSocketError): Refused | Released {
    if (this.#host.listenerCount('wsClientError') === 0) return refusalOf(error, this.#request);
    const socket = this.#socket;
    // From here on it is the listener's; a client that leaves must not end the process.
    socket.on('error', () => socket.destroy());
    this.#host.emit('wsClientError', clientError(error, this.#request), socket, this.#request);
    return release();
  }

  accepting(fields: readonly string[]): [name: string, value: string][] | undefined {
    if (this.#host.listenerCount('headers') === 0) return undefined;
    const before = headLines(fields);
    const lines = [...before];
    this.#host.emit('headers', lines, this.#request);
    return addedFields(lines, before);
  }

  opened(connection: ServerConnection<WebSocket>): void {
    const webSocket = connection.context;
    this.#host.opened(webSocket, connection, this.#socket);
    this.#callback(webSocket, this.#request);
  }

  #verify(
    verifyClient: VerifyClientCallbackAsync,
    info: Parameters<VerifyClientCallbackAsync>[0],
    subprotocols: readonly string[],
  ): Verdict | Promise<Verdict> {
    let verdict: Verdict | undefined;
    let decide = (decision: Verdict | undefined): void => {
      verdict ??= decision;
    };
    let fail: ((error: unknown) => void) | undefined;
    const decided = (result: boolean, code?: number, message?: string, headers?: OutgoingHttpHeaders): void => {
      try {
        decide(result ? this.#accept(subprotocols) : refusal(code || 401, message, headers));
      } catch (error) {
        if (fail === undefined) throw error;
        fail(error);
      }
    };
    verifyClient(info, decided);
    if (verdict !== undefined) return verdict;
    return new Promise<Verdict>((resolve, reject) => {
      decide = resolve as typeof decide;
      fail = reject;
    });
  }

  #accept(offered: readonly string[]): Verdict {
    const host = this.#host;
    if (!host.isRunning) return refusal(503);
    const context = host.makeWebSocket();
    const { handleProtocols } = host.options;
    let subprotocol: string | false = offered[0] ?? '';
    if (offered.length > 0 && handleProtocols) subprotocol = handleProtocols(new Set(offered), this.#request);
    return accept({ context, subprotocol: subprotocol || '' });
  }
}
