// A connection as a server's handlers see it: the protocol's, and who it is with.

import { Connection } from '../core/connection/connection.ts';
import type { ConnectionHandlers, ConnectionOptions } from '../core/connection/options.ts';
import type { MessageCompression } from '../core/extension/message-compression.ts';
import type { Transport } from '../core/ports.ts';
import { nodeWorkspace } from '../node/environment.ts';

/** What is kept of a handshake. The request itself is let go, for the memory of connections that idle. */
export interface Handshake<Context> {
  readonly url: string;
  readonly subprotocol: string;
  readonly compression: MessageCompression | undefined;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly encrypted: boolean;
  readonly context: Context;
}

/**
 * A connection of a server.
 *
 * @typeParam Context  what the `upgrade` handler attached
 */
export class ServerConnection<Context = undefined> extends Connection {
  /** What `accept({ context })` said; `undefined` otherwise. */
  context: Context;
  /** The request target of the handshake, e.g. `/chat?room=1`. */
  readonly url: string;
  /** Textual address of the client, as `remoteAddress` of its request. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Whether it is a `wss:` connection. */
  readonly encrypted: boolean;

  constructor(
    transport: Transport,
    options: ConnectionOptions,
    handlers: ConnectionHandlers,
    handshake: Handshake<Context>,
  ) {
    super(nodeWorkspace, transport, options, handlers, handshake.subprotocol, handshake.compression);
    this.context = handshake.context;
    this.url = handshake.url;
    this.remoteAddress = handshake.remoteAddress;
    this.remotePort = handshake.remotePort;
    this.encrypted = handshake.encrypted;
  }
}
