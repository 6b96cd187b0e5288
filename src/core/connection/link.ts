// What is below the application's connection where one transport does not carry it for its whole life: a session that goes
// on over several connections. The machine of such a connection (linked-machine.ts) passes what the application does to
// its link. A plain connection has none.

import type { MessageData } from '../message/message-data.ts';
import type { PreparedMessage } from '../message/prepared-message.ts';
import type { FragmentOptions, SendOptions } from '../message/send-options.ts';
import type { SentCallback } from '../message/sent-callbacks.ts';
import type { OpenLinkStream } from './link-stream.ts';

/** Arguments have been checked, except for data. Each `send…` answers as the method of `Connection` with its name. */
export interface ConnectionLink {
  /** What the application reads as `connection.session`. */
  readonly session: object;
  /** Bytes that wait to be sent, or for the peer to say that it has them. */
  readonly bufferedAmount: number;
  /** Of all connections that have carried it: bytes, and when bytes last arrived, in milliseconds since the epoch. */
  readonly traffic: { readonly received: number; readonly sent: number; readonly heardAt: number };
  /** See `Connection.extensions`: those of the connection that carries it at present. */
  readonly extensions: string;
  send(data: MessageData, options: SendOptions | undefined, sent: SentCallback | undefined): boolean;
  sendFragment(data: MessageData, options: FragmentOptions, sent: SentCallback | undefined): boolean;
  /** Begins a message that is sent while its source is read: see {@link OpenLinkStream}. */
  readonly openStream: OpenLinkStream;
  sendShared(message: PreparedMessage, mayCompress: boolean, sent: SentCallback | undefined): boolean;
  /** A message of a topic, or to all. @returns whether it was taken */
  publish(message: PreparedMessage): boolean;
  /** A Ping or a Pong of the application's: it is about the present connection, and dropped without one. */
  sendControl(opcode: number, payload: Uint8Array, sent: SentCallback | undefined): boolean;
  whenDrained(): Promise<void>;
  pause(): void;
  resume(): void;
  /** The application closes, permanently. The state of its connection has changed already. */
  close(code: number | undefined, reason: string): void;
  /** The host goes away, and the peer may come back elsewhere. */
  goAway(code: number, reason: string): void;
  /** Nothing is to be sent any more. `disconnected` of the machine must follow, not within the call. */
  destroy(): void;
}
