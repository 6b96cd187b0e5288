// One upgrade request on its way to a connection or a refusal: the checks of RFC 6455 §4.2.1, the application's
// decision, the answer. Whatever happens in between (a slow decision, a client that leaves, an exception), exactly one
// answer is given and nothing is left open. How an answer is written is for the version of HTTP: `handshake-answer.ts`.
//
// ```
//  undecided ── check, `decide` ──▶ accepted, refused or lost: over
//      │ decide returned a promise               ▲
//      ▼                                         │
//  waiting ── the promise, the time, the client ─┘
// ```

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketError, webSocketError, webSocketErrorFrom } from '../core/errors.ts';
import { MessageCompression } from '../core/extension/message-compression.ts';
import { checkRequest, type HandshakeOffer, refusalHeaders } from '../core/handshake/server.ts';
import { isDevelopment, nodeDigest } from '../node/environment.ts';
import { nodeCompression } from '../node/zlib/compression.ts';
import { type Excess, isExcess, retryFields, type Slot, uncountedSlot } from './admission.ts';
import { type Acceptance, checkDecision, checkRefusal, type Refusal, withFurtherFields } from './checked-decision.ts';
import type { Decision, Refused, Released } from './decision.ts';
import { DecisionSignal } from './decision-signal.ts';
import { DecisionWait } from './decision-wait.ts';
import type { HandshakeAnswer, UpgradedStream } from './handshake-answer.ts';
import type { BegunHandshake } from './handshake-notes.ts';
import { carrierOf } from './node-request.ts';
import { ReceivedUpgrade } from './received-upgrade.ts';
import { applicationOffers } from './resumable-offer.ts';
import { StreamCarrier, type UpgradeCarrier } from './upgrade-carrier.ts';
import { isAbort, upgradeFailure } from './upgrade-failure.ts';
import type { PendingUpgrade, UpgradePolicy } from './upgrade-policy.ts';

/**
 * Handles one `upgrade` event.
 *
 * @param socket  the stream that the request came on; it is watched, and destroyed where no answer is possible
 * @param answer  writes to it
 */
export function upgrade<Context>(
  message: IncomingMessage,
  socket: Duplex,
  answer: HandshakeAnswer,
  policy: UpgradePolicy<Context>,
): void {
  const origin = carrierOf(message, socket);
  const carrier = new StreamCarrier(message, socket, answer, policy.proxyHeaderOf(origin));
  const slot = policy.slotOf(origin);
  if (isExcess(slot)) new Upgrade(carrier, policy, uncountedSlot).start(slot);
  else new Upgrade(carrier, policy, slot).start(undefined);
}

/** Handles one handshake that came without a stream, and has its slot. */
export function upgradeArrived<Context>(carrier: UpgradeCarrier, policy: UpgradePolicy<Context>, slot: Slot): void {
  new Upgrade(carrier, policy, slot).start(undefined);
}

/** The stage of an upgrade. */
type Stage =
  | { readonly kind: 'undecided' }
  /** The decision takes its time. */
  | { readonly kind: 'waiting'; readonly wait: DecisionWait }
  /** No further answer is possible. */
  | { readonly kind: 'over' };

const UNDECIDED: Stage = { kind: 'undecided' };
const OVER: Stage = { kind: 'over' };

/** Calls a task of the application's in its context. */
type Run = (task: () => void) => void;

const runHere: Run = (task) => task();

class Upgrade<Context> implements PendingUpgrade {
  readonly #request: ReceivedUpgrade;
  readonly #signal = new DecisionSignal();
  readonly #carrier: UpgradeCarrier;
  readonly #policy: UpgradePolicy<Context>;
  readonly #slot: Slot;
  readonly #begun: BegunHandshake;
  #stage: Stage = UNDECIDED;

  constructor(carrier: UpgradeCarrier, policy: UpgradePolicy<Context>, slot: Slot) {
    this.#request = new ReceivedUpgrade(carrier, policy, this.#signal);
    this.#carrier = carrier;
    this.#policy = policy;
    this.#slot = slot;
    this.#begun = policy.notes.started(this.#request, carrier.head.rawHeaders);
  }

