// Promises of calls that may fail. Node ends the process for a rejection that nothing handles. Users of the kit write
// `void server.send(…)`, or `.then(…)` without `catch`, as its guide does. These Promises are ordinary, with two
// changes: each has a reaction of ours, so that the host never sees an unhandled one; and we record whether the
// application reacts.
//
//   const promise = server.send(…)        rejects, and nothing has reacted           → one warning
//   const next = promise.then(callback)   reacted; `next` rejects with the same      → one warning, for `next`
//   await promise, promise.catch(…)       reacted and handled                        → nothing
//   promise.then(() => { throw own })     `next` rejects with the application's error → as without this package

import { diagnostics } from './diagnostics.ts';
import { answerWith, isOwn, reportUnhandled } from './own-errors.ts';

/** What is known about a Promise. */
interface Watch {
  /** The call that it answers; absent for a Promise that `then` derived. */
  readonly call: string | undefined;
  /** Whether the application has reacted to it: by `then`, `catch`, `await` and the like. */
  isObserved: boolean;
  /** If it rejects with an error of the application: a Promise that shows the rejection to the host. */
  foreign: Promise<never> | undefined;
}

const watches = new WeakMap<Promise<unknown>, Watch>();
const nativeThen = Promise.prototype.then;

class AnswerPromise<T> extends Promise<T> {
  // biome-ignore lint/suspicious/noThenProperty: a Promise
  override then<Fulfilled = T, Rejected = never>(
    onFulfilled?: ((value: T) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    observe(this);
    return watch(nativeThen.call(this, onFulfilled, onRejected) as Promise<Fulfilled | Rejected>, undefined);
  }
}

// `await`, `Promise.all` and the like read `constructor` and then react without calling `then` (ECMA-262 PromiseResolve).
// They find `Promise`, as for any Promise, so that they react in the same microtask.
void Object.defineProperty(AnswerPromise.prototype, 'constructor', {
  configurable: true,
  get(this: Promise<unknown>) {
    observe(this);
    return Promise;
  },
});

/**
 * Turns a Promise into one whose rejection need not be handled: the program goes on, and a warning is printed.
 *
 * @param promise  a fresh one, which nothing has reacted to. It is changed and returned.
 * @param call     the call that it answers, for the warning: `WebSocketServer.send`
 */
export function answerPromise<T>(promise: Promise<T>, call: string): Promise<T> {
  return watch(promise, call);
}

function watch<T>(promise: Promise<T>, call: string | undefined): Promise<T> {
  const watched: Watch = { call, isObserved: false, foreign: undefined };
  watches.set(promise, watched);
  void nativeThen.call(promise, undefined, (reason: unknown) => rejected(promise, watched, reason));
  return Object.setPrototypeOf(promise, AnswerPromise.prototype) as Promise<T>;
}

function observe(promise: Promise<unknown>): void {
  const watched = watches.get(promise);
  if (watched === undefined) return;
  watched.isObserved = true;
  watched.foreign?.catch(() => {});
}

function rejected(promise: Promise<unknown>, watched: Watch, reason: unknown): void {
  if (watched.call !== undefined) answerWith(reason as Error & { code: number }, watched.call);
  if (watched.isObserved) return;
  if (!isOwn(reason)) {
    watched.foreign = Promise.reject(reason);
    return;
  }
  // As with the host: a reaction within this turn is in time.
  later(() => {
    if (!watched.isObserved && !diagnostics().isObserved(reason, promise)) reportUnhandled(reason);
  });
}

/** The host's own timers, taken before a test replaces them. Browsers have no `setImmediate`. */
const later: (task: () => void) => unknown = typeof setImmediate === 'function' ? setImmediate : setTimeout;
