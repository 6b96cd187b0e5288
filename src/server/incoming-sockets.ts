// The sockets of a server's listeners, from TCP's accept to the head of a request. A socket that is one too many is
// refused before anything is read or decrypted. A client whose head is late, too large or not HTTP is answered.

import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { responseError, type WebSocketError, webSocketError } from '../core/errors.ts';
import { keepPeer, type PeerAddress, peerAddress } from '../node/address.ts';
import { nodeContexts } from '../node/contexts.ts';
import { guardConnections } from '../node/internals/connection-listener.ts';
import { isLastResponse } from '../node/internals/last-response.ts';
import { carrierOf, watchTlsHandshakes } from '../node/internals/tls-accept.ts';
import { isTlsServer } from '../node/late-modules.ts';
import { type Admission, type Excess, isExcess, retryFields, type Slot, uncountedSlot } from './admission.ts';
import { type HeadError, headFailure, isCutOff, isPlainHttp, isTlsTimeout } from './head-failure.ts';
import type { HeadLimits } from './head-limits.ts';
import { refusalResponse } from './http1-response.ts';
import { hasLeft } from './node-request.ts';
import type { ProxyHeader } from './proxy-header.ts';
import { waitForProxyHeader } from './proxy-header-wait.ts';
import type { RefusedSockets } from './refused-sockets.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

export interface IncomingPolicy {
  readonly limits: HeadLimits;
  readonly admission: Admission;
  readonly proxies: TrustedProxies;
  readonly refusedSockets: RefusedSockets;
  /** A client without a request has been refused: answered, or cut. */
  refused(error: WebSocketError): void;
}

export class IncomingSockets {
  readonly #policy: IncomingPolicy;
  /** The slot of each socket. With TLS, of the raw socket and of the one that decrypts. */
  readonly #slots = new WeakMap<Duplex, Slot>();
  /** Cuts the sockets that wait for the header of a proxy: their listeners are ending. */
  endWaiting(): void {
    for (const socket of this.#awaiting) socket.destroy();
  }

  /** What a proxy said in front of each socket. With TLS, of the raw socket and of the one that decrypts. */
  readonly #proxyHeaders = new WeakMap<Duplex, ProxyHeader>();
  /** Sockets whose header of a proxy has not come. No HTTP server knows them. */
  readonly #awaiting = new Set<Socket>();
  /** The response to the last request of each socket. */
  readonly #responses = new WeakMap<Duplex, ServerResponse>();
  /** Sockets whose further requests are not processed. */
  readonly #over = new WeakSet<Duplex>();
  /** Of a client that was counted before it had a socket, while its socket is made. */
  #arrived: { readonly slot: Slot; readonly peer: PeerAddress } | undefined;

  constructor(policy: IncomingPolicy) {
    this.#policy = policy;
  }

  /**
   * Counts and bounds the sockets of an HTTP server that is not listening yet.
   *
   * @param hasProxyHeaders  whether each socket begins with a header of the PROXY protocol
   * @throws WebSocketError ERR_WS_OPTION where such headers cannot be read
   */
  guard(server: HttpServer, hasProxyHeaders: boolean): void {
    const isTls = isTlsServer(server);
    const isKept = guardConnections(server, (socket, begin) =>
      this.#enter(socket, isTls, hasProxyHeaders ? begin : undefined),
    );
    if (hasProxyHeaders && !isKept)
      throw webSocketError(
        'ERR_WS_OPTION',
        'proxyProtocol',
        true,
        'false: this runtime does not let its HTTP server wait',
      );
    watchTlsHandshakes(server);
    if (isTls) {
      server.prependListener('secureConnection', (encrypted) => {
        const carrier = carrierOf(encrypted);
        if (carrier === undefined) return;
        const slot = this.#slots.get(carrier);
        if (slot !== undefined) this.#slots.set(encrypted, slot);
        const header = this.#proxyHeaders.get(carrier);
        if (header !== undefined) this.#proxyHeaders.set(encrypted, header);
      });
    }
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#requested(request.socket, response);
    });
    server.on('clientError', (error, socket) => this.#failed(error, socket));
  }

