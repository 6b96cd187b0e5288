// The events of the kit's client and how they reach their listeners: their order and shape (kit specification §3.6, §3.9,
// §3.10).

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
import { afterAnswers } from './answers.ts';
import type { OpenResponse } from './link.ts';

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

/** Events by the names of ArkTS-static. `open` has another shape there. */
export type StaticClientListeners = Omit<ClientListeners, 'open' | 'openInfo'> & { open: Callback<OpenResult> };

/** The listeners of a client object, which outlive its sessions. */
export interface ClientEvents {
  readonly listeners: ListenerTable<ClientListeners>;
  readonly staticListeners: ListenerTable<StaticClientListeners>;
}

/** Delivers `headerReceive` where headers are known, `open` and `openInfo`. Each listener gets objects of its own. */
export function reportOpen(events: ClientEvents, { status, message, protocol, headers }: OpenResponse): void {
  const { listeners, staticListeners } = events;
  if (headers !== undefined) {
    if (listeners.headerReceive !== undefined) notify(listeners.headerReceive, headers());
    if (staticListeners.headerReceive !== undefined) notify(staticListeners.headerReceive, headers());
  }
  if (listeners.open !== undefined) notifyPair(listeners.open, NOTHING, { status, message });
  if (staticListeners.open !== undefined) notify(staticListeners.open, { status, message });
  if (listeners.openInfo !== undefined) {
    notifyPair(listeners.openInfo, NOTHING, { status, message, ...(protocol === '' ? undefined : { protocol }) });
  }
}

/** Delivers `message` and `dataEnd`, both only if `message` has a listener. The bytes become the application's. */
export function reportMessage(events: ClientEvents, data: string | Uint8Array): void {
  const { listeners, staticListeners } = events;
  if (staticListeners.message === undefined) {
    if (listeners.message === undefined) return;
    notifyPair(listeners.message, NOTHING, deliverable(data));
  } else {
    // Each of the two listeners owns what it gets. The first one may transfer its buffer.
    const second = deliverableCopy(data);
    notifyPair(listeners.message, NOTHING, deliverable(data));
    notifyPair(staticListeners.message, NOTHING, second);
  }
  notify(listeners.dataEnd, undefined);
  notify(staticListeners.dataEnd, undefined);
}

/**
 * Delivers the `error` of a `connect` that did not open.
 *
 * @param status      HTTP status of the response; 0 without one
 * @param isAnswered  the call of `connect` was answered with an error already
 */
export function reportFailure(events: ClientEvents, status: number, cause: unknown, isAnswered: boolean): void {
  reportError(events, CONNECT_FAILED, status, cause, !isAnswered);
}

/** Delivers `error` for an end that nobody asked for (`failure`), then `close`. */
export function reportEnd(events: ClientEvents, result: CloseResult, failure?: unknown): void {
  const { listeners, staticListeners } = events;
  if (failure !== undefined)
    reportError(events, LINK_DOWN, 0, failure, listeners.close === undefined && staticListeners.close === undefined);
  if (listeners.close !== undefined) notifyPair(listeners.close, NOTHING, { ...result });
  if (staticListeners.close !== undefined) notifyPair(staticListeners.close, NOTHING, { ...result });
}

/**
 * Delivers the `error` of an address without a host, which fails like a name that does not exist.
 *
 * @param problem  a sentence
 */
export function reportNoHost(events: ClientEvents, problem: string): void {
  afterAnswers(() => reportError(events, CONNECT_FAILED, 0, problem, false));
}

/** @param isOnlyNotice  no other event or answer tells the application of it */
function reportError(
  events: ClientEvents,
  text: EventText,
  status: number,
  cause: unknown,
  isOnlyNotice: boolean,
): void {
  const { listeners, staticListeners } = events;
  if (listeners.error === undefined && staticListeners.error === undefined) {
    dropError('WebSocket', clientErrorEvent(text, status, cause), isOnlyNotice);
    return;
  }
  if (listeners.error !== undefined) notify(listeners.error, clientErrorEvent(text, status, cause));
  if (staticListeners.error !== undefined) notify(staticListeners.error, clientErrorEvent(text, status, cause));
}
