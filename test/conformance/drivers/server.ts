// Our server over TCP, against a raw client. Cases of the same settings share one server.

import type { CompressionSettings, ServerConnection } from '../../../src/engine/index.ts';
import { listen } from '../../support/engine.ts';
import { Scope } from '../../support/handles.ts';
import { upgradeRequest } from '../../support/handshake.ts';
import { connectRaw } from '../../support/raw-peer.ts';
import type { Case } from '../case.ts';
import { Observed } from '../observed.ts';
import { closeTimeoutFor, converse, type Execution } from './conversation.ts';

interface Watched {
  readonly observed: Observed;
  readonly it: Case;
}

export class ServerDriver {
  readonly #scope: Scope;
  readonly #ports = new Map<string, Promise<number>>();
  /** By the target of their request. */
  readonly #watched = new Map<string, Watched>();
  #count = 0;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  async execute(execution: Execution): Promise<void> {
    const { it, withHead } = execution;
    const { port, offer } = await this.#server(execution);
    const path = `/${++this.#count}`;
    const observed = new Observed();
    this.#watched.set(path, { observed, it });
    const scope = new Scope();
    try {
      const peer = await connectRaw(scope, port);
      peer.write(Buffer.concat([Buffer.from(upgradeRequest(offer, path), 'latin1'), withHead]));
      await peer.readHead();
      await converse(execution, peer, observed);
    } finally {
      await scope.end();
      this.#watched.delete(path);
    }
  }

  async #server(execution: Execution): Promise<{ port: number; offer: Record<string, string> }> {
    const { settings, deflate } = execution.it;
    const closeTimeout = closeTimeoutFor(execution);
    const compression = deflate && ({ threshold: 0, ...deflate } satisfies CompressionSettings);
    const offer: Record<string, string> =
      deflate === undefined ? {} : { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' };
    const key = JSON.stringify([settings, deflate, closeTimeout]);
    let port = this.#ports.get(key);
    if (port === undefined) {
      // Undefined where the execution has failed before, and nobody listens any more.
      const of = (connection: ServerConnection) => this.#watched.get(connection.url);
      port = listen(this.#scope, {
        ...settings,
        compression,
        closeTimeout,
        open: (connection) => of(connection)?.it.local?.(connection),
        message: (connection, data, isBinary) =>
          of(connection)?.observed.handlers.message?.(connection, data, isBinary),
        ping: (connection, data) => of(connection)?.observed.handlers.ping?.(connection, data),
        pong: (connection, data) => of(connection)?.observed.handlers.pong?.(connection, data),
        error: (connection, error) => of(connection)?.observed.handlers.error?.(connection, error),
        close: (connection, event) => of(connection)?.observed.handlers.close?.(connection, event),
      }).then((listening) => listening.port);
      this.#ports.set(key, port);
    }
    return { port: await port, offer };
  }
}
