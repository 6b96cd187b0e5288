// The state of a connection as the application sees it, as one value. The finer stages, and what leads from one to the
// next, are in closing-table.ts.

import { CloseCode } from '../constants.ts';
import { type WebSocketError, webSocketError } from '../errors.ts';
import type { Close } from '../frame/close-payload.ts';
import type { CloseEvent } from './close-event.ts';

/** Where a connection is in its life (RFC 6455 §4.1, §7.1). */
export type ConnectionState =
  | { readonly kind: 'open' }
  /** Our Close frame was first, in `sent`. `received` is the peer's answer, once it came. */
  | { readonly kind: 'closing'; readonly startedBy: 'local'; readonly sent: Close; readonly received?: Close }
  /** The peer's Close frame was first. It was answered with the same payload (RFC 6455 §5.5.1). */
  | { readonly kind: 'closing'; readonly startedBy: 'peer'; readonly received: Close }
  /** We failed the connection (RFC 6455 §7.1.7) or lost it. `reason` is the peer's if its Close frame was the violation. */
  | { readonly kind: 'closing'; readonly startedBy: 'failure'; readonly error: WebSocketError; readonly reason: string }
  | { readonly kind: 'closed'; readonly event: CloseEvent };

/** One object for all open connections. */
export const OPEN: ConnectionState = { kind: 'open' };

/** The error that ended it, if one did so far. */
export function failureOf(state: ConnectionState): WebSocketError | undefined {
  if (state.kind === 'closed') return state.event.error;
  return state.kind === 'closing' && state.startedBy === 'failure' ? state.error : undefined;
}

/**
 * How the connection ended (RFC 6455 §7.1.4–7.1.6).
 *
 * @param state        in which TCP went away
 * @param isCloseSent  whether a Close frame of ours has left
 * @param cause        why TCP went away, in words
 */
export function closeEvent(state: ConnectionState, isCloseSent: boolean, cause: string): CloseEvent {
  if (state.kind === 'closed') return state.event;
  if (state.kind === 'closing' && state.startedBy === 'failure') {
    return { code: CloseCode.abnormal, reason: state.reason, wasClean: false, error: state.error };
  }
  const received = state.kind === 'closing' ? state.received : undefined;
  const code = received === undefined ? CloseCode.abnormal : (received.code ?? CloseCode.noStatusReceived);
  const reason = received?.reason ?? '';
  if (received !== undefined && isCloseSent) return { code, reason, wasClean: true };
  return { code, reason, wasClean: false, error: webSocketError('ERR_WS_LOST', cause) };
}
