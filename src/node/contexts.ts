// Contexts in Node's terms: the stores of `AsyncLocalStorage`, all of them together, as an `AsyncResource` keeps them.
//
// Most connections are made outside of any store, and then nothing is to be kept for them. What a resource has kept is
// not documented: Node 24 and later (AsyncContextFrame) have one property with a map of all stores, earlier ones a
// property for each. Both are found by their names, without setting a store: on Node 20 and 22 the first one that is ever
// set makes each `await` of the process slower, for good. Where neither is known, every context counts as one to be
// kept, and "outside" is where this module was loaded; that is right as well, and only costs more.

import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { Context, Contexts } from '../core/ports.ts';

const TYPE = 'WEBSOCKET';
/** Descriptions of the properties that a resource keeps stores in. */
const ALL_STORES = 'context_frame';
const ONE_STORE = 'kResourceStore';

type Resource = AsyncResource & Record<symbol, unknown>;

function current(): Resource {
  return new AsyncResource(TYPE) as Resource;
}

/** What was kept when this was loaded, perhaps in the middle of something: emptied where that is possible. */
const outside = current();
const symbols = Object.getOwnPropertySymbols(outside);
const placeOfAll = symbols.find(({ description }) => description === ALL_STORES);
const hasOneEach = Object.hasOwn(new AsyncLocalStorage(), ONE_STORE);
const isKnown = placeOfAll !== undefined || hasOneEach;
/** Properties of a resource that has never seen a store. */
const plainSymbols = symbols.filter(({ description }) => description !== ONE_STORE).length;

for (const place of symbols) {
  if (place.description === ALL_STORES || place.description === ONE_STORE) outside[place] = undefined;
}

/** Whether a resource keeps a store: other than `undefined`, which is what getStore() answers without one. */
function hasStores(resource: Resource): boolean {
  const all = placeOfAll === undefined ? undefined : resource[placeOfAll];
  // A map, though none by `instanceof`: Node keeps its own out of the reach of programs.
  if (all !== undefined) return [...(all as Map<unknown, unknown>).values()].some((store) => store !== undefined);
  if (!hasOneEach) return false;
  const places = Object.getOwnPropertySymbols(resource);
  if (places.length === plainSymbols) return false;
  return places.some((place) => place.description === ONE_STORE && resource[place] !== undefined);
}

/** Calls `task` outside of any context. For what is shared: a tick, a timer. */
export function outsideOfContexts(task: () => void): void {
  outside.runInAsyncScope(task);
}

export const nodeContexts: Contexts = {
  current,
  capture() {
    const resource = current();
    return isKnown && !hasStores(resource) ? undefined : resource;
  },
  run(context: Context | undefined, task) {
    ((context as AsyncResource | undefined) ?? outside).runInAsyncScope(task);
  },
};