  /**
   * Whether further requests on a socket are not to be processed (RFC 9112 §9.6): a response has had
   * `Connection: close`, or the client has been refused.
   */
  isOver(socket: Duplex): boolean {
    return this.#over.has(socket) || this.#slots.get(socket)?.hasLeft === true;
  }

  /** Whether the last response on the socket of an upgrade closes it. If so, its errors are ignored until it is gone. */
  endsBehindResponse(socket: Duplex): boolean {
    const response = this.#responses.get(socket);
    if (response === undefined || !isLastResponse(response)) return false;
    socket.on('error', () => {});
    return true;
  }

  /**
   * The slot of the socket that an upgrade came on, which counts among the handshakes from here on. A socket that did not
   * come by a listener gets its slot here.
   */
  slotOf(socket: Duplex): Slot | Excess {
    const known = this.#slots.get(socket);
    if (known !== undefined) return known.upgrading() ?? known;
    const { admission } = this.#policy;
    if (admission.isUnbounded) return uncountedSlot;
    const slot = admission.begin();
    // The caller refuses a socket that has closed already.
    if (!isExcess(slot) && !socket.closed) this.#watch(socket, slot);
    return slot;
  }

  /**
   * Counts a client that has no socket yet, and no TLS.
   *
   * @returns `undefined` if it has to come with a socket: it is one too many, or its address is known later
   */
  arrive({ address }: PeerAddress): Slot | undefined {
    const { admission, proxies } = this.#policy;
    if (proxies.trusts(address)) return undefined;
    const slot = admission.begin();
    if (isExcess(slot)) return undefined;
    if (slot.identify(address) === undefined) return slot;
    slot.leave();
    return undefined;
  }

  /** Calls `makeSocket`, whose socket gets a slot from {@link arrive}. @param peer  as `arrive` got it */
  enterWith(slot: Slot, peer: PeerAddress, makeSocket: () => void): void {
    this.#arrived = { slot, peer };
    try {
      makeSocket();
    } finally {
      this.#arrived = undefined;
    }
  }

  /** What a proxy said in front of the connection that an upgrade came on. */
  proxyHeaderOf(socket: Duplex): ProxyHeader | undefined {
    return this.#proxyHeaders.get(socket);
  }

