// How a scripted server answers a request.

import type { HeadFields } from './head.ts';

/** How a scripted server accepts. */
export interface AcceptOptions {
  /** To select; not checked against the request. */
  subprotocol?: string;
  /**
   * Further fields; those of the handshake may be replaced (`Sec-WebSocket-Accept: 'wrong'`) or, by `undefined`, left out.
   */
  headers?: HeadFields;
}

/** How a scripted server refuses. */
export interface RefuseOptions {
  /** Further fields; `Content-Length` and `Connection` may be replaced. */
  headers?: HeadFields;
  /** Default empty. */
  body?: string;
}
