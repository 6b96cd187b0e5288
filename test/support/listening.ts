// Programs of others that listen on ports which the test chose.

import type { ChildProcess } from 'node:child_process';
import { connect as connectTcp } from 'node:net';

/** Waits until a port takes connections. @returns `false` when the program has ended */
export async function isListening(child: ChildProcess, port: number): Promise<boolean> {
  while (child.exitCode === null) {
    const socket = connectTcp(port, '127.0.0.1');
    const isOpen = await new Promise((resolve) =>
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false)),
    );
    socket.destroy();
    if (isOpen) return true;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return false;
}
