// One `connect` of a client and what came of it: an engine connection in its making, open, or closing. It turns what the
// engine reports into the events of the kit, in the order of §3.6 of the kit specification.
//
//   connecting ──open──▶ open ──close(), peer's Close, loss──▶ (engine closes) ──▶ ended: [error] close
//    │  │
//    │  └─failure──▶ ended: error
//    └────close()──▶ aborted ──▶ ended: close
//
// "Ended" means that the object is free for another `connect` before the last event is delivered.

import type { ClientConnection } from '../client/client-connection.ts';
import { connect } from '../client/connect.ts';
import type { ConnectOptions } from '../client/options.ts';
import type { CloseEvent } from '../core/connection/options.ts';
import { WebSocketError } from '../core/errors.ts';
import { afterAnswers, type PendingCall } from './async-callback.ts';
import {
  type AsyncCallback,
  businessError,
  type Callback,
  CONNECT_FAILED,
  clientErrorEvent,
  type ErrorCallback,
  type EventText,
  LINK_DOWN,
} from './business-error.ts';
import { endingOf, startClosing } from './close-result.ts';
import { responseHeaders } from './headers.ts';
import { type ListenerTable, NOTHING, notify, notifyPair } from './listeners.ts';
import { deliverable, deliverableCopy, type Payload, snapshot } from './payload.ts';
import type { CloseResult, OpenResult, ResponseHeaders, WebSocketOpenInfo } from './types.ts';

/** Events of `on` and `off`. */
export interface ClientListeners {
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  open: AsyncCallback<Object>;
  openInfo: AsyncCallback<WebSocketOpenInfo>;
  message: AsyncCallback<string | ArrayBuffer>;
  close: AsyncCallback<CloseResult>;
  error: ErrorCallback;
  dataEnd: Callback<void>;
  headerReceive: Callback<ResponseHeaders>;
}

/** Events of the names of ArkTS-static; `open` differs in its shape. */
export type StaticClientListeners = Omit<ClientListeners, 'open' | 'openInfo'> & { open: Callback<OpenResult> };

/** Where a session reports. The tables belong to the object and outlive it. */
export interface ClientEvents {
  readonly listeners: ListenerTable<ClientListeners>;
  readonly staticListeners: ListenerTable<StaticClientListeners>;
  /** The session is over: another may begin. Called before its last event. */
  ended(session: ClientSession): void;
}

type State =
  /** `queue`: messages sent before the opening. */
  | { readonly kind: 'connecting'; readonly abort: AbortController; readonly queue: Payload[] }
  | { readonly kind: 'aborted' }
  /** `requested`: what the application closed the connection with. */
  | { readonly kind: 'open'; readonly connection: ClientConnection; requested?: CloseResult };

export class ClientSession {
  readonly #events: ClientEvents;
  readonly #call: PendingCall;
  #state: State = { kind: 'connecting', abort: new AbortController(), queue: [] };

  /**
   * Starts connecting.
   *
   * @param call  the call of `connect`, settled once the host name is resolved
   */
  constructor(events: ClientEvents, call: PendingCall, url: string, options: ConnectOptions) {
    this.#events = events;
    this.#call = call;
    void this.#connect(url, options);
  }

  /** @returns whether the payload was taken: the connection is open, or in its making */
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

  /** @returns whether closing began; not so when it began before, at whichever end */
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
        afterAnswers(() => this.#end(requested));
        return true;
      case 'aborted':
        return false;
    }
  }

  async #connect(url: string, options: ConnectOptions): Promise<void> {
    const state = this.#state;
    if (state.kind !== 'connecting') return;
    try {
      await connect(url, {
        ...options,
        signal: state.abort.signal,
        handlers: {
          resolved: () => this.#call.settle(),
          open: (connection) => this.#opened(connection, state.queue),
          message: (connection, data) => this.#message(connection, data),
          close: (_connection, event) => this.#closed(event),
        },
      });
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    if (this.#state.kind !== 'connecting') return;
    const { code, status = 0 } = error instanceof WebSocketError ? error : {};
    if (code === 'ERR_WS_OPTION') {
      // A setting that only the engine could judge, such as a proxy of the environment: like any other bad argument.
      this.#events.ended(this);
      this.#call.settle(businessError('unknown', error));
      return;
    }
    this.#call.settle(code === 'ERR_WS_NAME_NOT_RESOLVED' ? businessError('connectFailed', error) : undefined);
    afterAnswers(() => {
      // close() may have come in between.
      if (this.#state.kind !== 'connecting') return;
      this.#events.ended(this);
      reportError(this.#events, CONNECT_FAILED, status, error);
    });
  }

  #opened(connection: ClientConnection, queue: readonly Payload[]): void {
    this.#state = { kind: 'open', connection };
    for (const payload of queue) connection.send(payload);

    const { listeners, staticListeners } = this.#events;
    const { rawHeaders, status, statusText: message } = connection.response;
    if (listeners.headerReceive !== undefined) notify(listeners.headerReceive, responseHeaders(rawHeaders));
    if (staticListeners.headerReceive !== undefined) notify(staticListeners.headerReceive, responseHeaders(rawHeaders));
    if (listeners.open !== undefined) notifyPair(listeners.open, NOTHING, { status, message });
    if (staticListeners.open !== undefined) notify(staticListeners.open, { status, message });
    if (listeners.openInfo !== undefined) {
      const { subprotocol } = connection;
      const protocol = subprotocol === '' ? undefined : { protocol: subprotocol };
      notifyPair(listeners.openInfo, NOTHING, { status, message, ...protocol });
    }
  }

  #message(connection: ClientConnection, data: string | Uint8Array): void {
    // After our Close nothing is delivered; before it, whatever was still in flight is.
    if (connection.closeFrameSent) return;
    const { listeners, staticListeners } = this.#events;
    if (staticListeners.message === undefined) {
      if (listeners.message === undefined) return;
      notifyPair(listeners.message, NOTHING, deliverable(data));
    } else {
      // Two listeners, and each owns what it gets: the first may already have transferred its buffer.
      const second = deliverableCopy(data);
      notifyPair(listeners.message, NOTHING, deliverable(data));
      notifyPair(staticListeners.message, NOTHING, second);
    }
    notify(listeners.dataEnd, undefined);
    notify(staticListeners.dataEnd, undefined);
  }

  #closed(event: CloseEvent): void {
    const { result, failure } = endingOf(event, this.#state.kind === 'open' ? this.#state.requested : undefined);
    // The engine reports a failure at once and the end when TCP is gone. Here both come at the end, when the object is
    // free, so that a listener of either may connect again.
    this.#end(result, failure);
  }

  #end(result: CloseResult, failure?: WebSocketError): void {
    const { listeners, staticListeners } = this.#events;
    this.#events.ended(this);
    if (failure !== undefined) reportError(this.#events, LINK_DOWN, 0, failure);
    if (listeners.close !== undefined) notifyPair(listeners.close, NOTHING, { ...result });
    if (staticListeners.close !== undefined) notifyPair(staticListeners.close, NOTHING, { ...result });
  }
}

/** An address of no host: there is nothing to connect to, and `error` says so like for a name that does not exist. */
export function failToNowhere(events: ClientEvents): void {
  afterAnswers(() => reportError(events, CONNECT_FAILED, 0));
}

function reportError(events: ClientEvents, text: EventText, status: number, cause?: unknown): void {
  const { listeners, staticListeners } = events;
  if (listeners.error !== undefined) notify(listeners.error, clientErrorEvent(text, status, cause));
  if (staticListeners.error !== undefined) notify(staticListeners.error, clientErrorEvent(text, status, cause));
}
