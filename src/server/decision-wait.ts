// The time in which a decision on a handshake is awaited. Meanwhile the client may leave, or the time may be over; both
// are told in the `AsyncLocalStorage` context that the decision was asked for in.

import type { Duplex } from 'node:stream';
import type { Timer } from '../core/ports.ts';
import { nodeHost } from '../node/environment.ts';
import type { UpgradeCarrier } from './upgrade-carrier.ts';

const ENDINGS = ['error', 'close', 'end'] as const;

/** Watches a socket and a time until the decision is there. Most decisions are made at once and need no such object. */
export class DecisionWait {
  #socket: Duplex | undefined;
  #isOver = false;
  readonly #lost: () => void;
  readonly #timer: Timer | undefined;
  readonly #context = nodeHost.contexts.capture();

  /**
   * @param carrier   of the request
   * @param timeout   milliseconds; 0: no bound
   * @param lost      called when the client has left
   * @param timedOut  called when the time is over
   */
  constructor(carrier: UpgradeCarrier, timeout: number, lost: () => void, timedOut: () => void) {
    this.#lost = lost;
    const isHeld = carrier.hold((socket) => this.#watch(socket));
    // A handler that is async but waits for nothing decides before the immediate. This is never cleared: Node calls a
    // cleared immediate for ever if, in between, a tick has thrown (an application's handler does that).
    if (isHeld) setImmediate(() => this.#isOver || this.#watch(carrier.socket));
    else this.#watch(carrier.socket);
    if (timeout > 0) {
      this.#timer = nodeHost.clock.timer({ expired: timedOut });
      this.#timer.set(timeout);
    }
  }

  /** Calls `task` in the context that the decision was asked for in. */
  run(task: () => void): void {
    nodeHost.contexts.run(this.#context, task);
  }

  /** Stops watching. {@link run} can still be called. */
  end(): void {
    this.#timer?.clear();
    this.#isOver = true;
    for (const event of ENDINGS) this.#socket?.off(event, this.#lost);
  }

  /** Does nothing at a further call. */
  #watch(socket: Duplex): void {
    if (this.#isOver || this.#socket !== undefined) return;
    this.#socket = socket;
    for (const event of ENDINGS) socket.on(event, this.#lost);
  }
}
