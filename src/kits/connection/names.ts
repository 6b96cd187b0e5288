// The addresses of host names, for `connection` and its handles, and the addresses that the application itself gives to them.

import { isIP, isIPv6 } from 'node:net';
import { ownAddresses } from '../host.ts';
import { FamilyType } from './enums.ts';
import { checkText, connectionError, requirePermission, shown } from './errors.ts';
import { netSource } from './nets.ts';
import { addressOf } from './shapes.ts';
import type { NetAddress } from './types.ts';

/** All addresses of a host. @throws (rejects) BusinessError 201, 401, 2100001, 2100002, 2100003 */
export async function addressesOf(host: unknown): Promise<NetAddress[]> {
  requirePermission('INTERNET');
  const name = checkText(host, 'the host').toLowerCase();
  if (isIP(name) !== 0) return [addressOf(name)];
  const own = ownAddresses.get(name);
  if (own !== undefined) return own.map(addressOf);
  try {
    return (await netSource().resolve(name)).map(addressOf);
  } catch (error) {
    throw lookupFailure(error as NodeJS.ErrnoException);
  }
}

/** The addresses of a host of one family. @throws (rejects) BusinessError 201, 2100001, 2100002, 2100003 */
export async function addressesOfFamily(host: unknown, option: unknown): Promise<NetAddress[]> {
  requirePermission('INTERNET');
  if (typeof host !== 'string' || host === '') {
    throw connectionError('value', `the host is ${shown(host)}; expected a string that is not empty`);
  }
  const family = (option as { family?: unknown } | null | undefined)?.family ?? FamilyType.FAMILY_TYPE_ALL;
  if (!Object.values(FamilyType).includes(family as FamilyType)) {
    throw connectionError('value', `the family is ${shown(family)}; expected a number of FamilyType`);
  }
  const addresses = await addressesOf(host);
  if (family === FamilyType.FAMILY_TYPE_ALL) return addresses;
  return addresses.filter(({ address }) => isIPv6(address) === (family === FamilyType.FAMILY_TYPE_IPV6));
}

/** Codes as a device derives them from the system's: without a network, and everything else. */
function lookupFailure(error: NodeJS.ErrnoException): Error {
  if (netSource().nets().length === 0) return connectionError('internal', error);
  return connectionError('service', error);
}

/** `addCustomDnsRule`. @throws BusinessError 201, 401 */
export function addRule(host: unknown, addresses: unknown): void {
  requirePermission('INTERNET');
  const name = checkText(host, 'the host').toLowerCase();
  if (!Array.isArray(addresses) || addresses.length === 0) {
    throw connectionError('parameter', `the addresses are ${shown(addresses)}; expected an array that is not empty`);
  }
  const wrong: unknown = addresses.find((address) => typeof address !== 'string' || isIP(address) === 0);
  if (wrong !== undefined) throw connectionError('parameter', `${String(wrong)} is not an IP address`);
  ownAddresses.set(name, [...(addresses as string[])]);
}

/** `removeCustomDnsRule`. @throws BusinessError 201, 401 */
export function removeRule(host: unknown): void {
  requirePermission('INTERNET');
  ownAddresses.delete(checkText(host, 'the host').toLowerCase());
}

/** `clearCustomDnsRules`. @throws BusinessError 201 */
export function clearRules(): void {
  requirePermission('INTERNET');
  ownAddresses.clear();
}
