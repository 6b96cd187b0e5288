// A request for an upgrade, as the application's `upgrade` handler sees it.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { DecisionSignal } from './decision-signal.ts';
import { headersOf, isEncrypted, peerOf } from './node-request.ts';
import type { UpgradeRequest } from './options.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

export class ReceivedUpgrade implements UpgradeRequest {
  readonly message: IncomingMessage;
  readonly url: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly peerAddress: string;
  readonly encrypted: boolean;
  /** Empty until the request has been checked, which is before the handler sees it. */
  subprotocols: readonly string[] = [];
  readonly #decisionSignal: DecisionSignal;

  constructor(message: IncomingMessage, socket: Duplex, proxies: TrustedProxies, decisionSignal: DecisionSignal) {
    const peer = peerOf(message, socket);
    this.message = message;
    const { address, port } = proxies.clientOf(peer, this);
    this.url = message.url ?? '/';
    this.remoteAddress = address;
    this.remotePort = port;
    this.peerAddress = peer.address;
    this.encrypted = isEncrypted(message, socket);
    this.#decisionSignal = decisionSignal;
  }

  get headers(): IncomingMessage['headers'] {
    return headersOf(this.message);
  }

  get signal(): AbortSignal {
    return this.#decisionSignal.signal;
  }
}
