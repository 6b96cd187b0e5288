// The channels of node:diagnostics_channel that this package publishes on: what tools that are loaded beside an application, such
// as those for traces, subscribe to without a line of its code. Nothing is made or called while a channel has no subscriber.
//
// The last words of the names are those that undici uses (open, close, ping, pong) where they mean the same. undici's own channels
// (`undici:websocket:open` …) are not used: their messages hold a WebSocket of undici, by which their subscribers tell connections
// apart, and a subscriber would take ours for that library's.

import { type Channel, channel } from 'node:diagnostics_channel';
import { Opcode } from '../core/constants.ts';
import type { WebSocketError } from '../core/errors.ts';
import type { Direction, ObservedClose, ObservedRequest, Observer } from '../core/observer.ts';
import { followSubscriptions } from './channel-subscriptions.ts';

/** What is published, by the name of the channel. `connection` is the one that handlers get. */
export interface ChannelMessages {
  /** A handshake begins. `request` is the same object in all messages about it. */
  'harmony-websocket:handshake:start': { readonly request: ObservedRequest };
  /** It led to a connection. `rawHeaders`: of the response. */
  'harmony-websocket:handshake:end': {
    readonly request: ObservedRequest;
    readonly connection: unknown;
    readonly rawHeaders: readonly string[];
  };
  /** It led to no connection. `request` is `undefined` where none was read. */
  'harmony-websocket:handshake:error': {
    readonly request: ObservedRequest | undefined;
    readonly error: WebSocketError;
  };
  /** A connection is open. */
  'harmony-websocket:open': { readonly connection: unknown };
  /** A message arrives, or is sent. Messages that are sent in fragments are not published. `data` must not be changed. */
  'harmony-websocket:message': {
    readonly connection: unknown;
    readonly direction: Direction;
    readonly data: string | Uint8Array;
    readonly isBinary: boolean;
  };
  /** A ping arrives, or is sent. `payload`: a copy. */
  'harmony-websocket:ping': ControlMessage;
  /** A pong arrives, or is sent. */
  'harmony-websocket:pong': ControlMessage;
  /** All that was queued has left, after a `send` that returned `false`. */
  'harmony-websocket:drain': { readonly connection: unknown };
  /** A connection has failed or was lost. */
  'harmony-websocket:error': { readonly connection: unknown; readonly error: WebSocketError };
  /** A connection has ended: `code`, `reason`, `wasClean`, `error`, as of the `close` handler. */
  'harmony-websocket:close': { readonly connection: unknown } & ObservedClose;
}

interface ControlMessage {
  readonly connection: unknown;
  readonly direction: Direction;
  readonly payload: Uint8Array;
}

export type ChannelName = keyof ChannelMessages;

const PREFIX = 'harmony-websocket:';
// Held here: Node forgets a channel that nobody holds.
const channels = {
  handshakeStart: channel(`${PREFIX}handshake:start`),
  handshakeEnd: channel(`${PREFIX}handshake:end`),
  handshakeError: channel(`${PREFIX}handshake:error`),
  open: channel(`${PREFIX}open`),
  message: channel(`${PREFIX}message`),
  ping: channel(`${PREFIX}ping`),
  pong: channel(`${PREFIX}pong`),
  drain: channel(`${PREFIX}drain`),
  error: channel(`${PREFIX}error`),
  close: channel(`${PREFIX}close`),
} satisfies Record<string, Channel>;

/** Has `changed` called when somebody subscribes or stops. @returns whether that is possible */
export function followChannels(changed: () => void): boolean {
  return Object.values(channels)
    .map((one) => followSubscriptions(one, changed))
    .every(Boolean);
}

/** Returns an observer with methods for those channels that somebody has subscribed to; `undefined` if there is none. */
export function channelObserver(): Observer<unknown> | undefined {
  const { handshakeStart, handshakeEnd, handshakeError, open, message, ping, pong, drain, error, close } = channels;
  const observer: Observer<unknown> = {};
  if (handshakeStart.hasSubscribers || handshakeEnd.hasSubscribers || handshakeError.hasSubscribers) {
    observer.handshake = (request, outcome) => {
      if (outcome.kind === 'started') handshakeStart.publish({ request });
      else if (outcome.kind === 'accepted') {
        const { connection, rawHeaders } = outcome;
        handshakeEnd.publish({ request, connection, rawHeaders });
      } else {
        handshakeError.publish({ request, error: outcome.error });
      }
    };
  }
  if (open.hasSubscribers) observer.open = (connection) => open.publish({ connection });
  if (message.hasSubscribers) {
    observer.message = (connection, direction, data, isBinary) =>
      message.publish({ connection, direction, data, isBinary });
  }
  if (ping.hasSubscribers || pong.hasSubscribers) {
    observer.frame = (connection, { opcode, direction, payload }) => {
      if (opcode === Opcode.ping) ping.publish({ connection, direction, payload: new Uint8Array(payload) });
      else if (opcode === Opcode.pong) pong.publish({ connection, direction, payload: new Uint8Array(payload) });
    };
  }
  if (drain.hasSubscribers) observer.drain = (connection) => drain.publish({ connection });
  if (error.hasSubscribers) observer.error = (connection, reason) => error.publish({ connection, error: reason });
  if (close.hasSubscribers) observer.close = (connection, event) => close.publish({ connection, ...event });
  return Object.keys(observer).length === 0 ? undefined : observer;
}
