// One upgrade request on its way to a connection or a refusal: the checks of RFC 6455 §4.2.1, the application's
// decision, the response. Whatever happens in between (a slow decision, a client that leaves, an exception), exactly
// one answer is given and nothing is left open.

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { isError } from '../core/brands.ts';
import { show, WebSocketError, webSocketError, webSocketErrorFrom } from '../core/errors.ts';
import type { CompressionOptions } from '../core/extension/compression-settings.ts';
import { MessageCompression } from '../core/extension/message-compression.ts';
import { type AcceptedDeflate, acceptDeflate } from '../core/extension/permessage-deflate.ts';
import type { HeaderFields } from '../core/handshake/header-fields.ts';
import {
  acceptanceFields,
  checkRequest,
  type HandshakeOffer,
  refusalFields,
  refusalHeaders,
  selectSubprotocol,
} from '../core/handshake/server.ts';
import { nodeDigest } from '../node/environment.ts';
import { nodeCompression } from '../node/zlib/compression.ts';
import { type Excess, isExcess, type Slot } from './admission.ts';
import type { AllowedOrigins } from './allowed-origins.ts';
import { DecisionWait } from './decision-wait.ts';
import { retryAfter } from './gate.ts';
import { acceptanceHead, refusalResponse } from './http1-response.ts';
import type { UpgradeRequest } from './options.ts';
import type { RefusedSockets } from './refused-sockets.ts';
import type { Handshake } from './server-connection.ts';
import type { TrustedProxies } from './trusted-proxies.ts';
import type { Accepted, Decision, Refused } from './upgrade-decision.ts';
import { carrierOf, hasLeft, headersOf, headOf, isEncrypted, peerOf } from './upgrade-request.ts';

/** Characters of what the application threw, in the text of an error. The whole is its `cause`. */
const LONGEST_PROBLEM = 300;

/** What a server decides on by itself or asks its application about. */
export interface UpgradePolicy<Context> {
  readonly subprotocols: readonly string[];
  /** What to accept of permessage-deflate. Absent: nothing. */
  readonly compression: CompressionOptions | undefined;
  /** Milliseconds for `decide`. 0: no bound. */
  readonly decisionTimeout: number;
  readonly maxHeaderCount: number;
  /** Absent: all origins. */
  readonly origins: AllowedOrigins | undefined;
  readonly proxies: TrustedProxies;
  /** What the socket counts as. Absent: it does not count. */
  readonly slotOf: ((socket: Socket) => Slot | Excess) | undefined;
  /** Refuses at once, e.g. while draining. */
  refusal(): Refused | undefined;
  /** The upgrades that wait for their decision. */
  readonly pending: Set<PendingUpgrade>;
  readonly refusedSockets: RefusedSockets;
  decide: ((request: UpgradeRequest) => Decision<Context> | PromiseLike<Decision<Context>>) | undefined;
  /**
   * A connection is there, once `response`, the head that accepts it, is written.
   *
   * @returns an exception, where the socket cannot be used; `undefined` otherwise
   */
  accepted(socket: Socket, head: Uint8Array, response: string, handshake: Handshake<Context>): unknown;
  refused(request: IncomingMessage, error: WebSocketError): void;
  /**
   * `decide` has failed with `exception`.
   *
   * @param error     what `refused` was told of it
   * @param wasTold   whether it was: a client that had gone, or had been answered, is no news
   */
  failed(request: IncomingMessage, exception: unknown, error: WebSocketError, wasTold: boolean): void;
}

/** An upgrade whose decision takes time. */
export interface PendingUpgrade {
  /** Refuses it without waiting any longer. */
  refuse(refusal: Refused): void;
}

/** Handles one `upgrade` event. */
export function upgrade<Context>(
  message: IncomingMessage,
  socket: Socket,
  head: Uint8Array,
  policy: UpgradePolicy<Context>,
): void {
  new Upgrade(message, socket, head, policy).start();
}

class Upgrade<Context> implements UpgradeRequest, PendingUpgrade {
  readonly message: IncomingMessage;
  readonly url: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly peerAddress: string;
  readonly encrypted: boolean;
  readonly #socket: Socket;
  readonly #head: Uint8Array;
  readonly #policy: UpgradePolicy<Context>;
  /** Absent where there was no room for it. */
  #slot: Slot | undefined;
  #offer: HandshakeOffer | undefined;
  #controller: AbortController | undefined;
  /** Why the decision is of no use any more. */
  #abortReason: WebSocketError | undefined;
  #isSettled = false;
  /** While a decision takes its time. */
  #waiting: DecisionWait | undefined;

  constructor(message: IncomingMessage, socket: Socket, head: Uint8Array, policy: UpgradePolicy<Context>) {
    const peer = peerOf(message, socket);
    this.message = message;
    const { address, port } = policy.proxies.clientOf(peer, this);
    this.url = message.url ?? '/';
    this.remoteAddress = address;
    this.remotePort = port;
    this.peerAddress = peer.address;
    this.encrypted = isEncrypted(message, socket);
    this.#socket = socket;
    this.#head = head;
    this.#policy = policy;
  }

