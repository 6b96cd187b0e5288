// Promises of calls that fail. Left alone, Node ends the process for one whose rejection nobody handles; users of the kit
// write `void server.send(…)`, and `.then(…)` without `catch`, as its guide does. These are ordinary Promises, with two
// things changed: the host never sees one of them unhandled, because a reaction of ours is always there; and whether the
// application handles it is noted by ourselves.
//
//   const promise = server.send(…)        rejects, nobody has looked at it           → one warning
//   const next = promise.then(callback)   looked at; `next` rejects with the same    → one warning, for `next`
//   await promise, promise.catch(…)       looked at, handled                         → nothing
//   promise.then(() => { throw own })     `next` rejects with an error of the application → as without us

import { diagnostics } from './diagnostics.ts';
import { answerWith, isOwn, reportUnhandled } from './own-errors.ts';

/** What is known of a Promise. */
interface Watch {
  /** The call that it answers; absent for one derived by `then`. */
  readonly call: string | undefined;
  /** Somebody has reactions to it, or awaits it. */
  isObserved: boolean;
  /** Stands for it at the host, where it rejects with an error of the application. */
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

// `await`, `Promise.all` and their like look here before they react without calling `then` (ECMA-262, PromiseResolve).
// They find what any Promise has, so that reactions come no later than those to others.
void Object.defineProperty(AnswerPromise.prototype, 'constructor', {
  configurable: true,
  get(this: Promise<unknown>) {
    observe(this);
    return Promise;
  },
});

/**
 * Makes a Promise one whose rejection need not be handled.
 *
 * @param promise  fresh: nobody has reactions to it yet. It is changed, and returned.
 * @param call     what it answers, for the warning: `WebSocketServer.send`
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
  // As the host does it: whoever reacts in this turn is in time.
  later(() => {
    if (!watched.isObserved && !diagnostics().isObserved(reason, promise)) reportUnhandled(reason);
  });
}

/** The host's own, before a test puts others in their place. Browsers have no `setImmediate`. */
const later: (task: () => void) => unknown = typeof setImmediate === 'function' ? setImmediate : setTimeout;
