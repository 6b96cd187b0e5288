// The events of the kit's client and how they reach their listeners: order and shape of §3.6, §3.9 and §3.10 of the kit
// specification. Every kind of session reports through here.

import { afterAnswers } from '../async-callback.ts';
import {
  type AsyncCallback,
  type Callback,
  CONNECT_FAILED,
  clientErrorEvent,
  type ErrorCallback,
  type EventText,
  LINK_DOWN,
} from '../business-error.ts';
import { dropError } from '../dropped-events.ts';
import { type ListenerTable, NOTHING, notify, notifyPair } from '../listeners.ts';
import { deliverable, deliverableCopy } from '../payload.ts';
import type { CloseResult, OpenResult, ResponseHeaders, WebSocketOpenInfo } from '../types.ts';
import type { Session } from './session.ts';

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
  ended(session: Session): void;
}

/**
 * `open` and `openInfo`.
 *
 * @param protocol  the subprotocol that the server selected, `''` for none
 */
export function reportOpen(events: ClientEvents, status: number, message: string, protocol: string): void {
  const { listeners, staticListeners } = events;
  if (listeners.open !== undefined) notifyPair(listeners.open, NOTHING, { status, message });
  if (staticListeners.open !== undefined) notify(staticListeners.open, { status, message });
  if (listeners.openInfo !== undefined) {
    notifyPair(listeners.openInfo, NOTHING, { status, message, ...(protocol === '' ? undefined : { protocol }) });
  }
}

/** `message` and `dataEnd`; neither without a listener of `message`. The bytes become the application's. */
export function reportMessage(events: ClientEvents, data: string | Uint8Array): void {
  const { listeners, staticListeners } = events;
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

/**
 * The last event of a session that did not open: the object is free, then `error`.
 *
 * @param isAnswered  the call of `connect` was told already
 */
export function reportFailure(
  events: ClientEvents,
  session: Session,
  status: number,
  cause: unknown,
  isAnswered = false,
): void {
  events.ended(session);
  reportError(events, CONNECT_FAILED, status, cause, !isAnswered);
}

/**
 * The last events of a session that was opened, or closed while it connected: the object is free, then `error` for an end
 * that nobody asked for, then `close`.
 */
export function reportEnd(events: ClientEvents, session: Session, result: CloseResult, failure?: unknown): void {
  const { listeners, staticListeners } = events;
  events.ended(session);
  if (failure !== undefined)
    reportError(events, LINK_DOWN, 0, failure, listeners.close === undefined && staticListeners.close === undefined);
  if (listeners.close !== undefined) notifyPair(listeners.close, NOTHING, { ...result });
  if (staticListeners.close !== undefined) notifyPair(staticListeners.close, NOTHING, { ...result });
}

/**
 * An address of no host: there is nothing to connect to, and `error` says so like for a name that does not exist.
 *
 * @param problem  a sentence
 */
export function failToNowhere(events: ClientEvents, problem: string): void {
  afterAnswers(() => reportError(events, CONNECT_FAILED, 0, problem, false));
}

/** @param isOnlyWord  nothing else tells the application of it */
function reportError(events: ClientEvents, text: EventText, status: number, cause: unknown, isOnlyWord: boolean): void {
  const { listeners, staticListeners } = events;
  if (listeners.error === undefined && staticListeners.error === undefined) {
    dropError('WebSocket', clientErrorEvent(text, status, cause), isOnlyWord);
    return;
  }
  if (listeners.error !== undefined) notify(listeners.error, clientErrorEvent(text, status, cause));
  if (staticListeners.error !== undefined) notify(staticListeners.error, clientErrorEvent(text, status, cause));
}
