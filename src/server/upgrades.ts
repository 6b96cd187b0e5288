// The upgrades of a server, from its listeners, from attached HTTP servers and from `handleUpgrade`. It gives each one to
// `upgrade.ts` with the server's policy, and refuses them while the server is going away.

import type { IncomingMessage } from 'node:http';
import type { ParsedHead } from '../node/internals/head-parser.ts';
import { AllowedOrigins } from './allowed-origins.ts';
import type { ArrivedConnection } from './arrivals.ts';
import type { Connections } from './connections.ts';
import type { HeadLimits } from './head-limits.ts';
import { Http1Answer, type UpgradeSocket } from './http1-answer.ts';
import type { IncomingSockets } from './incoming-sockets.ts';
import type { CheckedServerOptions } from './option-rows.ts';
import { acceptPlain } from './plain-upgrade.ts';
import type { RefusedSockets } from './refused-sockets.ts';
import type { TopicHost } from './server-connection.ts';
import type { TrustedProxies } from './trusted-proxies.ts';
import { type PendingUpgrade, type UpgradePolicy, upgrade } from './upgrade.ts';
import { refuse } from './upgrade-decision.ts';
import type { UpgradeReports } from './upgrade-reports.ts';

const GOING_AWAY = refuse(503, 'the server is going away');

/** What upgrades need of their server. */
export interface UpgradesHost<Context> {
  readonly headLimits: HeadLimits;
  readonly incoming: IncomingSockets;
  readonly proxies: TrustedProxies;
  readonly refusedSockets: RefusedSockets;
  readonly reports: UpgradeReports<Context>;
  readonly connections: Connections<Context>;
  readonly topicHost: TopicHost<Context>;
}

export class Upgrades<Context> {
  readonly #policy: UpgradePolicy<Context>;
  readonly #refusedSockets: RefusedSockets;
  readonly #pending = new Set<PendingUpgrade>();
  #isGoingAway = false;

  constructor(options: CheckedServerOptions<Context>, host: UpgradesHost<Context>) {
    const { headLimits, incoming, reports, connections } = host;
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
      refusal: () => (this.#isGoingAway ? GOING_AWAY : undefined),
      pending: this.#pending,
      decide: options.upgrade,
      accepted: (stream, handshake) => connections.open(stream, host.topicHost, handshake),
      refused: (request, error) => reports.refused(request, error),
      failed: (request, exception, error, wasTold) => reports.failed(request, exception, error, wasTold),
    };
  }

  /** Takes an upgrade, exactly once. */
  take(request: IncomingMessage, upgraded: UpgradeSocket): void {
    upgrade(request, upgraded.socket, new Http1Answer(upgraded, this.#refusedSockets), this.#policy);
  }

  /** Takes a handshake that came without a stream, if it is a plain one. @returns `false`: nothing has been done */
  open(head: ParsedHead, arrival: ArrivedConnection, rest: Uint8Array): boolean {
    return acceptPlain(head, arrival, rest, this.#policy);
  }

  /** Refuses upgrades from here on, and those that wait for their decision, with 503. */
  refuse(): void {
    this.#isGoingAway = true;
    for (const pending of this.#pending) pending.refuse(GOING_AWAY);
  }

  /** Takes upgrades again. */
  resume(): void {
    this.#isGoingAway = false;
  }
}
