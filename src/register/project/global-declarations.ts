// The declarations of what is global on a device, for `harmony-websocket types`. src/register/globals.ts defines them at run time.

const ability = `import('harmony-websocket/types/kits/ability-kit')`;
const storages = `import('harmony-websocket/types/app-storage')`;

/**
 * What ArkUI has: the context of the ability that runs, resources, capabilities of the system, and storages, whose values have the
 * type that the caller names.
 */
export const globalDeclarations = `declare function getContext(component?: object): ${ability}.Context;
interface Resource {
  readonly id: number;
  readonly type: number;
  readonly params?: unknown[];
  readonly bundleName: string;
  readonly moduleName: string;
}
declare function $r(name: string, ...params: unknown[]): Resource;
declare function $rawfile(path: string): Resource;
declare function canIUse(capability: string): boolean;

interface StoredValues {
  has(name: string): boolean;
  keys(): IterableIterator<string>;
  size(): number;
  get<Value>(name: string): Value | undefined;
  set<Value>(name: string, value: Value): boolean;
  setOrCreate<Value>(name: string, value: Value): boolean;
  delete(name: string): boolean;
  clear(): boolean;
}
declare const AppStorage: Omit<typeof ${storages}.AppStorage, keyof StoredValues> & StoredValues;
declare const LocalStorage: new (initial?: object) => LocalStorage;
type LocalStorage = Omit<InstanceType<typeof ${storages}.LocalStorage>, keyof StoredValues> & StoredValues;
declare const PersistentStorage: typeof ${storages}.PersistentStorage;
declare const Environment: typeof ${storages}.Environment;
`;

/**
 * The declarations of timers, which are numbers on a device.
 *
 * @param hasNodeTypes  Whether the project uses `@types/node`, whose timers are objects: then both `const timer: number =
 *                      setTimeout(…)` and `setTimeout(…).unref()` are right.
 */
export function timerDeclarations(hasNodeTypes: boolean): string {
  const timer = hasNodeTypes ? 'number & NodeJS.Timeout' : 'number';
  const functions = ['setTimeout', 'setInterval'].map(
    (name) => `  function ${name}<Values extends unknown[]>(
    handler: (...values: Values) => void,
    delay?: number,
    ...values: Values
  ): ${timer};
`,
  );
  // The compiler tries the declarations of the latest file first. So those of Node are read before these, and these extend
  // what is global in the same way as those.
  const before = hasNodeTypes ? '/// <reference types="node" />\n' : '';
  return `${before}declare global {\n${functions.join('')}}\nexport {};\n`;
}
