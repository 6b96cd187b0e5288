// Whether a text can be the host of a connection.

import { isIP } from 'node:net';

/** An address, or characters that can stand between the slashes and the port of a URL. */
export function isHostName(host: string): boolean {
  return isIP(host) !== 0 || !/[\s/\\@:?#[\]]|\p{Cc}/u.test(host);
}

/** What may have a user name and a password in front of a host, for errors: these end up in logs. */
export function withoutPassword(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/isu, '$1***@');
}
