// Callback or Promise: the answers to the calls of one object. Each call is answered exactly once, never from inside the
// call, and in the order of the calls (kit specification §2.1 and §11).

import { type Contexts, noContexts } from '../../core/ports.ts';
import { answerPromise } from '../answer-promise.ts';
import type { AsyncCallback, BusinessError } from '../business-error.ts';
import { NOTHING, reportUncaught } from '../listeners.ts';
import { answerWith } from '../own-errors.ts';

/** The callback of a call. Without one the answer is a Promise. */
export type MaybeCallback = AsyncCallback<boolean> | undefined;

/** What a call returns: a Promise, or `undefined` if it has a callback. */
export type Answer = Promise<boolean> | undefined;

/** Settles a call with `true`, or with an error. */
type Settle = (error: BusinessError | undefined) => void;

/** A call whose outcome is not known yet. */
export interface PendingCall {
  readonly answer: Answer;
  /** Answers it with `true` or an error. Only the first call has an effect. */
  settle(error?: BusinessError): void;
}

/** Callbacks for one microtask, each followed by its error or `undefined`. */
type Batch = (AsyncCallback<boolean> | BusinessError | undefined)[];

/**
 * The last argument, if it is a function. A call reports there, even if its arguments are wrong. Data and options are
 * never functions, so a correct call has its callback there too.
 */
export function callbackOf(args: readonly unknown[]): MaybeCallback {
  const last = args[args.length - 1];
  return typeof last === 'function' ? (last as AsyncCallback<boolean>) : undefined;
}

/** Runs a task after the reactions to all answers given so far: in a later turn, like events from the network. */
export function afterAnswers(task: () => void): void {
  if (typeof setImmediate === 'function') setImmediate(task);
  // Browsers do not have it.
  else setTimeout(task);
}

/** The answers of one object, in order. At most one of its calls is pending at a time. */
export class Answers {
  readonly #className: string;
  readonly #contexts: Contexts;
  /**
   * The callbacks of the microtask that is already queued. A Promise that is settled ends the batch, because its
   * reactions come before the callbacks of later calls.
   */
  #batch: Batch | undefined;
  /** Answers to calls made after the pending one; absent when no call is pending. */
  #held: (() => void)[] | undefined;

  /**
   * @param className  the object's class, for warnings about its calls
   * @param contexts   those of the host
   */
  constructor(className = 'WebSocket', contexts: Contexts = noContexts) {
    this.#className = className;
    this.#contexts = contexts;
  }

  /**
   * Answers a call with `true` or an error.
   *
   * @param method  the name of the method, for warnings
   */
  settle(callback: MaybeCallback, error?: BusinessError, method = 'call'): Answer {
    const bound = this.#bind(callback);
    if (this.#held === undefined) {
      if (bound === undefined) {
        this.#batch = undefined;
        return error === undefined ? Promise.resolve(true) : answerPromise(Promise.reject(error), this.#call(method));
      }
      if (error !== undefined) answerWith(error, this.#call(method));
      this.#enqueue(bound, error);
      return undefined;
    }
    const { answer, settle } = this.#open(bound, method);
    this.#held.push(() => settle(error));
    return answer;
  }

  /** Begins a call that will be settled later. Calls made until then are answered after it. */
  begin(callback: MaybeCallback, method = 'call'): PendingCall {
    const held: (() => void)[] = [];
    this.#held = held;
    const { answer, settle } = this.#open(this.#bind(callback), method);
    return {
      answer,
      settle: (error) => {
        if (this.#held !== held) return;
        this.#held = undefined;
        settle(error);
        for (const next of held) next();
      },
    };
  }

  /** A callback that runs in the context of its own call, although it is called later and among others. */
  #bind(callback: MaybeCallback): MaybeCallback {
    const contexts = this.#contexts;
    if (callback === undefined || contexts === noContexts) return callback;
    const context = contexts.current();
    return (error, value) => contexts.run(context, () => callback(error, value));
  }

  #call(method: string): string {
    return `${this.#className}.${method}`;
  }

  #open(callback: MaybeCallback, method: string): { answer: Answer; settle: Settle } {
    if (callback !== undefined) {
      return {
        answer: undefined,
        settle: (error) => {
          if (error !== undefined) answerWith(error, this.#call(method));
          this.#enqueue(callback, error);
        },
      };
    }
    let settle: Settle | undefined;
    const answer = new Promise<boolean>((resolve, reject) => {
      settle = (error) => {
        this.#batch = undefined;
        if (error === undefined) resolve(true);
        else reject(error);
      };
    });
    return { answer: answerPromise(answer, this.#call(method)), settle: settle! };
  }

  #enqueue(callback: AsyncCallback<boolean>, error: BusinessError | undefined): void {
    if (this.#batch === undefined) {
      const batch: Batch = [];
      this.#batch = batch;
      queueMicrotask(() => this.#run(batch));
    }
    this.#batch.push(callback, error);
  }

  #run(batch: Batch): void {
    if (this.#batch === batch) this.#batch = undefined;
    for (let index = 0; index < batch.length; index += 2) {
      const callback = batch[index] as AsyncCallback<boolean>;
      const error = batch[index + 1] as BusinessError | undefined;
      try {
        if (error === undefined) callback(NOTHING, true);
        else callback(error, NOTHING);
      } catch (thrown) {
        reportUncaught(thrown);
      }
    }
  }
}
