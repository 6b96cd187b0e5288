// `worker`: the shapes that the SDK declares, both ways.

import type byDefault from '../../../src/kits/worker/index.ts';
import { worker } from '../../../src/kits/worker/index.ts';
import type {
  ErrorEvent,
  Event,
  MessageEvent,
  MessageEvents,
  PostMessageOptions,
  ThreadWorkerGlobalScope,
  WorkerEventListener,
  WorkerEventTarget,
  WorkerOptions,
} from '../../../src/register/kits/ohos-worker.ts';
import { type default as ofOhos, ThreadWorkerPriority } from '../../../src/register/kits/ohos-worker.ts';
import { same } from '../../type-tests/same.ts';

type Flat<Type> = { [Key in keyof Type]: Type[Key] };

same<typeof byDefault, typeof worker>(true);
same<ofOhos.ThreadWorker, worker.ThreadWorker>(true);
same<keyof typeof worker, 'ThreadWorker' | 'RestrictedWorker' | 'Worker' | 'workerPort' | 'parentPort'>(true);
same<
  typeof ThreadWorkerPriority,
  {
    readonly HIGH: 0;
    readonly MEDIUM: 1;
    readonly LOW: 2;
    readonly IDLE: 3;
    readonly DEADLINE: 4;
    readonly VIP: 5;
  }
>(true);
same<
  Flat<WorkerOptions>,
  { type?: 'classic' | 'module'; name?: string; shared?: boolean; priority?: 0 | 1 | 2 | 3 | 4 | 5 }
>(true);
same<Flat<Event>, { readonly type: string; readonly timeStamp: number }>(true);
same<
  Flat<ErrorEvent>,
  {
    readonly type: string;
    readonly timeStamp: number;
    readonly message: string;
    readonly filename: string;
    readonly lineno: number;
    readonly colno: number;
    // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
    readonly error: Object;
  }
>(true);
// biome-ignore lint/suspicious/noExplicitAny: declared like this by the SDK
same<Flat<MessageEvents>, { readonly type: string; readonly timeStamp: number; readonly data: any }>(true);
same<Flat<MessageEvent<string>>, { readonly type: string; readonly timeStamp: number; readonly data: string }>(true);
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
same<Flat<PostMessageOptions>, { transfer?: Object[] }>(true);
same<WorkerEventListener, (event: Event) => void | Promise<void>>(true);

interface Target {
  addEventListener: (type: string, listener: WorkerEventListener) => void;
  dispatchEvent: (event: Event) => boolean;
  removeEventListener: (type: string, callback?: WorkerEventListener) => void;
  removeAllListener: () => void;
}
interface PostMessage {
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  (message: Object, transfer: ArrayBuffer[]): void;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  (message: Object, options?: PostMessageOptions): void;
}
interface Host extends Target {
  onexit?: (code: number) => void;
  onerror?: (err: ErrorEvent) => void;
  onAllErrors?: (err: ErrorEvent) => void;
  onmessage?: (event: MessageEvents) => void;
  onmessageerror?: (event: MessageEvents) => void;
  postMessage: PostMessage;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  postMessageWithSharedSendable: (message: Object, transfer?: ArrayBuffer[]) => void;
  on: (type: string, listener: WorkerEventListener) => void;
  once: (type: string, listener: WorkerEventListener) => void;
  off: (type: string, listener?: WorkerEventListener) => void;
  terminate: () => void;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  registerGlobalCallObject: (instanceName: string, globalCallObject: Object) => void;
  unregisterGlobalCallObject: (instanceName?: string) => void;
}
same<Flat<WorkerEventTarget>, Flat<Target>>(true);
same<Flat<worker.ThreadWorker>, Flat<Host>>(true);
same<ConstructorParameters<typeof worker.ThreadWorker>, [scriptURL: string, options?: WorkerOptions | undefined]>(true);

interface Port extends Target {
  readonly name: string;
  onerror?: (ev: ErrorEvent) => void;
  onmessage?: (this: ThreadWorkerGlobalScope, ev: MessageEvents) => void;
  onmessageerror?: (this: ThreadWorkerGlobalScope, ev: MessageEvents) => void;
  close: () => void;
  postMessage: PostMessage;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  postMessageWithSharedSendable: (message: Object, transfer?: ArrayBuffer[]) => void;
  callGlobalCallObjectMethod: (
    instanceName: string,
    methodName: string,
    timeout: number,
    // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
    ...args: Object[]
    // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  ) => Object;
}
same<Flat<Omit<ThreadWorkerGlobalScope, 'self'>>, Flat<Port>>(true);
same<typeof worker.workerPort, ThreadWorkerGlobalScope>(true);

/** As applications write it. */
export function uses(): void {
  const host = new worker.ThreadWorker('entry/ets/workers/Worker.ets', { priority: ThreadWorkerPriority.HIGH });
  host.onmessage = (event: MessageEvents): void => {
    const text: string = event.data;
    host.postMessage(text, [new ArrayBuffer(1)]);
  };
  const port: ThreadWorkerGlobalScope = worker.workerPort;
  port.onmessage = (event) => port.postMessage(event.data as string);
  // @ts-expect-error: not a priority
  new worker.ThreadWorker('a.ets', { priority: 6 });
}
