// The arguments of the calls of `emitter`. The declaration has no errors: a device ignores a call with wrong arguments, and
// writes that to its log. Here a warning is printed.

import { cutToSize, described, warn } from '../host.ts';
import type { Channel, EventId } from './channel.ts';
import { priorityOf } from './priority.ts';

/** Bytes of UTF-8. */
const MAX_ID_SIZE = 10_240;

/** Whether IDs of the emitter are texts only, as those of the class are. */
export type Ids = 'texts' | 'all';

/** `on(event, callback)` and `once(event, callback)`. */
export function subscribe(channel: Channel, ids: Ids, isOnce: boolean, args: readonly unknown[]): void {
  const [event, callback] = args;
  const id = idOfEvent(event, ids);
  if (id === undefined || typeof callback !== 'function') ignored(isOnce ? 'once' : 'on', args);
  else channel.subscribe(id, callback as () => void, isOnce);
}

/** `off(id)` and `off(id, callback)`. */
export function unsubscribe(channel: Channel, ids: Ids, args: readonly unknown[]): void {
  const [event, callback] = args;
  const id = idOf(event, ids);
  if (id === undefined || (args.length > 1 && typeof callback !== 'function')) ignored('off', args);
  else channel.unsubscribe(id, callback);
}

/** `emit(event, data?)` and `emit(id, options?, data?)`. */
export function emit(channel: Channel, ids: Ids, args: readonly unknown[]): void {
  const [event, second, third] = args;
  const id = idOfEvent(event, ids);
  if (id === undefined) {
    ignored('emit', args);
    return;
  }
  if (typeof event !== 'string') {
    channel.emit(id, priorityOf(event), dataOf(second));
    return;
  }
  // Two arguments: an object with a priority is the options.
  const hasOptions = args.length > 2 || (typeof second === 'object' && second !== null && 'priority' in second);
  channel.emit(id, priorityOf(hasOptions ? second : undefined), dataOf(hasOptions ? third : second));
}

/** `getListenerCount(id)`. @returns `undefined` for what is not an ID, as on a device */
export function count(channel: Channel, ids: Ids, args: readonly unknown[]): number | undefined {
  const id = idOf(args[0], ids);
  if (id !== undefined) return channel.count(id);
  ignored('getListenerCount', args);
  return undefined;
}

function dataOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as { data?: unknown }).data : undefined;
}

/** The ID of an object with `eventId`, or of a text. */
function idOfEvent(event: unknown, ids: Ids): EventId | undefined {
  if (typeof event === 'string') return idOf(event, ids);
  if (typeof event !== 'object' || event === null || !('eventId' in event)) return undefined;
  return idOf(typeof event.eventId === 'number' ? event.eventId : 0, ids);
}

function idOf(id: unknown, ids: Ids): EventId | undefined {
  if (typeof id === 'string') return id === '' ? undefined : cutToSize(id, MAX_ID_SIZE);
  return typeof id === 'number' && ids === 'all' ? id >>> 0 : undefined;
}

function ignored(call: string, args: readonly unknown[]): void {
  const given = args.length === 0 ? 'nothing' : args.map(described).join(', ');
  warn(`emitter ${call}`, `emitter.${call} ignores its arguments: it got ${given}; see its declaration`);
}
