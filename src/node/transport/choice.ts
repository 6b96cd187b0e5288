// The transports of Node's sockets, and which of them a socket gets.

import type { Socket } from 'node:net';
import type { Transport, TransportEvents } from '../../core/ports.ts';
import { HandleTransport } from './handle-transport.ts';
import { StreamTransport } from './stream-transport.ts';

/** A transport that has not begun to report. */
export interface NodeTransport extends Transport {
  /** Writes the head of an HTTP response, in Latin-1, before anything else. Nothing is reported of it. */
  writeHead(head: string): void;
  /**
   * Starts reporting to `events`.
   *
   * @param head  bytes that were read after the handshake; they come first
   */
  start(events: TransportEvents, head: Uint8Array): void;
}

/**
 * Returns the transport of a socket.
 *
 * @param socket  connected; it belongs to the transport from here on
 * @param isOurs  whether no other code refers to the socket. Its stream can then be let go, and only its handle is kept
 */
export function transportOf(socket: Socket, isOurs: boolean): NodeTransport {
  return HandleTransport.of(socket, isOurs) ?? new StreamTransport(socket);
}
