// The answer to a handshake in HTTP/1.1: its responses, written to the socket that the request came on.

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { transportOf } from '../node/transport/choice.ts';
import type { HandshakeAnswer, UpgradedStream } from './handshake-answer.ts';
import { acceptanceHead, refusalResponse } from './http1-response.ts';
import type { RefusedSockets } from './refused-sockets.ts';

/** The socket of a request for an upgrade, as Node's `upgrade` event gives it. */
export interface UpgradeSocket {
  readonly socket: Duplex;
  /** Bytes that were read after the request. */
  readonly head: Uint8Array;
  /** Whether nobody else refers to the socket: it came to a listener of this server's own. */
  readonly isOurs: boolean;
}

export class Http1Answer implements HandshakeAnswer {
  readonly #upgraded: UpgradeSocket;
  readonly #refusedSockets: RefusedSockets;

  constructor(upgraded: UpgradeSocket, refusedSockets: RefusedSockets) {
    this.#upgraded = upgraded;
    this.#refusedSockets = refusedSockets;
  }

  accept(fields: readonly string[]): UpgradedStream {
    const { socket, head, isOurs } = this.#upgraded;
    // A stream that is not a socket of Node's lacks nothing that its transport uses.
    const transport = transportOf(socket as Socket, isOurs);
    transport.writeHead(acceptanceHead(fields));
    return { transport, start: (events) => transport.start(events, head) };
  }

  refuse(status: number, fields: readonly string[], body: string): void {
    this.#refusedSockets.answer(this.#upgraded.socket, refusalResponse(status, fields, body));
  }
}
