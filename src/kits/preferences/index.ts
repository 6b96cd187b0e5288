// `preferences` (`@kit.ArkData`, `@ohos.data.preferences`): small values by key, kept in memory or in a folder that
// `configure` names.

import { utf8Size } from '../host.ts';
import { answer, argumentsOf, valuesOf } from './answer.ts';
import { countError, parameterError, preferencesError } from './errors.ts';
import { currentPlace, type Identity, keyOf, type Place } from './place.ts';
import { MAX_KEY_LENGTH, StoredPreferences } from './stored-preferences.ts';
import { MAX_VALUE_LENGTH } from './stored-value.ts';
import type * as types from './types.ts';

const storageTypes = Object.freeze({ XML: 0, GSKV: 1 } as const);
/** Most bytes of a name. */
const MAX_NAME_LENGTH = 255;

/** What a call asks for, with its types checked. */
interface Request extends Identity {
  readonly storageType: types.StorageType;
}

/** The objects in use, by place and identity. */
const caches = new WeakMap<Place, Map<string, StoredPreferences>>();

/** The module. */
export const preferences = {
  MAX_KEY_LENGTH,
  MAX_VALUE_LENGTH,
  StorageType: storageTypes,
  getPreferences(...args: unknown[]): unknown {
    const { values, callback } = argumentsOf(args, 2);
    const request = requestOf(values);
    return answer(callback, () => open(request));
  },
  getPreferencesSync: (...args: unknown[]) => open(requestOf(valuesOf(args, 2))),
  deletePreferences(...args: unknown[]): unknown {
    const { values, callback } = argumentsOf(args, 2);
    const request = requestOf(values);
    return answer(callback, () => {
      uncache(request);
      currentPlace().remove(request);
    });
  },
  removePreferencesFromCache(...args: unknown[]): unknown {
    const { values, callback } = argumentsOf(args, 2);
    const request = requestOf(values);
    return answer(callback, () => uncache(request));
  },
  removePreferencesFromCacheSync: (...args: unknown[]) => uncache(requestOf(valuesOf(args, 2))),
  isStorageTypeSupported(...args: unknown[]): boolean {
    if (args.length !== 1) throw countError('1');
    return storageTypeOf(args[0]) === storageTypes.XML;
  },
} as unknown as types.PreferencesModule;

export declare namespace preferences {
  /** Which preferences to use. */
  export type Options = types.Options;
  /** Preferences of one name. */
  export type Preferences = types.Preferences;
  /** The number of a way to store preferences. */
  export type StorageType = types.StorageType;
  /** What a preference may be. */
  export type ValueType = types.ValueType;

  /** The members of the enum as types. */
  export namespace StorageType {
    /** A file that `flush` writes. */
    export type XML = 0;
    /** A file that each change is written to. */
    export type GSKV = 1;
  }
}

export default preferences;

function cache(): Map<string, StoredPreferences> {
  const place = currentPlace();
  const known = caches.get(place) ?? new Map<string, StoredPreferences>();
  caches.set(place, known);
  return known;
}

function open(request: Request): StoredPreferences {
  requireName(request.name);
  if (request.storageType !== storageTypes.XML) throw preferencesError('notSupported');
  const key = keyOf(request);
  const known = cache().get(key);
  if (known !== undefined) return known;
  const place = currentPlace();
  const made = new StoredPreferences(place.read(request), (contents) => place.write(request, contents));
  cache().set(key, made);
  return made;
}

function uncache(request: Request): void {
  requireName(request.name);
  const known = cache().get(keyOf(request));
  if (known === undefined) return;
  cache().delete(keyOf(request));
  StoredPreferences.close(known);
}

/** Checks the types of the arguments: a context, and a name or options. @throws BusinessError 401, 15501001, 15501002 */
function requestOf([context, options]: readonly unknown[]): Request {
  const given = typeof options === 'string' ? { name: options } : options;
  const { name, dataGroupId, storageType } = (given ?? {}) as Partial<Record<keyof types.Options, unknown>>;
  if (typeof name !== 'string') throw parameterError('The name must be string.');
  const group = dataGroupId ?? '';
  if (typeof group !== 'string') throw parameterError('The dataGroupId must be string.');
  const type = storageTypeOf(storageType ?? storageTypes.XML);
  if (typeof context !== 'object' || context === null) throw parameterError('The context is invalid.');
  const isStage = (context as Partial<types.Context>).stageMode !== false;
  if (group !== '') throw preferencesError(isStage ? 'groupInvalid' : 'stageOnly');
  return { name, folder: folderOf(context), storageType: type };
}

function storageTypeOf(type: unknown): types.StorageType {
  if (typeof type !== 'number') throw parameterError('The storageType must be StorageType which is enum.');
  if (type === storageTypes.XML || type === storageTypes.GSKV) return type;
  throw parameterError('Storage type value invalid.');
}

/** The folder of a context; `''` for that of a module, and for a context of the application's own making. */
function folderOf({ preferencesDir }: { preferencesDir?: unknown }): string {
  if (typeof preferencesDir !== 'string') return '';
  return /\/el2\/base\/haps\/[^/]+\/preferences$/.test(preferencesDir) ? '' : preferencesDir;
}

function requireName(name: string): void {
  if (name === '') throw preferencesError('nameEmpty');
  if (name.includes('/')) throw preferencesError('nameWrong');
  if (utf8Size(name) > MAX_NAME_LENGTH) throw preferencesError('nameTooLong');
}
