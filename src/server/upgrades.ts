// The upgrades of a server, from its listeners, from attached HTTP servers and from `handleUpgrade`. It gives each one to
// `upgrade.ts` with the server's policy, and refuses them while the server is going away.

import type { IncomingMessage } from 'node:http';
import type { ParsedHead } from '../node/internals/head-parser.ts';
import { requestFields } from '../node/internals/request-fields.ts';
import { closeHandle } from '../node/internals/socket-handle.ts';
import { AllowedOrigins } from './allowed-origins.ts';
import type { ArrivedConnection } from './arrivals.ts';
import { ArrivedCarrier } from './arrived-carrier.ts';
import type { Connections } from './connections.ts';
import type { HandshakeNotes } from './handshake-notes.ts';
import type { HeadLimits } from './head-limits.ts';
import { Http1Answer, type UpgradeSocket } from './http1-answer.ts';
import type { IncomingSockets } from './incoming-sockets.ts';
import { headOf } from './node-request.ts';
import type { CheckedPathOptions, CheckedServerOptions } from './option-rows.ts';
import type { RefusedSockets } from './refused-sockets.ts';
import { Routes } from './routes.ts';
import type { TopicHost } from './server-connection.ts';
import type { TrustedProxies } from './trusted-proxies.ts';
import { upgrade, upgradeArrived } from './upgrade.ts';
import { StreamCarrier, type UpgradeCarrier } from './upgrade-carrier.ts';
import { refuse } from './upgrade-decision.ts';
import type { UpgradeOwner } from './upgrade-owner.ts';
import type { PendingUpgrade, UpgradePolicy } from './upgrade-policy.ts';
import type { UpgradeReports } from './upgrade-reports.ts';
import { offersWebSocket } from './upgrade-selection.ts';

const GOING_AWAY = refuse(503, 'the server is going away');

/** What upgrades need of their server. */
export interface UpgradesHost<Context> {
  readonly headLimits: HeadLimits;
  readonly incoming: IncomingSockets;
  readonly proxies: TrustedProxies;
  readonly refusedSockets: RefusedSockets;
  readonly reports: UpgradeReports<Context>;
  readonly notes: HandshakeNotes<Context>;
  readonly connections: Connections<Context>;
  readonly topicHost: TopicHost<Context>;
}

export class Upgrades<Context> {
  readonly #policy: UpgradePolicy<Context>;
  /** Of each path. Absent: all paths are alike. */
  readonly #routes: Routes<UpgradePolicy<Context>> | undefined;
  readonly #refusedSockets: RefusedSockets;
  readonly #pending = new Set<PendingUpgrade>();
  #isGoingAway = false;
  /** Gets the request and the stream that Node is making of an arrived connection. */
  #awaited: ((carrier: UpgradeCarrier) => void) | undefined;

  constructor(options: CheckedServerOptions<Context>, host: UpgradesHost<Context>) {
    const { headLimits, incoming, reports, notes, connections } = host;
    const { allowedOrigins, subprotocols = [] } = options;
    this.#refusedSockets = host.refusedSockets;
    this.#policy = {
      subprotocols,
      compression: connections.compression,
      decisionTimeout: headLimits.handshakeTimeout,
      maxHeaderCount: headLimits.maxHeaderCount,
      origins: allowedOrigins === undefined ? undefined : new AllowedOrigins(allowedOrigins),
      proxies: host.proxies,
      slotOf: (socket) => incoming.slotOf(socket),
      proxyHeaderOf: (socket) => incoming.proxyHeaderOf(socket),
      refusal: () => (this.#isGoingAway ? GOING_AWAY : undefined),
      pending: this.#pending,
      mayRelease: false,
      hasSessions: connections.hasSessions,
      mayStreamSessions: connections.mayStreamSessions,
      bodyEnd: '\n',
      paramsOf: (target) => host.topicHost.paramsOf(target),
      decide: options.upgrade,
      notes,
      accepted: (stream, handshake, opened, accepted) =>
        connections.open(stream, host.topicHost, handshake, opened, accepted),
      sessionAccepted: (stream, handshake) => connections.openSession(stream, { ...handshake, place: '' }),
      refused: (request, error) => reports.refused(request, error),
      failed: (request, exception, error, wasTold) => reports.failed(request, exception, error, wasTold),
    };
    this.#routes = options.paths && this.#policies(options, options.paths, host);
  }

