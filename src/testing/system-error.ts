// Errors as the system and `node:net` give them: message, code, errno, syscall, and whom it was about.

import { constants } from 'node:os';
import { isUnixAddress, type SocketAddress } from '../node/address.ts';

/** `errno` of what is not in the system's table: results of name lookup. */
const lookupNumbers: Readonly<Record<string, number>> = { ENOTFOUND: -3008 };

const words: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'address not available',
};

/** Failure of a call that concerned an address. */
export function addressError(
  syscall: 'connect' | 'listen',
  code: 'ECONNREFUSED' | 'EADDRINUSE' | 'EADDRNOTAVAIL' | 'ENOENT',
  address: SocketAddress,
): Error {
  const reason = words[code];
  const place = isUnixAddress(address) ? address.path : `${address.host}:${address.port}`;
  const text = reason === undefined ? `${syscall} ${code} ${place}` : `${syscall} ${code}: ${reason} ${place}`;
  const about = isUnixAddress(address) ? { address: address.path } : { address: address.host, port: address.port };
  return systemError(syscall, code, text, about);
}

/** A name that nobody knows. */
export function lookupError(host: string): Error {
  return systemError('getaddrinfo', 'ENOTFOUND', `getaddrinfo ENOTFOUND ${host}`, { hostname: host });
}

/** A connection that the other end has dropped. */
export function streamError(syscall: 'read' | 'write', code: 'ECONNRESET' | 'EPIPE' | 'ECANCELED'): Error {
  return systemError(syscall, code, `${syscall} ${code}`);
}

function systemError(syscall: string, code: string, message: string, about: object = {}): Error {
  const known = (constants.errno as Readonly<Record<string, number>>)[code];
  const errno = known === undefined ? lookupNumbers[code] : -known;
  return Object.assign(new Error(message), { errno, code, syscall, ...about });
}
