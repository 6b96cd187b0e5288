// `ArkTSUtils.locks`: locks that are waited for by promises. There is one thread here, whose number is 1.

import { BusinessError } from '../host.ts';

/** Runs while the lock is held. */
export type AsyncLockCallback<T> = () => T | Promise<T>;

/** How a lock is held, by name. */
export const AsyncLockMode = {
  /** With others that do the same. */
  SHARED: 1,
  /** Exclusively. */
  EXCLUSIVE: 2,
} as const;

/** The number of a mode. */
export type AsyncLockMode = 1 | 2;

/** Takes a request back. */
export class AbortSignal<T> {
  /** Set it to `true` to take the request back. */
  aborted = false;
  /** What the promise is rejected with. */
  reason!: T;
}

/** Options of a request. */
export class AsyncLockOptions<T> {
  /** Whether the request fails if the lock is not free. Default `false` */
  isAvailable = false;
  /** Takes the request back. Default `null` */
  signal: AbortSignal<T> | null = null;
  /** Milliseconds after which the request fails. Default 0: none */
  timeout = 0;
}

/** A request. */
export class AsyncLockInfo {
  /** Name of the lock. */
  name = '';
  /** How the lock is to be held. */
  mode: AsyncLockMode = AsyncLockMode.EXCLUSIVE;
  /** Number of the thread. */
  contextId = 0;
}

/** All requests of a lock. */
export class AsyncLockState {
  /** Those that hold it. */
  held: AsyncLockInfo[] = [];
  /** Those that wait for it. */
  pending: AsyncLockInfo[] = [];
}

interface Request {
  readonly mode: AsyncLockMode;
  /** Runs the callback, and releases the lock before the promise of the call is settled. */
  run(release: () => void): Promise<void>;
}

const named = new Map<string, AsyncLock>();
let count = 0;

/** A lock. Requests are served in their order. */
export class AsyncLock {
  /** The name; one without meaning, if the lock was made by `new`. */
  readonly name: string = `anonymousLock${++count}`;
  readonly #held: Request[] = [];
  readonly #pending: Request[] = [];

  /**
   * Finds or makes the lock with a name.
   *
   * @throws BusinessError 401 if it is not a string
   */
  static request(name: string): AsyncLock {
    if (typeof name !== 'string') throw invalid();
    let lock = named.get(name);
    if (lock === undefined) {
      lock = new AsyncLock();
      (lock as { name: string }).name = name;
      named.set(name, lock);
    }
    return lock;
  }

  /**
   * Returns the requests of a lock that `request` has made.
   *
   * @throws BusinessError 401 if the name is not a string, 10200030 if there is no such lock
   */
  static query(name: string): AsyncLockState {
    if (typeof name !== 'string') throw invalid();
    const lock = named.get(name);
    if (lock === undefined) throw new BusinessError(10200030, 'The lock does not exist.');
    return lock.#state();
  }

  /** Returns the requests of each lock that `request` has made. */
  static queryAll(): AsyncLockState[] {
    return [...named.values()].map((lock) => lock.#state());
  }

  /**
   * Calls a function as soon as nothing else holds the lock, later than this call.
   *
   * @returns what the function returns
   * @throws BusinessError 401 if it is not a function; it is thrown, not a rejection
   */
  lockAsync<T>(callback: AsyncLockCallback<T>): Promise<T>;
  /**
   * Calls a function as soon as the lock is held, later than this call.
   *
   * @returns what the function returns
   * @throws BusinessError 401 if an argument is of another type; it is thrown, not a rejection
   */
  lockAsync<T>(callback: AsyncLockCallback<T>, mode: AsyncLockMode): Promise<T>;
  /**
   * Calls a function as soon as the lock is held, later than this call. The promise is rejected with the signal's reason if the
   * request was taken back, and with an Error if the lock must be free and is not.
   *
   * @returns what the function returns
   * @throws BusinessError 401 if an argument is of another type; it is thrown, not a rejection. 10200031 if the time is over
   */
  lockAsync<T, U>(callback: AsyncLockCallback<T>, mode: AsyncLockMode, options: AsyncLockOptions<U>): Promise<T | U>;
  lockAsync<T>(
    callback: AsyncLockCallback<T>,
    mode: AsyncLockMode = AsyncLockMode.EXCLUSIVE,
    options: AsyncLockOptions<unknown> = new AsyncLockOptions(),
  ): Promise<T> {
    if (typeof callback !== 'function' || (mode !== 1 && mode !== 2) || typeof options !== 'object') throw invalid();
    return new Promise<T>((resolve, reject) => {
      if (options.isAvailable && !this.#isFreeFor(mode)) {
        reject(new Error(`the lock ${this.name} is not available`));
        return;
      }
      let timer: ReturnType<typeof setTimeout> | undefined;
      const request: Request = {
        mode,
        async run(release) {
          clearTimeout(timer);
          if (options.signal?.aborted) {
            release();
            reject(options.signal.reason);
            return;
          }
          try {
            const value = await callback();
            release();
            resolve(value);
          } catch (error) {
            release();
            reject(error);
          }
        },
      };
      if (options.timeout > 0) {
        timer = setTimeout(() => {
          this.#pending.splice(this.#pending.indexOf(request), 1);
          reject(this.#timeoutError());
          this.#serve();
        }, options.timeout);
      }
      this.#pending.push(request);
      this.#serve();
    });
  }

  #isFreeFor(mode: AsyncLockMode): boolean {
    if (this.#pending.length > 0) return false;
    return this.#canHold(mode);
  }

  #canHold(mode: AsyncLockMode): boolean {
    const isShared = mode === AsyncLockMode.SHARED;
    return this.#held.every((request) => isShared && request.mode === AsyncLockMode.SHARED);
  }

  #serve(): void {
    for (let next = this.#pending[0]; next !== undefined && this.#canHold(next.mode); next = this.#pending[0]) {
      this.#pending.shift();
      this.#hold(next);
    }
  }

  #hold(request: Request): void {
    this.#held.push(request);
    queueMicrotask(() => {
      void request.run(() => {
        this.#held.splice(this.#held.indexOf(request), 1);
        this.#serve();
      });
    });
  }

  #state(): AsyncLockState {
    const state = new AsyncLockState();
    state.held = this.#held.map((request) => this.#infoOf(request));
    state.pending = this.#pending.map((request) => this.#infoOf(request));
    return state;
  }

  #infoOf({ mode }: Request): AsyncLockInfo {
    return Object.assign(new AsyncLockInfo(), { name: this.name, mode, contextId: 1 });
  }

  #timeoutError(): BusinessError {
    const text = `Timeout exceeded. The lock ${this.name} has ${this.#held.length} holders and ${this.#pending.length} waiting.`;
    return new BusinessError(10200031, text);
  }
}

function invalid(): BusinessError {
  return new BusinessError(401, 'The input parameters are invalid.');
}
