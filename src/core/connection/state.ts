// Where a connection is in its life (§4.1, §7.1), as one value. Everything else that can be asked of it (whether it is
// open, who closed, how clean it was) is derived from here.
//
//   open ──close()──▶ closing(local) ────Close received───▶ ─┐
//    │───Close received──▶ closing(peer), answered ─────────▶ │ server ends TCP, client waits for that
//    │───fail(), lost──▶ closing(failure) ──────────────────▶ │ each wait bounded by closeTimeout
//    └───────────────────────── TCP gone ──────────────────────┴─▶ closed

import { CloseCode } from '../constants.ts';
import { type WebSocketError, webSocketError } from '../errors.ts';
import type { Close } from '../frame/close-payload.ts';
import type { CloseEvent } from './close-event.ts';

export type ConnectionState =
  | { readonly kind: 'open' }
  /** Our Close was sent or queued first; `received` once the peer answered. */
  | { readonly kind: 'closing'; readonly startedBy: 'local'; readonly sent: Close; readonly received?: Close }
  /** The peer's Close came first and was answered with the same payload (§5.5.1). */
  | { readonly kind: 'closing'; readonly startedBy: 'peer'; readonly received: Close }
  /** We failed the connection (§7.1.7), or it was lost. `reason` is the peer's where its Close was the violation. */
  | { readonly kind: 'closing'; readonly startedBy: 'failure'; readonly error: WebSocketError; readonly reason: string }
  | { readonly kind: 'closed'; readonly event: CloseEvent };

/** Whether nothing is read any more: the connection failed, or a Close frame came (§1.4, §7.1.7). */
export function isDeaf(state: ConnectionState): boolean {
  if (state.kind === 'closing' && state.startedBy === 'local') return state.received !== undefined;
  return state.kind !== 'open';
}

/**
 * How the connection ended, told from the state in which TCP went away (§7.1.4–7.1.6).
 *
 * @param isCloseSent  whether a Close frame of ours has left
 * @param cause        of the end of TCP, in words
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
