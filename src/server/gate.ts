// The door of a listener: sockets from TCP's accept to the request head. It turns away whom there is no room for before
// anything is read or encrypted, and answers those whose head is late, too large or no HTTP.

import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { responseError, type WebSocketError, webSocketError } from '../core/errors.ts';
import { peerAddress } from '../node/address.ts';
import { guardConnections } from '../node/internals/connection-listener.ts';
import { isLastResponse } from '../node/internals/last-response.ts';
import { carrierOf, watchTlsHandshakes } from '../node/internals/tls-accept.ts';
import { type Admission, type Excess, isExcess, retryFields, type Slot } from './admission.ts';
import type { HeadLimits } from './head-limits.ts';
import { refusalResponse } from './http1-response.ts';
import type { RefusedSockets } from './refused-sockets.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

export interface GatePolicy {
  readonly limits: HeadLimits;
  readonly admission: Admission;
  readonly proxies: TrustedProxies;
  readonly refusedSockets: RefusedSockets;
  /** The answer has been written, or the socket cut. There is no request. */
  refused(error: WebSocketError): void;
}

export class Gate {
  readonly #policy: GatePolicy;
  /** By socket; by the one that decrypts, once there is one. */
  readonly #slots = new WeakMap<Socket, Slot>();
  /** The response to the last request of a socket. */
  readonly #answers = new WeakMap<Socket, ServerResponse>();
  /** Sockets that no request is taken from any more. */
  readonly #over = new WeakSet<Socket>();

  constructor(policy: GatePolicy) {
    this.#policy = policy;
  }

  /** Guards a server that is not listening yet. */
  guard(server: HttpServer): void {
    const isTls = server instanceof TlsServer;
    guardConnections(server, (socket) => this.#enter(socket, isTls));
    watchTlsHandshakes(server);
    if (isTls) {
      server.prependListener('secureConnection', (encrypted) => {
        const slot = this.#slotBelow(encrypted);
        if (slot !== undefined) this.#slots.set(encrypted, slot);
      });
    }
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#requested(request.socket, response);
    });
    server.on('clientError', (error, socket) => this.#failed(error, socket as Socket));
  }

  /**
   * Whether what comes on a socket is not to be processed any more (RFC 9112 §9.6): an answer has said
   * `Connection: close`, or the client has been refused.
   */
  isOver(socket: Socket): boolean {
    return this.#over.has(socket) || this.#slots.get(socket)?.hasLeft === true;
  }

  /** Whether the last answer on the socket of an upgrade closes it. Then it is only watched until it is gone. */
  endsBehindAnswer(socket: Socket): boolean {
    const answer = this.#answers.get(socket);
    if (answer === undefined || !isLastResponse(answer)) return false;
    socket.on('error', () => {});
    return true;
  }

  /**
   * What a socket of an upgrade request counts as: one of the handshakes. Sockets that came another way begin to count
   * here.
   */
  slotOf(socket: Socket): Slot | Excess {
    const known = this.#slots.get(socket);
    if (known !== undefined) return known.upgrading() ?? known;
    const slot = this.#policy.admission.begin();
    // One that has closed already is refused by who asks.
    if (!isExcess(slot) && !socket.closed) this.#watch(socket, slot);
    return slot;
  }

