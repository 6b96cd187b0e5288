// What a network says about itself to programs that ask: the nets that this device is connected to, and the addresses of
// names. Only the interface is here. The kit's `connection` reads the system's (src/kits/connection/system-nets.ts), so that
// the engine does not load it; a network in memory has one of its own.

/** How a net is carried. */
export type Bearer = 'cellular' | 'wifi' | 'bluetooth' | 'ethernet' | 'vpn';

/** An address of this device, and the length of its network's prefix. */
export interface NetLink {
  readonly address: string;
  readonly prefixLength: number;
}

/** A net that this device is connected to. */
export interface Net {
  /** At least 100, and never the id of an earlier net. */
  readonly id: number;
  readonly bearer: Bearer;
  /** Whether its traffic costs money. */
  readonly isMetered: boolean;
  /** Whether it was seen to reach the Internet. */
  readonly isValidated: boolean;
  /** Whether it asks for a login first. */
  readonly hasPortal: boolean;
  /** Whether this application may not use it. */
  readonly isBlocked: boolean;
  /** Kilobits per second to the network; 0: not known. */
  readonly uplink: number;
  /** Kilobits per second from the network; 0: not known. */
  readonly downlink: number;
  readonly interfaceName: string;
  readonly links: readonly NetLink[];
  readonly dnsServers: readonly string[];
  readonly gateways: readonly string[];
  /** Bytes of the largest packet. */
  readonly mtu: number;
}

export interface NetSource {
  /** The nets that are connected now. The first is the default one, unless it is a VPN. */
  nets(): readonly Net[];
  /**
   * The addresses of a name; an address is its own.
   *
   * @throws (rejects) the system's error, with its `code`
   */
  resolve(host: string): Promise<readonly string[]>;
  /**
   * Calls `changed` with the nets after each change.
   *
   * @returns a function that ends this
   */
  watch(changed: (nets: readonly Net[]) => void): () => void;
}

/** Addresses that the application itself gave to names, in lower case. They come before those of the network. */
export const ownAddresses = new Map<string, readonly string[]>();
