// What a server is made of, and how the parts reach each other. None of them knows the server, except for what its probes show.

import type { BusLink, Reach } from '../bus/seam.ts';
import type { Meter } from '../core/meter.ts';
import type { Observers } from '../core/observer.ts';
import { nodeHost } from '../node/environment.ts';
import { observeBy } from '../observe/observed.ts';
import { Admission } from './admission.ts';
import { Alone } from './alone.ts';
import { ServerHost } from './bus-host.ts';
import { Connections } from './connections.ts';
import { HandshakeNotes } from './handshake-notes.ts';
import { headLimits } from './head-limits.ts';
import { IncomingSockets } from './incoming-sockets.ts';
import { serverLimits } from './limits.ts';
import { Listeners } from './listeners.ts';
import type { CheckedServerOptions } from './option-rows.ts';
import type { ProbedServer } from './probes.ts';
import { Publisher } from './publisher.ts';
import { RefusedSockets } from './refused-sockets.ts';
import type { ServerConnection } from './server-connection.ts';
import type { SessionsOf } from './session-seam.ts';
import { TrustedProxies } from './trusted-proxies.ts';
import { UpgradeReports } from './upgrade-reports.ts';
import { Upgrades } from './upgrades.ts';

export interface ServerParts<Context> {
  readonly admission: Admission;
  readonly proxies: TrustedProxies;
  readonly refusedSockets: RefusedSockets;
  readonly connections: Connections<Context>;
  readonly publisher: Publisher<Context>;
  readonly upgrades: Upgrades<Context>;
  readonly listeners: Listeners;
  /** Absent: this server is the only node. */
  readonly bus: BusLink | undefined;
  readonly reach: Reach;
  /** Milliseconds. 0: no bound. */
  readonly handshakeTimeout: number;
}

/**
 * Makes the parts of a server.
 *
 * @param sessionsOf  makes its sessions. Absent: it has none
 * @param server      what its probes show
 * @throws WebSocketError ERR_WS_OPTION, ERR_WS_BUS_USED
 */
export function serverParts<Context>(
  options: CheckedServerOptions<Context>,
  sessionsOf: SessionsOf<Context> | undefined,
  meter: Meter,
  observers: Observers<ServerConnection<Context>>,
  server: ProbedServer,
): ServerParts<Context> {
  const limits = serverLimits(options.limits);
  const heads = headLimits(options);
  const reports = new UpgradeReports(options);
  const proxies = new TrustedProxies(options.trustedProxies, options.forwarding);
  const notes = new HandshakeNotes(meter, observers);
  observeBy(observers, options);
  const refusedSockets = new RefusedSockets();
  const admission = new Admission(limits, nodeHost.clock);
  const incoming = new IncomingSockets({
    limits: heads,
    admission,
    proxies,
    refusedSockets,
    refused: (error) => {
      notes.notOpened(error);
      reports.refused(undefined, error);
    },
  });
  const connections = new Connections(options, limits.server, meter, observers);
  const publisher = new Publisher(limits.server, connections.all, meter);
  const host = new ServerHost(connections, publisher);
  const bus = options.bus?.use(host);
  if (bus !== undefined) publisher.useBus(bus);
  if (sessionsOf !== undefined) connections.useSessions(sessionsOf, publisher);
  const upgrades = new Upgrades(options, {
    headLimits: heads,
    incoming,
    proxies,
    refusedSockets,
    reports,
    notes,
    connections,
    topicHost: publisher,
  });
  const { routes } = upgrades;
  if (routes !== undefined) publisher.paramsOf = (target) => routes.paramsOf(target);
  const listeners = new Listeners({
    incoming,
    headLimits: heads,
    upgrade: (request, upgraded) => upgrades.take(request, upgraded),
    open: (head, arrival, rest) => upgrades.open(head, arrival, rest),
    refused: (request, error) => {
      notes.notOpened(error);
      reports.refused(request, error);
    },
    certificateFailed: (error) => reports.certificateFailed(error),
    requestFailed: options.failed,
    server,
  });
  const reach = bus ?? new Alone(host);
  const { handshakeTimeout } = heads;
  return {
    admission,
    proxies,
    refusedSockets,
    connections,
    publisher,
    upgrades,
    listeners,
    bus,
    reach,
    handshakeTimeout,
  };
}
