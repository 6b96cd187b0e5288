// `context.resourceManager`: the texts and files of the module's `resources` folder. A reader that the port of
// ../resource-reader.ts has been given takes the place of the project's files.

import {
  type AsyncCallback,
  BusinessError,
  later,
  moduleResources,
  type ResourceReader,
  resourceReader,
} from '../host.ts';
import { application } from './application.ts';
import type { Resource } from './types.ts';

/** How often a resource may refer to another one. */
const MAX_REFERENCES = 20;

const table = {
  parameter: [401, 'Parameter error. Possible causes: 1. Incorrect parameter types; 2. Parameter verification failed.'],
  unsupported: [801, 'Capability not supported.'],
  id: [9001001, 'Invalid resource ID.'],
  name: [9001003, 'Invalid resource name.'],
  notFound: [9001004, 'No matching resource is found based on the resource name.'],
  path: [9001005, 'Invalid relative path.'],
  cycle: [9001006, 'The resource is referenced cyclically.'],
} as const;

function resourceError(kind: keyof typeof table, cause?: string): BusinessError {
  const [code, text] = table[kind];
  return new BusinessError(code, text, undefined, cause === undefined ? undefined : { cause: new Error(cause) });
}

/** Reads resources of a module. Values of a `Resource` made by `$r` are read by its name. */
export class ResourceManager {
  readonly #name: string;

  constructor(moduleName: string) {
    this.#name = moduleName;
  }

