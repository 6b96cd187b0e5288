// The observers of the connections of one server or of one client: those in its options, and those of all connections.

import type { Observer, Observers } from '../core/observer.ts';
import { observeAsAll } from './everybody.ts';
import { type LoggedConnection, logObserver } from './log-observer.ts';
import { GuardedLogger, type Logger } from './logger.ts';

/** The options of a server or a client. */
export interface Observing<Peer> {
  readonly observer?: Observer<Peer> | undefined;
  readonly logger?: Logger | undefined;
  /** It serves those who observe: nobody observes it. Otherwise an inspector would fill the debug log with what it shows. */
  readonly isForObservers?: boolean | undefined;
}

/** Has connections observed as the options say, and by what observes every connection of the process. */
export function observeBy<Peer extends LoggedConnection>(
  observers: Observers<Peer>,
  { observer, logger, isForObservers = false }: Observing<Peer>,
): void {
  if (isForObservers) return;
  observeAsAll(observers);
  if (observer !== undefined) observers.add(observer);
  if (logger !== undefined) observers.add(logObserver(new GuardedLogger(logger), false) as Observer<Peer>);
}
