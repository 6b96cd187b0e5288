// `on` and `off` of the kit: one listener for each event (kit specification §1.7), in a plain table that dispatch reads
// as a field. An exception of a listener becomes an uncaught exception, and disturbs nothing else.

import { type BusinessError, businessError } from './business-error.ts';
import { described } from './described.ts';

/** One slot for each event. All slots exist from the beginning, so that the table keeps its shape. */
export type ListenerTable<Listeners> = { [Event in keyof Listeners]: Listeners[Event] | undefined };

/**
 * `on(type, callback)`: replaces the listener of the event. An unknown event is ignored.
 *
 * @param args  the arguments as called
 * @throws BusinessError 401 unless they are a string and a function
 */
export function addListener<Listeners>(table: ListenerTable<Listeners>, args: readonly unknown[]): void {
  const [type, callback] = args;
  if (args.length !== 2 || typeof type !== 'string' || typeof callback !== 'function') {
    throw wrongArguments('on', 'the name of an event and a function', args);
  }
  if (Object.hasOwn(table, type)) table[type as keyof Listeners] = callback as Listeners[keyof Listeners];
}

/**
 * `off(type)` and `off(type, callback)`: removes the listener, in the second form only if it is that callback.
 *
 * @throws BusinessError 401 for other arguments
 */
export function removeListener<Listeners>(table: ListenerTable<Listeners>, args: readonly unknown[]): void {
  const [type, callback] = args;
  const isCallback = callback === undefined || typeof callback === 'function';
  if (args.length < 1 || args.length > 2 || typeof type !== 'string' || !isCallback) {
    throw wrongArguments('off', 'the name of an event, and optionally a function', args);
  }
  if (Object.hasOwn(table, type)) clear(table, type as keyof Listeners, callback);
}

/**
 * `onMessage(callback)` and the other setters of ArkTS-static.
 *
 * @throws BusinessError 401 unless the argument is one function
 */
export function setListener<Listeners, Event extends keyof Listeners>(
  table: ListenerTable<Listeners>,
  event: Event,
  args: readonly unknown[],
): void {
  if (args.length !== 1 || typeof args[0] !== 'function') {
    throw wrongArguments(`the method that sets the listener for ${String(event)}`, 'a function', args);
  }
  table[event] = args[0] as Listeners[Event];
}

/**
 * `offMessage()`, `offMessage(callback)` and the other removers of ArkTS-static.
 *
 * @throws BusinessError 401 for other arguments
 */
export function clearListener<Listeners, Event extends keyof Listeners>(
  table: ListenerTable<Listeners>,
  event: Event,
  args: readonly unknown[],
): void {
  const [callback] = args;
  if (args.length > 1 || (callback !== undefined && typeof callback !== 'function')) {
    throw wrongArguments(`the method that removes the listener for ${String(event)}`, 'a function or nothing', args);
  }
  clear(table, event, callback);
}

function clear<Listeners, Event extends keyof Listeners>(
  table: ListenerTable<Listeners>,
  event: Event,
  callback: unknown,
): void {
  if (callback === undefined || table[event] === callback) table[event] = undefined;
}

function wrongArguments(method: string, expected: string, args: readonly unknown[]): BusinessError {
  const given = args.length === 0 ? 'nothing' : args.map(described).join(', ');
  return businessError('parameter', `${method} got ${given}; expected ${expected}`);
}

/** Calls a listener that takes one argument, with `this` undefined. */
export function notify<T>(listener: ((value: T) => void) | undefined, value: T): void {
  if (listener === undefined) return;
  try {
    listener(value);
  } catch (error) {
    reportUncaught(error);
  }
}

/** Calls a listener that takes two arguments, with `this` undefined. */
export function notifyPair<First, Second>(
  listener: ((first: First, second: Second) => void) | undefined,
  first: First,
  second: Second,
): void {
  if (listener === undefined) return;
  try {
    listener(first, second);
  } catch (error) {
    reportUncaught(error);
  }
}

/** Throws an exception of the application again as an uncaught one, outside the current call. */
export function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** The argument for "no error" and for "no result", as on a device. */
export const NOTHING = undefined as never;
