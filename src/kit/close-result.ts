// Close codes and reasons between the kit and the wire: what a `close` call asks for, what is sent for it, and what a
// `close` event reports (§3.8 and §3.9 of the kit specification).

import type { CloseEvent } from '../core/connection/close-event.ts';
import { CloseCode, MAX_CLOSE_REASON_SIZE } from '../core/constants.ts';
import type { WebSocketError } from '../core/errors.ts';
import { LINK_DOWN } from './business-error.ts';
import { uint32 } from './numbers.ts';
import type { CloseResult } from './types.ts';
import { cutToSize } from './utf8-bytes.ts';

const DEFAULT_REASON = 'CLOSE_NORMAL';
const FIRST_CODE = 1000;
const LAST_CODE = 1015;

/** Reported when a connection is gone without a Close frame: libwebsockets' constant for "no status", as on devices. */
const NO_STATUS = 0;

/**
 * What a `close` call asks for, and what its `close` event will report. A code outside of 1000–1015 becomes 1000, also
 * one of 3000–4999: so it is on devices.
 *
 * @param options  the options as given; fields of other types count as absent
 */
export function requestedClose(options: unknown): CloseResult {
  const { code, reason } = (options ?? {}) as { code?: unknown; reason?: unknown };
  const number = typeof code === 'number' ? uint32(code) : FIRST_CODE;
  return {
    code: number >= FIRST_CODE && number <= LAST_CODE ? number : FIRST_CODE,
    reason: typeof reason === 'string' && reason !== '' ? reason : DEFAULT_REASON,
  };
}

/** The part of an engine connection that starts the closing handshake. */
interface Closable {
  close(code?: number, reason?: string): Promise<CloseEvent>;
}

/** Starts the closing handshake for a request: with its code and reason as far as they may be on the wire. */
export function startClosing(connection: Closable, requested: CloseResult): void {
  switch (requested.code) {
    case CloseCode.noStatusReceived:
      // §7.4.1: 1005 stands for a Close frame without a code.
      void connection.close();
      return;
    case 1004:
    case CloseCode.abnormal:
    case CloseCode.tlsHandshake:
      // §7.4.1: reserved, must not be sent.
      void connection.close(CloseCode.normal, cutReason(requested.reason));
      return;
    default:
      void connection.close(requested.code, cutReason(requested.reason));
  }
}

/** The beginning of a reason that fits into a Close frame (§5.5.1), cut between two characters. */
export function cutReason(reason: string): string {
  if (reason.length * 3 <= MAX_CLOSE_REASON_SIZE) return reason;
  return cutToSize(reason, MAX_CLOSE_REASON_SIZE);
}

/** How a connection ended, for the application. */
export interface Ending {
  readonly result: CloseResult;
  /** Present when an `error` event comes before `close`: nobody asked for this end. */
  readonly failure?: WebSocketError | undefined;
}

/**
 * Translates the end of an engine connection.
 *
 * @param requested  what the application asked for when it closed the connection itself; the peer's answer is not shown
 */
export function endingOf(event: CloseEvent, requested: CloseResult | undefined): Ending {
  if (requested !== undefined) return { result: requested };
  const { code, error } = event;
  const reason = event.reason === '' ? LINK_DOWN : event.reason;
  if (code === CloseCode.noStatusReceived) return { result: { code: CloseCode.normal, reason: LINK_DOWN } };
  if (code !== CloseCode.abnormal || error === undefined) return { result: { code, reason } };
  switch (error.code) {
    case 'ERR_WS_CLOSE_CODE':
      // The peer did close, with a code that must not be sent.
      return { result: { code: CloseCode.protocolError, reason } };
    case 'ERR_WS_HEARTBEAT':
    case 'ERR_WS_LOST':
      return { result: { code: NO_STATUS, reason: LINK_DOWN }, failure: error };
    default:
      return { result: { code: error.closeCode ?? NO_STATUS, reason: LINK_DOWN }, failure: error };
  }
}
