// Whether a text can be the host of a connection.

import { isIP } from 'node:net';

/** An address, or characters that can stand between the slashes and the port of a URL. */
export function isHostName(host: string): boolean {
  return isIP(host) !== 0 || !/[\s/\\@:?#[\]]|\p{Cc}/u.test(host);
}
