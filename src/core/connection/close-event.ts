// How a connection ended, as the application is told.

import type { WebSocketError } from '../errors.ts';

/** How a connection ended. */
export interface CloseEvent {
  /**
   * The code of the peer's Close frame, even if our answer to it was lost; 1005 if that frame had no code; 1006 if no
   * Close frame arrived, or if we failed the connection. `error.closeCode` is then the code that we sent.
   */
  readonly code: number;
  /** The reason of the peer's Close frame, even if its code was refused; otherwise `''`. */
  readonly reason: string;
  /** Whether Close frames went both ways (RFC 6455 §7.1.4). */
  readonly wasClean: boolean;
  /** Why the end was not clean. */
  readonly error?: WebSocketError;
}
