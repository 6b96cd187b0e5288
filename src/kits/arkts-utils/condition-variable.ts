// `ArkTSUtils.locks.ConditionVariable`: waiting until another part of the app notifies.

import { BusinessError } from '../host.ts';

const named = new Map<string, ConditionVariable>();

/** Callers that wait, in their order. */
export class ConditionVariable {
  readonly #waiting: (() => void)[] = [];

  /**
   * Finds or makes the variable with a name.
   *
   * @throws BusinessError 401 if it is not a string
   */
  static request(name: string): ConditionVariable {
    if (typeof name !== 'string') throw new BusinessError(401, 'The input parameters are invalid.');
    const variable = named.get(name) ?? new ConditionVariable();
    named.set(name, variable);
    return variable;
  }

  /** Waits for a notification. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /**
   * Waits for a notification, or until the time is over.
   *
   * @param timeout  milliseconds
   * @throws BusinessError 401 if it is not a number
   */
  waitFor(timeout: number): Promise<void> {
    if (typeof timeout !== 'number') throw new BusinessError(401, 'The input parameters are invalid.');
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(notify), 1);
        resolve();
      }, timeout);
      const notify = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#waiting.push(notify);
    });
  }

  /** Notifies all that wait. */
  notifyAll(): void {
    for (const notify of this.#waiting.splice(0)) notify();
  }

  /** Notifies the one that waits longest. */
  notifyOne(): void {
    this.#waiting.shift()?.();
  }
}
