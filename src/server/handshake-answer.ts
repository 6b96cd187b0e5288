// How a handshake is answered, whatever version of HTTP it came in: an upgrade decides, and one of these writes.

import type { Transport, TransportEvents } from '../core/ports.ts';

/** What a connection runs on after its handshake. */
export interface UpgradedStream {
  readonly transport: Transport;
  /** Starts reporting to `events`. What was read after the request comes first. */
  readonly start: (events: TransportEvents) => void;
}

/**
 * Answers one request. One of the methods is called, once.
 *
 * Fields are name, value, name, value …, in their order. They have been checked, and have none of those that a version of
 * HTTP sets itself, such as `Connection`.
 */
export interface HandshakeAnswer {
  /**
   * Accepts: the request's stream carries WebSocket from here on.
   *
   * @throws what the stream has thrown
   */
  accept(fields: readonly string[]): UpgradedStream;
  /**
   * Refuses, and ends what the request came on once the client has had time to read the answer.
   *
   * @param status  HTTP status from 300 to 599, other than 304
   * @param fields  without `Content-Type` the body is plain text
   * @param body    any text, sent as UTF-8
   */
  refuse(status: number, fields: readonly string[], body: string): void;
}
