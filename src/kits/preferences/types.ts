// The types of the `preferences` namespace, as the SDK declares them. Nothing here exists at run time.

import type { AsyncCallback, Callback } from '../host.ts';

/** What a preference may be. An `object` is kept as JSON: what JSON has no form for is lost. */
export type ValueType =
  | number
  | string
  | boolean
  | Array<number>
  | Array<string>
  | Array<boolean>
  | Uint8Array
  | object
  | bigint;

/** How preferences are stored: 0 XML, 1 GSKV. */
export type StorageType = 0 | 1;

/** The context of an application, a module or an ability. Preferences of one name in two `preferencesDir` are two. */
export interface Context {
  /** Whether the application has the stage model. */
  stageMode: boolean;
}

/** Which preferences to use. */
export interface Options {
  /** Name of the preferences: 1 to 255 bytes, no slash. */
  name: string;
  /**
   * Group of applications that shares the preferences.
   * Off the device: not supported. Any text fails with 15501002, as on a device without the group.
   */
  dataGroupId?: string | null | undefined;
  /**
   * How they are stored. Default XML.
   * Off the device: `XML` only; `GSKV` fails with 801, as on a device that does not have it.
   */
  storageType?: StorageType | null | undefined;
}

/** Preferences of one name. All changes are made in memory; `flush` keeps them. */
export interface Preferences {
  /**
   * The value of a key, or `defValue` if there is none.
   *
   * @param key  at most `MAX_KEY_LENGTH` bytes
   * @throws BusinessError 401 for wrong arguments
   */
  get(key: string, defValue: ValueType, callback: AsyncCallback<ValueType>): void;
  /** The value of a key, or `defValue` if there is none. @throws BusinessError 401 for wrong arguments */
  get(key: string, defValue: ValueType): Promise<ValueType>;
  /** The value of a key, or `defValue` if there is none. @throws BusinessError 401 for wrong arguments */
  getSync(key: string, defValue: ValueType): ValueType;
  // biome-ignore-start lint/complexity/noBannedTypes: declared like this by the SDK
  /** An object with all keys and values. @throws BusinessError 401 for wrong arguments */
  getAll(callback: AsyncCallback<Object>): void;
  /** An object with all keys and values. */
  getAll(): Promise<Object>;
  /** An object with all keys and values. */
  getAllSync(): Object;
  // biome-ignore-end lint/complexity/noBannedTypes: declared like this by the SDK
  /** Whether there is a value of this key. @throws BusinessError 401 for wrong arguments */
  has(key: string, callback: AsyncCallback<boolean>): void;
  /** Whether there is a value of this key. @throws BusinessError 401 for wrong arguments */
  has(key: string): Promise<boolean>;
  /** Whether there is a value of this key. @throws BusinessError 401 for wrong arguments */
  hasSync(key: string): boolean;
  /**
   * Sets the value of a key, in memory.
   *
   * @param key    at most `MAX_KEY_LENGTH` bytes
   * @param value  a text of at most `MAX_VALUE_LENGTH` bytes, or a value of another type
   * @throws BusinessError 401 for wrong arguments; 15500000, to the callback, for an empty key or a text that is too long
   */
  put(key: string, value: ValueType, callback: AsyncCallback<void>): void;
  /** Sets the value of a key, in memory. @throws BusinessError 401; (rejects) 15500000 */
  put(key: string, value: ValueType): Promise<void>;
  /** Sets the value of a key, in memory. @throws BusinessError 401, 15500000 */
  putSync(key: string, value: ValueType): void;
  /** Removes a key, in memory. @throws BusinessError 401 for wrong arguments */
  delete(key: string, callback: AsyncCallback<void>): void;
  /** Removes a key, in memory. @throws BusinessError 401; (rejects) 15500000 for an empty key */
  delete(key: string): Promise<void>;
  /** Removes a key, in memory. @throws BusinessError 401, 15500000 */
  deleteSync(key: string): void;
  /** Removes all keys, in memory. @throws BusinessError 401 for wrong arguments */
  clear(callback: AsyncCallback<void>): void;
  /** Removes all keys, in memory. */
  clear(): Promise<void>;
  /** Removes all keys, in memory. */
  clearSync(): void;
  /**
   * Keeps the changes, and tells observers of them.
   * Off the device: in memory, or in the folder that `configure` names.
   *
   * @throws BusinessError 401; 15500000, to the callback, if the file cannot be written
   */
  flush(callback: AsyncCallback<void>): void;
  /** Keeps the changes, and tells observers of them. @throws BusinessError (rejects) 15500000 */
  flush(): Promise<void>;
  /** Keeps the changes, and tells observers of them. @throws BusinessError 15500000 */
  flushSync(): void;
  /** Calls `callback` with each key that changed, when a flush keeps the change. @throws BusinessError 401 */
  on(type: 'change', callback: Callback<string>): void;
  /**
   * Calls `callback` with each key that changed, when a flush of any process keeps the change.
   * Off the device: flushes of this process only.
   *
   * @throws BusinessError 401 for wrong arguments
   */
  on(type: 'multiProcessChange', callback: Callback<string>): void;
  /**
   * Calls `callback` with the changes of some keys, when a flush keeps them: an object with the new values, `undefined`
   * for a key that was removed.
   *
   * @param keys  at least one
   * @throws BusinessError 401 for wrong arguments
   */
  on(type: 'dataChange', keys: Array<string>, callback: Callback<Record<string, ValueType>>): void;
  /** Removes one observer, or all. @throws BusinessError 401 for wrong arguments */
  off(type: 'change', callback?: Callback<string>): void;
  /** Removes one observer, or all. @throws BusinessError 401 for wrong arguments */
  off(type: 'multiProcessChange', callback?: Callback<string>): void;
  /**
   * Removes one observer of these keys, or all observers of these keys.
   *
   * @param keys  none: all keys
   * @throws BusinessError 401 for wrong arguments
   */
  off(type: 'dataChange', keys: Array<string>, callback?: Callback<Record<string, ValueType>>): void;
}

