// Calls of a worker to the methods of objects that its host has registered. The worker waits for the answer, without its
// event loop:
//
//   worker ── call, with a signal and a port ──▶ host
//      │ waits for the signal                     │ calls the method
//      ◀────── answer by the port, then the signal ┘

import { types } from 'node:util';
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { workerError } from './errors.ts';
import { receivedError, send } from './messages.ts';

/** A call, as the host gets it. */
export interface GlobalCall {
  readonly kind: 'call';
  readonly instance: string;
  readonly method: string;
  readonly args: readonly unknown[];
  /** Becomes 1 when the answer is there, which the worker waits for. */
  readonly signal: Int32Array;
  readonly answer: MessagePort;
}

type GlobalAnswer =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly reason: 'notRegistered' | 'notCallable' | 'serialization' }
  | { readonly kind: 'thrown'; readonly error: unknown };

/** The longest wait, in milliseconds. */
const LONGEST_CALL = 5_000;

/**
 * In the worker: calls a method, and waits for its result.
 *
 * @param post     sends to the host
 * @param timeout  milliseconds; below 1 and above 5000: 5000
 * @throws BusinessError 401, 10200006, 10200019, 10200020, 10200021; what the method throws
 */
export function callHost(
  post: (call: GlobalCall, transfer: MessagePort[]) => void,
  instance: unknown,
  method: unknown,
  timeout: unknown,
  args: readonly unknown[],
): unknown {
  if (typeof instance !== 'string') throw workerError('parameter', 'the type of instanceName must be string.');
  if (typeof method !== 'string') throw workerError('parameter', 'the type of methodName must be string.');
  if (typeof timeout !== 'number') throw workerError('parameter', 'the type of timeout must be number.');
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const { port1: answers, port2: answer } = new MessageChannel();
  try {
    send(args, () => post({ kind: 'call', instance, method, args, signal, answer }, [answer]));
    const time = timeout >= 1 && timeout <= LONGEST_CALL ? timeout : LONGEST_CALL;
    if (Atomics.wait(signal, 0, 0, time) === 'timed-out') throw workerError('timeout');
    return resultOf(receiveMessageOnPort(answers)?.message as GlobalAnswer);
  } finally {
    answers.close();
  }
}

function resultOf(answer: GlobalAnswer): unknown {
  if (answer.kind === 'value') return answer.value;
  if (answer.kind === 'failed') throw workerError(answer.reason);
  throw receivedError(answer.error, {});
}

/** In the host: the objects that a worker may call. */
export class GlobalCallObjects {
  readonly #objects = new Map<string, object>();

  /** @throws BusinessError 401 for another type */
  register(name: unknown, object: unknown): void {
    if (typeof name !== 'string') throw workerError('parameter', 'the type of instanceName must be string.');
    if (typeof object !== 'object' || object === null) {
      throw workerError('parameter', 'the type of globalCallObject must be object.');
    }
    this.#objects.set(name, object);
  }

  /** Takes one back, or all. @throws BusinessError 401 for another type */
  unregister(name?: unknown): void {
    if (name === undefined) this.#objects.clear();
    else if (typeof name === 'string') this.#objects.delete(name);
    else throw workerError('parameter', 'the type of instanceName must be string.');
  }

  /** Calls the method, and answers the worker. */
  answer({ instance, method, args, signal, answer }: GlobalCall): void {
    const post = (message: GlobalAnswer): void => answer.postMessage(message);
    try {
      post(this.#call(instance, method, args));
    } catch {
      post({ kind: 'failed', reason: 'serialization' });
    }
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
  }

  #call(instance: string, method: string, args: readonly unknown[]): GlobalAnswer {
    const target = this.#objects.get(instance);
    if (target === undefined) return { kind: 'failed', reason: 'notRegistered' };
    const call = (target as Record<string, unknown>)[method];
    if (typeof call !== 'function' || ASYNCHRONOUS.test(Object.prototype.toString.call(call))) {
      return { kind: 'failed', reason: 'notCallable' };
    }
    try {
      const value: unknown = Reflect.apply(call, target, args);
      return types.isPromise(value) ? { kind: 'failed', reason: 'notCallable' } : { kind: 'value', value };
    } catch (error) {
      return { kind: 'thrown', error };
    }
  }
}

const ASYNCHRONOUS = /^\[object (?:AsyncFunction|GeneratorFunction|AsyncGeneratorFunction)\]$/;
