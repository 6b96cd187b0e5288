// The end of a connection: every transition of its state, one method for each event of closing-table.ts. It knows which
// Close frames were sent and received and why TCP was cut. An open connection has no such object: it is made by the
// first event.

import { Opcode } from '../constants.ts';
import { WebSocketError, webSocketError, webSocketErrorFrom } from '../errors.ts';
import type { MessageCompression } from '../extension/message-compression.ts';
import { type Close, closePayload, fitCloseReason, isSendableCloseCode } from '../frame/close-payload.ts';
import type { Outbox } from '../message/outbox.ts';
import type { Transport } from '../ports.ts';
import type { CloseEvent } from './close-event.ts';
import { type ClosingEvent, closingTable, type Stage } from './closing-table.ts';
import type { Deadlines } from './deadlines.ts';
import { type Noted, noteClose, noteError } from './noting.ts';
import type { ConnectionOptions } from './options.ts';
import type { Outgoing } from './outgoing.ts';
import { type ConnectionState, closeEvent, OPEN } from './state.ts';
import { unexpectedError } from './unexpected.ts';

/** What the application is told of the end of its connection. */
interface EndReports {
  closing(): void;
  error(error: WebSocketError): void;
  close(event: CloseEvent): void;
}

/** The connection that ends. */
export interface ClosingOwner extends Noted {
  readonly options: ConnectionOptions;
  readonly transport: Transport;
  readonly compression: MessageCompression | undefined;
  readonly deadlines: Deadlines;
  readonly reports: EndReports;
  /** What it sends with at present. */
  readonly lent: Outgoing | undefined;
  /** What it sends with, lent now if need be. */
  takeOutgoing(): Outgoing;
  /** The application gets nothing more of the peer. */
  stopDelivering(): void;
  /** Reads nothing more, and lets go of what it holds of a message. */
  stopReceiving(): void;
  /** Reads again, for whatever reason reading was stopped: the peer's Close frame must be seen. */
  readOn(): void;
}

export class Closing {
  readonly #owner: ClosingOwner;
  #stage: Stage = 'open';
  #state: ConnectionState = OPEN;
  /** Our Close frame: it is in the outbox, or has left it. */
  #sent: Close | undefined;
  /** Why we cut TCP, in words. */
  #cut: string | undefined;
  /** An unexpected exception was thrown. If there is another one, TCP is cut at once. */
  #isBroken = false;

  constructor(owner: ClosingOwner) {
    this.#owner = owner;
  }

  get stage(): Stage {
    return this.#stage;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get isOpen(): boolean {
    return this.#stage === 'open';
  }

  /** Whether the application is told what the peer sends. */
  get isDelivering(): boolean {
    return this.#stage === 'open' || this.#stage === 'goingAway';
  }

  /** Whether nothing is read any more: the connection failed, or the peer's Close frame came (RFC 6455 §1.4, §7.1.7). */
  get isDeaf(): boolean {
    return this.#stage !== 'closing' && !this.isDelivering;
  }

  // ── The events ─────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * The application calls `close()`.
   *
   * @throws WebSocketError as {@link closePayload}
   */
  closedByApplication(close: Close): void {
    this.#startHandshake('close', close);
    this.#owner.stopDelivering();
  }

  /**
   * The host closes.
   *
   * @throws WebSocketError as {@link closePayload}
   */
  closedByHost(close: Close): void {
    this.#startHandshake('goAway', close);
  }

