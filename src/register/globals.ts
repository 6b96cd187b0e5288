// Functions that are global on a device, because ArkUI has them: `getContext`, and `$r` and `$rawfile`, which describe
// resources. Networking code gets the context, and texts and files through it. A program's own globals of these names stay.

import { createRequire } from 'node:module';

/** Numbers of the kinds of resources, by the names that `$r` has for them. */
const kinds: Readonly<Record<string, number>> = {
  color: 10001,
  float: 10002,
  string: 10003,
  plural: 10004,
  boolean: 10005,
  intarray: 10006,
  integer: 10007,
  pattern: 10008,
  strarray: 10009,
  media: 20000,
};
const RAW_FILE = 30000;

/** What `$r` and `$rawfile` return. */
interface Resource {
  readonly id: number;
  readonly type: number;
  readonly params: readonly unknown[];
  readonly bundleName: string;
  readonly moduleName: string;
}

/** Defines the functions that the program does not have. The kit behind `getContext` is loaded when it is first called. */
export function defineGlobals(target: object = globalThis): void {
  const functions = {
    getContext: (component?: object) => abilityKit().getContext(component),
    $r: (name: string, ...params: unknown[]) => resource(kinds[name.split('.')[1] ?? ''] ?? 0, [name, ...params]),
    $rawfile: (path: string) => resource(RAW_FILE, [path]),
  };
  for (const [name, value] of Object.entries(functions)) {
    if (name in target) continue;
    Object.defineProperty(target, name, { value, configurable: true, enumerable: false, writable: true });
  }
}

function abilityKit(): { getContext(component?: object): object } {
  // Compiled as this file is. A call cannot wait for `import()`.
  const extension = import.meta.url.replace(/^.*(\.[jt]s)(?:[?#].*)?$/, '$1');
  return createRequire(import.meta.url)(`../kits/ability/index${extension}`);
}

function resource(type: number, params: readonly unknown[]): Resource {
  return { id: -1, type, params, bundleName: '', moduleName: '' };
}