  /** For readers, which do not know the name of the module that runs. */
  get #moduleName(): string {
    return this.#name === application().moduleName ? '' : this.#name;
  }

  /** A text. @param args  values for `%s`, `%d` and `%f` in it @throws BusinessError 401, 9001001, 9001004, 9001006 */
  getStringSync(resource: Resource | number, ...args: Array<string | number>): string {
    return this.#text(nameOf(resource, 'string'), [...valuesOf(resource), ...args]);
  }

  /** A text. @throws BusinessError 401, 9001003, 9001004, 9001006 */
  getStringByNameSync(resName: string, ...args: Array<string | number>): string {
    return this.#text(checkedName(resName), args);
  }

  /** A text. @throws BusinessError 401, 9001001; (rejects) 9001004, 9001006 */
  getStringValue(resource: Resource | number, callback: AsyncCallback<string>): void;
  /** A text. @throws BusinessError 401, 9001001; (rejects) 9001004, 9001006 */
  getStringValue(resource: Resource | number): Promise<string>;
  getStringValue(resource: Resource | number, callback?: AsyncCallback<string>): unknown {
    return answer(callback, () => this.getStringSync(resource));
  }

  /** A text. @throws BusinessError 401, 9001003; (rejects) 9001004, 9001006 */
  getStringByName(resName: string, callback: AsyncCallback<string>): void;
  /** A text. @throws BusinessError 401, 9001003; (rejects) 9001004, 9001006 */
  getStringByName(resName: string): Promise<string>;
  getStringByName(resName: string, callback?: AsyncCallback<string>): unknown {
    return answer(callback, () => this.getStringByNameSync(resName));
  }

  /** Texts. @throws BusinessError 401, 9001003, 9001004, 9001006 */
  getStringArrayByNameSync(resName: string): string[] {
    const value = this.#value('strarray', checkedName(resName));
    if (!Array.isArray(value)) throw this.#notFound('strarray', resName);
    return value.map((item) => String(this.#follow('string', (item as { value?: unknown })?.value ?? item)));
  }

  /** An integer or a number. @throws BusinessError 401, 9001003, 9001004, 9001006 */
  getNumberByName(resName: string): number {
    const name = checkedName(resName);
    const value = this.#optional('integer', name) ?? this.#optional('float', name);
    const number = Number.parseFloat(String(value));
    if (Number.isNaN(number)) throw this.#notFound('integer', name);
    return number;
  }

  /** An integer or a number. @throws BusinessError 401, 9001001, 9001004, 9001006 */
  getNumber(resource: Resource | number): number {
    return this.getNumberByName(nameOf(resource, 'integer', 'float'));
  }

  /** `true` or `false`. @throws BusinessError 401, 9001003, 9001004, 9001006 */
  getBooleanByName(resName: string): boolean {
    return String(this.#value('boolean', checkedName(resName))) === 'true';
  }

  /** `true` or `false`. @throws BusinessError 401, 9001001, 9001004, 9001006 */
  getBoolean(resource: Resource | number): boolean {
    return this.getBooleanByName(nameOf(resource, 'boolean'));
  }

  /** The content of a file in `rawfile`. @throws BusinessError 401, 9001005 */
  getRawFileContentSync(path: string): Uint8Array {
    if (typeof path !== 'string') throw resourceError('parameter');
    const content = currentReader()?.rawFile(path, this.#moduleName);
    if (content === undefined) throw resourceError('path', `${JSON.stringify(path)} is not a file in rawfile`);
    return new Uint8Array(content);
  }

  /** The content of a file in `rawfile`. @throws BusinessError 401; 9001005 to the callback */
  getRawFileContent(path: string, callback: AsyncCallback<Uint8Array>): void;
  /** The content of a file in `rawfile`. @throws BusinessError 401; (rejects) 9001005 */
  getRawFileContent(path: string): Promise<Uint8Array>;
  getRawFileContent(path: string, callback?: AsyncCallback<Uint8Array>): unknown {
    return answer(callback, () => this.getRawFileContentSync(path));
  }

  /** Names of the files and folders in a folder of `rawfile`. @param path  `''`: the folder itself @throws BusinessError 401, 9001005 */
  getRawFileListSync(path: string): string[] {
    if (typeof path !== 'string') throw resourceError('parameter');
    const names = currentReader()?.rawFiles(path, this.#moduleName);
    if (names === undefined) throw resourceError('path', `${JSON.stringify(path)} is not a folder in rawfile`);
    return names;
  }

  /** Names of the files and folders in a folder of `rawfile`. @throws BusinessError 401; 9001005 to the callback */
  getRawFileList(path: string, callback: AsyncCallback<string[]>): void;
  /** Names of the files and folders in a folder of `rawfile`. @throws BusinessError 401; (rejects) 9001005 */
  getRawFileList(path: string): Promise<string[]>;
  getRawFileList(path: string, callback?: AsyncCallback<string[]>): unknown {
    return answer(callback, () => this.getRawFileListSync(path));
  }

  /**
   * The descriptor of a file.
   * Off the device: not supported.
   *
   * @throws BusinessError 801
   */
  getRawFdSync(_path: string): never {
    throw resourceError('unsupported');
  }

  #text(name: string, args: ReadonlyArray<unknown>): string {
    return formatted(String(this.#value('string', name)), args);
  }

  /** A value, references followed. */
  #value(kind: string, name: string): unknown {
    const value = this.#optional(kind, name);
    if (value === undefined) throw this.#notFound(kind, name);
    return value;
  }

  #optional(kind: string, name: string): unknown {
    const value = this.#read(kind, name);
    return value === undefined ? undefined : this.#follow(kind, value);
  }

  #read(kind: string, name: string): unknown {
    return currentReader()?.element(kind, name, this.#moduleName, application().language);
  }

  /** Follows `$string:name`. */
  #follow(kind: string, value: unknown): unknown {
    let current = value;
    for (let steps = 0; steps < MAX_REFERENCES; steps++) {
      const name = typeof current === 'string' ? /^\$\w+:(\w+)$/.exec(current)?.[1] : undefined;
      if (name === undefined) return current;
      current = this.#read(kind, name);
      if (current === undefined) throw this.#notFound(kind, name);
    }
    throw resourceError('cycle');
  }

  #notFound(kind: string, name: string): BusinessError {
    const place =
      currentReader() === undefined ? 'no resources are known outside a project' : 'it is not in a file of resources';
    return resourceError('notFound', `${kind} ${JSON.stringify(name)}: ${place}`);
  }
}

function currentReader(): ResourceReader | undefined {
  return resourceReader() ?? moduleResources();
}

function checkedName(name: unknown): string {
  if (typeof name !== 'string') throw resourceError('parameter');
  if (name === '') throw resourceError('name');
  return name;
}

/** The name of a resource that `$r('app.kind.name')` describes. */
function nameOf(resource: unknown, ...kinds: readonly string[]): string {
  if (typeof resource === 'number')
    throw resourceError('id', 'resources have names only; use $r, or a call with a name');
  if (typeof resource !== 'object' || resource === null) throw resourceError('parameter');
  const [text] = (resource as Resource).params ?? [];
  const [, kind = '', name = ''] = typeof text === 'string' ? text.split('.') : [];
  if (!kinds.includes(kind) || name === '') throw resourceError('id', `${JSON.stringify(text)} is not a ${kinds[0]}`);
  return name;
}

function valuesOf(resource: Resource | number): unknown[] {
  return typeof resource === 'object' && resource !== null ? (resource.params ?? []).slice(1) : [];
}

/** Fills `%s`, `%d`, `%f` and `%1$s` in. */
function formatted(text: string, args: readonly unknown[]): string {
  if (args.length === 0) return text;
  let next = 0;
  return text.replace(/%(?:(\d+)\$)?(?:\.(\d+))?([sdf%])/g, (whole, position, digits, type) => {
    if (type === '%') return '%';
    const index = position === undefined ? next++ : Number(position) - 1;
    if (index >= args.length) return whole;
    if (type === 'f') return Number(args[index]).toFixed(digits === undefined ? 6 : Number(digits));
    return type === 'd' ? String(Math.trunc(Number(args[index]))) : String(args[index]);
  });
}

/** @returns a Promise where there is no callback */
function answer<T>(callback: AsyncCallback<T> | undefined, work: () => T): Promise<T> | undefined {
  const { result, error } = outcomeOf(work);
  // Wrong arguments are thrown by the call itself.
  if (error !== undefined && [401, 9001001, 9001003].includes(error.code)) throw error;
  if (callback === undefined) return error === undefined ? Promise.resolve(result as T) : Promise.reject(error);
  if (typeof callback !== 'function') throw resourceError('parameter');
  later(() => callback(error as never, result as T));
  return undefined;
}

function outcomeOf<T>(work: () => T): { result?: T; error?: BusinessError } {
  try {
    return { result: work() };
  } catch (error) {
    return { error: error as BusinessError };
  }
}
