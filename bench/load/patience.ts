// Waiting for answers that may never come: a server that drops or hangs ends its own rounds, not the whole run.

/** Milliseconds without an answer after which a server is given up. */
const PATIENCE = 20_000;

/** One thing to wait for, which may also fail. */
export class Wait {
  #finish: ((error?: Error) => void) | undefined;
  #error: Error | undefined;

  /** Resolves at the next `done`. @throws the error given to `fail`, even earlier; or when it takes too long */
  wait(what: string): Promise<void> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail(new Error(`${what} did not come within ${PATIENCE} ms`)), PATIENCE);
      this.#finish = (error) => {
        clearTimeout(timer);
        this.#finish = undefined;
        if (error === undefined) resolve();
        else reject(error);
      };
    });
  }

  done(): void {
    this.#finish?.();
  }

  fail(error: Error): void {
    this.#error ??= error;
    this.#finish?.(this.#error);
  }

  /** @throws what `fail` was told */
  check(): void {
    if (this.#error !== undefined) throw this.#error;
  }
}
