// The port between a session of the kit's client and what connects it. There are two implementations: the engine under
// Node (engine-link.ts) and the browser's own WebSocket in a page (src/browser/browser-link.ts).

import type { BusinessError } from '../business-error.ts';
import type { Ending } from '../close-result.ts';
import type { Payload } from '../payload.ts';
import type { ResponseHeaders } from '../types.ts';
import type { Target } from './url.ts';

/** An open connection. A connection of the engine is one as it is. */
export interface Link {
  /** Whether neither end has begun to close. */
  readonly isOpen: boolean;
  /** Queues a message. The bytes still belong to the caller: they are copied during the call. */
  send(payload: Payload): unknown;
  /**
   * Starts the closing handshake after everything that was sent.
   *
   * @param code    one that may be sent; absent: a Close frame without a payload
   * @param reason  at most 123 bytes of UTF-8
   */
  close(code?: number, reason?: string): unknown;
}

/** What is known of an accepted handshake response. */
export interface OpenResponse {
  /** HTTP status. */
  readonly status: number;
  /** The reason phrase, `''` without one. */
  readonly message: string;
  /** The subprotocol that the server selected, `''` for none. */
  readonly protocol: string;
  /** Makes a fresh object with the headers; absent where the host does not show them. */
  readonly headers?: () => ResponseHeaders;
}

/**
 * Where one `connect` reports: `answered`, then `opened`, any number of `message`, and `ended`; or `failed` instead of
 * `opened`; or only `rejected`. Nothing follows `failed`, `rejected` or `ended`, and nothing follows an abort.
 */
export interface LinkEvents {
  /** The request exists, or it cannot. This answers the call; only the first one counts. */
  answered(error?: BusinessError): void;
  /** A setting turned out to be unusable. This answers the call, and no event follows. */
  rejected(error: BusinessError): void;
  /** The handshake succeeded. */
  opened(link: Link, response: OpenResponse): void;
  /** A message arrived. Its bytes become the receiver's. */
  messageReceived(data: string | Uint8Array): void;
  /**
   * There will not be a connection.
   *
   * @param status      HTTP status of the response; 0 without one
   * @param isAnswered  the call was answered with an error already
   */
  failed(status: number, cause: unknown, isAnswered?: boolean): void;
  /** The connection is gone. */
  ended(ending: Ending): void;
}

/** Options of one `connect`, read completely. */
export interface ConnectRequest {
  /** @throws BusinessError for an option that cannot be met here: 2302002 for a file that does not exist, 2302999 */
  check(): void;
  /**
   * Starts connecting. Before it returns, it reports nothing but `answered`.
   *
   * @returns gives up, as long as nothing is open
   * @throws BusinessError 2302999 for a setting that cannot be used
   */
  connect(target: Target, events: LinkEvents): () => void;
}

/**
 * Reads the options of a `connect`. Later changes of the object have no effect.
 *
 * @throws BusinessError 401 for an option whose type is an error
 */
export type ReadRequest = (options: object) => ConnectRequest;