  /**
   * A socket has been accepted by the system.
   *
   * @param begin  begins HTTP or TLS behind the header of a proxy. Absent: there is no such header
   * @returns `false` when it is one too many, or has to wait for its header
   */
  #enter(socket: Socket, isTls: boolean, begin: (() => void) | undefined): boolean {
    if (this.#arrived !== undefined) {
      const { slot, peer } = this.#arrived;
      keepPeer(socket, peer);
      this.#watch(socket, slot);
      this.#arrived = undefined;
      return true;
    }
    const { admission, proxies } = this.#policy;
    const slot = admission.begin();
    if (isExcess(slot)) {
      this.#refuse(socket, isTls, slot);
      return false;
    }
    if (begin !== undefined) {
      this.#awaitProxyHeader(socket, isTls, slot, begin);
      return false;
    }
    const { address } = peerAddress(socket);
    // The client behind a proxy is known when the head has come.
    const excess = proxies.trusts(address) ? undefined : slot.identify(address);
    if (excess !== undefined) {
      slot.leave();
      this.#refuse(socket, isTls, excess);
      return false;
    }
    this.#watch(socket, slot);
    return true;
  }

  #awaitProxyHeader(socket: Socket, isTls: boolean, slot: Slot, begin: () => void): void {
    const { proxies, limits } = this.#policy;
    // A proxy that only looked whether this port is open.
    if (hasLeft(socket)) {
      slot.leave();
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    const { address } = peerAddress(socket);
    const refuse = (excess: Excess): void => {
      if (slot.hasLeft) return; // it has been answered, and waits to be gone
      slot.leave();
      this.#refuse(socket, isTls, excess);
    };
    // Whatever it sends, it is not to be believed.
    if (!proxies.trusts(address)) {
      const problem = `cannot be taken from ${address}, which is not one of trustedProxies`;
      const remedy = 'add it if it is your proxy; clients that connect directly need a port without proxyProtocol';
      refuse({
        error: responseError(403, 'ERR_WS_REQUEST_PROXY_HEADER', problem, remedy),
        retryAfter: undefined,
      });
      return;
    }
    this.#watch(socket, slot);
    this.#awaiting.add(socket);
    socket.on('close', () => this.#awaiting.delete(socket));
    const context = nodeContexts.current();
    waitForProxyHeader(socket, limits.handshakeTimeout, {
      came: (header) => {
        if (slot.hasLeft) return;
        const { client } = header;
        // Behind a further proxy, the client is known when the head has come.
        const isKnown = client !== undefined && !proxies.trusts(client.address);
        const excess = isKnown ? slot.identify(client.address) : undefined;
        if (excess !== undefined) {
          refuse(excess);
          return;
        }
        this.#awaiting.delete(socket);
        this.#proxyHeaders.set(socket, header);
        nodeContexts.run(context, begin);
      },
      missing: (error) => refuse({ error, retryAfter: undefined }),
    });
  }

  #watch(socket: Duplex, slot: Slot): void {
    this.#slots.set(socket, slot);
    if (socket.closed) slot.leave();
    else socket.on('close', () => slot.socketClosed());
  }

  /** The head of a request that is not a handshake has come. Node bounds the time from here: `keepAliveTimeout`. */
  #requested(socket: Socket, response: ServerResponse): void {
    const earlier = this.#responses.get(socket);
    if (earlier !== undefined && isLastResponse(earlier)) this.#over.add(socket);
    else this.#responses.set(socket, response);
    this.#slots.get(socket)?.requested();
  }

  #refuse(socket: Socket, isTls: boolean, excess: Excess): void {
    if (isTls) {
      socket.on('error', () => {});
      socket.destroy();
    } else {
      this.#policy.refusedSockets.answer(socket, responseTo(excess.error, retryFields(excess)));
    }
    this.#policy.refused(excess.error);
  }

  /** A client did not get as far as a request, or sent something else behind one. */
  #failed(error: HeadError, socket: Duplex): void {
    const raw = isPlainHttp(error) ? carrierOf(socket as Socket) : undefined;
    const slot = this.#slots.get(raw ?? socket);
    // A client that has been answered may cause further errors until it is gone.
    if (slot?.hasLeft === true) return;
    const failure = headFailure(error, this.#policy.limits);
    if (failure === undefined) {
      socket.destroy();
      return;
    }
    const response = this.#responses.get(socket);
    // Bytes after a request whose response closes the connection do not matter, and do not cut that response.
    if (response?.req.complete === true && isLastResponse(response)) return;
    // Within another response, behind the last one, or before TLS, an answer could not be read.
    const isAnswered = response?.headersSent === true && (!response.writableFinished || isLastResponse(response));
    if (raw !== undefined) answerBelowTls(raw, responseTo(failure));
    else if (isTlsTimeout(error) || isAnswered || !socket.writable) socket.destroy();
    else this.#policy.refusedSockets.answer(socket, responseTo(failure));
    slot?.leave();
    // A client of HTTP that leaves within a later request, or its body, has not been refused.
    if (!isCutOff(error) || response === undefined) this.#policy.refused(failure);
  }
}

/** A client that speaks plain HTTP to a TLS port is answered in plain HTTP. */
function answerBelowTls(raw: Socket, response: string): void {
  raw.end(response, () => raw.destroy());
  raw.on('error', () => {});
}

/** The whole response that refuses a client with an error. */
function responseTo(error: WebSocketError, fields: readonly string[] = []): string {
  return refusalResponse(error.status ?? 400, fields, `${error.message}\n`);
}
