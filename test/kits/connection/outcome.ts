// What a call answers, in both of its forms.

import assert from 'node:assert/strict';

/** The results by callback and by Promise. */
export async function both<Result>(call: unknown, ...args: unknown[]): Promise<[Result, Result]> {
  const act = call as (...values: unknown[]) => Promise<Result>;
  const byCallback = await new Promise<Result>((resolve, reject) => {
    const returned = act(...args, (error: unknown, value: Result) => {
      if (error === undefined) resolve(value);
      else reject(error as Error);
    });
    assert.equal(returned, undefined);
  });
  return [byCallback, await act(...args)];
}

interface Failure {
  readonly code: number;
  readonly message: string;
}

/** The errors by callback and by Promise. */
export async function failure(call: unknown, ...args: unknown[]): Promise<[Failure, Failure]> {
  const act = call as (...values: unknown[]) => Promise<unknown>;
  const byCallback = await new Promise<Failure>((resolve) => {
    void act(...args, (error: Failure, value: unknown) => {
      assert.equal(value, undefined);
      resolve(error);
    });
  });
  const byPromise = await act(...args).then(
    () => assert.fail('expected a rejection'),
    (error: Failure) => error,
  );
  const short = ({ code, message }: Failure): Failure => ({ code, message });
  return [short(byCallback), short(byPromise)];
}

/** The error that a call throws. */
export function thrown(act: () => unknown): Failure & { readonly cause?: unknown } {
  try {
    act();
  } catch (error) {
    return error as Failure;
  }
  return assert.fail('expected an exception');
}
