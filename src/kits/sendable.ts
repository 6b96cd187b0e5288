// Which objects threads share: instances of `@Sendable` classes, and of classes of the kit that are sendable on a device. And
// which ones cannot pass at all.

/** What marks a class as sendable: a static property, which the translation of `.ets` files adds. */
const SENDABLE = Symbol.for('harmony-websocket.sendable');

/** Marks classes of the kit. */
export function markSendable(...kinds: object[]): void {
  for (const kind of kinds) Object.defineProperty(kind, SENDABLE, { value: true });
}

/** Whether the value is an instance of a class that is sendable itself. */
export function isSendable(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const { constructor: kind } = value as { constructor?: unknown };
  return typeof kind === 'function' && isSendableClass(kind);
}

/** Whether the class is marked itself. */
export function isSendableClass(kind: object): boolean {
  return Object.hasOwn(kind, SENDABLE);
}

const CONFINED = Symbol.for('harmony-websocket.confined');

/** Marks classes of the kit whose instances cannot pass to another thread, neither shared nor copied. */
export function markConfined(...kinds: { readonly prototype: object }[]): void {
  for (const { prototype } of kinds) Object.defineProperty(prototype, CONFINED, { value: true });
}

/** Whether the value is an instance of a class that is marked by {@link markConfined}. */
export function isConfined(value: object): boolean {
  return CONFINED in value;
}
