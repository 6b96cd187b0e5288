// What is counted of one attempt to connect, over all of its redirects, and what its observer is told.

import { WebSocketError } from '../core/errors.ts';
import { type HandshakeOutcome, NO_OBSERVERS, type ObservedRequest, Observers } from '../core/observer.ts';
import { nodeHost } from '../node/environment.ts';
import { type Observing, observeBy } from '../observe/observed.ts';
import type { ClientConnection } from './client-connection.ts';
import { clientMeter } from './client-meter.ts';

export class AttemptNotes {
  /** Those of the connection. */
  readonly observers: Observers<ClientConnection>;
  readonly #request: ObservedRequest | undefined;
  readonly #at = nodeHost.clock.now();

  /** The attempt begins. @param url  without credentials */
  constructor(url: string, observing: Observing<ClientConnection>) {
    if (observing.observer === undefined && observing.logger === undefined) {
      this.observers = NO_OBSERVERS as Observers<ClientConnection>;
    } else {
      this.observers = new Observers();
      observeBy(this.observers, observing);
    }
    if (this.observers.isEmpty) return;
    this.#request = { role: 'client', url, rawHeaders: [], remoteAddress: '', remotePort: 0 };
    this.#tell({ kind: 'started' });
  }

  /** It has led to a connection, whose `open` handler has not been called. @param rawHeaders  of the response */
  accepted(connection: ClientConnection, rawHeaders: readonly string[]): void {
    clientMeter.handshake.record(nodeHost.clock.now() - this.#at);
    this.#tell({ kind: 'accepted', connection, rawHeaders });
  }

  /** It has not. @param error  other errors than ours are those of an application's request */
  notOpened(error: unknown): void {
    if (!(error instanceof WebSocketError)) return;
    const kind = clientMeter.notOpened(error, nodeHost.clock.now() - this.#at);
    this.#tell({ kind, error });
  }

  #tell(outcome: HandshakeOutcome<ClientConnection>): void {
    if (this.#request === undefined) return;
    this.observers.tell(nodeHost.scheduler, (observer) => observer.handshake?.(this.#request, outcome));
  }
}
