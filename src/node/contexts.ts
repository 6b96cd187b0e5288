// Contexts in Node's terms: the stores of `AsyncLocalStorage`, all of them together, as an `AsyncResource` keeps them.

import { AsyncResource } from 'node:async_hooks';
import type { Context, Contexts } from '../core/ports.ts';
import { forgetStores, hasStores } from './internals/async-stores.ts';

function current(): AsyncResource {
  return new AsyncResource('WEBSOCKET');
}

/** Where this module was loaded, without stores. Where they cannot be removed, "outside" is the context of that moment. */
const outside = current();
forgetStores(outside);

/** Calls `task` outside any context. For what is shared: a tick, a timer. */
export function outsideOfContexts(task: () => void): void {
  outside.runInAsyncScope(task);
}

export const nodeContexts: Contexts = {
  current,
  capture() {
    const resource = current();
    return hasStores(resource) ? resource : undefined;
  },
  run(context: Context | undefined, task) {
    ((context as AsyncResource | undefined) ?? outside).runInAsyncScope(task);
  },
};
