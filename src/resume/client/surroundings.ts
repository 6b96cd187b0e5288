// What a client that resumes listens to beside its session: its signal, and what the application says of the network.

import { offAbort, onAbort } from '../../client/abort-listeners.ts';
import type { NetworkHints } from '../../client/reconnect/options.ts';

/** What it is told. */
export interface Listener {
  aborted(reason: unknown): void;
  /** What the network is like at the beginning, if there is none. */
  networkWas(isOnline: boolean): void;
  networkIs(isOnline: boolean): void;
}

/** @returns a function that ends it */
export function listen(
  signal: AbortSignal | undefined,
  network: NetworkHints | undefined,
  listener: Listener,
): () => void {
  if (network?.isOnline?.() === false) listener.networkWas(false);
  const stop = network?.subscribe?.((isOnline) => listener.networkIs(isOnline));
  const aborted = (): void => listener.aborted(signal?.reason);
  if (signal?.aborted === true) queueMicrotask(aborted);
  else if (signal !== undefined) onAbort(signal, aborted);
  return () => {
    if (signal !== undefined) offAbort(signal, aborted);
    if (typeof stop === 'function') stop();
  };
}
