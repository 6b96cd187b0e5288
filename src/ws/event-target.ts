// The web's members of a WebSocket beside those of EventEmitter: events as objects, `addEventListener`, and the `on…`
// attributes (WHATWG WebSockets §3, DOM §2). Listeners of both kinds are listeners of the one EventEmitter, in the order in
// which they were added.

import type { EventEmitter } from 'node:events';
import type { Data } from './data.ts';

/** An event, as listeners of the web's kind get it. */
export class SocketEvent<Target = unknown> {
  readonly #target: Target;
  readonly #type: string;

  constructor(type: string, target: Target) {
    this.#type = type;
    this.#target = target;
  }

  get type(): string {
    return this.#type;
  }

  get target(): Target {
    return this.#target;
  }
}

export class SocketCloseEvent<Target = unknown> extends SocketEvent<Target> {
  readonly #values: { code: number; reason: string; wasClean: boolean };

  constructor(target: Target, values: { code: number; reason: string; wasClean: boolean }) {
    super('close', target);
    this.#values = values;
  }

  get code(): number {
    return this.#values.code;
  }

  get reason(): string {
    return this.#values.reason;
  }

  get wasClean(): boolean {
    return this.#values.wasClean;
  }
}

export class SocketErrorEvent<Target = unknown> extends SocketEvent<Target> {
  readonly #error: Error;

  constructor(target: Target, error: Error) {
    super('error', target);
    this.#error = error;
  }

  // biome-ignore lint/suspicious/noExplicitAny: as @types/ws has it
  get error(): any {
    return this.#error;
  }

  get message(): string {
    return this.#error.message;
  }
}

export class SocketMessageEvent<Target = unknown> extends SocketEvent<Target> {
  readonly #data: Data;

  constructor(target: Target, data: Data) {
    super('message', target);
    this.#data = data;
  }

  get data(): Data {
    return this.#data;
  }
}

/** The events of a WebSocket that the web knows. */
export interface EventMap<Target> {
  open: SocketEvent<Target>;
  error: SocketErrorEvent<Target>;
  close: SocketCloseEvent<Target>;
  message: SocketMessageEvent<Target>;
}

export type EventName = keyof EventMap<unknown>;

/** A listener of the web's kind. */
export type EventListener<Target, Name extends EventName> =
  | ((event: EventMap<Target>[Name]) => void)
  | { handleEvent(event: EventMap<Target>[Name]): void };

/** Where a WebSocket says whether Close frames went both ways. */
export const WAS_CLEAN = Symbol('wasClean');

/** What a WebSocket tells its events of the web. */
export interface EventSource extends EventEmitter {
  readonly [WAS_CLEAN]: boolean;
}

/** The listener or object that a listener of EventEmitter stands for. */
const GIVEN = Symbol('listener');
/** Set for the listener of an `on…` attribute. */
const IS_ATTRIBUTE = Symbol('attribute');

interface Wrapped {
  (...values: unknown[]): void;
  [GIVEN]?: unknown;
  [IS_ATTRIBUTE]?: boolean;
}

/** How each event of EventEmitter becomes one of the web. */
const events: { readonly [Name in EventName]: (source: EventSource, ...values: never[]) => SocketEvent } = {
  open: (source) => new SocketEvent('open', source),
  error: (source, error: Error) => new SocketErrorEvent(source, error),
  close: (source, code: number, reason: Buffer) =>
    new SocketCloseEvent(source, { code, reason: reason.toString(), wasClean: source[WAS_CLEAN] }),
  message: (source, data: Buffer, isBinary: boolean) =>
    new SocketMessageEvent(source, isBinary ? data : data.toString()),
};

/** Adds a listener of the web's kind. Adding it twice is the same as once; names that the web does not know are ignored. */
export function addEventListener(
  source: EventSource,
  name: string,
  listener: unknown,
  options: { once?: boolean | undefined } = {},
  isAttribute = false,
): void {
  if (!Object.hasOwn(events, name)) return;
  if (!isAttribute && find(source, name, listener) !== undefined) return;
  const make = events[name as EventName] as (source: EventSource, ...values: unknown[]) => SocketEvent;
  const wrapped: Wrapped = (...values) => call(listener, source, make(source, ...values));
  wrapped[GIVEN] = listener;
  wrapped[IS_ATTRIBUTE] = isAttribute;
  if (options?.once === true) source.once(name, wrapped);
  else source.on(name, wrapped);
}

/** Removes what {@link addEventListener} added. */
export function removeEventListener(source: EventSource, name: string, listener: unknown): void {
  const found = find(source, name, listener);
  if (found !== undefined) source.removeListener(name, found);
}

/** The value of an `on…` attribute. */
export function attributeListener(source: EventSource, name: EventName): unknown {
  return findAttribute(source, name)?.[GIVEN] ?? null;
}

/** Sets an `on…` attribute. What is not a function takes the listener away. */
export function setAttributeListener(source: EventSource, name: EventName, listener: unknown): void {
  const found = findAttribute(source, name);
  if (found !== undefined) source.removeListener(name, found);
  if (typeof listener === 'function') addEventListener(source, name, listener, {}, true);
}

function find(source: EventEmitter, name: string, listener: unknown): Wrapped | undefined {
  return (source.listeners(name) as Wrapped[]).find((one) => one[GIVEN] === listener && one[IS_ATTRIBUTE] !== true);
}

function findAttribute(source: EventEmitter, name: string): Wrapped | undefined {
  return (source.listeners(name) as Wrapped[]).find((one) => one[IS_ATTRIBUTE] === true);
}

function call(listener: unknown, target: object, event: SocketEvent): void {
  if (typeof listener === 'function') listener.call(target, event);
  else (listener as { handleEvent(event: SocketEvent): void }).handleEvent(event);
}
