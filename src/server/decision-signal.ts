// The signal that tells an `upgrade` handler that its decision is of no use any more. Most handlers never look at it, so
// it is made when somebody does.

import type { WebSocketError } from '../core/errors.ts';

export class DecisionSignal {
  #controller: AbortController | undefined;
  #reason: WebSocketError | undefined;

  /** Why the decision is of no use; `undefined` as long as it is. */
  get reason(): WebSocketError | undefined {
    return this.#reason;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  abort(reason: WebSocketError): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
