// What a client that comes back needs from its host. Tests put their own in place, and move time by hand.

import timers from 'node:timers';
import type { Clock } from '../../core/ports.ts';
import { nodeHost } from '../../node/environment.ts';
import type { ClientConnection } from '../client-connection.ts';
import { connectAs, type SetUp } from '../connect.ts';
import type { ConnectOptions } from '../options.ts';

export interface ReconnectPorts {
  readonly clock: Clock;
  /** A number from 0 to 1, 1 excluded. */
  random(): number;
  /** Milliseconds since 1970. */
  wallClock(): number;
  /**
   * Keeps the process alive, as an open connection does.
   *
   * @returns a function that ends it
   */
  hold(): () => void;
  connect(url: string | URL, options: ConnectOptions, setUp: SetUp | undefined): Promise<ClientConnection>;
}

/** The longest interval of Node. Nothing happens at its end. */
const LONG = 2 ** 31 - 1;

export const nodeReconnectPorts: ReconnectPorts = {
  clock: nodeHost.clock,
  random: Math.random,
  wallClock: Date.now,
  hold() {
    // Timers of connections do not keep the process alive.
    const interval = timers.setInterval(() => {}, LONG);
    return () => timers.clearInterval(interval);
  },
  connect: connectAs,
};
