// Data-driven tests: how often suites and tests run, and the objects that their bodies are given. A test ability passes what is
// in data.json to `Hypium.setData`; without one, the environment variable HYPIUM_DATA names the file.

import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';

/** What `Hypium.setData` takes: the content of a data.json. */
export interface TestData {
  readonly suites: readonly SuiteData[];
}

/** Data of the suites with these names. */
export interface SuiteData {
  /** A name, or several. */
  readonly describe: string | readonly string[];
  /** How often the suite runs; 1 if it is not a whole number from 1 on. */
  readonly stress?: number;
  /** Properties of each object that a test of the suite is given. */
  readonly params?: object;
  readonly items?: readonly ItemData[];
}

/** Data of the tests with this name. */
export interface ItemData {
  readonly it: string;
  /** How often the test runs; 1 if it is not a whole number from 1 on. */
  readonly stress?: number;
  /** The body is called with each of them. */
  readonly params?: readonly object[];
}

const example =
  '{ "suites": [{ "describe": ["suite"], "items": [{ "it": "test", "params": [{ "name": "value" }] }] }] }';

/** Answers from a data.json, by the names of suites and tests. */
export class DataDriver {
  readonly id = 'dataDriver';
  readonly #suites: readonly SuiteData[];

  /** @throws Error if `data` has no list of suites */
  constructor({ data }: { data: TestData }) {
    this.#suites = suitesOf(data, 'the data of a DataDriver');
  }

  /** How often a suite runs. */
  getSuiteStress(suite: string): number {
    return stressOf(this.#suitesNamed(suite).find(({ stress }) => stress !== undefined)?.stress);
  }

  /** How often a test runs. */
  getSpecStress(suite: string, test: string): number {
    return stressOf(this.#itemNamed(suite, test)?.stress);
  }

  /** What the body of a test is called with, one call after the other. */
  getParameters(suite: string, test: string): readonly object[] {
    const ofSuite = Object.assign({}, ...this.#suitesNamed(suite).map(({ params }) => params)) as object;
    const ofTest = this.#itemNamed(suite, test)?.params ?? [];
    return ofTest.length === 0 ? [ofSuite] : ofTest.map((params) => ({ ...params, ...ofSuite }));
  }

  #suitesNamed(name: string): readonly SuiteData[] {
    return this.#suites.filter(({ describe }) => [describe].flat().includes(name));
  }

  #itemNamed(suite: string, test: string): ItemData | undefined {
    return this.#suitesNamed(suite)
      .flatMap(({ items }) => items ?? [])
      .find(({ it }) => it === test);
  }
}

let current: DataDriver | undefined;
let isFromEnvironment = false;

/** Sets the data of the tests. */
export function setData(data: object): void {
  current = new DataDriver({ data: { suites: suitesOf(data, 'Hypium.setData') } });
}

/** Sets the driver of the tests, as the service `dataDriver` of hypium's core. */
export function setDataDriver(driver: DataDriver): void {
  current = driver;
}

/**
 * The driver of the tests; `undefined` where there are no data.
 *
 * @throws Error if the file in HYPIUM_DATA cannot be read, is not JSON, or has no list of suites
 */
export function dataDriver(): DataDriver | undefined {
  const path = process.env.HYPIUM_DATA ?? '';
  if (current === undefined && path !== '' && !isFromEnvironment) {
    isFromEnvironment = true;
    current = new DataDriver({ data: { suites: suitesOf(readData(path), `HYPIUM_DATA=${path}`) } });
  }
  return current;
}

function readData(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`HYPIUM_DATA=${path}: the file cannot be read (${(error as Error).message}); name a data.json`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`HYPIUM_DATA=${path}: the file is not JSON (${(error as Error).message}); expected ${example}`);
  }
}

function suitesOf(data: unknown, from: string): readonly SuiteData[] {
  const suites: unknown = (data as Partial<TestData> | null | undefined)?.suites;
  if (Array.isArray(suites) && suites.every((suite) => typeof suite === 'object' && suite !== null)) return suites;
  throw new Error(`${from}: expected ${example}, not ${inspect(data, { depth: 1 })}`);
}

function stressOf(stress: number | undefined): number {
  return Number.isInteger(stress) && stress! >= 1 ? stress! : 1;
}
