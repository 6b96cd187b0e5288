// Inside a worker: `workerPort`, and how the thread begins. Messages wait until the file of the worker has run.

import { MessageChannel, parentPort as nodePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { workerError } from './errors.ts';
import { checkedEvent, EventListeners } from './event-listeners.ts';
import {
  errorEvent,
  errorMessage,
  type GlobalAnswer,
  type HostMessage,
  messageEvent,
  receivedError,
  send,
  type ThreadMessage,
  transferOf,
  type WorkerSetup,
} from './messages.ts';
import type {
  ErrorEvent,
  Event,
  GlobalScope,
  MessageEvents,
  PostMessageOptions,
  ThreadWorkerGlobalScope,
  WorkerEventListener,
} from './types.ts';

/** Under which `workerData` has the setup of a worker of this kit. */
export const SETUP = 'harmony-websocket/worker';

/** The longest wait for a global call, in milliseconds. */
const LONGEST_CALL = 5_000;

const setup = (workerData as { [SETUP]?: WorkerSetup } | null | undefined)?.[SETUP];

class WorkerPort implements ThreadWorkerGlobalScope {
  readonly name: string;
  onmessage?: (this: ThreadWorkerGlobalScope, ev: MessageEvents) => void;
  onmessageerror?: (this: ThreadWorkerGlobalScope, ev: MessageEvents) => void;
  onerror?: (ev: ErrorEvent) => void;
  readonly #port: NonNullable<typeof nodePort>;
  readonly #listeners = new EventListeners();
  #isClosed = false;

  constructor(port: NonNullable<typeof nodePort>, name: string) {
    this.#port = port;
    this.name = name;
  }

  get self(): GlobalScope & typeof globalThis {
    return globalThis as unknown as GlobalScope & typeof globalThis;
  }

  postMessage(messageObject: object, transfer?: ArrayBuffer[] | PostMessageOptions): void {
    this.#checkRunning();
    const list = transferOf(transfer);
    send(() => this.#port.postMessage({ kind: 'message', data: messageObject } satisfies ThreadMessage, list));
  }

  postMessageWithSharedSendable(message: object, transfer?: ArrayBuffer[]): void {
    this.postMessage(message, transfer);
  }

  close(): void {
    this.#checkRunning();
    this.#isClosed = true;
    this.#port.postMessage({ kind: 'closing' } satisfies ThreadMessage);
    setImmediate(() => process.exit(0));
  }

  callGlobalCallObjectMethod(instanceName: string, methodName: string, timeout: number, ...args: object[]): object {
    this.#checkRunning();
    if (typeof instanceName !== 'string') throw workerError('parameter', 'the type of instanceName must be string.');
    if (typeof methodName !== 'string') throw workerError('parameter', 'the type of methodName must be string.');
    if (typeof timeout !== 'number') throw workerError('parameter', 'the type of timeout must be number.');
    const signal = new Int32Array(new SharedArrayBuffer(4));
    const { port1: answers, port2: answer } = new MessageChannel();
    const call: ThreadMessage = { kind: 'call', instance: instanceName, method: methodName, args, signal, answer };
    try {
      send(() => this.#port.postMessage(call, [answer]));
      const time = timeout >= 1 && timeout <= LONGEST_CALL ? timeout : LONGEST_CALL;
      if (Atomics.wait(signal, 0, 0, time) === 'timed-out') throw workerError('timeout');
      return resultOf(receiveMessageOnPort(answers)?.message as GlobalAnswer) as object;
    } finally {
      answers.close();
    }
  }

  addEventListener(type: string, listener: WorkerEventListener): void {
    this.#checkRunning();
    this.#listeners.add(type, listener, false);
  }

  removeEventListener(type: string, callback?: WorkerEventListener): void {
    this.#checkRunning();
    this.#listeners.remove(type, callback);
  }

  removeAllListener(): void {
    this.#checkRunning();
    this.#listeners.clear();
  }

  dispatchEvent(event: Event): boolean {
    this.#checkRunning();
    return this.#dispatch(checkedEvent(event));
  }

  #dispatch(event: Event): boolean {
    const handler =
      event.type === 'message' ? this.onmessage : event.type === 'messageerror' ? this.onmessageerror : undefined;
    handler?.call(this, event as MessageEvents);
    if (event.type === 'error') this.onerror?.(event as ErrorEvent);
    const isHeard = this.#listeners.call(event);
    return isHeard || handler !== undefined || (event.type === 'error' && this.onerror !== undefined);
  }

  /** Runs the file of the worker, and then reads messages. */
  async run(load: () => Promise<unknown>): Promise<void> {
    // Timers, and rejections that nothing handles.
    process.on('uncaughtException', (error) => this.#failed(error));
    try {
      await load();
    } catch (error) {
      this.#failed(error);
    }
    this.#port.on('message', ({ data }: HostMessage) => this.#receive(messageEvent('message', data)));
    this.#port.on('messageerror', (data) => this.#receive(messageEvent('messageerror', data)));
  }

  #receive(event: MessageEvents): void {
    if (this.#isClosed) return;
    try {
      this.#dispatch(event);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Tells the worker itself, and then the host, which decides whether the thread goes on. */
  #failed(error: unknown): void {
    const event = errorEvent(error);
    try {
      this.#dispatch(event);
    } catch (further) {
      this.#port.postMessage(errorMessage(further));
    }
    this.#port.postMessage(errorMessage(error));
  }

  #checkRunning(): void {
    if (this.#isClosed) throw workerError('notRunning', 'maybe worker is terminated');
  }
}

function resultOf(answer: GlobalAnswer): unknown {
  if (answer.kind === 'value') return answer.value;
  if (answer.kind === 'failed') throw workerError(answer.reason);
  throw receivedError(answer.error, {});
}

const port = setup !== undefined && nodePort !== null ? new WorkerPort(nodePort, setup.name) : undefined;

/** The connection of this worker to its host; `undefined` outside a worker. */
export const workerPort = port as ThreadWorkerGlobalScope;

/** Runs the file of this worker. The program that a worker begins with calls this. */
export async function enter(): Promise<void> {
  if (setup !== undefined) await port?.run(() => import(setup.file));
}