/** The module `@ohos.data.preferences`. */
export interface PreferencesModule {
  /** Most bytes of a key: 1024. */
  readonly MAX_KEY_LENGTH: number;
  /** Most bytes of a text: 16 MiB. */
  readonly MAX_VALUE_LENGTH: number;
  /** Ways to store preferences, by name. */
  readonly StorageType: { readonly XML: 0; readonly GSKV: 1 };
  /**
   * The preferences of a name. The same object is returned until it is removed from the cache.
   *
   * @throws BusinessError 401 for wrong arguments; 15500000, to the callback, for a name that cannot be one or a file that
   *   cannot be read
   */
  getPreferences(context: Context, name: string, callback: AsyncCallback<Preferences>): void;
  /** The preferences of a name. @throws BusinessError 401, 15501001, 15501002; 801 or 15500000 to the callback */
  getPreferences(context: Context, options: Options, callback: AsyncCallback<Preferences>): void;
  /** The preferences of a name. @throws BusinessError 401; (rejects) 15500000 */
  getPreferences(context: Context, name: string): Promise<Preferences>;
  /** The preferences of a name. @throws BusinessError 401, 15501001, 15501002; (rejects) 801, 15500000 */
  getPreferences(context: Context, options: Options): Promise<Preferences>;
  /** The preferences of a name. @throws BusinessError 401, 801, 15500000, 15501001, 15501002 */
  getPreferencesSync(context: Context, options: Options): Preferences;
  /** Removes preferences from the cache, and what is kept of them. @throws BusinessError 401; 15500010 to the callback */
  deletePreferences(context: Context, name: string, callback: AsyncCallback<void>): void;
  /** Removes preferences from the cache, and what is kept of them. @throws BusinessError 401, 15501001, 15501002; 15500010 to the callback */
  deletePreferences(context: Context, options: Options, callback: AsyncCallback<void>): void;
  /** Removes preferences from the cache, and what is kept of them. @throws BusinessError 401; (rejects) 15500010 */
  deletePreferences(context: Context, name: string): Promise<void>;
  /** Removes preferences from the cache, and what is kept of them. @throws BusinessError 401, 15501001, 15501002; (rejects) 15500010 */
  deletePreferences(context: Context, options: Options): Promise<void>;
  /**
   * Removes preferences from the cache: the next `getPreferences` makes an object with what is kept. Observers of the old
   * object are removed.
   *
   * @throws BusinessError 401 for wrong arguments
   */
  removePreferencesFromCache(context: Context, name: string, callback: AsyncCallback<void>): void;
  /** Removes preferences from the cache. @throws BusinessError 401, 15501001, 15501002 */
  removePreferencesFromCache(context: Context, options: Options, callback: AsyncCallback<void>): void;
  /** Removes preferences from the cache. @throws BusinessError 401 for wrong arguments */
  removePreferencesFromCache(context: Context, name: string): Promise<void>;
  /** Removes preferences from the cache. @throws BusinessError 401, 15501001, 15501002 */
  removePreferencesFromCache(context: Context, options: Options): Promise<void>;
  /** Removes preferences from the cache. @throws BusinessError 401 for wrong arguments */
  removePreferencesFromCacheSync(context: Context, name: string): void;
  /** Removes preferences from the cache. @throws BusinessError 401, 15501001, 15501002 */
  removePreferencesFromCacheSync(context: Context, options: Options): void;
  /**
   * Whether preferences can be stored in a way.
   * Off the device: `XML` only.
   *
   * @throws BusinessError 401 for what is not a `StorageType`
   */
  isStorageTypeSupported(type: StorageType): boolean;
}
