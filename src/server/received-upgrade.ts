// A request for an upgrade, as the application's `upgrade` handler sees it.

import type { IncomingMessage } from 'node:http';
import type { DecisionSignal } from './decision-signal.ts';
import type { UpgradeRequest } from './options.ts';
import type { TrustedProxies } from './trusted-proxies.ts';
import type { UpgradeCarrier } from './upgrade-carrier.ts';

export class ReceivedUpgrade implements UpgradeRequest {
  readonly url: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly peerAddress: string;
  readonly encrypted: boolean;
  /** Empty until the request has been checked, which is before the handler sees it. */
  subprotocols: readonly string[] = [];
  readonly #carrier: UpgradeCarrier;
  readonly #decisionSignal: DecisionSignal;

  constructor(carrier: UpgradeCarrier, proxies: TrustedProxies, decisionSignal: DecisionSignal) {
    const { peer, client } = carrier;
    const { address, port } = proxies.clientOf(client, carrier);
    this.url = carrier.head.target;
    this.remoteAddress = address;
    this.remotePort = port;
    this.peerAddress = peer.address;
    this.encrypted = carrier.encrypted;
    this.#carrier = carrier;
    this.#decisionSignal = decisionSignal;
  }

  get message(): IncomingMessage {
    return this.#carrier.message;
  }

  get headers(): IncomingMessage['headers'] {
    return this.#carrier.headers;
  }

  get signal(): AbortSignal {
    return this.#decisionSignal.signal;
  }
}