  get headers(): IncomingMessage['headers'] {
    return headersOf(this.message);
  }

  get subprotocols(): readonly string[] {
    return this.#offer?.subprotocols ?? [];
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortReason !== undefined) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  start(): void {
    const excess = this.#enter();
    if (this.#slot?.hasLeft === true) {
      this.#finish();
      this.#socket.destroy(); // its head was late, which it has been told
      return;
    }
    if (hasLeft(this.#socket)) {
      this.#abort(webSocketError('ERR_WS_HANDSHAKE_LOST', 'the client left'));
      return;
    }
    if (excess !== undefined) {
      this.#exceeded(excess);
      return;
    }
    try {
      this.#offer = this.#check();
    } catch (error) {
      if (!(error instanceof WebSocketError)) throw error;
      this.#refuse(error.status ?? 400, error.message, refusalHeaders(error), error);
      return;
    }
    const refusal = this.#policy.refusal();
    if (refusal !== undefined) {
      this.#settle(refusal);
      return;
    }
    const full = this.#slot?.reserve();
    if (full !== undefined) this.#exceeded(full);
    else this.#decide();
  }

  #enter(): Excess | undefined {
    const slot = this.#policy.slotOf?.(carrierOf(this.message, this.#socket) as Socket);
    if (slot === undefined || isExcess(slot)) return slot;
    this.#slot = slot;
    return slot.identify(this.remoteAddress);
  }

