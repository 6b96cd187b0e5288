// Close codes and reasons between the kit and the wire: what a `close` call asks for and what is sent for it (kit
// specification §3.8), and what a `close` event reports (kit specification §3.9).

import type { CloseEvent } from '../core/connection/close-event.ts';
import { CloseCode, MAX_CLOSE_REASON_SIZE } from '../core/constants.ts';
import { isSendableCloseCode } from '../core/frame/close-payload.ts';
import { cutToSize } from '../core/utf8-text.ts';
import { LINK_DOWN } from './business-error.ts';
import { uint32 } from './numbers.ts';
import type { CloseResult } from './types.ts';

const DEFAULT_REASON = 'CLOSE_NORMAL';
const FIRST_CODE = 1000;
const LAST_CODE = 1015;

/**
 * Reported for a connection that is gone without a Close frame: libwebsockets' constant for "no status", as on devices.
 */
export const NO_STATUS = 0;

/**
 * The code and reason that a `close` call asks for. Its `close` event reports the same. A code outside 1000–1015
 * becomes 1000, even one of 3000–4999, as on devices.
 *
 * @param options  the options as given; a field of a wrong type counts as absent
 */
export function requestedClose(options: unknown): CloseResult {
  const { code, reason } = (options ?? {}) as { code?: unknown; reason?: unknown };
  const number = typeof code === 'number' ? uint32(code) : FIRST_CODE;
  return {
    code: number >= FIRST_CODE && number <= LAST_CODE ? number : FIRST_CODE,
    reason: typeof reason === 'string' && reason !== '' ? reason : DEFAULT_REASON,
  };
}

/** The part of a connection that starts the closing handshake. */
interface Closable {
  close(code?: number, reason?: string): unknown;
}

/**
 * Starts the closing handshake that a `close` call asks for. A code that must not be sent becomes 1000, and 1005 a Close
 * frame without a payload (RFC 6455 §7.4.1). A reason is cut between two characters to what a Close frame has room for.
 */
export function startClosing(connection: Closable, { code, reason }: CloseResult): void {
  if (code === CloseCode.noStatusReceived) connection.close();
  else {
    const sent = isSendableCloseCode(code) ? code : CloseCode.normal;
    connection.close(sent, cutToSize(reason, MAX_CLOSE_REASON_SIZE));
  }
}

/** How a connection ended, for the application. */
export interface Ending {
  readonly result: CloseResult;
  /** Present for an end that nobody asked for: an `error` event comes before `close`. */
  readonly failure?: Error | undefined;
}

/**
 * The code and reason that a `close` event shows for a Close frame of the peer.
 *
 * @param code    1005 for a frame without a payload
 * @param reason  `''` without one
 */
export function shownClose(code: number, reason: string): CloseResult {
  if (code === CloseCode.noStatusReceived) return { code: CloseCode.normal, reason: LINK_DOWN };
  return { code, reason: reason === '' ? LINK_DOWN : reason };
}

/** Translates the end of an engine connection that the application did not close. */
export function endingOf({ code, reason, error }: CloseEvent): Ending {
  if (code !== CloseCode.abnormal || error === undefined) return { result: shownClose(code, reason) };
  switch (error.code) {
    case 'ERR_WS_CLOSE_CODE':
      // The peer did close, with a code that must not be sent.
      return { result: shownClose(CloseCode.protocolError, reason) };
    case 'ERR_WS_HEARTBEAT':
    case 'ERR_WS_LOST':
      return { result: { code: NO_STATUS, reason: LINK_DOWN }, failure: error };
    default:
      return { result: { code: error.closeCode ?? NO_STATUS, reason: LINK_DOWN }, failure: error };
  }
}
