// How a scripted client connects, and how a scripted server answers.

import type { ClientTlsOptions } from '../node/tls-options.ts';
import type { HeadFields } from './head.ts';

/** How a scripted client connects. */
export interface ClientOptions {
  /** Further fields of the request; those of the handshake may be replaced, or left out by `undefined`. */
  headers?: HeadFields;
  /** To offer (RFC 6455 §4.1). */
  subprotocols?: readonly string[];
  /** Where it comes from. Default 127.0.0.1 or ::1. */
  from?: string;
  /** For `wss:`. The certificate is verified. */
  tls?: ClientTlsOptions;
  /** `false`: connects TCP (and TLS), and leaves the request to the test. Default `true`. */
  handshake?: boolean;
}

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