  /** @throws WebSocketError with the status to refuse with */
  #check(): HandshakeOffer {
    const { maxHeaderCount, origins } = this.#policy;
    const head = headOf(this.message);
    if (head.rawHeaders.length > 2 * maxHeaderCount) {
      throw webSocketError('ERR_WS_REQUEST_HEADER_COUNT', maxHeaderCount);
    }
    const offer = checkRequest(head, nodeDigest);
    // Node makes `headers` when they are read: not for nothing.
    const origin = origins === undefined ? undefined : this.headers.origin;
    if (origin !== undefined && origins?.allows(origin) === false)
      throw webSocketError('ERR_WS_REQUEST_ORIGIN', origin);
    return offer;
  }

  refuse(refusal: Refused): void {
    const { status, reason, headers } = refusal;
    const error = webSocketError('ERR_WS_UPGRADE_REFUSED', status, reason);
    this.#abortDecision(error);
    this.#refuse(status, reason, headers, error);
  }

  #decide(): void {
    const { decide, decisionTimeout } = this.#policy;
    let decision: Decision<Context> | PromiseLike<Decision<Context>> | undefined;
    let takesTime: boolean;
    try {
      decision = decide?.(this);
      takesTime = isPromiseLike(decision);
    } catch (exception) {
      this.#failed(exception);
      return;
    }
    if (!takesTime) {
      this.#settle(decision as Decision<Context> | undefined);
      return;
    }
    this.#waiting = new DecisionWait(
      this.#socket,
      decisionTimeout,
      // Before the connection takes over, a lost client is no news to anybody but the decision.
      () => this.#abort(webSocketError('ERR_WS_HANDSHAKE_LOST', 'the client left')),
      () => this.#timeOut(),
    );
    this.#policy.pending.add(this);
    Promise.resolve(decision).then(
      (value) => this.#settle(value as Decision<Context> | undefined),
      (exception: unknown) => this.#failed(exception),
    );
  }

  /** What was decided is an object of the application's: nothing of it is believed to be what it should be. */
  #settle(decision: Decision<Context> | undefined): void {
    if (this.#isSettled) return;
    let answer: () => void;
    try {
      const kind = decision?.kind;
      if (decision !== undefined && kind !== 'accept' && kind !== 'refuse') {
        const expected = 'accept(…), refuse(…) or undefined';
        throw webSocketError('ERR_WS_OPTION', 'answer of upgrade', decision, expected);
      }
      answer = decision?.kind === 'refuse' ? this.#refusal(decision) : this.#acceptance(decision ?? undefined);
    } catch (exception) {
      this.#failed(exception);
      return;
    }
    answer();
  }

  /** @throws for what cannot be sent */
  #refusal({ status, reason, headers }: Refused): () => void {
    const error = webSocketError('ERR_WS_UPGRADE_REFUSED', status, reason);
    const response = refusalOf(status, reason, headers);
    return () => this.#dismiss(response, error);
  }

  /** @throws for what cannot be sent, and for what the client has not offered */
  #acceptance(decision: Accepted<Context> | undefined): () => void {
    const offer = this.#offer as HandshakeOffer;
    const deflate = this.#acceptDeflate(offer);
    const subprotocol = this.#subprotocol(decision?.subprotocol, offer.subprotocols);
    const context = decision?.context as Context;
    const fields = acceptanceFields(offer.accept, {
      subprotocol,
      extensions: deflate && [deflate.extension],
      headers: decision?.headers,
    });
    const response = acceptanceHead(fields);
    return () => {
      this.#finish();
      this.#slot?.opened();
      const exception = this.#policy.accepted(this.#socket, this.#head, response, {
        url: this.url,
        subprotocol,
        compression: this.#compression(deflate),
        remoteAddress: this.remoteAddress,
        remotePort: this.remotePort,
        encrypted: this.encrypted,
        context,
        slot: this.#slot,
      });
      if (exception !== undefined) this.#unusable(exception);
    };
  }

  /** A stream that fails where others do not. */
  #unusable(exception: unknown): void {
    this.#slot?.leave();
    this.#socket.destroy();
    this.#policy.refused(this.message, webSocketErrorFrom(exception, 'ERR_WS_HANDSHAKE_LOST', 'its stream failed'));
  }

  #acceptDeflate(offer: HandshakeOffer): AcceptedDeflate | undefined {
    const { compression } = this.#policy;
    return compression && acceptDeflate(offer.extensions, compression, nodeCompression().canKeepContext);
  }

  #compression(accepted: AcceptedDeflate | undefined): MessageCompression | undefined {
    const { compression } = this.#policy;
    return accepted && compression && new MessageCompression('server', accepted, compression, nodeCompression());
  }

  /** §4.2.2: one of the client's offers, or none. */
  #subprotocol(chosen: string | undefined, offered: readonly string[]): string {
    if (chosen === undefined) return selectSubprotocol(offered, this.#policy.subprotocols);
    if (chosen === '' || offered.includes(chosen)) return chosen;
    throw webSocketError(
      'ERR_WS_OPTION',
      'accept({ subprotocol })',
      chosen,
      `one of the client's offers: ${offered.join(', ') || 'none'}`,
    );
  }

  /** The application's own failure: the client learns that much and no more. Nothing of it is ever uncaught. */
  #failed(exception: unknown): void {
    const wasTold = !this.#isSettled;
    // What it was told itself, by its signal.
    if (!wasTold && this.#abortReason !== undefined && isAbort(exception, this.#abortReason)) return;
    const error = webSocketErrorFrom(exception, 'ERR_WS_UPGRADE_FAILED', textOf(exception));
    this.#refuse(500, 'the server could not decide', {}, error);
    this.#policy.failed(this.message, exception, error, wasTold);
  }

  #timeOut(): void {
    const error = webSocketError('ERR_WS_HANDSHAKE_TIMEOUT', this.#policy.decisionTimeout);
    this.#abortDecision(error);
    this.#refuse(503, 'the server took too long to decide', {}, error);
  }

  #exceeded(excess: Excess): void {
    const { error } = excess;
    this.#refuse(error.status ?? 503, error.message, retryAfter(excess), error);
  }

  /** For what is known to be sendable. */
  #refuse(status: number, reason: string, headers: HeaderFields, error: WebSocketError): void {
    if (!this.#isSettled) this.#dismiss(refusalOf(status, reason, headers), error);
  }

  #dismiss(response: string, error: WebSocketError): void {
    this.#finish();
    this.#slot?.leave();
    this.#policy.refusedSockets.dismiss(this.#socket, response);
    this.#refused(error);
  }

  #refused(error: WebSocketError): void {
    const tell = (): void => this.#policy.refused(this.message, error);
    if (this.#waiting === undefined) tell();
    else this.#waiting.run(tell);
  }

  #abort(error: WebSocketError): void {
    if (this.#isSettled) return;
    this.#finish();
    this.#slot?.leave();
    this.#socket.on('error', () => {});
    this.#socket.destroy();
    this.#abortDecision(error);
    this.#refused(error);
  }

  #abortDecision(reason: WebSocketError): void {
    this.#abortReason = reason;
    this.#waiting?.run(() => this.#controller?.abort(reason));
  }

  /** No further answer is possible. */
  #finish(): void {
    this.#isSettled = true;
    if (this.#waiting === undefined) return;
    this.#policy.pending.delete(this);
    this.#waiting.end();
  }
}

function refusalOf(status: number, reason: string, headers: HeaderFields): string {
  return refusalResponse(status, refusalFields(status, headers), `${reason}\n`);
}

function isPromiseLike(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function';
}

/** Whether a decision has been given up because its signal said so. */
function isAbort(exception: unknown, reason: WebSocketError): boolean {
  if (exception === reason) return true;
  return isError(exception) && (exception.name === 'AbortError' || exception.cause === reason);
}

/**
 * What was thrown, in words: one line, since a text of the client's may be in it. Anything can be thrown, also what throws
 * when it is looked at.
 */
function textOf(exception: unknown): string {
  try {
    const text = isError(exception) ? String(exception.message) : show(exception);
    return text.slice(0, LONGEST_PROBLEM).replace(/\p{Cc}+/gu, ' ');
  } catch {
    return 'something that cannot be shown';
  }
}
