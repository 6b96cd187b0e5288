// What `connection` tells of networks: which there are, what they can do, and the addresses of names.

import type { AsyncCallback } from '../host.ts';
import { respond } from './answers.ts';
import { connectionError, requirePermission, shown } from './errors.ts';
import { addRule, addressesOf, addressesOfFamily, clearRules, removeRule } from './names.ts';
import { KitNetHandle } from './net-handle.ts';
import { defaultNet, netIdOf, netOf, netSource } from './nets.ts';
import { capabilitiesOf, propertiesOf } from './shapes.ts';
import type { ConnectionProperties, NetAddress, NetCapabilities, NetHandle, QueryOptions } from './types.ts';

/** The network that is used by default; without one, a handle whose `netId` is 0. Errors: 201. */
export function getDefaultNet(callback: AsyncCallback<NetHandle>): void;
export function getDefaultNet(): Promise<NetHandle>;
export function getDefaultNet(...args: unknown[]): Promise<NetHandle> | undefined {
  return respond('getDefaultNet', args, 0, getDefaultNetSync);
}

/** The network that is used by default; without one, a handle whose `netId` is 0. Throws 201. */
export function getDefaultNetSync(): NetHandle {
  requirePermission('GET_NETWORK_INFO');
  return new KitNetHandle(defaultNet()?.id ?? 0);
}

/** Whether there is a network. Errors: 201. */
export function hasDefaultNet(callback: AsyncCallback<boolean>): void;
export function hasDefaultNet(): Promise<boolean>;
export function hasDefaultNet(...args: unknown[]): Promise<boolean> | undefined {
  return respond('hasDefaultNet', args, 0, hasDefaultNetSync);
}

/** Whether there is a network. Throws 201. */
export function hasDefaultNetSync(): boolean {
  requirePermission('GET_NETWORK_INFO');
  return defaultNet() !== undefined;
}

/** All networks that are connected. Errors: 201. */
export function getAllNets(callback: AsyncCallback<NetHandle[]>): void;
export function getAllNets(): Promise<NetHandle[]>;
export function getAllNets(...args: unknown[]): Promise<NetHandle[]> | undefined {
  return respond('getAllNets', args, 0, getAllNetsSync);
}

/** All networks that are connected. Throws 201. */
export function getAllNetsSync(): NetHandle[] {
  requirePermission('GET_NETWORK_INFO');
  return netSource()
    .nets()
    .map(({ id }) => new KitNetHandle(id));
}

/** The link of a network: interface, addresses, routes, DNS servers. Errors: 201, 401, 2100001 if it is gone. */
export function getConnectionProperties(netHandle: NetHandle, callback: AsyncCallback<ConnectionProperties>): void;
export function getConnectionProperties(netHandle: NetHandle): Promise<ConnectionProperties>;
export function getConnectionProperties(...args: unknown[]): Promise<ConnectionProperties> | undefined {
  return respond('getConnectionProperties', args, 1, (handle) => getConnectionPropertiesSync(handle as NetHandle));
}

/** The link of a network: interface, addresses, routes, DNS servers. Throws 201, 401, 2100001 if it is gone. */
export function getConnectionPropertiesSync(netHandle: NetHandle): ConnectionProperties {
  requirePermission('GET_NETWORK_INFO');
  return propertiesOf(netOf(netHandle));
}

/** What a network can do, and how it is carried. Errors: 201, 401, 2100001 if it is gone. */
export function getNetCapabilities(netHandle: NetHandle, callback: AsyncCallback<NetCapabilities>): void;
export function getNetCapabilities(netHandle: NetHandle): Promise<NetCapabilities>;
export function getNetCapabilities(...args: unknown[]): Promise<NetCapabilities> | undefined {
  return respond('getNetCapabilities', args, 1, (handle) => getNetCapabilitiesSync(handle as NetHandle));
}

/** What a network can do, and how it is carried. Throws 201, 401, 2100001 if it is gone. */
export function getNetCapabilitiesSync(netHandle: NetHandle): NetCapabilities {
  requirePermission('GET_NETWORK_INFO');
  return capabilitiesOf(netOf(netHandle));
}

/** Whether traffic of the default network costs money; `true` without a network. Errors: 201. */
export function isDefaultNetMetered(callback: AsyncCallback<boolean>): void;
export function isDefaultNetMetered(): Promise<boolean>;
export function isDefaultNetMetered(...args: unknown[]): Promise<boolean> | undefined {
  return respond('isDefaultNetMetered', args, 0, isDefaultNetMeteredSync);
}

/** Whether traffic of the default network costs money; `true` without a network. Throws 201. */
export function isDefaultNetMeteredSync(): boolean {
  requirePermission('GET_NETWORK_INFO');
  return defaultNet()?.isMetered ?? true;
}

/** All addresses of a host. Errors: 201, 401, 2100001, 2100002 for an unknown host, 2100003 without a network. */
export function getAddressesByName(host: string, callback: AsyncCallback<NetAddress[]>): void;
export function getAddressesByName(host: string): Promise<NetAddress[]>;
export function getAddressesByName(...args: unknown[]): Promise<NetAddress[]> | undefined {
  return respond('getAddressesByName', args, 1, addressesOf);
}

/** The addresses of a host, of one family if you want. Errors: 201, 2100001, 2100002, 2100003. */
export function getAddressesByNameWithOptions(host: string, option?: QueryOptions): Promise<NetAddress[]> {
  return respond('getAddressesByNameWithOptions', [], 0, () => addressesOfFamily(host, option))!;
}

