// Networks of IP addresses in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3): `10.0.0.0/8`, `fd00::/8`. The caller
// decides whether a notation that is not canonical is accepted.

import { isIPv4 } from 'node:net';
import { groupsOf, plainIp } from './ip-address.ts';

export interface IpNetwork {
  /** The network as it is written: its first address, the bits that count. An IPv4-mapped network is one of IPv4. */
  readonly canonical: string;
  /** Whether it was written so: the prefix without leading zeros, and no bit set behind it. */
  readonly isCanonical: boolean;
  /** First address. */
  readonly address: string;
  /** Bits that all addresses of the network have in common. */
  readonly prefix: number;
}

/**
 * Reads an address, a slash and a number of bits. The address may be in any spelling of IPv6, but without a zone.
 *
 * @returns `undefined` for what is not a network, such as `10.0.0.0/33`
 */
export function parseNetwork(text: string): IpNetwork | undefined {
  const [, written = '', digits = ''] = /^([\da-f:.]+)\/(\d{1,4})$/i.exec(text) ?? [];
  const plain = plainIp(written);
  if (plain === undefined) return undefined;
  const bits = bitsOf(plain);
  // An IPv4-mapped address has 96 bits before those of IPv4.
  const prefix = Number(digits) - (bits === 32 && written.includes(':') ? 96 : 0);
  if (prefix < 0 || prefix > bits) return undefined;
  const hostBits = BigInt(bits - prefix);
  const value = numberOf(plain);
  const first = (value >> hostBits) << hostBits;
  const address = textOf(first, bits);
  return {
    canonical: `${address}/${prefix}`,
    isCanonical: first === value && String(Number(digits)) === digits,
    address,
    prefix,
  };
}

/** @param address  as `plainIp` gives it */
export function isInNetwork(address: string, network: IpNetwork): boolean {
  const bits = bitsOf(address);
  if (bits !== bitsOf(network.address)) return false;
  const hostBits = BigInt(bits - network.prefix);
  return numberOf(address) >> hostBits === numberOf(network.address) >> hostBits;
}

function bitsOf(address: string): 32 | 128 {
  return isIPv4(address) ? 32 : 128;
}

/** An address as one number. */
function numberOf(address: string): bigint {
  const [parts, size] = isIPv4(address) ? [address.split('.').map(Number), 8n] : [groupsOf(address), 16n];
  return parts.reduce((value, part) => (value << size) | BigInt(part), 0n);
}

function textOf(value: bigint, bits: 32 | 128): string {
  const [count, size, radix, separator] = bits === 32 ? [4, 8, 10, '.'] : [8, 16, 16, ':'];
  const parts: string[] = [];
  for (let index = count - 1; index >= 0; index--) {
    parts.push(Number(BigInt.asUintN(size, value >> BigInt(index * size))).toString(radix));
  }
  const text = parts.join(separator);
  // The URL parser knows the shortest form (RFC 5952).
  return bits === 32 ? text : new URL(`http://[${text}]`).hostname.slice(1, -1);
}
