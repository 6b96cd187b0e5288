// hypium's class `Hypium`, as far as it has a meaning here. The test runner is that of the command line, which filters,
// repeats and reports in its own way.

import { registerAssert, unregisterAssert } from './custom-asserts.ts';
import { setData } from './data-driver.ts';
import { setParameters } from './parameters.ts';
import type { Callback } from './test-run.ts';

const values = new Map<string, unknown>();

function absent(name: string): () => never {
  return () => {
    throw new Error(
      `Hypium.${name} does not work off the device, where there are no workers of a test ability; call Hypium.hypiumTest`,
    );
  };
}

/** The entry that a test ability calls on a device. */
export const Hypium = {
  /**
   * Declares the tests.
   *
   * @param _abilityDelegator          for the report on a device; not used
   * @param abilityDelegatorArguments  its `parameters` select and repeat tests, as `-s class`, `-s level` and `-s stress` do
   */
  hypiumTest(_abilityDelegator: unknown, abilityDelegatorArguments: unknown, testsuite: Callback): void {
    if (typeof testsuite !== 'function') {
      throw new Error('Hypium.hypiumTest needs the function that declares the tests as its third argument');
    }
    const parameters: unknown = (abilityDelegatorArguments as { parameters?: unknown } | null | undefined)?.parameters;
    if (typeof parameters === 'object' && parameters !== null) setParameters(parameters);
    (testsuite as () => unknown)();
  },
  /** Keeps a value for {@link Hypium.get}. */
  set(key: string, value: unknown): void {
    values.set(key, value);
  },
  get(key: string): unknown {
    return values.get(key);
  },
  /**
   * Sets the data of data-driven tests, before they are declared: the content of a data.json.
   *
   * @throws Error if it has no list `suites`
   */
  setData,
  /** Sets the clock of a device's reports. Off the device: without effect, since the runner measures and reports. */
  setTimeConfig(_systemTime: unknown): void {},
  /**
   * Adds an assertion to `expect`, under the name of the function. It is called with the value and what it was given, and
   * returns `{ pass: boolean, message: string }`.
   */
  registerAssert,
  /** Takes an assertion away, by its function or name. */
  unregisterAssert,
  /** Off the device: not supported. */
  hypiumWorkerTest: absent('hypiumWorkerTest'),
  /** Off the device: not supported, since the runner runs files in parallel. */
  hypiumInitWorkers: absent('hypiumInitWorkers'),
};
