// What an in-memory network says about itself: the nets of the device under test, and its names. At first it is on a Wi-Fi.

import { isIP } from 'node:net';
import type { Bearer, Net, NetSource } from '../node/net-source.ts';
import type { NameAnswers } from './name-answers.ts';
import type { OnlineOptions } from './network-options.ts';

/** What is usual for each kind of net. */
const usual: Readonly<Record<Bearer, Pick<Net, 'interfaceName' | 'links' | 'gateways' | 'dnsServers' | 'mtu'>>> = {
  wifi: netOn('wlan0', '192.168.1.2', 24, '192.168.1.1', 1500),
  cellular: netOn('rmnet0', '10.20.30.2', 30, '10.20.30.1', 1400),
  ethernet: netOn('eth0', '192.168.2.2', 24, '192.168.2.1', 1500),
  bluetooth: netOn('bt-pan', '192.168.44.2', 24, '192.168.44.1', 1500),
  vpn: netOn('vpn-tun', '10.8.0.2', 24, '10.8.0.1', 1400),
};

function netOn(interfaceName: string, address: string, prefixLength: number, gateway: string, mtu: number) {
  return { interfaceName, links: [{ address, prefixLength }], gateways: [gateway], dnsServers: [gateway], mtu };
}

/** The smallest id of a net. */
const FIRST_ID = 100;

export class MemoryNets implements NetSource {
  readonly #answers: NameAnswers;
  readonly #watchers = new Set<(nets: readonly Net[]) => void>();
  #nets: readonly Net[] = [];
  #lastId = FIRST_ID - 1;

  constructor(answers: NameAnswers) {
    this.#answers = answers;
    this.goOnline('wifi', {});
  }

  /** Whether the device has a net. */
  get isOnline(): boolean {
    return this.#nets.length > 0;
  }

  nets(): readonly Net[] {
    return this.#nets;
  }

  async resolve(host: string): Promise<readonly string[]> {
    if (isIP(host) !== 0) return [host];
    return new Promise((resolve, reject) => {
      this.#answers.find(host, this.isOnline, (error, addresses) => {
        if (error === undefined) resolve(addresses);
        else reject(error);
      });
    });
  }

  watch(changed: (nets: readonly Net[]) => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  goOffline(): void {
    this.#change([]);
  }

  /**
   * Is on this net only. A net of the same kind as before stays it, and its capabilities may change.
   *
   * @returns whether it is another net
   */
  goOnline(bearer: Bearer, options: OnlineOptions): boolean {
    const [before] = this.#nets;
    const isSame = before?.bearer === bearer;
    // A device marks what costs nothing, and does not mark an Ethernet.
    const isCounted = bearer === 'cellular' || bearer === 'ethernet';
    const { metered = isCounted, validated = true, portal = false, blocked = false } = options;
    this.#change([
      {
        id: isSame ? before.id : ++this.#lastId,
        bearer,
        isMetered: metered,
        isValidated: validated,
        hasPortal: portal,
        isBlocked: blocked,
        uplink: options.uplink ?? 0,
        downlink: options.downlink ?? 0,
        ...usual[bearer],
      },
    ]);
    return !isSame;
  }

  #change(nets: readonly Net[]): void {
    this.#nets = nets;
    for (const changed of [...this.#watchers]) changed(nets);
  }
}
