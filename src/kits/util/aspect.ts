// `util.Aspect`: code before, after or instead of a method of a class.

// biome-ignore-all lint/complexity/noBannedTypes: declared like this by the SDK

import { typeError } from '../parameter-error.ts';

/** Adds code to methods of classes, or replaces them. An async method stays async. */
// biome-ignore lint/complexity/noStaticOnlyClass: declared like this by the SDK
export class Aspect {
  /**
   * Has a function called before a method, with `this` and the arguments of the method.
   *
   * @param isStatic  whether it is a static method of the class
   * @throws BusinessError 401 if an argument is of another type, or there is no such method
   */
  static addBefore(targetClass: Object, methodName: string, isStatic: boolean, before: Function): void {
    wrap(targetClass, methodName, isStatic, before, (original, self, args) => {
      before(self, ...args);
      return Reflect.apply(original, self, args);
    });
  }

  /**
   * Has a function called after a method, with `this`, the result and the arguments of the method. What it returns is the
   * result. The result of an async method is a promise.
   *
   * @param isStatic  whether it is a static method of the class
   * @throws BusinessError 401 if an argument is of another type, or there is no such method
   */
  static addAfter(targetClass: Object, methodName: string, isStatic: boolean, after: Function): void {
    wrap(targetClass, methodName, isStatic, after, (original, self, args) =>
      after(self, Reflect.apply(original, self, args), ...args),
    );
  }

  /**
   * Has a function called instead of a method, with `this` and the arguments of the method.
   *
   * @param isStatic  whether it is a static method of the class
   * @throws BusinessError 401 if an argument is of another type, or there is no such method
   */
  static replace(targetClass: Object, methodName: string, isStatic: boolean, instead: Function): void {
    wrap(targetClass, methodName, isStatic, instead, (_original, self, args) => instead(self, ...args));
  }
}

type Advice = (original: Function, self: unknown, args: unknown[]) => unknown;

function wrap(target: Object, name: string, isStatic: boolean, added: unknown, advice: Advice): void {
  if (target === undefined || target === null) throw typeError(target, 'Object');
  if (typeof name !== 'string') throw typeError(name, 'string');
  if (typeof isStatic !== 'boolean') throw typeError(isStatic, 'boolean');
  if (typeof added !== 'function') throw typeError(added, 'function');
  const owner = (isStatic ? target : Reflect.get(target, 'prototype')) as Record<string, unknown> | undefined;
  if (!owner) return;
  const original = owner[name];
  if (typeof original !== 'function') throw typeError(name, 'a method of targetClass');
  owner[name] =
    original.constructor.name === 'AsyncFunction'
      ? async function withAdvice(this: unknown, ...args: unknown[]): Promise<unknown> {
          return advice(original, this, args);
        }
      : function withAdvice(this: unknown, ...args: unknown[]): unknown {
          return advice(original, this, args);
        };
}
