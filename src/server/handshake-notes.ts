// What is counted of the handshakes of a server, and what its observers are told of them.

import type { WebSocketError } from '../core/errors.ts';
import type { Meter } from '../core/meter.ts';
import type { HandshakeOutcome, ObservedRequest, Observers } from '../core/observer.ts';
import { nodeHost } from '../node/environment.ts';
import type { ServerConnection } from './server-connection.ts';

/** A request for an upgrade. */
interface Requested {
  readonly url: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** The fields of every 101 response (RFC 6455 §4.2.2). */
const SWITCHING_FIELDS = ['Upgrade', 'websocket', 'Connection', 'Upgrade'];

/** A handshake that has begun. */
export interface BegunHandshake {
  /** By the clock of the host. */
  readonly at: number;
  /** Absent: nobody observes it. */
  readonly request: ObservedRequest | undefined;
}

export class HandshakeNotes<Context> {
  readonly #meter: Meter;
  readonly #observers: Observers<ServerConnection<Context>>;

  constructor(meter: Meter, observers: Observers<ServerConnection<Context>>) {
    this.#meter = meter;
    this.#observers = observers;
  }

  /** A request has come. @returns what to give back with its outcome */
  started({ url, remoteAddress, remotePort }: Requested, rawHeaders: readonly string[]): BegunHandshake {
    const at = nodeHost.clock.now();
    if (this.#observers.isEmpty) return { at, request: undefined };
    const request: ObservedRequest = { role: 'server', url, rawHeaders, remoteAddress, remotePort };
    this.#tell(request, { kind: 'started' });
    return { at, request };
  }

  /**
   * It is accepted.
   *
   * @param rawHeaders  of the response, but for those of every 101 response
   * @returns to call with the connection, before its `open` handler; absent: nobody observes it
   */
  accepted(
    { at, request }: BegunHandshake,
    rawHeaders: readonly string[],
  ): ((connection: ServerConnection<Context>) => void) | undefined {
    this.#meter.handshake.record(nodeHost.clock.now() - at);
    if (this.#observers.isEmpty) return undefined;
    const all = [...SWITCHING_FIELDS, ...rawHeaders];
    return (connection) => this.#tell(request, { kind: 'accepted', connection, rawHeaders: all });
  }

  /** It leads to no connection. @param begun  absent: no request was read */
  notOpened(error: WebSocketError, begun?: BegunHandshake): void {
    const kind = this.#meter.notOpened(error, begun && nodeHost.clock.now() - begun.at);
    if (!this.#observers.isEmpty) this.#tell(begun?.request, { kind, error });
  }

  #tell(request: ObservedRequest | undefined, outcome: HandshakeOutcome<ServerConnection<Context>>): void {
    this.#observers.tell(nodeHost.scheduler, (observer) => observer.handshake?.(request, outcome));
  }
}