  /** The slot of the raw socket that carries a TLS connection. */
  #slotBelow(encrypted: Socket): Slot | undefined {
    const carrier = carrierOf(encrypted);
    return carrier === undefined ? undefined : this.#slots.get(carrier);
  }

  /** A socket has been accepted. @returns `false` when it was one too many */
  #enter(socket: Socket, isTls: boolean): boolean {
    const { admission, proxies } = this.#policy;
    const slot = admission.begin();
    if (isExcess(slot)) {
      this.#turnAway(socket, isTls, slot);
      return false;
    }
    const { address } = peerAddress(socket);
    // Whoever is behind a proxy is known when the head has come.
    const excess = proxies.trusts(address) ? undefined : slot.identify(address);
    if (excess !== undefined) {
      slot.leave();
      this.#turnAway(socket, isTls, excess);
      return false;
    }
    this.#watch(socket, slot);
    return true;
  }

  #watch(socket: Socket, slot: Slot): void {
    this.#slots.set(socket, slot);
    if (socket.closed) slot.leave();
    else socket.on('close', () => slot.socketClosed());
  }

  /** The head of a request that is not a handshake has come. Node bounds what follows: `keepAliveTimeout`. */
  #requested(socket: Socket, response: ServerResponse): void {
    const earlier = this.#answers.get(socket);
    if (earlier !== undefined && isLastResponse(earlier)) this.#over.add(socket);
    else this.#answers.set(socket, response);
    this.#slots.get(socket)?.requested();
  }

  #turnAway(socket: Socket, isTls: boolean, excess: Excess): void {
    if (isTls) {
      socket.on('error', () => {});
      socket.destroy();
    } else {
      this.#policy.refusedSockets.dismiss(socket, answerTo(excess.error, retryFields(excess)));
    }
    this.#policy.refused(excess.error);
  }

  /** A client did not get as far as a request, or sent something else behind one. */
  #failed(error: NodeJS.ErrnoException, socket: Socket): void {
    const raw = error.code === PLAIN_HTTP ? carrierOf(socket) : undefined;
    const slot = this.#slots.get(raw ?? socket);
    const response = this.#answers.get(socket);
    // What has been answered may go wrong again and again, while it leaves.
    if (slot?.hasLeft === true) return;
    const refusal = this.#refusalFor(error);
    // What follows on a request whose answer closes the connection does not matter, nor does it cut that answer.
    if (refusal !== undefined && response?.req.complete === true && isLastResponse(response)) return;
    // Lost, TLS that failed, or in the middle of the answer to a request: nothing can be said.
    const isAnswering = response?.headersSent === true && !response.writableFinished;
    if (raw !== undefined && refusal !== undefined) {
      // A client that speaks plain HTTP is answered in plain HTTP, below TLS, which is over.
      raw.end(answerTo(refusal), () => raw.destroy());
      raw.on('error', () => {});
    } else if (refusal === undefined || error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT' || isAnswering || !socket.writable) {
      socket.destroy();
    } else {
      this.#policy.refusedSockets.dismiss(socket, answerTo(refusal));
    }
    if (refusal === undefined) return;
    slot?.leave();
    // A client of HTTP that leaves within a later request, or its body, is not a client that was refused.
    if (error.code !== CUT_OFF || response === undefined) this.#policy.refused(refusal);
  }

  /** @returns `undefined` where the connection is lost rather than refused */
  #refusalFor(error: NodeJS.ErrnoException & { rawPacket?: Uint8Array }): WebSocketError | undefined {
    const { handshakeTimeout, maxHeaderSize } = this.#policy.limits;
    const { code = '' } = error;
    if (code === 'ERR_HTTP_REQUEST_TIMEOUT' || code === 'ERR_TLS_HANDSHAKE_TIMEOUT') {
      return responseError(408, 'ERR_WS_HANDSHAKE_TIMEOUT', handshakeTimeout);
    }
    if (code === 'HPE_HEADER_OVERFLOW') return webSocketError('ERR_WS_REQUEST_HEADER_SIZE', maxHeaderSize);
    if (code === CUT_OFF) {
      const problem = 'a part of a request and then the end of the connection';
      return webSocketError('ERR_WS_REQUEST_MALFORMED', problem, 'check the client, and proxies in between');
    }
    if (code === PLAIN_HTTP) {
      const problem = 'plain HTTP on a port that serves TLS';
      return webSocketError('ERR_WS_REQUEST_MALFORMED', problem, 'use wss:// instead of ws://');
    }
    if (!code.startsWith('HPE_')) return undefined;
    // RFC 8446 §5.1: a record of type handshake, as every TLS connection begins.
    if (error.rawPacket?.[0] !== 0x16) return webSocketError('ERR_WS_REQUEST_MALFORMED', error.message);
    const problem = 'a TLS handshake on a port that serves plain ws://';
    return webSocketError('ERR_WS_REQUEST_MALFORMED', problem, 'use ws://, or configure tls');
  }
}

/** Code of OpenSSL's error for a client that does not begin TLS but sends a request. */
const PLAIN_HTTP = 'ERR_SSL_HTTP_REQUEST';
/** Code of the parser's error for a connection that ends within a request. */
const CUT_OFF = 'HPE_INVALID_EOF_STATE';

/** The whole response that refuses what an error is about. */
function answerTo(error: WebSocketError, fields: readonly string[] = []): string {
  return refusalResponse(error.status ?? 400, fields, `${error.message}\n`);
}
