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
import type { CloseEvent } from './options.ts';

export type ConnectionState =
  | { readonly kind: 'open' }
  /** Our Close was sent or queued first; `received` once the peer answered. */
  | { readonly kind: 'closing'; readonly startedBy: 'local'; readonly sent: Close; readonly received?: Close }
  /** The peer's Close came first and was answered with the same payload (§5.5.1). */
  | { readonly kind: 'closing'; readonly startedBy: 'peer'; readonly received: Close }
  /** We failed the connection (§7.1.7), or it was lost. `reason` is the peer's where its Close was the violation. */
  | { readonly kind: 'closing'; readonly startedBy: 'failure'; readonly error: WebSocketError; readonly reason: string }
  | { readonly kind: 'closed'; readonly event: CloseEvent };

/** How the connection ended, told from the state in which TCP went away (§7.1.4–7.1.6). */
export function closeEvent(state: ConnectionState, cause: string): CloseEvent {
  switch (state.kind) {
    case 'closed':
      return state.event;
    case 'open':
      return abnormal(webSocketError('ERR_WS_LOST', cause), '');
    case 'closing':
      if (state.startedBy === 'failure') return abnormal(state.error, state.reason);
      if (state.received === undefined) return abnormal(webSocketError('ERR_WS_LOST', cause), '');
      return {
        code: state.received.code ?? CloseCode.noStatusReceived,
        reason: state.received.reason,
        wasClean: true,
      };
  }
}

function abnormal(error: WebSocketError, reason: string): CloseEvent {
  return { code: CloseCode.abnormal, reason, wasClean: false, error };
}
