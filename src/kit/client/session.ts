// The seam between the kit's client object and what connects it: the engine under Node (client-session.ts), the browser's
// own WebSocket in a page (src/browser/session.ts). The object checks calls and answers them; a session is one `connect`
// and what came of it.

import type { PendingCall } from '../async-callback.ts';
import type { Payload } from '../payload.ts';
import type { CloseResult } from '../types.ts';
import type { ClientEvents } from './client-events.ts';
import type { Target } from './url.ts';

/** A connection in its making, open, or closing. It reports its events to the {@link ClientEvents} it began with. */
export interface Session {
  /** @returns whether the payload was taken: the connection is open, or in its making */
  send(payload: Payload): boolean;
  /** @returns whether closing began; not so when it began before, at whichever end */
  close(requested: CloseResult): boolean;
}

/** What one call of `connect` asks for. The steps are apart because the checks of the object come between them (§2.3). */
export interface ConnectRequest {
  /** @throws BusinessError for an option that cannot be met here: 2302002 for a file that is not there, 2302999 */
  check(): void;
  /** @throws BusinessError 2302999 for a setting that cannot be used */
  prepare(target: Target): StartSession;
}

/**
 * Starts connecting.
 *
 * @param call  the call of `connect`, which the session settles once its request exists
 */
export type StartSession = (events: ClientEvents, call: PendingCall) => Session;

/**
 * Reads the options of a `connect` completely; later changes of the object have no effect.
 *
 * @throws BusinessError 401 for an option whose type is an error
 */
export type ReadRequest = (options: object) => ConnectRequest;
