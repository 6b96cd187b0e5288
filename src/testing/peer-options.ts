// The options of scripted clients, and of the answers of scripted servers.

import type { ClientTlsOptions } from '../node/tls-options.ts';
import type { HeadFields } from './head.ts';

/** Options of `network.client`. */
export interface ClientOptions {
  /** Further fields of the request. They replace fields of the handshake; `undefined` omits one. */
  headers?: HeadFields;
  /** The subprotocols to offer (RFC 6455 §4.1). */
  subprotocols?: readonly string[];
  /** The address that the client connects from. Default 127.0.0.1 or ::1. */
  from?: string;
  /** TLS options for `wss:`. The certificate of the server is verified. */
  tls?: ClientTlsOptions;
  /** `false` only connects TCP (and TLS) and leaves the request to the test. Default `true`. */
  handshake?: boolean;
}

/** Options of `peer.accept`. */
export interface AcceptOptions {
  /** The subprotocol to select. It is not checked against the request. */
  subprotocol?: string;
  /**
   * Further fields. They replace fields of the handshake (`'Sec-WebSocket-Accept': 'wrong'`); `undefined` omits one.
   */
  headers?: HeadFields;
}

/** Options of `peer.refuse`. */
export interface RefuseOptions {
  /** Further fields. They may replace `Content-Length` and `Connection`. */
  headers?: HeadFields;
  /** The body of the response. Default empty. */
  body?: string;
}
