// The classes of workers, on the side of their host. A worker is a thread of Node.js, with the hooks of this package.

import { Worker as NodeWorker } from 'node:worker_threads';
import { workerError } from './errors.ts';
import { checkedEvent, EventListeners } from './event-listeners.ts';
import { type GlobalCall, GlobalCallObjects } from './global-call.ts';
import { callerFile, locate } from './location.ts';
import {
  errorEvent,
  type HostMessage,
  messageEvent,
  receivedError,
  send,
  type ThreadMessage,
  transferOf,
  type WorkerSetup,
} from './messages.ts';
import { ownFiles } from './own-files.ts';
import { SETUP } from './thread.ts';
import type {
  ErrorCallback,
  ErrorEvent,
  Event,
  MessageEvents,
  PostMessageOptions,
  WorkerEventListener,
  WorkerEventTarget,
  WorkerOptions,
} from './types.ts';

/** How many workers there may be at a time. */
const MOST_WORKERS = 64;

const alive = new Set<NodeWorker>();

/** What a worker begins with. It waits for the hooks before it loads anything that may need them. */
const PROGRAM = `
  const { register, kit } = process.getBuiltinModule('node:worker_threads').workerData[${JSON.stringify(SETUP)}];
  (register === undefined ? Promise.resolve() : import(register)).then(() => import(kit)).then(({ enter }) => enter());
`;

/** A worker. */
export class ThreadWorker implements WorkerEventTarget {
  /** Called when the worker has ended: 0 after `terminate` and `close`, 1 after an error. */
  onexit?: (code: number) => void;
  /** Called for an error in the worker, which then ends. Without any handler the error ends the program, as on a device. */
  onerror?: (err: ErrorEvent) => void;
  /** Called for each error in the worker, which goes on. Then `onerror` is not called. */
  onAllErrors?: ErrorCallback;
  /** Called for each message of the worker. */
  onmessage?: (event: MessageEvents) => void;
  /** Called for a message that cannot be read. */
  onmessageerror?: (event: MessageEvents) => void;
  readonly #worker: NodeWorker;
  readonly #listeners = new EventListeners();
  readonly #objects = new GlobalCallObjects();
  #isRunning = true;
  #hasFailed = false;

