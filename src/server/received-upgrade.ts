// A request for an upgrade, as the application's `upgrade` handler sees it.

import type { IncomingMessage } from 'node:http';
import type { DecisionSignal } from './decision-signal.ts';
import type { UpgradeRequest } from './options.ts';
import type { TrustedProxies } from './trusted-proxies.ts';
import type { UpgradeCarrier } from './upgrade-carrier.ts';

/** What the server makes of a request. */
interface RequestPolicy {
  readonly proxies: TrustedProxies;
  paramsOf(target: string): Readonly<Record<string, string>>;
}

export class ReceivedUpgrade implements UpgradeRequest {
  readonly url: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly peerAddress: string;
  readonly encrypted: boolean;
  /** Empty until the request has been checked, which is before the handler sees it. */
  subprotocols: readonly string[] = [];
  readonly #policy: RequestPolicy;
  readonly #carrier: UpgradeCarrier;
  readonly #decisionSignal: DecisionSignal;
  /** Reported by a proxy. */
  readonly #host: string | undefined;

  constructor(carrier: UpgradeCarrier, policy: RequestPolicy, decisionSignal: DecisionSignal) {
    const { proxies } = policy;
    const { peer, client } = carrier;
    const { client: reported, encrypted, host } = proxies.reportOf(client, carrier);
    this.url = carrier.head.target;
    this.remoteAddress = reported.address;
    this.remotePort = reported.port;
    this.peerAddress = peer.address;
    this.encrypted = encrypted ?? carrier.encrypted;
    this.#host = host;
    this.#policy = policy;
    this.#carrier = carrier;
    this.#decisionSignal = decisionSignal;
  }

  get message(): IncomingMessage {
    return this.#carrier.message;
  }

  get params(): Readonly<Record<string, string>> {
    return this.#policy.paramsOf(this.url);
  }

  get host(): string {
    return this.#host ?? this.headers.host ?? '';
  }

  get headers(): IncomingMessage['headers'] {
    return this.#carrier.headers;
  }

  get signal(): AbortSignal {
    return this.#decisionSignal.signal;
  }
}
