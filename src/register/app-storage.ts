// `AppStorage`, `LocalStorage`, `PersistentStorage` and `Environment`, which are global on a device: named values that the parts
// of an app share. On a device they also redraw components; here they only keep the values (api/@internal/component/ets/
// common_ts_ets_api.d.ts of the SDK).

/** What is told of a new value. */
type Listener = (value: unknown) => void;

interface Property {
  value: unknown;
  /** Of the links that have not been given back. */
  readonly listeners: Set<Listener>;
}

/** A value of a storage, as `link`, `prop` and `ref` give it. */
export interface AbstractProperty {
  get(): unknown;
  set(value: unknown): void;
  /** The name of the value. */
  info(): string;
}

/** What `link` and `prop` give. */
export interface SubscribedProperty extends AbstractProperty {
  /** Gives the link back. Until then the value cannot be deleted. */
  aboutToBeDeleted(): void;
}

/** Named values. */
export class LocalStorage {
  static #shared: LocalStorage | undefined;
  readonly #properties = new Map<string, Property>();

  /** @param initial  the first values by their names */
  constructor(initial: object = {}) {
    for (const [name, value] of Object.entries(initial)) this.setOrCreate(name, value);
  }

  /** The storage of the app's window. Off the device there is one. */
  static getShared(): LocalStorage {
    LocalStorage.#shared ??= new LocalStorage();
    return LocalStorage.#shared;
  }

  has(name: string): boolean {
    return this.#properties.has(name);
  }

  keys(): IterableIterator<string> {
    return this.#properties.keys();
  }

  size(): number {
    return this.#properties.size;
  }

  /** The value; `undefined` where there is none. */
  get(name: string): unknown {
    return this.#properties.get(name)?.value;
  }

  /** Sets a value that exists. @returns whether it does */
  set(name: string, value: unknown): boolean {
    const property = this.#properties.get(name);
    if (property === undefined) return false;
    property.value = value;
    for (const listener of [...property.listeners]) listener(value);
    return true;
  }

  /** Sets a value. Always `true`. */
  setOrCreate(name: string, value: unknown): boolean {
    if (!this.set(name, value)) this.#properties.set(name, { value, listeners: new Set() });
    return true;
  }

  /** The value by reference; `undefined` where there is none. It does not hinder `delete`. */
  ref(name: string): AbstractProperty | undefined {
    if (!this.has(name)) return undefined;
    return { get: () => this.get(name), set: (value) => void this.set(name, value), info: () => name };
  }

  setAndRef(name: string, value: unknown): AbstractProperty {
    this.#createMissing(name, value);
    return this.ref(name)!;
  }

  /** The value, in both directions; `undefined` where there is none. */
  link(name: string): SubscribedProperty | undefined {
    const property = this.#properties.get(name);
    if (property === undefined) return undefined;
    const listener: Listener = () => {};
    property.listeners.add(listener);
    return { ...this.ref(name)!, aboutToBeDeleted: () => void property.listeners.delete(listener) };
  }

  setAndLink(name: string, value: unknown): SubscribedProperty {
    this.#createMissing(name, value);
    return this.link(name)!;
  }

  /** A copy that follows the value, and may be set by itself; `undefined` where there is none. */
  prop(name: string): SubscribedProperty | undefined {
    const property = this.#properties.get(name);
    if (property === undefined) return undefined;
    let copy = property.value;
    const set: Listener = (value) => {
      copy = value;
    };
    property.listeners.add(set);
    return { get: () => copy, set, info: () => name, aboutToBeDeleted: () => void property.listeners.delete(set) };
  }

  setAndProp(name: string, value: unknown): SubscribedProperty {
    this.#createMissing(name, value);
    return this.prop(name)!;
  }

  /** Removes a value. @returns whether it was there, and without links */
  delete(name: string): boolean {
    return this.#properties.get(name)?.listeners.size === 0 && this.#properties.delete(name);
  }

  /** Removes all values. @returns `false`, and removes none, if one has links */
  clear(): boolean {
    if ([...this.#properties.values()].some(({ listeners }) => listeners.size > 0)) return false;
    this.#properties.clear();
    return true;
  }

  #createMissing(name: string, value: unknown): void {
    if (!this.has(name)) this.setOrCreate(name, value);
  }
}

const app = new LocalStorage();

/** The storage of the whole app. */
export const AppStorage = {
  ...inBothSpellings({
    ref: (name: string) => app.ref(name),
    setAndRef: (name: string, value: unknown) => app.setAndRef(name, value),
    link: (name: string) => app.link(name),
    setAndLink: (name: string, value: unknown) => app.setAndLink(name, value),
    prop: (name: string) => app.prop(name),
    setAndProp: (name: string, value: unknown) => app.setAndProp(name, value),
    has: (name: string) => app.has(name),
    get: (name: string) => app.get(name),
    set: (name: string, value: unknown) => app.set(name, value),
    setOrCreate: (name: string, value: unknown) => void app.setOrCreate(name, value),
    delete: (name: string) => app.delete(name),
    keys: () => app.keys(),
    clear: () => app.clear(),
    size: () => app.size(),
    isMutable: (name: string) => app.has(name),
  }),
  staticClear: () => app.clear(),
};

/** Puts a value into `AppStorage` unless it is there. @returns whether it was not */
function addToApp(name: string, value: unknown): boolean {
  if (app.has(name)) return false;
  return app.setOrCreate(name, value);
}

interface NamedValue {
  readonly key: string;
  readonly defaultValue: unknown;
}

const persisted = new Set<string>();

/** Values of `AppStorage` that a device keeps. Off the device they last as long as the process. */
export const PersistentStorage = inBothSpellings({
  persistProp(name: string, value: unknown): void {
    persisted.add(name);
    addToApp(name, value);
  },
  persistProps(values: readonly NamedValue[]): void {
    for (const { key, defaultValue } of values) PersistentStorage.persistProp(key, defaultValue);
  },
  /** The value itself stays in `AppStorage`. */
  deleteProp: (name: string): void => void persisted.delete(name),
  keys: (): string[] => [...persisted],
});

const ofDevice = new Set<string>();

/** Values of `AppStorage` that describe the device. Off the device they are the defaults that are given. */
export const Environment = inBothSpellings({
  envProp(name: string, value: unknown): boolean {
    ofDevice.add(name);
    return addToApp(name, value);
  },
  envProps(values: readonly NamedValue[]): void {
    for (const { key, defaultValue } of values) Environment.envProp(key, defaultValue);
  },
  keys: (): string[] => [...ofDevice],
});

/** Functions by their names, and by those of older versions, which begin with a capital letter. */
function inBothSpellings<Functions extends object>(functions: Functions): Functions {
  const older = Object.entries(functions).map(([name, value]) => [name[0]!.toUpperCase() + name.slice(1), value]);
  return { ...functions, ...Object.fromEntries(older) };
}