  /**
   * Starts a worker.
   *
   * @param scriptURL  its file: `entry/ets/workers/A.ets`, `@bundle:com.example/entry/ets/workers/A.ets`, `@har/ets/…`, or a
   *                   path relative to the file that makes the worker
   * @throws BusinessError 401 for another type; 10200003 for a 65th worker, and in a bundle without this package beside it; 10200007 for a file that does not exist
   */
  constructor(scriptURL: string, options?: WorkerOptions);
  constructor(...args: unknown[]) {
    if (args.length === 0) throw workerError('parameter', 'the number of parameters must be more than 1.');
    const [script, options = {}] = args;
    if (typeof script !== 'string') throw workerError('parameter', 'the type of scriptURL must be string.');
    const name = checkedName(options);
    if (alive.size >= MOST_WORKERS) {
      throw workerError('initialization', 'the number of workers exceeds the maximum.');
    }
    const setup: WorkerSetup = { file: locate(script, callerFile()), name, ...ownFiles() };
    const worker = new NodeWorker(PROGRAM, { eval: true, name, workerData: { [SETUP]: setup } });
    this.#worker = worker;
    alive.add(worker);
    worker.on('message', (message: ThreadMessage | GlobalCall) => this.#received(message));
    worker.on('messageerror', (data) => this.#dispatch(messageEvent('messageerror', data)));
    worker.on('error', (error) => this.#failed(error));
    worker.on('exit', () => this.#exited());
  }

  /**
   * Sends a message to the worker, and moves memory to it.
   *
   * @throws BusinessError 401 for another type; 10200004 after the worker has ended; 10200006 for what cannot be copied
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  postMessage(message: Object, transfer: ArrayBuffer[]): void;
  /** The same with options. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  postMessage(message: Object, options?: PostMessageOptions): void;
  postMessage(...values: unknown[]): void {
    if (values.length === 0) {
      throw workerError('parameter', 'Worker messageObject must be not null with postMessage');
    }
    this.#checkRunning('maybe worker is terminated when PostMessage');
    const list = transferOf(values[1]);
    const message: HostMessage = { data: values[0] };
    send(
      values[0],
      () => this.#worker.postMessage(message, list),
      () => this.#notSent(),
    );
  }

  /**
   * Sends a message to the worker, as {@link postMessage} does.
   *
   * Off the device: objects of `@Sendable` classes are copied, since threads of Node.js share memory only.
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  postMessageWithSharedSendable(message: Object, transfer?: ArrayBuffer[]): void {
    if (transfer === undefined) this.postMessage(message);
    else this.postMessage(message, transfer);
  }

  /** Adds a listener. Throws 401 for another type; 10200004 after the worker has ended. */
  on(type: string, listener: WorkerEventListener): void;
  on(...args: unknown[]): void {
    this.#checkRunning();
    this.#listeners.add(args, false);
  }

  /** Adds a listener that is called once. Throws 401 and 10200004. */
  once(type: string, listener: WorkerEventListener): void;
  once(...args: unknown[]): void {
    this.#checkRunning();
    this.#listeners.add(args, true);
  }

  /** Removes a listener, or all of a type. Throws 401 and 10200004. */
  off(type: string, listener?: WorkerEventListener): void;
  off(...args: unknown[]): void {
    this.#checkRunning();
    this.#listeners.remove(args);
  }

  /** {@link on} under its name of the web. */
  addEventListener(type: string, listener: WorkerEventListener): void;
  addEventListener(...args: unknown[]): void {
    this.on(...(args as Parameters<ThreadWorker['on']>));
  }

  /** {@link off} under its name of the web. */
  removeEventListener(type: string, callback?: WorkerEventListener): void;
  removeEventListener(...args: unknown[]): void {
    this.off(...(args as Parameters<ThreadWorker['off']>));
  }

  /** Removes all listeners. Throws 10200004 after the worker has ended. */
  removeAllListener(): void {
    this.#checkRunning();
    this.#listeners.clear();
  }

  /** Calls the handler and the listeners of the event's type. `false` if there are none. Throws 401 and 10200004. */
  dispatchEvent(event: Event): boolean {
    this.#checkRunning('maybe worker has been terminated');
    return this.#dispatch(checkedEvent(event));
  }

  /** Ends the worker, even in the middle of a function; then `onexit` gets 0. A worker that has ended stays as it is. */
  terminate(): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    void this.#worker.terminate();
  }

  /**
   * Lets the worker call the methods of an object by `callGlobalCallObjectMethod`.
   *
   * @throws BusinessError 401 for another type; 10200004 after the worker has ended
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  registerGlobalCallObject(instanceName: string, globalCallObject: Object): void {
    this.#checkRunning();
    this.#objects.register(instanceName, globalCallObject);
  }

  /** Takes back {@link registerGlobalCallObject}: for a name, or for all. Throws 401 and 10200004. */
  unregisterGlobalCallObject(instanceName?: string): void {
    this.#checkRunning();
    this.#objects.unregister(instanceName);
  }

  #received(message: ThreadMessage | GlobalCall): void {
    if (message.kind === 'message') this.#dispatch(messageEvent('message', message.data));
    else if (message.kind === 'error') this.#failed(receivedError(message.error, message.details));
    else if (message.kind === 'call') this.#objects.answer(message);
    else this.#isRunning = false;
  }

  #dispatch(event: Event): boolean {
    const handler = { message: this.onmessage, messageerror: this.onmessageerror, error: this.onerror }[event.type];
    (handler as ((event: Event) => void) | undefined)?.(event);
    return this.#listeners.call(event) || handler !== undefined;
  }

  /** A message could not be copied: nothing was sent. */
  #notSent(): void {
    try {
      this.#dispatch(messageEvent('messageerror', undefined));
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #failed(error: unknown): void {
    const event = errorEvent(error);
    if (this.onAllErrors !== undefined) {
      this.onAllErrors(event);
      return;
    }
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#isRunning = false;
    void this.#worker.terminate();
    if (this.#dispatch(event)) return;
    queueMicrotask(() => {
      throw error;
    });
  }

  #exited(): void {
    alive.delete(this.#worker);
    this.#isRunning = false;
    this.#objects.unregister();
    this.onexit?.(this.#hasFailed ? 1 : 0);
    this.#listeners.call({ type: 'exit', timeStamp: Date.now() });
  }

  #checkRunning(detail = 'maybe worker is terminated'): void {
    if (!this.#isRunning) throw workerError('notRunning', detail);
  }
}

/**
 * A worker with the rights of the system.
 *
 * Off the device: the same as {@link ThreadWorker}.
 */
export class RestrictedWorker extends ThreadWorker {}

/** The deprecated form of {@link ThreadWorker}. */
export class Worker extends ThreadWorker {}

/** The name in the options, after their checks. */
function checkedName(options: unknown): string {
  if (typeof options !== 'object' || options === null) {
    throw workerError('parameter', 'the type of the second param must be object.');
  }
  const { name = '', type = 'classic', priority = 1 } = options as Record<string, unknown>;
  if (typeof name !== 'string') throw workerError('parameter', 'the type of name must be string.');
  if (typeof type !== 'string') throw workerError('parameter', "the type of type's value must be string.");
  if (type !== 'classic') throw workerError('parameter', 'the type must be classic, unsupport others now.');
  if (typeof priority !== 'number' || !Number.isInteger(priority) || priority < 0 || priority > 5) {
    throw workerError('parameter', 'the value of priority is invalid.');
  }
  return name;
}
