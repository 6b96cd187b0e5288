// What observes every server and every client of the process: the channels of node:diagnostics_channel while somebody has
// subscribed, and the debug log if the environment asked for it. Somebody may subscribe when connections are open already, so
// those who can be observed are remembered; by weak references, since a server that nobody holds is gone.

import { NO_OBSERVERS, type Observer, type Observers } from '../core/observer.ts';
import { debugLog } from '../node/debug-log.ts';
import { channelObserver, followChannels } from './channels.ts';
import { type LoggedConnection, logObserver } from './log-observer.ts';

type Any = Observers<unknown>;

const everybody = new Set<WeakRef<Any>>();
const gone = new FinalizationRegistry<WeakRef<Any>>((reference) => everybody.delete(reference));
/** How the observer of the channels is removed again. */
const removals = new WeakMap<Any, () => void>();
let ofChannels: Observer<unknown> | undefined;
let isTold = false;

/** Has a server's or a client's connections observed as all others are. */
export function observeAsAll<Peer>(observers: Observers<Peer>): void {
  const one = observers as unknown as Any;
  const reference = new WeakRef(one);
  everybody.add(reference);
  gone.register(one, reference);
  if (debugLog !== undefined) {
    const write = debugLog;
    const sink = { wants: () => true, write: (_level: string, line: string) => write(line) };
    (observers as unknown as Observers<LoggedConnection>).add(logObserver(sink, true));
  }
  if (!isTold) refresh();
  join(one);
}

function join(one: Any): void {
  removals.get(one)?.();
  removals.delete(one);
  if (ofChannels !== undefined) removals.set(one, one.add(ofChannels));
}

/** Somebody has subscribed, or stopped. */
function refresh(): void {
  ofChannels = channelObserver();
  for (const reference of everybody) {
    const one = reference.deref();
    if (one !== undefined) join(one);
  }
}

isTold = followChannels(refresh);
observeAsAll(NO_OBSERVERS);
