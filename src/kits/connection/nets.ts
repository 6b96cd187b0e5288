// The nets that the kit sees: those of the network in memory that a test has put in place, or those of this machine.

import { type Net, type NetSource, network } from '../host.ts';
import { connectionError, shown } from './errors.ts';
import { systemNets } from './system-nets.ts';

/** Where questions about nets go now. */
export function netSource(): NetSource {
  return network().nets ?? systemNets;
}

/** The net that is used by default: the first that is not a VPN. */
export function defaultNet(nets: readonly Net[] = netSource().nets()): Net | undefined {
  return nets.find(({ bearer }) => bearer !== 'vpn');
}

/**
 * The net that a handle stands for.
 *
 * @throws BusinessError 401 unless it is an object with a number as `netId`, 2100001 if there is no such net
 */
export function netOf(handle: unknown): Net {
  const id = netIdOf(handle);
  const net = netSource()
    .nets()
    .find((one) => one.id === id);
  if (net !== undefined) return net;
  throw connectionError('value', id === 0 ? 'no network is connected: netId is 0' : `no network has the netId ${id}`);
}

/** The `netId` of a handle. @throws BusinessError 401 */
export function netIdOf(handle: unknown): number {
  const id = typeof handle === 'object' && handle !== null ? (handle as { netId?: unknown }).netId : undefined;
  if (typeof id === 'number') return id;
  throw connectionError(
    'parameter',
    `the network is ${shown(handle)} with the netId ${shown(id)}; pass what getDefaultNet or getAllNets returned`,
  );
}
