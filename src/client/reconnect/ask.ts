// Asks functions of the application for what an attempt needs: a URL, header fields.

import { type WebSocketError, webSocketError, webSocketErrorFrom } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { show } from '../../core/shown-value.ts';

/**
 * Calls a function of the application, and waits for the promise that it may return.
 *
 * @param name     name of the function, for error texts
 * @param timeout  milliseconds that the promise may take; 0: no bound
 * @throws (rejects) WebSocketError ERR_WS_RECONNECT_FUNCTION. What comes later is ignored
 */
export function ask<Answer>(
  name: string,
  call: () => Answer | PromiseLike<Answer>,
  clock: Clock,
  timeout: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = clock.timer({
      expired: () => reject(webSocketError('ERR_WS_RECONNECT_FUNCTION', name, `no answer within ${timeout} ms`)),
    });
    const failed = (error: unknown): void => {
      timer.clear();
      reject(failure(name, error));
    };
    try {
      Promise.resolve(call()).then((answer) => {
        timer.clear();
        resolve(answer);
      }, failed);
    } catch (error) {
      failed(error);
      return;
    }
    if (timeout > 0) timer.set(timeout);
  });
}

function failure(name: string, error: unknown): WebSocketError {
  const { message } = (typeof error === 'object' && error !== null ? error : {}) as { message?: unknown };
  const text = typeof message === 'string' && message !== '' ? message : show(error);
  return webSocketErrorFrom(error, 'ERR_WS_RECONNECT_FUNCTION', name, text.slice(0, 200));
}
