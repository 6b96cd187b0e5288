// A connection as `connect` returns it: the protocol's, and what the handshake brought.

import { Connection } from '../core/connection/connection.ts';
import type { ConnectionHandlers } from '../core/connection/handlers.ts';
import { ConnectionMachine } from '../core/connection/machine.ts';
import type { ConnectionOptions } from '../core/connection/options.ts';
import type { MessageCompression } from '../core/extension/message-compression.ts';
import type { HandshakeResponse } from '../core/handshake/client.ts';
import type { Transport } from '../core/ports.ts';
import { nodeWorkspace } from '../node/environment.ts';

/** What is kept of a client's handshake. */
export interface ClientHandshake {
  readonly url: string;
  readonly response: HandshakeResponse;
  readonly subprotocol: string;
  readonly compression: MessageCompression | undefined;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/**
 * Makes a connection. Start the transport with the machine behind it (`machineOf`).
 *
 * @param transport  carries only this connection
 */
export let clientConnection: (
  transport: Transport,
  options: ConnectionOptions,
  handlers: ConnectionHandlers<ClientConnection>,
  handshake: ClientHandshake,
) => ClientConnection;

/**
 * A connection of a client: what {@link connect} resolves with.
 *
 * @typeParam Message  as of `Connection`
 */
export class ClientConnection<Message = string | Uint8Array> extends Connection<Message> {
  /** The URL that it is connected to, after redirects. */
  readonly url: string;
  /** The 101 response: status, status text, and header fields as they came (name, value, name, value …). */
  readonly response: HandshakeResponse;
  /** The address of the TCP peer, as text. Behind a proxy it is the proxy's. */
  readonly remoteAddress: string;
  /** The port of the TCP peer. */
  readonly remotePort: number;

  static {
    clientConnection = (transport, options, handlers, handshake) => {
      const { compression } = handshake;
      const machine = new ConnectionMachine(nodeWorkspace, transport, options, handlers, compression);
      return new ClientConnection(machine, handshake);
    };
  }

  private constructor(machine: object, handshake: ClientHandshake) {
    super(machine, handshake?.subprotocol);
    this.url = handshake.url;
    this.response = handshake.response;
    this.remoteAddress = handshake.remoteAddress;
    this.remotePort = handshake.remotePort;
  }
}
