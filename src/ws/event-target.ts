// The web's members of a WebSocket beside those of EventEmitter: events as objects, `addEventListener`, and the `on…`
// attributes (WHATWG WebSockets and DOM). Listeners of both kinds are listeners of the one EventEmitter, in the order in
// which they were added.

import type { EventEmitter } from 'node:events';
import type { Data } from './data.ts';

/** Gives an event its target. */
let targeted: <Kind extends SocketEvent>(event: Kind, target: unknown) => Kind;

/** An event, as listeners of the web's kind get it. */
export class SocketEvent<Target = unknown> {
  readonly #type: string;
  #target: Target = null as Target;

  static {
    targeted = (event, target) => {
      event.#target = target;
      return event;
    };
  }

  constructor(type: string) {
    this.#type = type;
  }

  get type(): string {
    return this.#type;
  }

  get target(): Target {
    return this.#target;
  }
}

export class SocketCloseEvent<Target = unknown> extends SocketEvent<Target> {
  readonly #code: number;
  readonly #reason: string;
  readonly #wasClean: boolean;

  constructor(type: string, options: { code?: number; reason?: string; wasClean?: boolean } = {}) {
    super(type);
    this.#code = options.code ?? 0;
    this.#reason = options.reason ?? '';
    this.#wasClean = options.wasClean ?? false;
  }

  get code(): number {
    return this.#code;
  }

  get reason(): string {
    return this.#reason;
  }

  get wasClean(): boolean {
    return this.#wasClean;
  }
}

export class SocketErrorEvent<Target = unknown> extends SocketEvent<Target> {
  readonly #error: unknown;
  readonly #message: string;

  constructor(type: string, options: { error?: unknown; message?: string } = {}) {
    super(type);
    this.#error = options.error ?? null;
    this.#message = options.message ?? '';
  }

  // biome-ignore lint/suspicious/noExplicitAny: as @types/ws has it
  get error(): any {
    return this.#error;
  }

  get message(): string {
    return this.#message;
  }
}

export class SocketMessageEvent<Target = unknown> extends SocketEvent<Target> {
  readonly #data: Data;

  constructor(type: string, options: { data?: unknown } = {}) {
    super(type);
    this.#data = (options.data ?? null) as Data;
  }

  get data(): Data {
    return this.#data;
  }
}

for (const { prototype } of [SocketEvent, SocketCloseEvent, SocketErrorEvent, SocketMessageEvent]) {
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (name !== 'constructor') Object.defineProperty(prototype, name, { enumerable: true });
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
export const GIVEN = Symbol('listener');
/** Set for the listener of an `on…` attribute. */
const IS_ATTRIBUTE = Symbol('attribute');

interface Wrapped {
  (...values: unknown[]): void;
  [GIVEN]?: unknown;
  [IS_ATTRIBUTE]?: boolean;
}

/** How each event of EventEmitter becomes one of the web. */
const events: { readonly [Name in EventName]: (source: EventSource, ...values: never[]) => SocketEvent } = {
  open: () => new SocketEvent('open'),
  error: (_source, error: Error) => new SocketErrorEvent('error', { error, message: error.message }),
  close: (source, code: number, reason: Buffer) =>
    new SocketCloseEvent('close', { code, reason: reason.toString(), wasClean: source[WAS_CLEAN] }),
  message: (_source, data: Buffer, isBinary: boolean) =>
    new SocketMessageEvent('message', { data: isBinary ? data : data.toString() }),
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
  const wrapped: Wrapped = (...values) => call(listener, source, targeted(make(source, ...values), source));
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
