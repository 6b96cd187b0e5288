// Which tasks interceptors can be put on, and how: the declared type of a task has no method for it.

import type { InterceptorType } from './constants.ts';
import type { HttpInterceptor, HttpRequest } from './types.ts';

/** The interceptors of a task, by their moments. */
export type Interceptors = ReadonlyMap<InterceptorType, HttpInterceptor>;

/** A task that interceptors can be put on. */
export interface Interceptable {
  /** Replaces the interceptors of later requests. */
  intercept(interceptors: Interceptors): void;
}

/** The tasks of this module. */
export const interceptables = new WeakMap<HttpRequest, Interceptable>();
