// Sockets that are bound to a port and accept nothing here: the primary process of a cluster holds one for each worker, so that
// what clients send to a port is never refused while a worker is being replaced. Node makes such a socket for `node:cluster`,
// but has no public API for it.
//
// Detection: `net` has `_createServerHandle`, and what it returns has the methods that are called on it; and Node knows
// SO_REUSEPORT (`reuse-port.ts`), which lets several sockets have one port. Fallback: `node:cluster` shares the port.

import process from 'node:process';
import { getSystemErrorName } from 'node:util';
import { reusePortProblem } from '../reuse-port.ts';
import { hasMethods } from './socket-handle.ts';

/** A socket of the system that is bound. Another process can be given it, and listen on it. */
export interface ListenHandle {
  getsockname(address: { address?: string; port?: number }): number;
  close(): void;
}

type CreateHandle = (
  address: string | null,
  port: number,
  family: 4 | 6 | null,
  fd: number,
  flags: number,
) => ListenHandle | number;

/** `UV_TCP_REUSEPORT` of libuv. */
const REUSE_PORT = 2;
const METHODS = ['getsockname', 'close', 'listen'];

/** Whether {@link bindShared} can be used here. */
export function canBindShared(): boolean {
  return createHandle() !== undefined && process.platform !== 'win32' && reusePortProblem() === undefined;
}

/**
 * Binds a socket that others with the same port may have beside it.
 *
 * @param address  `null`: all addresses, IPv6 and IPv4
 * @param port     0: any free port, which the result tells
 * @param isFirst  whether no other one of this program has the port: then nobody may have it
 * @throws the system's error, with `code`
 */
export function bindShared(
  address: string | null,
  port: number,
  family: 4 | 6 | null,
  isFirst: boolean,
): { readonly handle: ListenHandle; readonly port: number } {
  // With SO_REUSEPORT, the same program started twice would share the port with itself.
  if (isFirst && port !== 0) bind(address, port, family, 0).handle.close();
  return bind(address, port, family, REUSE_PORT);
}

function bind(
  address: string | null,
  port: number,
  family: 4 | 6 | null,
  flags: number,
): { readonly handle: ListenHandle; readonly port: number } {
  const handle = (createHandle() as CreateHandle)(address, port, family, -1, flags);
  if (typeof handle === 'number') throw systemError(handle, address, port);
  const name: { address?: string; port?: number } = {};
  // libuv tells here that the port is in use.
  const status = handle.getsockname(name);
  if (status === 0) return { handle, port: name.port ?? port };
  handle.close();
  throw systemError(status, address, port);
}

let known: CreateHandle | null | undefined;

function createHandle(): CreateHandle | undefined {
  if (known !== undefined) return known ?? undefined;
  known = null;
  const create = (process.getBuiltinModule('node:net') as unknown as { _createServerHandle?: CreateHandle })
    ._createServerHandle;
  if (typeof create !== 'function') return undefined;
  try {
    const handle = create('127.0.0.1', 0, 4, -1, 0);
    if (typeof handle === 'number') return undefined;
    if (hasMethods(handle, METHODS)) known = create;
    handle.close();
  } catch {
    // Another Node has something else by this name.
  }
  return known ?? undefined;
}

function systemError(errno: number, address: string | null, port: number): NodeJS.ErrnoException {
  const code = getSystemErrorName(errno);
  const text = `listen ${code} ${address ?? '::'}:${port}`;
  return Object.assign(new Error(text), { code, errno, syscall: 'listen', address: address ?? '::', port });
}
