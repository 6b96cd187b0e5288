// A task that makes requests: `createHttp()`. It checks calls, tells their answers, and has one listener for each event.

import {
  type AsyncCallback,
  answerPromise,
  type BusinessError,
  type Callback,
  network,
  networkDenial,
} from '../host.ts';
import { CookieJar } from './cookies.ts';
import { asHttpError, httpError } from './errors.ts';
import { type Interceptors, interceptables } from './interceptables.ts';
import { type EventName, Listeners } from './listeners.ts';
import type { HttpRequestOptions } from './options.ts';
import { planRequest, type RequestPlan } from './request-plan.ts';
import { runRequest, runStream } from './run.ts';
import type { Task } from './task.ts';
import { Timing } from './timing.ts';
import type { DataReceiveProgressInfo, DataSendProgressInfo, HttpRequest, HttpResponse } from './types.ts';

/** A task object. It makes any number of requests, also at once. */
export class KitHttpRequest implements HttpRequest {
  readonly #listeners = new Listeners();
  /** The requests that have not ended. */
  readonly #running = new Set<AbortController>();
  #interceptors: Interceptors | undefined;
  /** Present while cookies are kept from request to request. */
  #jar: CookieJar | undefined;
  #isDestroyed = false;

  constructor() {
    interceptables.set(this, {
      intercept: (interceptors) => {
        this.#interceptors = interceptors;
      },
    });
  }

  request(url: string, callback: AsyncCallback<HttpResponse>): void;
  request(url: string, options: HttpRequestOptions, callback: AsyncCallback<HttpResponse>): void;
  request(url: string, options?: HttpRequestOptions): Promise<HttpResponse>;
  request(...args: unknown[]): Promise<HttpResponse> | undefined {
    return this.#call('request', args, runRequest);
  }

  requestInStream(url: string, callback: AsyncCallback<number>): void;
  requestInStream(url: string, options: HttpRequestOptions, callback: AsyncCallback<number>): void;
  requestInStream(url: string, options?: HttpRequestOptions): Promise<number>;
  requestInStream(...args: unknown[]): Promise<number> | undefined {
    return this.#call('requestInStream', args, runStream);
  }

  requestSync(_url: string, _options?: HttpRequestOptions): HttpResponse {
    throw httpError('capability', 'requestSync is not supported off the device; use request');
  }

  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#listeners.clear();
    for (const running of this.#running) {
      running.abort(httpError('write', 'destroy() was called before the response had ended'));
    }
  }

  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  on(type: 'headerReceive', callback: AsyncCallback<Object>): void;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  on(type: 'headersReceive', callback: Callback<Object>): void;
  on(type: 'dataReceive', callback: Callback<ArrayBuffer>): void;
  on(type: 'dataEnd', callback: Callback<void>): void;
  on(type: 'dataReceiveProgress', callback: Callback<DataReceiveProgressInfo>): void;
  on(type: 'dataSendProgress', callback: Callback<DataSendProgressInfo>): void;
  on(type: EventName, callback: unknown): void {
    this.#listeners.set(type, callback, false);
  }

  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  off(type: 'headerReceive', callback?: AsyncCallback<Object>): void;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  off(type: 'headersReceive', callback?: Callback<Object>): void;
  off(type: 'dataReceive', callback?: Callback<ArrayBuffer>): void;
  off(type: 'dataEnd', callback?: Callback<void>): void;
  off(type: 'dataReceiveProgress', callback?: Callback<DataReceiveProgressInfo>): void;
  off(type: 'dataSendProgress', callback?: Callback<DataSendProgressInfo>): void;
  off(type: EventName, callback?: unknown): void {
    this.#listeners.remove(type, callback);
  }

  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  once(type: 'headersReceive', callback: Callback<Object>): void {
    this.#listeners.set(type, callback, true);
  }

  enableAutoCookie(enable: boolean): void {
    if (enable === true) this.#jar ??= new CookieJar();
    else if (enable === false) this.#jar = undefined;
  }

  /** Runs a call, and answers to its callback or by a Promise; never from inside the call. */
  #call<Value>(
    method: 'request' | 'requestInStream',
    args: readonly unknown[],
    run: (plan: RequestPlan, task: Task) => Promise<Value>,
  ): Promise<Value> | undefined {
    const last = args[args.length - 1];
    const callback = typeof last === 'function' ? (last as AsyncCallback<Value>) : undefined;
    const answer = this.#run(method, callback === undefined ? args : args.slice(0, -1), run);
    if (callback === undefined) return answerPromise(answer, `HttpRequest.${method}`);
    answer.then(
      (value) => answerTo(callback, undefined, value),
      (error: BusinessError) => answerTo(callback, error, undefined),
    );
    return undefined;
  }

  async #run<Value>(
    method: string,
    args: readonly unknown[],
    run: (plan: RequestPlan, task: Task) => Promise<Value>,
  ): Promise<Value> {
    const [url, options] = args;
    const isCall = args.length >= 1 && args.length <= 2 && typeof url === 'string';
    if (!isCall || !(options === undefined || (typeof options === 'object' && options !== null))) {
      throw httpError('parameter', `${method} takes a URL, options if need be, and a callback if you like`);
    }
    const denial = networkDenial();
    if (denial !== undefined) throw denial;
    if (this.#isDestroyed) throw httpError('internal', 'the object is destroyed; make another one by createHttp()');
    const timing = new Timing();
    const plan = readPlan(url, (options ?? {}) as HttpRequestOptions);
    const controller = new AbortController();
    const { signal } = controller;
    const task = {
      listeners: this.#listeners,
      interceptors: this.#interceptors,
      jar: this.#jar ?? new CookieJar(),
      timing,
      signal,
    };
    const timer = network().clock.timer({
      expired: () => controller.abort(httpError('timeout', `no response within readTimeout (${plan.readTimeout} ms)`)),
    });
    if (plan.readTimeout > 0) timer.set(plan.readTimeout);
    this.#running.add(controller);
    try {
      return await untilAborted(run(plan, task), signal);
    } finally {
      timer.clear();
      this.#running.delete(controller);
    }
  }
}

/** Options may throw when they are read, or have no JSON. */
function readPlan(url: string, options: HttpRequestOptions): RequestPlan {
  try {
    return planRequest(url, options);
  } catch (error) {
    throw asHttpError(error, 'parameter');
  }
}

/** Waits for a value, but not beyond the end of `signal`: an interceptor of the application may take its time. */
function untilAborted<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(asHttpError(error));
    signal.addEventListener('abort', () => fail(signal.reason), { once: true });
    value.then(resolve, fail);
  });
}

/** An exception of the callback becomes an uncaught exception. */
function answerTo<Value>(
  callback: AsyncCallback<Value>,
  error: BusinessError | undefined,
  value: Value | undefined,
): void {
  try {
    callback(error as BusinessError, value as Value);
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown;
    });
  }
}
