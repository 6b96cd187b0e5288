// What a request for an upgrade came on, as an upgrade needs it: the request, its stream, and how to answer.

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HandshakeRequest } from '../core/handshake/server.ts';
import type { PeerAddress } from '../node/address.ts';
import type { HandshakeAnswer } from './handshake-answer.ts';
import { hasLeft, headersOf, headOf, isEncrypted, peerOf } from './node-request.ts';
import type { ProxyHeader } from './proxy-header.ts';

export interface UpgradeCarrier {
  readonly head: HandshakeRequest;
  /** With names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly peer: PeerAddress;
  /** The client of the peer, where a header of the PROXY protocol told it; otherwise the peer. */
  readonly client: PeerAddress;
  /** Whether the request came over TLS, or such a header says that it did. */
  readonly encrypted: boolean;
  /** Whether the client has gone. */
  readonly hasLeft: boolean;
  readonly answer: HandshakeAnswer;
  /** Node's request. */
  readonly message: IncomingMessage;
  /** The stream of the request: to watch it, and to destroy it where no answer is possible. */
  readonly socket: Duplex;
  /**
   * Stops reading until the stream is made or the handshake is accepted.
   *
   * @param made  gets the stream as soon as it is made, before anything is read from it
   * @returns `false` if there is a stream already; nothing has been done then
   */
  hold(made: (socket: Duplex) => void): boolean;
}

/** A request of Node's, or one like it, and its stream. */
export class StreamCarrier implements UpgradeCarrier {
  readonly message: IncomingMessage;
  readonly socket: Duplex;
  readonly answer: HandshakeAnswer;
  readonly #proxyHeader: ProxyHeader | undefined;

  constructor(message: IncomingMessage, socket: Duplex, answer: HandshakeAnswer, proxyHeader?: ProxyHeader) {
    this.message = message;
    this.socket = socket;
    this.answer = answer;
    this.#proxyHeader = proxyHeader;
  }

  get head(): HandshakeRequest {
    return headOf(this.message);
  }

  get headers(): IncomingHttpHeaders {
    return headersOf(this.message);
  }

  get peer(): PeerAddress {
    return peerOf(this.message, this.socket);
  }

  get client(): PeerAddress {
    return this.#proxyHeader?.client ?? this.peer;
  }

  get encrypted(): boolean {
    return this.#proxyHeader?.encrypted === true || isEncrypted(this.message, this.socket);
  }

  get hasLeft(): boolean {
    return hasLeft(this.socket);
  }

  hold(): boolean {
    return false;
  }
}