/** Gives a host the addresses that this application connects to, `webSocket` included. Errors: 201, 401. */
export function addCustomDnsRule(host: string, ip: string[], callback: AsyncCallback<void>): void;
export function addCustomDnsRule(host: string, ip: string[]): Promise<void>;
export function addCustomDnsRule(...args: unknown[]): Promise<void> | undefined {
  return respond('addCustomDnsRule', args, 2, addRule);
}

/** Takes the addresses of a host back. Errors: 201, 401. */
export function removeCustomDnsRule(host: string, callback: AsyncCallback<void>): void;
export function removeCustomDnsRule(host: string): Promise<void>;
export function removeCustomDnsRule(...args: unknown[]): Promise<void> | undefined {
  return respond('removeCustomDnsRule', args, 1, removeRule);
}

/** Takes the addresses of all hosts back. Errors: 201. */
export function clearCustomDnsRules(callback: AsyncCallback<void>): void;
export function clearCustomDnsRules(): Promise<void>;
export function clearCustomDnsRules(...args: unknown[]): Promise<void> | undefined {
  return respond('clearCustomDnsRules', args, 0, clearRules);
}

/** The network that the application is bound to; a handle whose `netId` is 0 without one. */
export function getAppNet(callback: AsyncCallback<NetHandle>): void;
export function getAppNet(): Promise<NetHandle>;
export function getAppNet(...args: unknown[]): Promise<NetHandle> | undefined {
  return respond('getAppNet', args, 0, getAppNetSync);
}

/** The network that the application is bound to; a handle whose `netId` is 0 without one. */
export function getAppNetSync(): NetHandle {
  return new KitNetHandle(appNet);
}

/**
 * Binds the application to a network; a handle whose `netId` is 0 ends that. Errors: 201, 401, 2100001.
 *
 * Off the device: a value that `getAppNet` returns. Connections take the network that the system chooses.
 */
export function setAppNet(netHandle: NetHandle, callback: AsyncCallback<void>): void;
export function setAppNet(netHandle: NetHandle): Promise<void>;
export function setAppNet(...args: unknown[]): Promise<void> | undefined {
  return respond('setAppNet', args, 1, (handle) => {
    requirePermission('INTERNET');
    appNet = netIdOf(handle) === 0 ? 0 : netOf(handle).id;
  });
}

let appNet = 0;

/**
 * Tells the system that a network works again. Errors: 201, 401, 2100001.
 *
 * Off the device: nobody checks networks, so nothing changes.
 */
export function reportNetConnected(netHandle: NetHandle, callback: AsyncCallback<void>): void;
export function reportNetConnected(netHandle: NetHandle): Promise<void>;
export function reportNetConnected(...args: unknown[]): Promise<void> | undefined {
  return respond('reportNetConnected', args, 1, reported);
}

/**
 * Tells the system that a network does not work. Errors: 201, 401, 2100001.
 *
 * Off the device: nobody checks networks, so nothing changes.
 */
export function reportNetDisconnected(netHandle: NetHandle, callback: AsyncCallback<void>): void;
export function reportNetDisconnected(netHandle: NetHandle): Promise<void>;
export function reportNetDisconnected(...args: unknown[]): Promise<void> | undefined {
  return respond('reportNetDisconnected', args, 1, reported);
}

function reported(handle: unknown): void {
  requirePermission('GET_NETWORK_INFO', 'INTERNET');
  netOf(handle);
}

/** Attributes that the application gave to networks, by id. */
const attributes = new Map<number, string>();

/**
 * Gives a network an attribute, its level of security. Errors: 201, 2100001.
 *
 * Off the device: a value that `getNetExtAttribute` returns.
 */
export function setNetExtAttribute(netHandle: NetHandle, netExtAttribute: string): Promise<void> {
  return respond('setNetExtAttribute', [], 0, () => setNetExtAttributeSync(netHandle, netExtAttribute))!;
}

/**
 * Gives a network an attribute, its level of security. Throws 201, 2100001.
 *
 * Off the device: a value that `getNetExtAttribute` returns.
 */
export function setNetExtAttributeSync(netHandle: NetHandle, netExtAttribute: string): void {
  requirePermission('SET_NET_EXT_ATTRIBUTE');
  const { id } = knownNet(netHandle);
  if (typeof netExtAttribute !== 'string') {
    throw connectionError('value', `the attribute is ${shown(netExtAttribute)}; expected a string`);
  }
  attributes.set(id, netExtAttribute);
}

/** The attribute of a network; `''` without one. Errors: 201, 2100001. */
export function getNetExtAttribute(netHandle: NetHandle): Promise<string> {
  return respond('getNetExtAttribute', [], 0, () => getNetExtAttributeSync(netHandle))!;
}

/** The attribute of a network; `''` without one. Throws 201, 2100001. */
export function getNetExtAttributeSync(netHandle: NetHandle): string {
  requirePermission('GET_NETWORK_INFO');
  return attributes.get(knownNet(netHandle).id) ?? '';
}

/** Newer members have no 401: any other value than a handle is a wrong one. @throws BusinessError 2100001 */
function knownNet(handle: unknown): { readonly id: number } {
  try {
    return netOf(handle);
  } catch (error) {
    throw connectionError('value', error as Error);
  }
}
