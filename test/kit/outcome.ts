// Calls of kit objects in either form, whatever the types say, and how they were answered.

import assert from 'node:assert/strict';
import type { BusinessError } from '../../src/kit/index.ts';

type Call = (...args: unknown[]) => Promise<boolean> | undefined;

/** Stands for a callback among the arguments of {@link outcome}. */
export const callback = Symbol('callback');

/**
 * Makes a call, in the form that its arguments have, and tells its outcome: `true` or a code. It fails when the answer
 * comes twice, from inside the call, or in another way than the form says.
 */
export async function outcome(object: object, method: string, ...args: unknown[]): Promise<boolean | number> {
  const answer = await answerOf(object, method, ...args);
  return typeof answer === 'boolean' ? answer : answer.code;
}

/** As {@link outcome}, with the whole error. */
export function answerOf(object: object, method: string, ...args: unknown[]): Promise<boolean | BusinessError> {
  return new Promise((resolve, reject) => {
    let answers = 0;
    let isInside = true;
    const settle = (value: boolean | BusinessError) => {
      if (isInside) reject(new Error('answered from inside the call'));
      if (++answers > 1) reject(new Error('answered twice'));
      // A second answer would come in a later turn.
      setImmediate(resolve, value);
    };
    const withCallback = args.map((arg) =>
      arg === callback
        ? (err: BusinessError | undefined, value: boolean | undefined) => {
            assert.equal(err === undefined, value === true);
            settle(err ?? true);
          }
        : arg,
    );
    const promise = (Reflect.get(object, method) as Call).apply(object, withCallback);
    isInside = false;
    if (args.includes(callback)) {
      if (promise !== undefined) reject(new Error('a Promise beside the callback'));
    } else {
      promise!.then(settle, settle);
    }
  });
}
