// The watchers of events, and how events reach them: at once to `onReceive`; to those that wait for `onTrigger` or a holder,
// into a queue.

import { later, network, reportUncaught } from '../host.ts';
import { isDomain } from './checked-event.ts';
import { eventError } from './errors.ts';
import { EventHolder, forgetWaiting, waitingFor } from './holder.ts';
import type { AppEventInfo } from './types.ts';
import type { AppEventFilter, TriggerCondition, Watcher } from './watcher-types.ts';

type Timer = ReturnType<ReturnType<typeof network>['clock']['timer']>;

const WATCHER_NAME = /^[A-Za-z](?:[A-Za-z0-9_]{0,30}[A-Za-z0-9])?$/;
/** Milliseconds that `timeOut` counts in. */
const TIME_UNIT = 30_000;
interface Known {
  readonly watcher: Watcher;
  readonly filters: readonly AppEventFilter[];
  /** Runs while an event waits and the condition has a time. */
  timer: Timer | undefined;
}

const known = new Map<string, Known>();

/** Adds a watcher, in the place of one with its name. @throws BusinessError 401, 11102001 to 11102005 */
export function addWatcher(watcher: unknown): EventHolder {
  const name = watcherName(watcher);
  const { appEventFilters = [], triggerCondition = {}, onTrigger, onReceive } = watcher as Watcher;
  if (!isOptionalFunction(onTrigger) || !isOptionalFunction(onReceive)) throw eventError('parameter');
  if (!Array.isArray(appEventFilters)) throw eventError('parameter');
  for (const filter of appEventFilters as unknown[]) requireFilter(filter);
  requireCondition(triggerCondition);
  removeKnown(name);
  known.set(name, { watcher: watcher as Watcher, filters: [...appEventFilters], timer: undefined });
  return new EventHolder(name);
}

/** Removes a watcher by its name. @throws BusinessError 401, 11102001 */
export function removeWatcher(watcher: unknown): void {
  removeKnown(watcherName(watcher));
}

/** Gives an event to its watchers. @param time  milliseconds since 1970 */
export function publish(event: AppEventInfo, time: number): void {
  for (const [name, entry] of [...known]) {
    if (!isFor(entry, event)) continue;
    if (entry.watcher.onReceive !== undefined) later(() => receive(name, entry, event));
    else wait(name, entry, event, time);
  }
}

function receive(name: string, entry: Known, event: AppEventInfo): void {
  if (known.get(name) !== entry) return;
  call(() => entry.watcher.onReceive?.(event.domain, [{ name: event.name, appEventInfos: [event] }]));
}

function wait(name: string, entry: Known, event: AppEventInfo, time: number): void {
  const waiting = waitingFor(name);
  waiting.add(event, time);
  const { row = 0, size = 0, timeOut = 0 } = entry.watcher.triggerCondition ?? {};
  if ((row > 0 && waiting.row >= row) || (size > 0 && waiting.size >= size)) later(() => trigger(name, entry));
  else if (timeOut > 0 && entry.timer === undefined) {
    entry.timer = network().clock.timer({ expired: () => trigger(name, entry) });
    entry.timer.set(timeOut * TIME_UNIT);
  }
}

function trigger(name: string, entry: Known): void {
  entry.timer?.clear();
  entry.timer = undefined;
  const { row, size } = waitingFor(name);
  if (known.get(name) === entry && row > 0) {
    call(() => entry.watcher.onTrigger?.(row, size, new EventHolder(name)));
  }
}

function removeKnown(name: string): void {
  known.get(name)?.timer?.clear();
  known.delete(name);
  forgetWaiting(name);
}

function isFor({ filters }: Known, { domain, name, eventType }: AppEventInfo): boolean {
  if (filters.length === 0) return true;
  return filters.some(
    ({ domain: wanted, eventTypes = [], names = [] }) =>
      wanted === domain &&
      (eventTypes.length === 0 || eventTypes.includes(eventType)) &&
      (names.length === 0 || names.includes(name)),
  );
}

function call(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    reportUncaught(error);
  }
}

function watcherName(watcher: unknown): string {
  if (typeof watcher !== 'object' || watcher === null) throw eventError('parameter');
  const { name } = watcher as { name?: unknown };
  if (typeof name !== 'string') throw eventError('parameter');
  if (!WATCHER_NAME.test(name)) throw eventError('watcherName');
  return name;
}

function requireFilter(filter: unknown): void {
  if (typeof filter !== 'object' || filter === null) throw eventError('parameter');
  const { domain, eventTypes = [], names = [] } = filter as Partial<Record<keyof AppEventFilter, unknown>>;
  if (typeof domain !== 'string' || !Array.isArray(eventTypes) || !Array.isArray(names)) throw eventError('parameter');
  if (!isDomain(domain)) throw eventError('filterDomain');
}

function requireCondition(condition: unknown): void {
  if (typeof condition !== 'object' || condition === null) throw eventError('parameter');
  const { row = 0, size = 0, timeOut = 0 } = condition as Partial<Record<keyof TriggerCondition, unknown>>;
  if ([row, size, timeOut].some((value) => typeof value !== 'number')) throw eventError('parameter');
  if ((row as number) < 0) throw eventError('row');
  if ((size as number) < 0) throw eventError('size');
  if ((timeOut as number) < 0) throw eventError('timeout');
}

function isOptionalFunction(value: unknown): boolean {
  return value === undefined || typeof value === 'function';
}
