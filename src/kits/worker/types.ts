// The types of `@ohos.worker`. Nothing here exists at run time.

import type { WorkerPriorityNumber } from './priority.ts';

/** Options of a worker. */
export interface WorkerOptions {
  /** How the file is loaded. Only `'classic'`, the default, is supported, as on a device. */
  type?: 'classic' | 'module';
  /** A name, which the worker sees as `workerPort.name`. */
  name?: string;
  /** Not supported, as on a device. */
  shared?: boolean;
  /** Off the device: threads have no priorities, and the value is only checked. */
  priority?: WorkerPriorityNumber;
}

/** An event. */
export interface Event {
  /** Its type, such as `'message'`. */
  readonly type: string;
  /** When it was made, in milliseconds since 1970. */
  readonly timeStamp: number;
}

/** An error in a worker. */
export interface ErrorEvent extends Event {
  /** The error as text: its kind and its message. */
  readonly message: string;
  /** The file that threw it; `''` if that is not known. */
  readonly filename: string;
  /** Its line, counted from 1. */
  readonly lineno: number;
  /** Its column, counted from 1. */
  readonly colno: number;
  /** The error. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  readonly error: Object;
}

/** A message, in the form of the deprecated `worker.Worker`. */
export interface MessageEvent<T = unknown> extends Event {
  /** What was sent. */
  readonly data: T;
}

/** A message. */
export interface MessageEvents extends Event {
  /** What was sent. */
  // biome-ignore lint/suspicious/noExplicitAny: declared like this by the SDK, which gives it no type
  readonly data: any;
}

/** What `postMessage` moves. */
export interface PostMessageOptions {
  /** Memory that moves to the receiver. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  transfer?: Object[];
}

/** A listener of the deprecated `worker.Worker`. */
export type EventListener = (evt: Event) => void | Promise<void>;

/** A listener. */
export type WorkerEventListener = (event: Event) => void | Promise<void>;

/** A listener for errors. */
export type ErrorCallback = (err: ErrorEvent) => void;

/** What has listeners, for the deprecated `worker.Worker`. */
export interface EventTarget {
  /** Adds a listener. */
  addEventListener(type: string, listener: EventListener): void;
  /** Calls the listeners of the event's type. `false` if there are none. */
  dispatchEvent(event: Event): boolean;
  /** Removes a listener, or all of a type. */
  removeEventListener(type: string, callback?: EventListener): void;
  /** Removes all listeners. */
  removeAllListener(): void;
}

/** What has listeners. */
export interface WorkerEventTarget {
  /** Adds a listener. Throws 401, and 10200004 after the worker has ended. */
  addEventListener(type: string, listener: WorkerEventListener): void;
  /** Calls the listeners of the event's type. `false` if there are none. Throws 401 and 10200004. */
  dispatchEvent(event: Event): boolean;
  /** Removes a listener, or all of a type. Throws 401 and 10200004. */
  removeEventListener(type: string, callback?: WorkerEventListener): void;
  /** Removes all listeners. Throws 10200004. */
  removeAllListener(): void;
}

/** What a worker is to itself, for the deprecated `worker.parentPort`. */
export interface WorkerGlobalScope extends EventTarget {
  /** The name that the worker was made with. */
  readonly name: string;
  /** Called when a handler of the worker throws. */
  onerror?: (ev: ErrorEvent) => void;
  /** The worker itself. */
  readonly self: WorkerGlobalScope & typeof globalThis;
}

/** The deprecated form of {@link ThreadWorkerGlobalScope}. */
export interface DedicatedWorkerGlobalScope extends WorkerGlobalScope {
  /** Called for each message of the host. */
  onmessage?: (this: DedicatedWorkerGlobalScope, ev: MessageEvent) => void;
  /** Called for a message that cannot be read. */
  onmessageerror?: (this: DedicatedWorkerGlobalScope, ev: MessageEvent) => void;
  /** Ends the worker. */
  close(): void;
  /** Sends a message to the host. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  postMessage(messageObject: Object, transfer: ArrayBuffer[]): void;
  /** The same with options. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  postMessage(messageObject: Object, options?: PostMessageOptions): void;
}

/** What a worker is to itself. */
export interface GlobalScope extends WorkerEventTarget {
  /** The name that the worker was made with; `''` without one. */
  readonly name: string;
  /** Called when a handler of the worker throws. The host's `onAllErrors` or `onerror` is called, too. */
  onerror?: (ev: ErrorEvent) => void;
  /** The worker itself. */
  readonly self: GlobalScope & typeof globalThis;
}

/** A worker's connection to its host. */
export interface ThreadWorkerGlobalScope extends GlobalScope {
  /** Called for each message of the host. */
  onmessage?: (this: ThreadWorkerGlobalScope, ev: MessageEvents) => void;
  /** Called for a message that cannot be read. */
  onmessageerror?: (this: ThreadWorkerGlobalScope, ev: MessageEvents) => void;
  /** Ends the worker; the host's `onexit` gets 0. Throws 10200004 afterwards. */
  close(): void;
  /** Sends a message to the host, and moves memory to it. Throws 401, 10200004 and 10200006. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  postMessage(messageObject: Object, transfer: ArrayBuffer[]): void;
  /** The same with options. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  postMessage(messageObject: Object, options?: PostMessageOptions): void;
  /**
   * Sends a message to the host.
   *
   * Off the device: objects of `@Sendable` classes are copied, since threads of Node.js share memory only.
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  postMessageWithSharedSendable(message: Object, transfer?: ArrayBuffer[]): void;
  /**
   * Calls a method of an object that the host has registered, and waits for its result.
   *
   * @param timeout  milliseconds to wait, 1 to 5000; 0 and larger values: 5000
   * @throws BusinessError 401 for another type; 10200004 after the worker has ended; 10200006 for arguments or a result that
   *   cannot be copied; 10200019 for a name that is not registered; 10200020 for a method that does not exist or is
   *   asynchronous; 10200021 without a result in time
   */
  callGlobalCallObjectMethod(
    instanceName: string,
    methodName: string,
    timeout: number,
    // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
    ...args: Object[]
    // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  ): Object;
}
