// IP addresses of clients: which network a client counts as, and whether it is this machine's own network.

import { isIPv4, isIPv6 } from 'node:net';

/**
 * An address in the form in which it is compared: without zone, an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2) as IPv4.
 *
 * @returns `undefined` for what is not an address
 */
export function plainIp(text: string): string | undefined {
  if (isIPv4(text)) return text;
  if (!isIPv6(text)) return undefined;
  const groups = groupsOf(text);
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  if (!isMapped) return withoutZone(text);
  const [high = 0, low = 0] = groups.slice(6);
  return `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
}

/**
 * Returns what counts as one client: an IPv4 address; for IPv6 the /64, since a provider gives at least that much to
 * each customer.
 *
 * @param address  as {@link plainIp} gives it
 */
export function networkOf(address: string): string {
  if (!isWithColons(address)) return address;
  const groups = groupsOf(address).slice(0, 4);
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}

/**
 * Whether an address is of this machine or of its own network: loopback, private (RFC 1918), link-local (RFC 3927,
 * RFC 4291 §2.5.6), unique-local (RFC 4193). Behind one of these there may be a proxy that all clients come through.
 *
 * @param address  as {@link plainIp} gives it
 */
export function isOwnNetwork(address: string): boolean {
  if (!isWithColons(address)) {
    const second = address.indexOf('.') + 1;
    switch (address.slice(0, second)) {
      case '127.':
      case '10.':
        return true;
      case '172.': {
        const number = Number.parseInt(address.slice(second), 10);
        return number >= 16 && number < 32;
      }
      case '192.':
        return address.startsWith('168.', second);
      case '169.':
        return address.startsWith('254.', second);
      default:
        return false;
    }
  }
  const groups = groupsOf(address);
  const [first = 0] = groups;
  const isLoopback = groups[7] === 1 && groups.slice(0, 7).every((group) => group === 0);
  return isLoopback || (first & 0xffc0) === 0xfe80 || (first & 0xfe00) === 0xfc00;
}

/** Which of the two kinds a valid address is, without the pattern that validates it: this is asked of every client. */
function isWithColons(address: string): boolean {
  return address.includes(':');
}

/** The eight groups of a valid IPv6 address. */
export function groupsOf(address: string): number[] {
  let text = withoutZone(address);
  if (text.includes('.')) {
    const tail = text.lastIndexOf(':') + 1;
    const [a = 0, b = 0, c = 0, d = 0] = text.slice(tail).split('.').map(Number);
    text = `${text.slice(0, tail)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  }
  const [left = '', right = ''] = text.split('::');
  const before = left === '' ? [] : left.split(':');
  const after = right === '' ? [] : right.split(':');
  // Streams of an application's own may call anything their address.
  const zeros = new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
}

function withoutZone(address: string): string {
  const zone = address.indexOf('%');
  return zone < 0 ? address : address.slice(0, zone);
}
