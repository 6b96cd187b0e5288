// Real sockets, and time that the test moves: the system's network with another clock.

import { setImmediate as turn } from 'node:timers/promises';
import { network, replaceNetwork } from '../../src/node/network.ts';
import { ManualClock, ManualTurn } from '../support/manual-clock.ts';

export interface NetworkClock {
  /** Moves on by so many seconds, a second at a time, with turns of the event loop in between for what follows. */
  advance(seconds: number): Promise<void>;
  /** Puts the real clock back. */
  restore(): void;
}

/** Stops time for connections that are made from now on. */
export function stopTime(): NetworkClock {
  const system = network();
  const clock = new ManualClock(new ManualTurn());
  const restore = replaceNetwork({
    clock,
    connect: (address) => system.connect(address),
    listen: (server, address) => system.listen(server, address),
  });
  return {
    async advance(seconds) {
      for (let second = 0; second < seconds; second++) {
        clock.advance(1000);
        await turn();
      }
    },
    restore,
  };
}