  /** The application calls `terminate()`. */
  terminated(): void {
    if (this.#stage === 'closed') return;
    this.#owner.stopDelivering();
    if (this.isOpen) this.#becomeFailed('terminate', webSocketError('ERR_WS_TERMINATED'));
    else this.#move('terminate');
    this.#destroy();
  }

  /** A Close frame of the peer arrives. RFC 6455 §5.5.1: one that we did not ask for is answered with its own payload. */
  closedByPeer(received: Close): void {
    const { code } = received;
    if (code !== undefined && !isSendableCloseCode(code)) {
      this.failed(webSocketError('ERR_WS_CLOSE_CODE', code), received.reason);
      return;
    }
    this.#owner.stopReceiving();
    this.#move('peerClose');
    const state = this.#state;
    if (this.#stage === 'answered' && state.kind === 'closing' && state.startedBy === 'local') {
      this.#state = { ...state, received };
      this.#finishSending(state.sent);
    } else if (this.#stage === 'peerClosed') {
      this.#state = { kind: 'closing', startedBy: 'peer', received };
      this.#owner.reports.closing();
      this.#finishSending(received);
    }
  }

  /**
   * RFC 6455 §7.1.7 Fail the WebSocket Connection: one Close frame, one report, nothing read afterwards. Messages that
   * still wait are dropped.
   *
   * @param peerReason  of the Close frame that was the violation
   */
  failed(error: WebSocketError, peerReason = ''): void {
    if (this.#hasFailed || this.#stage === 'closed') return;
    const outgoing = this.#owner.takeOutgoing();
    const { outbox } = outgoing;
    const { text } = this.#owner.host;
    outbox.flush();
    if (this.#hasFailed) return; // by what that has thrown
    if (!this.#hasCloseLeft(outbox)) {
      outgoing.drop(webSocketError('ERR_WS_DROPPED', 'the connection failed'));
      try {
        this.#queueClose({ code: error.closeCode, reason: fitCloseReason(error.message, text) });
      } catch {
        // There is not even memory for a Close frame. The caller may have other connections to send to: nothing is thrown.
        this.lost(error, peerReason);
        return;
      }
    }
    this.#becomeFailed('fail', error, peerReason, outbox);
    this.#waitForEnd(false);
    outbox.end();
  }

  /**
   * Something was thrown while this connection was worked on: it fails, and no other connection does.
   *
   * @param isIncoming  whether it was thrown while a message of the peer was read
   */
  failedBy(exception: unknown, isIncoming: boolean): void {
    const error = unexpectedError(exception, isIncoming);
    const isAgain = this.#isBroken;
    this.#isBroken = !(exception instanceof WebSocketError);
    if (!isAgain) {
      try {
        this.failed(error);
        return;
      } catch {
        // What ends it has thrown too, for example its transport.
      }
    }
    this.lost(error);
  }

  /** The peer cannot be told. */
  lost(error: WebSocketError, peerReason = ''): void {
    try {
      if (!this.isDeaf) this.#becomeFailed('lose', error, peerReason);
    } finally {
      this.#destroy();
    }
  }

  /** The peer ends its direction of TCP. */
  tcpEnded(): void {
    if (this.isOpen) {
      this.#becomeFailed('tcpEnd', webSocketError('ERR_WS_LOST', 'the peer ended TCP'));
      this.#destroy();
    } else if (this.#stage !== 'closed') {
      // RFC 6455 §7.1.1: a client has waited for this. A peer that never sent a Close frame gets what is queued first.
      const { outbox, backlog } = this.#owner.takeOutgoing();
      backlog?.catchUp();
      outbox.end();
    }
  }

  /** `closeTimeout` has passed. */
  timedOut(): void {
    if (this.#owner.lent?.backlog !== undefined) {
      this.#owner.lent.backlog.catchUp(); // our own Close frame has not left
      return;
    }
    this.#cut = `no Close from the peer within closeTimeout, ${this.#owner.options.closeTimeout} ms`;
    this.#destroy();
  }

  /** TCP is gone. */
  tcpGone(error: Error | undefined): void {
    if (this.#stage === 'closed') return;
    const cause = this.#cut ?? error?.message ?? 'TCP was closed';
    if (this.isOpen) this.#becomeFailed('lose', webSocketErrorFrom(error, 'ERR_WS_LOST', cause));
    const { lent, deadlines, compression, reports } = this.#owner;
    // RFC 6455 §7.1.4: the end is clean if Close frames went both ways. Ours did not if it waits here or in the transport.
    const event = closeEvent(this.#state, this.#sent !== undefined && lent?.outbox.size === 0, cause);
    this.#move('tcpGone');
    this.#state = { kind: 'closed', event };
    deadlines.clear();
    try {
      this.#owner.stopReceiving();
      lent?.abandon(webSocketError('ERR_WS_DROPPED', 'the connection is closed'));
      compression?.close();
    } finally {
      noteClose(this.#owner, event);
      reports.close(event);
    }
  }

  // ── What they do ───────────────────────────────────────────────────────────────────────────────────────────────

  #move(event: ClosingEvent): void {
    this.#stage = closingTable[this.#stage][event] ?? this.#stage;
  }

  get #hasFailed(): boolean {
    return this.#stage === 'failed';
  }

  #hasCloseLeft(outbox: Outbox): boolean {
    return this.#sent !== undefined && outbox.waiting === 0;
  }

  /** RFC 6455 §7.1.2. Harmless if the connection is not open. */
  #startHandshake(event: 'close' | 'goAway', close: Close): void {
    closePayload(close, this.#owner.host.text); // throws for an invalid code or reason before anything is done
    const wasOpen = this.isOpen;
    this.#move(event);
    if (!wasOpen) return;
    this.#state = { kind: 'closing', startedBy: 'local', sent: close };
    this.#owner.reports.closing();
    const backlog = this.#owner.lent?.backlog;
    try {
      backlog?.dropStreams(webSocketError('ERR_WS_DROPPED', 'this end closed the connection'));
      this.#queueClose(close);
    } finally {
      this.#waitForEnd(true); // even without memory for the frame
    }
  }

  #queueClose(close: Close): void {
    const backlog = this.#owner.lent?.backlog;
    if (backlog === undefined) {
      this.#queueCloseNow(close);
      return;
    }
    const begin = (): boolean => {
      this.#queueCloseNow(close);
      this.#waitForEnd(true);
      return true;
    };
    backlog.add({ kind: 'close', size: 0, begin, drop: () => {} });
  }

  #queueCloseNow(close: Close): void {
    this.#owner.takeOutgoing().sender.queueControl(Opcode.close, closePayload(close, this.#owner.host.text));
    this.#sent = close;
    this.#owner.meter.closeSent(close.code);
  }

  /**
   * The peer reads no further message. What has begun is finished, the rest is dropped, and a Close frame is the last one,
   * unless ours has left already. Then the server ends TCP (RFC 6455 §7.1.1), and a client waits for that.
   */
  #finishSending(close: Close): void {
    const outgoing = this.#owner.takeOutgoing();
    const { outbox } = outgoing;
    outbox.flush();
    if (this.#hasFailed) return; // by what that has thrown
    if (!this.#hasCloseLeft(outbox)) {
      if (outbox.waiting > 0 || outgoing.backlog !== undefined) {
        outgoing.drop(webSocketError('ERR_WS_DROPPED', 'the peer closed the connection'));
      }
      this.#queueClose(close);
    }
    this.#waitForEnd(true);
    if (this.#owner.options.role === 'server') outbox.end();
  }

  /** @param outbox  with our Close frame, which leaves before the application is told: it may call `terminate()` then */
  #becomeFailed(event: ClosingEvent, error: WebSocketError, reason = '', outbox?: Outbox): void {
    const wasOpen = this.isOpen;
    this.#move(event);
    this.#state = { kind: 'closing', startedBy: 'failure', error, reason };
    this.#owner.stopReceiving();
    noteError(this.#owner, error);
    outbox?.flush();
    // After a close() of its own the application waits only for `close`, which tells the error as well.
    if (!wasOpen) return;
    this.#owner.reports.closing();
    this.#owner.reports.error(error);
  }

  /**
   * From here on the next step of the closing handshake, or the end of TCP, is waited for, but not for ever.
   *
   * @param isPatient  see {@link Deadlines.closing}
   */
  #waitForEnd(isPatient: boolean): void {
    this.#owner.deadlines.closing(isPatient);
    this.#owner.readOn();
  }

  #destroy(): void {
    this.#owner.deadlines.clear();
    this.#owner.transport.destroy();
  }
}
