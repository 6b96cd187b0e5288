// The deadlines of one connection, on one timer: keep-alive while it is open, the bounds of the closing handshake after.

import { type WebSocketError, webSocketError } from '../errors.ts';
import type { Clock, Timer } from '../ports.ts';
import { KeepAlive } from './keepalive.ts';
import type { ConnectionOptions } from './options.ts';

/** What has to be done when time is up. */
export type Due =
  | { readonly kind: 'ping'; readonly payload: Uint8Array }
  /** The peer is gone. */
  | { readonly kind: 'lost'; readonly error: WebSocketError }
  /** The closing handshake, or the end of TCP after it, took longer than `closeTimeout`. */
  | { readonly kind: 'cut' };

/** What comes from the peer. */
export interface Incoming {
  /** Payload bytes that have come of a data frame that is not complete; 0 outside of one. */
  readonly frameProgress: number;
}

export class Deadlines {
  readonly #due: (due: Due) => void;
  readonly #options: ConnectionOptions;
  readonly #clock: Clock;
  readonly #incoming: Incoming;
  /** Made when something has to be waited for. */
  #timer: Timer | undefined;
  #keepAlive: KeepAlive | undefined;
  #isReading = true;

  constructor(due: (due: Due) => void, options: ConnectionOptions, clock: Clock, incoming: Incoming) {
    this.#due = due;
    this.#options = options;
    this.#clock = clock;
    this.#incoming = incoming;
    if (options.heartbeat !== undefined) this.#keepAlive = new KeepAlive(options.heartbeat, this.#ownTimer(), clock);
  }

  /** A pong came. */
  pong(): void {
    this.#keepAlive?.pong();
  }

  /** Reading stopped: what the peer sends is not seen. */
  paused(): void {
    this.#isReading = false;
  }

  resumed(): void {
    this.#isReading = true;
    this.#keepAlive?.resumed();
  }

  /** From here on the end of TCP is waited for, but not for ever. Again after progress of a peer that reads slowly. */
  closing(): void {
    this.#keepAlive = undefined;
    this.#ownTimer().set(this.#options.closeTimeout);
  }

  /** Nothing is waited for any more. */
  clear(): void {
    this.#timer?.clear();
  }

  #ownTimer(): Timer {
    this.#timer ??= this.#clock.timer(() => this.#expired());
    return this.#timer;
  }

  #expired(): void {
    const keepAlive = this.#keepAlive;
    if (keepAlive === undefined) {
      this.#due({ kind: 'cut' });
      return;
    }
    const ping = keepAlive.expired(this.#isReading, this.#incoming.frameProgress);
    if (ping === 'lost') this.#due({ kind: 'lost', error: webSocketError('ERR_WS_HEARTBEAT', keepAlive.timeout) });
    else if (ping !== undefined) this.#due({ kind: 'ping', payload: ping });
  }
}
