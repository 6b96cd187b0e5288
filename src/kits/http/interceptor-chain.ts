// Interceptors in a chain: functions of the application that are called at one moment of a request each.

import { InterceptorType } from './constants.ts';
import { httpError } from './errors.ts';
import { interceptables } from './interceptables.ts';
import type { HttpInterceptor, HttpRequest } from './types.ts';

const types: ReadonlySet<unknown> = new Set(Object.values(InterceptorType));

/** Interceptors of different types, to be put on requests. */
export class HttpInterceptorChain {
  readonly #chain: HttpInterceptor[] = [];

  /** Returns the interceptors that were added, in order. */
  getChain(): HttpInterceptor[] {
    return [...this.#chain];
  }

  /**
   * Adds interceptors. Those before one that is refused stay added, as on a device.
   *
   * @returns `true`
   * @throws BusinessError 2300801 for what is not an array of interceptors, 2300802 for a type that the chain has,
   *         2300999 for an interceptor without a type
   */
  addChain(chain: HttpInterceptor[]): boolean {
    if (!Array.isArray(chain)) throw httpError('interceptor', 'addChain takes an array of interceptors');
    for (const interceptor of chain as (HttpInterceptor | null | undefined)[]) {
      const type = interceptor?.interceptorType;
      if (type === undefined || (type as string) === '') {
        throw httpError('internal', 'an interceptor has no interceptorType; set it to one of http.InterceptorType');
      }
      if (!types.has(type)) {
        throw httpError('interceptor', `${JSON.stringify(type)} is not a type of http.InterceptorType`);
      }
      if (typeof interceptor?.interceptorHandle !== 'function') {
        throw httpError('interceptor', `the interceptor of type ${type} has no method interceptorHandle`);
      }
      if (this.#chain.some((other) => other.interceptorType === type)) {
        throw httpError('interceptorType', `the chain has an interceptor of type ${type} already`);
      }
      this.#chain.push(interceptor);
    }
    return true;
  }

  /**
   * Puts the interceptors on a request, instead of its present ones. They are called for `request`, not for streams.
   *
   * @returns `false` for an empty chain
   * @throws BusinessError 2300801 for what is not a request made by `createHttp`
   */
  apply(httpRequest: HttpRequest): boolean {
    const request = interceptables.get(httpRequest);
    if (request === undefined) throw httpError('interceptor', 'apply takes a request that createHttp has made');
    if (this.#chain.length === 0) return false;
    request.intercept(new Map(this.#chain.map((interceptor) => [interceptor.interceptorType, interceptor])));
    return true;
  }
}
