// hypium's `Core`, `ExpectExtend` and `OhReport`: what the entries of older test projects put together before their tests
// run. Here the test runner does that work; what such an entry sets is taken over, and the rest has nothing to do.

import { inspect } from 'node:util';
import type { AnyFunction } from './any-function.ts';
import { registerAssert } from './custom-asserts.ts';
import { DataDriver, setDataDriver } from './data-driver.ts';
import { setParameters } from './parameters.ts';
import { runningTest } from './running.ts';

/** Stands for hypium's own assertions, which `expect` has anyway. */
export class ExpectExtend {
  readonly id: string;

  constructor({ id }: { id: string }) {
    this.id = id;
  }
}

/** Stands for the report of a device. The test runner reports. */
export class OhReport {
  readonly id = 'report';
  /** What it was made with; not used. */
  readonly delegator: unknown;

  constructor({ delegator }: { delegator?: unknown; abilityDelegatorArguments?: unknown }) {
    this.delegator = delegator;
  }
}

/** What can be asked of hypium's core by name. */
const services: Readonly<Record<string, object>> = {
  config: {
    id: 'default',
    /** Takes the parameters of a run: `class`, `level`, `stress` and so on. */
    setConfig: setParameters,
  },
  suite: {
    id: 'default',
    getCurrentRunningSuite: () => ({ description: runningTest('getCurrentRunningSuite').suite }),
  },
  spec: {
    id: 'default',
    getCurrentRunningSpec: () => {
      const { name, attribute } = runningTest('getCurrentRunningSpec');
      return { description: name, fi: attribute };
    },
  },
  expect: {
    id: 'default',
    /** Adds assertions by name; each gets the value and an array of what it was called with. */
    addMatchers(matchers: Readonly<Record<string, AnyFunction>>): void {
      for (const [name, matcher] of Object.entries(matchers)) {
        const assertion = (actual: unknown, ...expected: unknown[]): unknown =>
          Reflect.apply(matcher, undefined, [actual, expected]);
        registerAssert(Object.defineProperty(assertion, 'name', { value: name }));
      }
    },
  },
};

/** The core of hypium. */
export class Core {
  static #instance: Core | undefined;

  /** The only one. */
  static getInstance(): Core {
    Core.#instance ??= new Core();
    return Core.#instance;
  }

  /**
   * Adds a part: the data of data-driven tests under the name `dataDriver`, `ExpectExtend` or `OhReport`.
   *
   * @throws Error for a part of the application's own, since the test runner takes no part from hypium
   */
  addService(name: string, service: object): void {
    if (service instanceof DataDriver) setDataDriver(service);
    else if (!(service instanceof ExpectExtend || service instanceof OhReport)) {
      throw new Error(
        `Core.addService('${name}'): ${shown(service)} is not a part that harmony-websocket can use; ${parts}`,
      );
    }
  }

  /** A part by its name: `config`, `suite`, `spec` or `expect`; `undefined` for others. */
  getDefaultService(name: string): object | undefined {
    return Object.hasOwn(services, name) ? services[name] : undefined;
  }

  /**
   * Has a report told of what happens.
   *
   * @throws Error for a report of the application's own: give the test runner one (`--test-reporter`)
   */
  subscribeEvent(name: string, report: object): void {
    if (report instanceof OhReport) return;
    throw new Error(
      `Core.subscribeEvent('${name}'): ${shown(report)} is not told of tests here; give the runner a reporter (--test-reporter)`,
    );
  }

  /** Has nothing to do: everything is there. */
  init(): void {}

  /** Has nothing to do: the test runner runs what was declared. */
  execute(): void {}
}

const parts = 'the parts are DataDriver, ExpectExtend and OhReport';

function shown(value: unknown): string {
  return inspect(value, { depth: 0 });
}
