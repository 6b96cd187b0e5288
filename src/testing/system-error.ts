// Errors in the form of the system and `node:net`: message, code, errno, syscall, and the address or name concerned.

import { constants } from 'node:os';
import { isUnixAddress, type SocketAddress } from '../node/address.ts';

/** `errno` of codes that are not in the system's table: those of name lookups. */
const lookupNumbers: Readonly<Record<string, number>> = { ENOTFOUND: -3008, EAI_AGAIN: -3001 };

const words: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'address not available',
};

/** Returns the error of a failed call for an address. */
export function addressError(
  syscall: 'connect' | 'listen',
  code: 'ECONNREFUSED' | 'EADDRINUSE' | 'EADDRNOTAVAIL' | 'ENETUNREACH' | 'ENOENT',
  address: SocketAddress,
): Error {
  const reason = words[code];
  const place = isUnixAddress(address) ? address.path : `${address.host}:${address.port}`;
  const text = reason === undefined ? `${syscall} ${code} ${place}` : `${syscall} ${code}: ${reason} ${place}`;
  const about = isUnixAddress(address) ? { address: address.path } : { address: address.host, port: address.port };
  return systemError(syscall, code, text, about);
}

/** Returns the error for an unknown name, or for one that no server tells. */
export function lookupError(host: string, code: 'ENOTFOUND' | 'EAI_AGAIN' = 'ENOTFOUND'): Error {
  return systemError('getaddrinfo', code, `getaddrinfo ${code} ${host}`, { hostname: host });
}

/** Returns the error of a stream whose connection is gone. */
export function streamError(
  syscall: 'read' | 'write',
  code: 'ECONNABORTED' | 'ECONNRESET' | 'EPIPE' | 'ECANCELED',
): Error {
  return systemError(syscall, code, `${syscall} ${code}`);
}

function systemError(syscall: string, code: string, message: string, about: object = {}): Error {
  const known = (constants.errno as Readonly<Record<string, number>>)[code];
  const errno = known === undefined ? lookupNumbers[code] : -known;
  return Object.assign(new Error(message), { errno, code, syscall, ...about });
}
