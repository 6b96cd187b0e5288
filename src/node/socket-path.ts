// Paths of Unix sockets: how long they may be, and what becomes of a file that a server has left behind.

import { Buffer } from 'node:buffer';
import { lstatSync, type Stats, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import process from 'node:process';
import { lateWorkerThreads } from './late-modules.ts';

/** Bytes of a path, with the byte that ends it. Beyond it, some versions of Node cut the path silently. */
const MAX_SIZE = process.platform === 'linux' ? 108 : 104;

/** Whether a path names an abstract socket of Linux, which is not in the file system: it begins with a byte 0. */
export function isAbstract(path: string): boolean {
  return path.startsWith('\0');
}

/** A path as people write it: that of an abstract socket with `@`. */
export function shownPath(path: string): string {
  return isAbstract(path) ? `@${path.slice(1)}` : path;
}

/** Returns what is wrong with the path of a socket. */
export function pathProblem(path: string): string | undefined {
  if (process.platform === 'win32') {
    return /^\\\\[.?]\\pipe\\./i.test(path) ? undefined : 'the name of a pipe such as \\\\.\\pipe\\chat';
  }
  if (path === '' || path === '\0') return 'the path of a Unix socket';
  if (isAbstract(path)) {
    if (process.platform !== 'linux') return 'the path of a Unix socket; abstract sockets exist on Linux only';
  } else if (path.includes('\0')) return 'the path of a Unix socket, without a byte 0 inside';
  const size = Buffer.byteLength(path) + (isAbstract(path) ? 0 : 1);
  if (size <= MAX_SIZE) return undefined;
  return `a path of at most ${MAX_SIZE - 1} bytes (it has ${Buffer.byteLength(path)}): the system takes no longer one for a socket`;
}

/**
 * Removes a socket in the file system that its server has left behind: nobody answers there.
 *
 * @returns `undefined` when the path is free; otherwise why it is not
 */
export async function freePath(path: string): Promise<string | undefined> {
  if (isAbstract(path) || process.platform === 'win32') return 'EADDRINUSE';
  const before = fileAt(path);
  if (before === undefined) return undefined;
  if (!before.isSocket()) return 'EEXIST';
  if (await answers(path)) return 'EADDRINUSE';
  // Another server may have taken the path meanwhile.
  const now = fileAt(path);
  if (now === undefined) return undefined;
  if (now.ino !== before.ino || now.ctimeMs !== before.ctimeMs) return 'EADDRINUSE';
  try {
    unlinkSync(path);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'EADDRINUSE';
  }
}

function fileAt(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** Whether a server listens. If it cannot be told, one does. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });
}

/**
 * Calls `listen`, which makes a socket in the file system, so that nobody has more rights than `mode` gives, not even before
 * they are set. Only the main thread can do that.
 */
export function withRights(mode: number, listen: () => void): void {
  if (!lateWorkerThreads().isMainThread || process.platform === 'win32') {
    listen();
    return;
  }
  const before = process.umask(0o777 & ~mode);
  try {
    listen();
  } finally {
    process.umask(before);
  }
}
