// The errors that the containers of `collections` add to those of the language: a method of something else, a call without
// `new`, and a change of a container by the function that one of its own methods is calling.

import { BusinessError } from '../host.ts';

/** How many methods of each container are calling a function of the application. */
const walks = new WeakMap<object, number>();

/** Which methods of a class are guarded. */
interface Methods {
  /** Call a function of the application, which must not change the container. */
  readonly walking: readonly string[];
  /** Change the container. */
  readonly changing: readonly string[];
  /** Do neither. */
  readonly reading: readonly string[];
}

/** Guards methods that a class has from a class of the language. */
export function guardMethods(type: { readonly prototype: object }, methods: Methods): void {
  const { prototype } = type;
  for (const [kind, names] of Object.entries(methods) as [keyof Methods, readonly string[]][]) {
    for (const name of names) {
      const original = Reflect.get(prototype, name) as (...values: unknown[]) => unknown;
      const { [name]: value } = {
        [name](this: object, ...values: unknown[]): unknown {
          if (!Object.prototype.isPrototypeOf.call(prototype, this)) {
            throw new BusinessError(10200011, `The ${name} method cannot be bound.`);
          }
          if (kind === 'changing') refuseWhileWalking(this);
          return kind === 'walking' ? walk(this, original, values) : Reflect.apply(original, this, values);
        },
      };
      Object.defineProperty(prototype, name, { configurable: true, writable: true, value });
    }
  }
}

/**
 * Throws if a method of the container is calling a function of the application.
 *
 * @throws BusinessError 10200201
 */
export function refuseWhileWalking(container: object): void {
  if (walks.has(container)) throw new BusinessError(10200201, 'Concurrent modification exception');
}

/** Makes the call of a class without `new` throw a device's error. */
export function refuseCalls<Class extends object>(type: Class, name: string): Class {
  return new Proxy(type, {
    apply() {
      throw new BusinessError(10200012, `The ArkTS ${name}'s constructor cannot be directly invoked.`);
    },
  });
}

function walk(container: object, method: (...values: unknown[]) => unknown, values: unknown[]): unknown {
  const before = walks.get(container);
  walks.set(container, (before ?? 0) + 1);
  try {
    return Reflect.apply(method, container, values);
  } finally {
    if (before === undefined) walks.delete(container);
    else walks.set(container, before);
  }
}
