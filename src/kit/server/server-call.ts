// Calls of the kit's server: their answers, and the argument that most of them have.

import { answerPromise } from '../answer-promise.ts';
import { asBusinessError, businessError } from '../business-error.ts';
import { described } from '../described.ts';
import { uint32 } from '../numbers.ts';
import { networkDenial } from '../policy.ts';
import type { WebSocketConnection } from '../types.ts';

/** The reason of an error for an empty address. */
export const NO_ADDRESS =
  'clientIP of the connection is empty; expected the address of a client, as in the connect event';

/**
 * Runs a call, and answers it with `true`, or with a BusinessError if it throws.
 *
 * @param method  the name of the method, for warnings
 */
export function answered(method: string, act: () => Promise<void> | void): Promise<boolean> {
  let pending: Promise<void> | void;
  try {
    pending = act();
  } catch (error) {
    return failed(method, error);
  }
  if (pending === undefined) return Promise.resolve(true);
  const answer = pending.then(
    () => true,
    (error: unknown) => {
      throw asBusinessError(error);
    },
  );
  return answerPromise(answer, `WebSocketServer.${method}`);
}

/** Answers a call that threw. */
export function failed(method: string, error: unknown): Promise<never> {
  return answerPromise(Promise.reject(asBusinessError(error)), `WebSocketServer.${method}`);
}

/** @throws BusinessError 201 */
export function requirePermission(): void {
  const denial = networkDenial();
  if (denial !== undefined) throw denial;
}

/**
 * The address of a client as the application gives it: any object with the two values.
 *
 * @throws BusinessError 401 for other arguments
 */
export function addressOf(value: unknown): WebSocketConnection {
  const { clientIP, clientPort } = (isObject(value) ? value : {}) as Record<string, unknown>;
  if (typeof clientIP === 'string' && typeof clientPort === 'number') {
    return { clientIP, clientPort: uint32(clientPort) };
  }
  const given = isObject(value)
    ? `an object with clientIP ${described(clientIP)} and clientPort ${described(clientPort)}`
    : described(value);
  throw businessError('parameter', `the connection is ${given}; expected { clientIP: string, clientPort: number }`);
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
