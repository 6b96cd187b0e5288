// One upgrade that somebody else than the handlers of the server decides on: for libraries on top of this one, and for
// routers whose handlers differ from path to path.

import type { IncomingMessage } from 'node:http';
import type { HandlerResult } from '../core/connection/handlers.ts';
import type { WebSocketError } from '../core/errors.ts';
import type { HeaderFields } from '../core/handshake/header-fields.ts';
import type { Decision, Nothing, Refused, Released } from './decision.ts';
import type { UpgradeRequest } from './options.ts';
import type { ServerConnection } from './server-connection.ts';

/**
 * The owner of one upgrade, for `server.handleUpgrade(request, socket, head, owner)`. All methods are optional. The server
 * checks the request (RFC 6455 §4.2.1), counts it, and writes the answer; the connection then reports to the server's
 * handlers, as all others do.
 *
 * What a method throws is handled as if the server's `upgrade` had thrown it: the client gets 500.
 */
export interface UpgradeOwner<Context = undefined> {
  /**
   * Decides on a valid handshake, instead of the server's `upgrade`: `accept(…)`, `refuse(…)`, or `release()` to keep the
   * socket. The body of a refusal is its reason, with nothing added. A promise may take `handshakeTimeout`.
   */
  upgrade?(request: UpgradeRequest): Decision<Context> | Released | PromiseLike<Decision<Context> | Released>;
  /**
   * The request is not a valid handshake, or one too many. Return `refuse(…)` for another response than the server's, or
   * `release()` if you answer yourself: the socket is then yours. The server's `refused` is told in any case.
   *
   * @param error  why: its `status` is that of the server's response
   */
  invalid?(request: IncomingMessage, error: WebSocketError): Refused | Released | Nothing;
  /**
   * The 101 response is about to be written.
   *
   * @param fields  of the response: name, value, name, value …, without Upgrade and Connection
   * @returns further fields, as for `accept({ headers })`. If no subprotocol is selected yet, Sec-WebSocket-Protocol may be
   *          one of them, with a subprotocol that the client offers
   */
  accepting?(fields: readonly string[], request: IncomingMessage): HeaderFields | Nothing;
  /**
   * The connection is open. Called once, behind the server's `open` and before the first message, during
   * `handleUpgrade` if the decision was not a promise.
   */
  opened?(connection: ServerConnection<Context>, request: IncomingMessage): HandlerResult;
}
