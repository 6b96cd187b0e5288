// One attempt to connect to one NATS server, which can be given up. The library has no way to end an attempt, and forgets the
// socket of one that takes too long: against a server that stands still, each attempt would leave a socket open. Node tells
// of each TCP socket that is made (`net.client.socket` of node:diagnostics_channel); those of the attempt are ended with it.

import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { NatsClient, NatsConnectionLike, NatsConnectOptions } from './nats-client.ts';

interface Destroyable {
  destroy(): void;
}

const attempts = new AsyncLocalStorage<Set<Destroyable>>();
let running = 0;

function noteSocket(message: unknown): void {
  const { socket } = message as { socket: Destroyable };
  attempts.getStore()?.add(socket);
}

/**
 * The TLS socket of a connection. Node does not tell of it: the library makes it over the TCP socket, and has it in a place that is
 * not documented. A TLS socket that is destroyed takes no more bytes, and an error of those that were on their way is not an event.
 */
function securedOf(connection: NatsConnectionLike): Destroyable | undefined {
  const { protocol } = connection as { protocol?: { transport?: { socket?: Partial<Destroyable> } } };
  const socket = protocol?.transport?.socket;
  return typeof socket?.destroy === 'function' ? (socket as Destroyable) : undefined;
}

/** An attempt that runs, and what became of it. */
export interface Attempt {
  /** Rejects with the error of the library, including after `end`. */
  readonly connection: Promise<NatsConnectionLike>;
  /**
   * Ends the attempt, or the connection that it has led to, at once; harmless if repeated.
   *
   * The library's own `close` takes its listeners off the socket: an error of a write that was on its way would then be
   * uncaught, and end the process.
   */
  end(): Promise<void>;
}

/** Begins an attempt. Its time is `options.timeout`. */
export function attempt(client: NatsClient, options: NatsConnectOptions): Attempt {
  const sockets = new Set<Destroyable>();
  const destroy = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  if (running++ === 0) subscribe('net.client.socket', noteSocket);
  let secured: Destroyable | undefined;
  const connection = attempts
    .run(sockets, () => client.connect(options))
    .then((made) => {
      secured = securedOf(made);
      return made;
    })
    .catch((error: unknown) => {
      destroy();
      throw error;
    })
    .finally(() => {
      if (--running > 0) return;
      unsubscribe('net.client.socket', noteSocket);
      attempts.disable(); // its hooks cost each Promise of the process something, on Node 20 and 22
    });
  const end = async (): Promise<void> => {
    // What is still written to TLS over a socket that is gone is an error, which the library does not hear any more.
    secured?.destroy();
    destroy();
    try {
      const made = await connection;
      securedOf(made)?.destroy();
      // It was made meanwhile, or by a socket that Node does not tell of: TLS from the first byte.
      destroy();
      if (sockets.size === 0) await made.close();
      await made.closed();
    } catch {
      // there is none
    }
  };
  return { connection, end };
}
