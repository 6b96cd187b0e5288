// The bounds of one attempt to connect: a time limit and the application's signal, joined into one AbortSignal.

import { webSocketError, webSocketErrorFrom } from '../core/errors.ts';
import { nodeHost } from '../node/environment.ts';
import { offAbort, onAbort } from './abort-listeners.ts';

export class Attempt {
  /** The asynchronous context in which `connect` was called. */
  readonly context = nodeHost.contexts.capture();
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #timer = nodeHost.clock.timer({
    expired: () => this.#controller.abort(webSocketError('ERR_WS_HANDSHAKE_TIMEOUT', this.#timeout, this.#progress())),
  });
  readonly #timeout: number;
  readonly #progress: () => string;
  readonly #aborted = (): void => this.#controller.abort(webSocketErrorFrom(this.#outer?.reason, 'ERR_WS_ABORTED'));

  /**
   * @param timeout   milliseconds; 0: no bound
   * @param progress  returns how far the attempt has come, for the text of the error
   */
  constructor(timeout: number, outer: AbortSignal | undefined, progress: () => string) {
    this.#timeout = timeout;
    this.#progress = progress;
    this.#outer = outer;
    if (outer !== undefined) onAbort(outer, this.#aborted);
    if (outer?.aborted === true) this.#aborted();
    if (timeout > 0) this.#timer.set(timeout);
  }

  /** Aborted with a WebSocketError as its reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends the bounds: the attempt has succeeded or failed. Harmless when repeated. */
  finish(): void {
    this.#timer.clear();
    if (this.#outer !== undefined) offAbort(this.#outer, this.#aborted);
  }
}
