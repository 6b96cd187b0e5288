// Inside a worker: `workerPort`, and how the thread begins. Messages wait until the file of the worker has run.

import { parentPort as nodePort, workerData } from 'node:worker_threads';
import { workerError } from './errors.ts';
import { checkedEvent, EventListeners } from './event-listeners.ts';
import { callHost } from './global-call.ts';
import {
  errorEvent,
  errorMessage,
  type HostMessage,
  messageEvent,
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

  postMessage(messageObject: object, transfer?: ArrayBuffer[] | PostMessageOptions): void;
  postMessage(...args: unknown[]): void {
    this.#checkRunning();
    if (args.length === 0) throw workerError('parameter', 'the number of parameters must be more than 1.');
    const [data, transfer] = args;
    const list = transferOf(transfer, 'Transfer list must be an Array');
    const message: ThreadMessage = { kind: 'message', data };
    send(
      data,
      () => this.#port.postMessage(message, list),
      () => this.#receive(messageEvent('messageerror', undefined)),
    );
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
    const post = this.#port.postMessage.bind(this.#port);
    return callHost(post, instanceName, methodName, timeout, args) as object;
  }

  addEventListener(type: string, listener: WorkerEventListener): void;
  addEventListener(...args: unknown[]): void {
    this.#checkRunning();
    this.#listeners.add(args, false);
  }

  removeEventListener(type: string, callback?: WorkerEventListener): void;
  removeEventListener(...args: unknown[]): void {
    this.#checkRunning();
    this.#listeners.remove(args);
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

/** Of the whole thread: the file of the worker may be a bundle with a copy of this module. */
const portKey = Symbol.for('harmony-websocket/worker-port');
const shared = globalThis as unknown as { [portKey]?: WorkerPort };
if (setup !== undefined && nodePort !== null) shared[portKey] ??= new WorkerPort(nodePort, setup.name);
const port = shared[portKey];

/** The connection of this worker to its host; `undefined` outside a worker. */
export const workerPort = port as ThreadWorkerGlobalScope;

/** Runs the file of this worker. The program that a worker begins with calls this. */
export async function enter(): Promise<void> {
  if (setup !== undefined) await port?.run(() => import(setup.file));
}
