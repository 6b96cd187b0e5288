// Makes the classes those of the global object, and undoes it.

import { CloseEvent, MessageEvent } from './events.ts';
import { WebSocketError } from './stream-error.ts';
import { WebSocket } from './websocket.ts';
import { WebSocketStream } from './websocket-stream.ts';

const classes: Readonly<Record<string, unknown>> = {
  WebSocket,
  WebSocketStream,
  WebSocketError,
  CloseEvent,
  MessageEvent,
};

/** What the global object had before; `undefined` for nothing. */
let replaced: ReadonlyMap<string, PropertyDescriptor | undefined> | undefined;
let installs = 0;

/**
 * Makes these classes the global ones: `WebSocket`, `WebSocketStream` and `WebSocketError`, and `CloseEvent` where the
 * platform has none. Repeated calls do no harm.
 *
 * @returns undoes it. When it is installed several times, the last of these functions does; to call one again does
 *          nothing. A name to which the program has given another value meanwhile keeps that.
 */
export function install(): () => void {
  if (installs++ === 0)
    replaced = new Map(Object.entries(classes).map(([name, value]) => [name, replace(name, value)]));
  let isInstalled = true;
  return () => {
    if (!isInstalled) return;
    isInstalled = false;
    if (--installs === 0) restore();
  };
}

function replace(name: string, value: unknown): PropertyDescriptor | undefined {
  const before = Object.getOwnPropertyDescriptor(globalThis, name);
  if (before?.value !== value) {
    Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  }
  return before;
}

function restore(): void {
  for (const [name, before] of replaced ?? []) {
    if (Object.getOwnPropertyDescriptor(globalThis, name)?.value !== classes[name]) continue;
    if (before === undefined) delete (globalThis as Record<string, unknown>)[name];
    else Object.defineProperty(globalThis, name, before);
  }
  replaced = undefined;
}
