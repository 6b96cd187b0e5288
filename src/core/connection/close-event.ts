// How a connection ended, as the application is told.

import type { WebSocketError } from '../errors.ts';

/** How a connection ended. */
export interface CloseEvent {
  /**
   * Code of the Close frame received (also when our answer to it was lost); 1005 when it had none; 1006 when none came,
   * or when we failed the connection (`error.closeCode` is then what was sent).
   */
  readonly code: number;
  /** Reason of the Close frame received, also of one whose code we refused; else `''`. */
  readonly reason: string;
  /** Whether Close frames went both ways (RFC 6455 §7.1.4). */
  readonly wasClean: boolean;
  /** Why, when it was not clean. */
  readonly error?: WebSocketError;
}