  /** The paths, if the server has a table of them. */
  get routes(): Routes<unknown> | undefined {
    return this.#routes;
  }

  #policies(
    options: CheckedServerOptions<Context>,
    paths: Readonly<Record<string, CheckedPathOptions<Context>>>,
    { connections, topicHost }: UpgradesHost<Context>,
  ): Routes<UpgradePolicy<Context>> {
    const policyOf = (own: CheckedPathOptions<Context>): UpgradePolicy<Context> => {
      const all = { ...options, ...own, limits: { ...options.limits, ...own.limits } };
      const kind = connections.kindOf(all as CheckedServerOptions<Context>);
      const { upgrade, subprotocols = [], allowedOrigins } = all as CheckedServerOptions<Context>;
      return {
        ...this.#policy,
        subprotocols,
        compression: kind.options.compression,
        origins: allowedOrigins === undefined ? undefined : new AllowedOrigins(allowedOrigins),
        decide: upgrade,
        accepted: (stream, handshake, opened, accepted) =>
          connections.open(stream, topicHost, handshake, opened, accepted, kind),
        sessionAccepted: (stream, handshake) => {
          const place = routes.nameOf(handshake.url);
          connections.openSession(stream, { ...handshake, place }, kind);
        },
      };
    };
    const routes: Routes<UpgradePolicy<Context>> = new Routes(
      Object.fromEntries(Object.entries(paths).map(([path, own]) => [path, policyOf(own)])),
    );
    return routes;
  }

  #policyFor(target: string): UpgradePolicy<Context> {
    const routes = this.#routes;
    if (routes === undefined) return this.#policy;
    return routes.find(target) ?? { ...this.#policy, notFound: routes.notFound(target) };
  }

  /** Takes an upgrade, exactly once. @param owner  decides on it; absent: the handlers of the server */
  take(request: IncomingMessage, upgraded: UpgradeSocket, owner?: UpgradeOwner<Context>): void {
    const answer = new Http1Answer(upgraded, this.#refusedSockets);
    const policy = owner === undefined ? this.#policyFor(headOf(request).target) : ownedBy(owner, this.#policy);
    if (this.#awaited === undefined) upgrade(request, upgraded.socket, answer, policy);
    else this.#awaited(new StreamCarrier(request, upgraded.socket, answer));
  }

  /** Takes a handshake that came without a stream. @returns `false` if it needs one; nothing has been done then */
  open(head: ParsedHead, arrival: ArrivedConnection, rest: Uint8Array): boolean {
    const fields = requestFields();
    if (fields === undefined || !offersWebSocket(head.rawHeaders)) return false;
    const { handle, peer, slot } = arrival;
    const makeStream = (): UpgradeCarrier | undefined => this.#streamOf(arrival);
    const carrier = new ArrivedCarrier(head, peer, fields, { handle, rest, makeStream });
    upgradeArrived(carrier, this.#policyFor(head.target), slot);
    return true;
  }

  /** Makes the stream of a connection whose upgrade is in progress: its request is not another upgrade. */
  #streamOf(arrival: ArrivedConnection): UpgradeCarrier | undefined {
    let made: UpgradeCarrier | undefined;
    this.#awaited = (carrier) => {
      made = carrier;
    };
    try {
      arrival.makeSocket();
    } finally {
      this.#awaited = undefined;
    }
    if (made === undefined) closeHandle(arrival.handle, () => {});
    return made;
  }

  /** Refuses upgrades from here on, and those that wait for their decision, with 503. */
  refuse(): void {
    this.#isGoingAway = true;
    for (const pending of this.#pending) pending.refuse(GOING_AWAY);
  }

  /** Whether upgrades are refused: from a drain on, until somebody listens again. */
  get isGoingAway(): boolean {
    return this.#isGoingAway;
  }

  /** Takes upgrades again. */
  resume(): void {
    this.#isGoingAway = false;
  }
}

/** The policy of one upgrade that has an owner. */
function ownedBy<Context>(owner: UpgradeOwner<Context>, policy: UpgradePolicy<Context>): UpgradePolicy<Context> {
  const { upgrade: decide = policy.decide, invalid, accepting, opened } = owner;
  // Its owner gets each connection as it is.
  return { ...policy, decide, invalid, accepting, opened, mayRelease: true, hasSessions: false, bodyEnd: '' };
}