  /** @param excess  why it is one too many */
  start(excess: Excess | undefined): void {
    const tooMany = excess ?? this.#slot.identify(this.#request.remoteAddress);
    if (this.#slot.hasLeft)
      this.#carrier.socket.destroy(); // its head was late, and it has been answered
    else if (this.#carrier.hasLeft) this.#lose();
    else if (tooMany !== undefined) this.#exceed(tooMany);
    else this.#check();
  }

  #check(): void {
    let offer: HandshakeOffer;
    try {
      offer = this.#readOffer();
    } catch (error) {
      if (!(error instanceof WebSocketError)) throw error;
      const fields = Object.entries(refusalHeaders(error)).flat();
      // Which paths there are is for those who develop.
      const isHidden = error === this.#policy.notFound && !isDevelopment();
      this.#refuseInvalid(refusalFor(error.status ?? 400, isHidden ? 'not found' : error.message, error, fields));
      return;
    }
    const refusal = this.#policy.refusal();
    if (refusal !== undefined) {
      this.refuse(refusal);
      return;
    }
    const full = this.#slot.reserve();
    if (full === undefined) this.#decide(offer);
    else this.#exceed(full);
  }

  /** @throws WebSocketError with the status to refuse with */
  #readOffer(): HandshakeOffer {
    const { maxHeaderCount, origins, notFound } = this.#policy;
    const { head } = this.#carrier;
    if (head.rawHeaders.length > 2 * maxHeaderCount) {
      throw webSocketError('ERR_WS_REQUEST_HEADER_COUNT', maxHeaderCount);
    }
    const offer = checkRequest(head, nodeDigest);
    if (notFound !== undefined) throw notFound;
    if (origins !== undefined) {
      // Node makes `headers` on the first reading: not needed without a list.
      const { origin } = this.#request.headers;
      if (origin !== undefined && !origins.allows(origin)) throw webSocketError('ERR_WS_REQUEST_ORIGIN', origin);
    }
    return offer;
  }

