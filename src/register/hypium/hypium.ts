// hypium's class `Hypium`, as far as it has a meaning here. The test runner is that of the command line, which filters,
// repeats and reports in its own way.

import { registerError } from '../errors.ts';
import type { Callback } from './suites.ts';

const values = new Map<string, unknown>();

function absent(name: string): () => never {
  return () => {
    throw registerError('ERR_KIT_NAME', `Hypium.${name}`, '@ohos/hypium');
  };
}

/** The entry that a test ability calls on a device. */
export const Hypium = {
  /** Declares the tests. The delegator and its arguments, which are for the report on a device, are not used. */
  hypiumTest(_abilityDelegator: unknown, _abilityDelegatorArguments: unknown, testsuite: Callback): void {
    (testsuite as () => unknown)();
  },
  /** Keeps a value for {@link Hypium.get}. */
  set(key: string, value: unknown): void {
    values.set(key, value);
  },
  get(key: string): unknown {
    return values.get(key);
  },
  setData: absent('setData'),
  setTimeConfig: absent('setTimeConfig'),
  registerAssert: absent('registerAssert'),
  unregisterAssert: absent('unregisterAssert'),
  hypiumWorkerTest: absent('hypiumWorkerTest'),
  hypiumInitWorkers: absent('hypiumInitWorkers'),
};
