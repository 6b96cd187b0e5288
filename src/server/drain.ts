// Draining: the server takes nothing new, closes each connection after the messages that were sent to it, and cuts those
// that are still open at the deadline.

import { nodeHost } from '../node/environment.ts';
import type { Connections } from './connections.ts';
import type { Listeners } from './listeners.ts';
import type { DrainResult } from './options.ts';
import type { RefusedSockets } from './refused-sockets.ts';
import type { Upgrades } from './upgrades.ts';

/** The parts of a server that a drain ends. */
export interface DrainedServer<Context> {
  readonly upgrades: Upgrades<Context>;
  readonly listeners: Listeners;
  readonly connections: Connections<Context>;
  readonly refusedSockets: RefusedSockets;
  /** Functions that end an attachment each. */
  readonly detachments: Iterable<() => void>;
}

/** How to close. All of it has been checked. */
export interface DrainSettings {
  readonly code: number;
  readonly reason: string;
  /** Milliseconds until connections that are still open are cut. 0: at once. */
  readonly deadline: number;
}

/** Ends the service of a server. Resolves when its connections are gone and its ports are free. */
export async function drain<Context>(
  server: DrainedServer<Context>,
  { code, reason, deadline }: DrainSettings,
): Promise<DrainResult> {
  const { upgrades, listeners, connections, refusedSockets, detachments } = server;
  const terminate = (): void => {
    connections.terminate();
    refusedSockets.destroy();
  };
  upgrades.refuse();
  const stopped = listeners.stop();
  const timer = nodeHost.clock.timer({ expired: terminate });
  if (deadline > 0) timer.set(deadline);
  const ends = connections.goAway(code, reason);
  if (deadline === 0) terminate();
  const events = await Promise.all(ends);
  timer.clear();
  await stopped;
  for (const detach of detachments) detach();
  const closed = events.filter((event) => event.wasClean).length;
  return { closed, terminated: events.length - closed };
}
