// `@ohos.worker`: the namespace object as the default export, and the types of events and options. These exist at run time,
// too, with the value `undefined`: see ohos-base.ts.

import type * as kit from '../../kits/worker/index.ts';

export { ThreadWorkerPriority, worker as default } from '../../kits/worker/index.ts';

export type DedicatedWorkerGlobalScope = kit.DedicatedWorkerGlobalScope;
export const DedicatedWorkerGlobalScope = undefined;

export type ErrorEvent = kit.ErrorEvent;
export const ErrorEvent = undefined;

export type Event = kit.Event;
export const Event = undefined;

export type EventListener = kit.EventListener;
export const EventListener = undefined;

export type EventTarget = kit.EventTarget;
export const EventTarget = undefined;

export type MessageEvent<T = unknown> = kit.MessageEvent<T>;
export const MessageEvent = undefined;

export type MessageEvents = kit.MessageEvents;
export const MessageEvents = undefined;

export type PostMessageOptions = kit.PostMessageOptions;
export const PostMessageOptions = undefined;

export type ThreadWorkerGlobalScope = kit.ThreadWorkerGlobalScope;
export const ThreadWorkerGlobalScope = undefined;

export type WorkerEventListener = kit.WorkerEventListener;
export const WorkerEventListener = undefined;

export type WorkerEventTarget = kit.WorkerEventTarget;
export const WorkerEventTarget = undefined;

export type WorkerOptions = kit.WorkerOptions;
export const WorkerOptions = undefined;
