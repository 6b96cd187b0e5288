// A run of the kit's server, from its first `start` to `stop`: one engine server for each `start`, the table of clients
// and the limits that they share (kit specification §4.1), and what the engine reports as events of the kit.

import type { IncomingMessage } from 'node:http';
import type { CloseEvent } from '../../core/connection/close-event.ts';
import type { WebSocketError } from '../../core/errors.ts';
import type { ServerOptions } from '../../server/options.ts';
import { createServer, type Server } from '../../server/server.ts';
import type { ServerConnection } from '../../server/server-connection.ts';
import { CONNECT_FAILED, LINK_DOWN } from '../business-error.ts';
import { type Ending, endingOf } from '../close-result.ts';
import { diagnostics } from '../diagnostics.ts';
import { reportFailed } from '../own-errors.ts';
import { policy } from '../policy.ts';
import type { CloseResult } from '../types.ts';
import type { AdmissionLimits } from './admission.ts';
import type { Client, ConnectionTable } from './connection-table.ts';
import { decideHandshake, refusalReason } from './handshakes.ts';
import { listenError } from './listen-error.ts';
import type { ServerConfig } from './server-config.ts';
import type { ServerEvents } from './server-events.ts';

/** Kit specification §4.10: the Close frame of `stop`. */
const GOING_AWAY: CloseResult = { code: 1001, reason: 'server is going away' };

export class ServerRun {
  readonly #clients: ConnectionTable;
  readonly #events: ServerEvents;
  /** Those that listen, one for each port. */
  readonly #servers: Server<Client>[] = [];
  /** `start` calls that are not answered yet. */
  readonly #starting = new Set<Promise<void>>();
  #limits: AdmissionLimits;
  #port: number | undefined;

  /** @param limits  until a listener has its own */
  constructor(clients: ConnectionTable, events: ServerEvents, limits: AdmissionLimits) {
    this.#clients = clients;
    this.#events = events;
    this.#limits = limits;
  }

  /** The real port of the latest listener; absent before the first one. */
  get port(): number | undefined {
    return this.#port;
  }

  /** Whether nothing listens and no `start` is pending. */
  get isOver(): boolean {
    return this.#servers.length === 0 && this.#starting.size === 0;
  }

  /**
   * Adds a listener. Its limits then hold for all listeners.
   *
   * @param before  what to wait for: a `stop` in progress still has the port
   * @throws BusinessError 2302004, 2302005, 2302007 or 2302999 if the port cannot be had
   */
  async start(config: ServerConfig, before: Promise<void> | undefined): Promise<void> {
    const listening = this.#listen(config, before);
    this.#starting.add(listening);
    try {
      await listening;
    } finally {
      this.#starting.delete(listening);
    }
  }

  /** Closes all connections with 1001 and all listeners. It ends when the ports are free. */
  async end(): Promise<void> {
    // A `start` in progress is answered first.
    if (this.#starting.size > 0) await Promise.allSettled(this.#starting);
    for (const client of this.#clients) if (client.isOpen) client.requested = GOING_AWAY;
    const deadline = policy().stopTimeout;
    await Promise.all(this.#servers.map((server) => server.drain({ ...GOING_AWAY, deadline })));
  }

  async #listen(config: ServerConfig, before: Promise<void> | undefined): Promise<void> {
    if (before !== undefined) await before;
    const server = createServer(this.#engineOptions(config.subprotocols));
    try {
      const address = await server.listen({ host: config.host, port: config.port, tls: config.certificate });
      this.#port = address.port;
    } catch (error) {
      throw listenError(error);
    }
    this.#servers.push(server);
    this.#limits = config.limits;
  }

  #engineOptions(subprotocols: readonly string[]): ServerOptions<Client> {
    const settings = policy();
    return {
      heartbeat: settings.serverHeartbeat,
      closeTimeout: settings.closeTimeout,
      limits: {
        maxMessageSize: settings.maxMessageSize,
        // `send` of the kit cannot tell the application to wait. Like a device, it queues without a bound.
        maxQueuedBytes: Number.POSITIVE_INFINITY,
        // The two limits of the configuration and the bans decide which clients a server takes.
        maxConnections: Number.POSITIVE_INFINITY,
        maxConnectionsPerAddress: Number.POSITIVE_INFINITY,
        maxConnectionsPerMinute: Number.POSITIVE_INFINITY,
      },
      upgrade: (request) =>
        decideHandshake(request, { limits: this.#limits, clients: this.#clients, subprotocols, settings }),
      refused: (request, error) => this.#refused(request, error),
      open: (connection) => this.#opened(connection),
      message: (connection, data) => this.#messageReceived(connection, data),
      close: (connection, event) => this.#closed(connection.context, event),
      failed: reportFailed,
    };
  }

  #refused(request: IncomingMessage | undefined, error: WebSocketError): void {
    if (request === undefined) {
      // On a device, bytes that are not a request leave no trace.
      diagnostics().debug?.(`refused a client that sent no request: ${error.message}`);
      return;
    }
    const reason = refusalReason(request, error);
    diagnostics().debug?.(reason);
    this.#events.reportError(CONNECT_FAILED, new Error(reason, { cause: error }));
  }

  #opened(connection: ServerConnection<Client>): void {
    const client = connection.context;
    client.connection = connection;
    this.#clients.add(client);
    this.#events.reportConnect(client);
  }

  #messageReceived(connection: ServerConnection<Client>, data: string | Uint8Array): void {
    const client = connection.context;
    // After `close` the engine delivers nothing; after `stop` it delivers what was in flight.
    if (client.requested === undefined) this.#events.reportMessage(client, data);
  }

  #closed(client: Client, event: CloseEvent): void {
    const { result, failure }: Ending = client.requested === undefined ? endingOf(event) : { result: client.requested };
    this.#clients.remove(client);
    if (failure !== undefined) {
      const lost = new Error(`client ${client.name} was lost: ${failure.message}`, { cause: failure });
      this.#events.reportError(LINK_DOWN, lost);
    }
    this.#events.reportClose(client, result);
  }
}
