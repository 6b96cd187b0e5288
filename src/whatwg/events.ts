// The classes of the events: the platform's where it has them, so that `instanceof` holds in both directions, and ours
// elsewhere. Node 20 and 22 have no CloseEvent.
//
// Interfaces and not classes for TypeScript, so that they fit those of other declarations (lib.dom, undici-types) wherever a
// program mixes them.

// biome-ignore-all lint/suspicious/noExplicitAny: as in the declarations that they have to fit

import { inspectAs } from './inspection.ts';
import { ownCloseEvent } from './own-close-event.ts';

/** What listeners of `message` get. */
export interface MessageEvent<Data = any> extends Event {
  /** A string, or binary data in the form of `binaryType`. */
  readonly data: Data;
  /** Scheme, host and port of the URL: `wss://example.org`. */
  readonly origin: string;
  /** Always `''`. */
  readonly lastEventId: string;
  /** Always `null`. */
  readonly source: any;
  /** Always empty. */
  readonly ports: readonly any[];
  /** Of old programs; without effect on an event of this package. */
  initMessageEvent(
    type: string,
    bubbles?: boolean,
    cancelable?: boolean,
    data?: any,
    origin?: string,
    lastEventId?: string,
    source?: any,
    ports?: any[],
  ): void;
}

/** Second argument of `new MessageEvent`. */
export interface MessageEventInit<Data = any> {
  /** Default `false`. */
  bubbles?: boolean;
  /** Default `false`. */
  cancelable?: boolean;
  /** Default `false`. */
  composed?: boolean;
  /** Default `null`. */
  data?: Data;
  /** Default `''`. */
  origin?: string;
  /** Default `''`. */
  lastEventId?: string;
  /** Default `null`. */
  source?: any;
  /** Default empty. */
  ports?: any[];
}

/** The class of events of type `message`. */
export interface MessageEventConstructor {
  /** @param type  the name of the event: `message` */
  new <Data = any>(type: string, init?: MessageEventInit<Data>): MessageEvent<Data>;
  readonly prototype: MessageEvent;
}

/** What listeners of `close` get. */
export interface CloseEvent extends Event {
  /** The code of the peer's Close frame; 1005 if it had none; 1006 if no Close frame came, or if this end failed the connection. */
  readonly code: number;
  /** The reason of the peer's Close frame; otherwise `''`. */
  readonly reason: string;
  /** Whether Close frames went both ways (RFC 6455 §7.1.4). */
  readonly wasClean: boolean;
}

/** Second argument of `new CloseEvent`. */
export interface CloseEventInit {
  /** Default `false`. */
  bubbles?: boolean;
  /** Default `false`. */
  cancelable?: boolean;
  /** Default `false`. */
  composed?: boolean;
  /** Default 0. */
  code?: number;
  /** Default `''`. */
  reason?: string;
  /** Default `false`. */
  wasClean?: boolean;
}

/** The class of events of type `close`. */
export interface CloseEventConstructor {
  /** @param type  the name of the event: `close` */
  new (type: string, init?: CloseEventInit): CloseEvent;
  readonly prototype: CloseEvent;
}

/**
 * What listeners of `error` get: an `Event`, as the standard says. The web tells a page nothing of the cause; a program
 * needs it. The members are optional because events of browsers do not have them: events of this package always do.
 */
export interface FailureEvent extends Event {
  /** What failed, in words. */
  readonly message?: string;
  /** The `WebSocketError` of `harmony-websocket/engine`, with its `code`; what a Blob failed with that could not be read. */
  readonly error?: any;
}

const platform = globalThis as { readonly CloseEvent?: unknown; readonly MessageEvent: unknown };

/** The class of events of type `close`: the platform's where it has one. */
export const CloseEvent = (platform.CloseEvent ?? ownCloseEvent()) as CloseEventConstructor;

/** The class of events of type `message`: the platform's. */
export const MessageEvent = platform.MessageEvent as MessageEventConstructor;

/** An event of type `error`: a plain Event, as the standard says, that also tells a program the cause. */
export function failureEvent(message: string, error: unknown): FailureEvent {
  const event = new Event('error');
  Object.defineProperty(event, 'message', { value: message, configurable: true, writable: true });
  Object.defineProperty(event, 'error', { value: error, configurable: true, writable: true });
  inspectAs(event, 'Event', ({ type }: Event) => ({ type, message, error }));
  return event;
}
