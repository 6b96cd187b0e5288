// A connection over a stream whose opening handshake somebody else has done: test tools that join two ends in memory.

import type { Duplex } from 'node:stream';
import { connectionOptions } from '../core/connection/complete-settings.ts';
import { type Connection, machineOf } from '../core/connection/connection.ts';
import type { ConnectionSettings } from '../core/connection/settings.ts';
import type { Role } from '../core/constants.ts';
import { peerAddress } from '../node/address.ts';
import { adaptHandlers, type PeerHandlers } from '../node/handlers.ts';
import { transportOf } from '../node/transport/choice.ts';
import { clientConnection } from './client-connection.ts';

const RESPONSE = { status: 101, statusText: 'Switching Protocols', httpVersion: '1.1', rawHeaders: [] };

/**
 * Opens a connection without extensions and subprotocol over `stream`, which belongs to it after that.
 *
 * @param head    bytes that were read after the handshake
 * @param opened  called before the first message
 */
export function openOver(
  stream: Duplex,
  head: Uint8Array,
  role: Role,
  settings: ConnectionSettings & { readonly handlers: PeerHandlers<Connection> },
  opened: (connection: Connection) => void,
): void {
  const { handlers, ...others } = settings;
  const socket = stream as Parameters<typeof transportOf>[0];
  const { address: remoteAddress, port: remotePort } = peerAddress(socket);
  const handshake = { url: '', response: RESPONSE, subprotocol: '', compression: undefined, remoteAddress, remotePort };
  const transport = transportOf(socket, false);
  const options = connectionOptions(role, others);
  const connection = clientConnection(
    transport,
    options,
    adaptHandlers<Connection>(handlers, () => {}),
    handshake,
  );
  const machine = machineOf(connection);
  machine.reports.open();
  opened(connection);
  transport.start(machine, head);
}