  #decide(offer: HandshakeOffer): void {
    const { subprotocols } = offer;
    this.#request.subprotocols = this.#policy.hasSessions ? applicationOffers(subprotocols) : subprotocols;
    let decision: Decision<Context> | Released | undefined;
    let later: Promise<Decision<Context> | Released> | undefined;
    try {
      const answer = this.#policy.decide?.(this.#request);
      if (isPromiseLike(answer)) later = Promise.resolve(answer);
      else decision = answer;
    } catch (exception) {
      this.#failed(exception);
      return;
    }
    if (later === undefined) this.#decided(decision, offer);
    else this.#waitFor(later, offer);
  }

  #waitFor(decision: Promise<Decision<Context> | Released>, offer: HandshakeOffer): void {
    const { decisionTimeout, pending } = this.#policy;
    const lost = (): void => this.#lose();
    const wait = new DecisionWait(this.#carrier, decisionTimeout, lost, () => this.#timeOut());
    this.#stage = { kind: 'waiting', wait };
    pending.add(this);
    decision.then(
      (value) => this.#decided(value, offer),
      (exception: unknown) => this.#failed(exception),
    );
    // The handler may have ended the service, which has refused those that were waiting then.
    const refusal = this.#policy.refusal();
    if (refusal !== undefined) this.refuse(refusal);
  }

  #decided(decision: Decision<Context> | Released | undefined, offer: HandshakeOffer): void {
    if (this.#stage.kind === 'over') return;
    let checked: Acceptance<Context> | Refusal | Released;
    try {
      checked = checkDecision(decision, offer, this.#policy);
      if (checked.kind === 'accept') checked = this.#withFields(checked, offer);
    } catch (exception) {
      this.#failed(exception);
      return;
    }
    if (checked.kind === 'release') {
      this.#release();
      return;
    }
    if (checked.kind === 'refuse') {
      this.#refuse(checked);
      return;
    }
    const refusal = this.#policy.refusal(); // the handler may have ended the service
    if (refusal === undefined) this.#accept(checked);
    else this.refuse(refusal);
  }

  #accept({ fields, subprotocol, isResumable, deflate, context, limits, streamAbove }: Acceptance<Context>): void {
    this.#end();
    this.#slot.opened();
    let stream: UpgradedStream;
    try {
      stream = this.#carrier.answer.accept(fields);
    } catch (exception) {
      this.#unusable(exception);
      return;
    }
    const { url, remoteAddress, remotePort, encrypted } = this.#request;
    const { compression: settings } = this.#policy;
    const compression = deflate && settings && new MessageCompression('server', deflate, settings, nodeCompression());
    const slot = this.#slot;
    const address = { remoteAddress, remotePort, encrypted };
    const handshake = { url, subprotocol, compression, ...address, context, slot, limits, streamAbove };
    const accepted = this.#policy.notes.accepted(this.#begun, fields);
    if (isResumable) {
      this.#policy.sessionAccepted(stream, { ...handshake, request: this.#request });
      return;
    }
    const { opened } = this.#policy;
    const { message } = this.#carrier;
    this.#policy.accepted(stream, handshake, opened && ((connection) => opened(connection, message)), accepted);
  }

  /** Adds the fields of an owner. @throws for those that cannot be sent, and what the owner throws */
  #withFields(acceptance: Acceptance<Context>, offer: HandshakeOffer): Acceptance<Context> {
    const { accepting } = this.#policy;
    const more = accepting?.(acceptance.fields, this.#carrier.message);
    return more === undefined ? acceptance : withFurtherFields(acceptance, more, offer);
  }

  /** The owner keeps the socket. */
  #release(): void {
    this.#end();
    this.#slot.leave();
  }

  /** The stream has thrown. */
  #unusable(exception: unknown): void {
    this.#slot.leave();
    this.#carrier.socket.destroy();
    const error = webSocketErrorFrom(exception, 'ERR_WS_HANDSHAKE_LOST', 'its stream failed');
    this.#notOpened(error);
  }

  refuse(refusal: Refused): void {
    this.#giveUp(checkRefusal(refusal));
  }

  #timeOut(): void {
    const error = webSocketError('ERR_WS_HANDSHAKE_TIMEOUT', this.#policy.decisionTimeout);
    this.#giveUp(refusalFor(503, 'the server took too long to decide', error));
  }

  /** Refuses without waiting any longer for the decision. */
  #giveUp(refusal: Refusal): void {
    const abort = (): void => this.#signal.abort(refusal.error);
    if (this.#stage.kind === 'waiting') this.#stage.wait.run(abort);
    else abort();
    this.#refuse(refusal);
  }

  /** The application has failed. The client gets 500 without a reason, and the exception is never uncaught. */
  #failed(exception: unknown): void {
    const wasTold = this.#stage.kind !== 'over';
    const { reason } = this.#signal;
    // The handler gave up because its signal told it to.
    if (!wasTold && reason !== undefined && isAbort(exception, reason)) return;
    const error = upgradeFailure(exception);
    this.#refuse(refusalFor(500, 'the server could not decide', error));
    this.#policy.failed(this.#carrier.message, exception, error, wasTold);
  }

  /** As {@link #refuse}, if an owner does not know better. */
  #refuseInvalid(refusal: Refusal): void {
    const { invalid } = this.#policy;
    const { error } = refusal;
    if (invalid === undefined) {
      this.#refuse(refusal);
      return;
    }
    const { message } = this.#carrier;
    try {
      const decision = invalid(message, error);
      if (decision?.kind !== 'release') {
        this.#refuse(decision === undefined ? refusal : { ...checkRefusal(decision), error });
        return;
      }
    } catch (exception) {
      this.#failed(exception);
      return;
    }
    this.#release();
    this.#notOpened(error);
  }

  #exceed(excess: Excess): void {
    const { error } = excess;
    this.#refuseInvalid(refusalFor(error.status ?? 503, error.message, error, retryFields(excess)));
  }

  /** Does nothing if there was an answer before. */
  #refuse({ status, fields, reason, error }: Refusal): void {
    const run = this.#end();
    if (run === undefined) return;
    this.#slot.leave();
    this.#carrier.answer.refuse(status, fields, reason + this.#policy.bodyEnd);
    run(() => this.#notOpened(error));
  }

  /** The client has left. */
  #lose(): void {
    const run = this.#end();
    if (run === undefined) return;
    this.#slot.leave();
    const { socket } = this.#carrier;
    socket.on('error', () => {});
    socket.destroy();
    const error = webSocketError('ERR_WS_HANDSHAKE_LOST', 'the client left');
    run(() => this.#signal.abort(error));
    run(() => this.#notOpened(error));
  }

  /** There is no connection. */
  #notOpened(error: WebSocketError): void {
    this.#policy.notes.notOpened(error, this.#begun);
    this.#policy.refused(this.#carrier.message, error);
  }

  /** No further answer is possible. @returns how to call the application; `undefined` if there was an answer before */
  #end(): Run | undefined {
    const stage = this.#stage;
    if (stage.kind === 'over') return undefined;
    this.#stage = OVER;
    if (stage.kind === 'undecided') return runHere;
    this.#policy.pending.delete(this);
    stage.wait.end();
    return (task) => stage.wait.run(task);
  }
}

function refusalFor(status: number, reason: string, error: WebSocketError, fields: readonly string[] = []): Refusal {
  return { kind: 'refuse', status, fields, reason, error };
}

function isPromiseLike<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
