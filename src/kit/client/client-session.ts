// One `connect` of a client and what came of it: an engine connection in its making, open, or closing. It turns what the
// engine reports into the events of the kit, in the order of §3.6 of the kit specification.
//
//   connecting ──open──▶ open ──close(), peer's Close, loss──▶ (engine closes) ──▶ ended: [error] close
//    │  │
//    │  └─failure──▶ ended: error
//    └────close()──▶ aborted ──▶ ended: close
//
// "Ended" means that the object is free for another `connect` before the last event is delivered.

import type { ClientConnection } from '../../client/client-connection.ts';
import { connect } from '../../client/connect.ts';
import type { ClientHandlers, ConnectOptions } from '../../client/options.ts';
import type { CloseEvent } from '../../core/connection/close-event.ts';
import { WebSocketError } from '../../core/errors.ts';
import { nodeContexts } from '../../node/contexts.ts';
import { networkClock } from '../../node/network.ts';
import { afterAnswers, type PendingCall } from '../async-callback.ts';
import { businessError } from '../business-error.ts';
import { endingOf, startClosing } from '../close-result.ts';
import { nameKitOptions } from '../engine-wording.ts';
import { notify } from '../listeners.ts';
import { isOwn, reportFailed } from '../own-errors.ts';
import { type Payload, snapshot } from '../payload.ts';
import type { CloseResult } from '../types.ts';
import { type ClientEvents, reportEnd, reportFailure, reportMessage, reportOpen } from './client-events.ts';
import { responseHeaders } from './headers.ts';
import type { Session } from './session.ts';

type State =
  /** `queue`: messages sent before the opening. */
  | { readonly kind: 'connecting'; readonly abort: AbortController; readonly queue: Payload[] }
  | { readonly kind: 'aborted' }
  /** `requested`: what the application closed the connection with. */
  | { readonly kind: 'open'; readonly connection: ClientConnection; requested?: CloseResult };

export class ClientSession implements Session {
  readonly #events: ClientEvents;
  readonly #call: PendingCall;
  /** Where `connect` was called, and events are told. */
  readonly #context = nodeContexts.capture();
  #state: State = { kind: 'connecting', abort: new AbortController(), queue: [] };

  /**
   * Starts connecting.
   *
   * @param call          the call of `connect`, settled once the host name is resolved
   * @param pongDeadline  milliseconds without a pong after which the connection is dropped; absent: never
   */
  constructor(
    events: ClientEvents,
    call: PendingCall,
    url: string,
    options: ConnectOptions,
    pongDeadline: number | undefined,
  ) {
    this.#events = events;
    this.#call = call;
    void this.#connect(url, options, pongDeadline);
  }

  send(payload: Payload): boolean {
    const state = this.#state;
    switch (state.kind) {
      case 'open':
        if (state.requested !== undefined || !state.connection.isOpen) return false;
        state.connection.send(payload);
        return true;
      case 'connecting':
        state.queue.push(snapshot(payload));
        return true;
      case 'aborted':
        return false;
    }
  }

  close(requested: CloseResult): boolean {
    const state = this.#state;
    switch (state.kind) {
      case 'open':
        if (state.requested !== undefined || !state.connection.isOpen) return false;
        state.requested = requested;
        startClosing(state.connection, requested);
        return true;
      case 'connecting':
        this.#state = { kind: 'aborted' };
        this.#call.settle();
        state.abort.abort();
        afterAnswers(() => nodeContexts.run(this.#context, () => reportEnd(this.#events, this, requested)));
        return true;
      case 'aborted':
        return false;
    }
  }

  async #connect(url: string, options: ConnectOptions, pongDeadline: number | undefined): Promise<void> {
    const state = this.#state;
    if (state.kind !== 'connecting') return;
    const handlers: ClientHandlers = {
      resolved: () => this.#call.settle(),
      open: (connection) => this.#opened(connection, state.queue),
      message: (_connection, data) => reportMessage(this.#events, data),
      close: (_connection, event) => this.#closed(event),
      failed: reportFailed,
    };
    try {
      await connect(url, {
        ...options,
        signal: state.abort.signal,
        handlers: pongDeadline === undefined ? handlers : withPongDeadline(handlers, pongDeadline),
      });
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    if (this.#state.kind !== 'connecting') return;
    if (error instanceof WebSocketError) nameKitOptions(error);
    const { code, status = 0 } = error instanceof WebSocketError ? error : {};
    if (code === 'ERR_WS_OPTION') {
      // A setting that only the engine could judge, such as a proxy of the environment: like any other bad argument.
      this.#events.ended(this);
      this.#call.settle(businessError('unknown', error));
      return;
    }
    const isNowhere = code === 'ERR_WS_NAME_NOT_RESOLVED';
    this.#call.settle(isNowhere ? businessError('connectFailed', error) : undefined);
    afterAnswers(() => {
      // close() may have come in between.
      if (this.#state.kind !== 'connecting') return;
      // What the kit itself refused on the way, such as the host that a redirect leads to, is in the engine's error.
      const own = error instanceof WebSocketError && isOwn(error.cause) ? error.cause : error;
      reportFailure(this.#events, this, status, own, isNowhere);
    });
  }

  #opened(connection: ClientConnection, queue: readonly Payload[]): void {
    this.#state = { kind: 'open', connection };
    for (const payload of queue) connection.send(payload);

    const { listeners, staticListeners } = this.#events;
    const { rawHeaders, status, statusText: message } = connection.response;
    if (listeners.headerReceive !== undefined) notify(listeners.headerReceive, responseHeaders(rawHeaders));
    if (staticListeners.headerReceive !== undefined) notify(staticListeners.headerReceive, responseHeaders(rawHeaders));
    reportOpen(this.#events, status, message, connection.subprotocol);
  }

  #closed(event: CloseEvent): void {
    const { result, failure } = endingOf(event, this.#state.kind === 'open' ? this.#state.requested : undefined);
    // The engine reports a failure at once and the end when TCP is gone. Here both come at the end, when the object is
    // free, so that a listener of either may connect again.
    reportEnd(this.#events, this, result, failure);
  }
}

/** S9 of the kit specification: a device whose `pongTimeout` is 0 takes the time of the next ping for that of its answer. */
function withPongDeadline(handlers: ClientHandlers, milliseconds: number): ClientHandlers {
  let connection: ClientConnection | undefined;
  const timer = networkClock.timer({ expired: () => connection?.terminate() });
  return {
    ...handlers,
    open(opened) {
      connection = opened;
      timer.set(milliseconds);
      handlers.open?.(opened);
    },
    pong: () => timer.set(milliseconds),
    close(closed, event) {
      timer.clear();
      handlers.close?.(closed, event);
    },
  };
}
