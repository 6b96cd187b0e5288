// A handle of a network, as `getDefaultNet` and the events return it. JSON shows its `netId` only, as on a device.

import type { AsyncCallback } from '../host.ts';
import { respond } from './answers.ts';
import { unsupported } from './errors.ts';
import { addressesOf, addressesOfFamily } from './names.ts';
import type { NetAddress, NetHandle, QueryOptions } from './types.ts';

export class KitNetHandle implements NetHandle {
  netId: number;

  /** @param netId  0 for no network */
  constructor(netId: number) {
    this.netId = netId;
  }

  bindSocket(socketParam: object, callback: AsyncCallback<void>): void;
  bindSocket(socketParam: object): Promise<void>;
  bindSocket(...args: unknown[]): Promise<void> | undefined {
    return respond('NetHandle.bindSocket', args, 1, () => {
      throw unsupported('NetHandle.bindSocket');
    });
  }

  getAddressesByName(host: string, callback: AsyncCallback<NetAddress[]>): void;
  getAddressesByName(host: string): Promise<NetAddress[]>;
  getAddressesByName(...args: unknown[]): Promise<NetAddress[]> | undefined {
    return respond('NetHandle.getAddressesByName', args, 1, addressesOf);
  }

  getAddressesByNameWithOptions(host: string, option?: QueryOptions): Promise<NetAddress[]> {
    return respond('NetHandle.getAddressesByNameWithOptions', [], 0, () => addressesOfFamily(host, option))!;
  }

  getAddressByName(host: string, callback: AsyncCallback<NetAddress>): void;
  getAddressByName(host: string): Promise<NetAddress>;
  getAddressByName(...args: unknown[]): Promise<NetAddress> | undefined {
    return respond('NetHandle.getAddressByName', args, 1, async (host) => (await addressesOf(host))[0]!);
  }
}
