// A connection as `connect` returns it: the protocol's, and what the handshake brought.

import { Connection } from '../core/connection/connection.ts';
import type { ConnectionHandlers } from '../core/connection/handlers.ts';
import type { ConnectionOptions } from '../core/connection/options.ts';
import type { MessageCompression } from '../core/extension/message-compression.ts';
import type { HandshakeResponse } from '../core/handshake/client.ts';
import type { Transport } from '../core/ports.ts';
import { nodeWorkspace } from '../node/environment.ts';

export interface ClientHandshake {
  readonly url: string;
  readonly response: HandshakeResponse;
  readonly subprotocol: string;
  readonly compression: MessageCompression | undefined;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** A connection of a client. */
export class ClientConnection extends Connection {
  /** Where it is connected to, after redirects. */
  readonly url: string;
  /** The 101 response: status, status text, and header fields as they came (name, value, name, value …). */
  readonly response: HandshakeResponse;
  /** Textual address of the TCP peer: of the proxy, where there is one. */
  readonly remoteAddress: string;
  readonly remotePort: number;

  constructor(
    transport: Transport,
    options: ConnectionOptions,
    handlers: ConnectionHandlers,
    handshake: ClientHandshake,
  ) {
    super(nodeWorkspace, transport, options, handlers, handshake.subprotocol, handshake.compression);
    this.url = handshake.url;
    this.response = handshake.response;
    this.remoteAddress = handshake.remoteAddress;
    this.remotePort = handshake.remotePort;
  }
}
