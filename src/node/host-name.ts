// Whether a text can be the host of a connection.

import { isIP } from 'node:net';

/**
 * Returns whether it is an IP address, or has only characters that may stand between the slashes and the port of a URL.
 */
export function isHostName(host: string): boolean {
  return isIP(host) !== 0 || !/[\s/\\@:?#[\]]|\p{Cc}/u.test(host);
}
