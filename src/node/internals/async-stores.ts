// The stores of `AsyncLocalStorage` that an `AsyncResource` keeps: whether there are any, and how to empty a resource of
// them. Most connections are made outside any store, and then need no memory for stores. Node has no public API
// for this: Node 24 and later (AsyncContextFrame) have one property with a map of all stores, earlier versions have a
// property for each store.
//
// Detection: both are found by the descriptions of their symbols, without setting a store: on Node 20 and 22 setting a
// first store slows down each `await` of the process permanently. Fallback: each resource counts as one with stores, and
// a resource cannot be emptied; this is right as well, and only costs more.

import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

/** Descriptions of the properties that a resource keeps stores in. */
const ALL_STORES = 'context_frame';
const ONE_STORE = 'kResourceStore';

type Resource = AsyncResource & Record<symbol, unknown>;

/** What was kept when this was loaded, perhaps in the middle of something. */
const example = new AsyncResource('WEBSOCKET') as Resource;
const symbols = Object.getOwnPropertySymbols(example);
const placeOfAll = symbols.find(({ description }) => description === ALL_STORES);
const hasOneEach = Object.hasOwn(new AsyncLocalStorage(), ONE_STORE);
/** Properties of a resource that has never seen a store. */
const plainSymbols = symbols.filter(({ description }) => description !== ONE_STORE).length;

/** Whether what a task changes in the stores ends with it, so that tasks may share a resource (AsyncContextFrame). */
export const endsWithTask = placeOfAll !== undefined && !hasOneEach;

/** Whether this runtime tells what a resource keeps. */
export const canSeeStores = placeOfAll !== undefined || hasOneEach;

/** Returns whether a resource keeps a store other than `undefined`, which is what `getStore()` returns without one. */
export function hasStores(kept: AsyncResource): boolean {
  if (!canSeeStores) return true;
  const resource = kept as Resource;
  const all = placeOfAll === undefined ? undefined : resource[placeOfAll];
  // A map, though not by `instanceof`: Node keeps its own out of the reach of programs.
  if (all !== undefined) return [...(all as Map<unknown, unknown>).values()].some((store) => store !== undefined);
  if (!hasOneEach) return false;
  const places = Object.getOwnPropertySymbols(resource);
  if (places.length === plainSymbols) return false;
  return places.some((place) => place.description === ONE_STORE && resource[place] !== undefined);
}

/** Removes all stores from a resource, where this runtime tells where they are. */
export function forgetStores(kept: AsyncResource): void {
  const resource = kept as Resource;
  for (const place of Object.getOwnPropertySymbols(resource)) {
    if (place.description === ALL_STORES || place.description === ONE_STORE) resource[place] = undefined;
  }
}
