// The types of `preferences` against the shapes of the SDK's declaration (API 18): what must be the same, and what must not
// compile. Nothing here is run; the compiler reads it with all tests.

import type { AsyncCallback, Callback } from '../../../src/kit/index.ts';
import type { common } from '../../../src/kits/ability/index.ts';
import { preferences } from '../../../src/kits/preferences/index.ts';
import type { preferences as ofKit, ValueType } from '../../../src/register/kits/arkdata-kit.ts';
import type ofOhos from '../../../src/register/kits/ohos-data-preferences.ts';
import { same } from '../../type-tests/same.ts';

same<typeof ofKit, typeof preferences>(true);
same<typeof ofOhos, typeof preferences>(true);
same<ValueType, preferences.ValueType>(true);
type Value = number | string | boolean | number[] | string[] | boolean[] | Uint8Array | object | bigint;
same<preferences.ValueType, Value>(true);
same<preferences.StorageType, 0 | 1>(true);
same<
  preferences.Options,
  {
    name: string;
    dataGroupId?: string | null | undefined;
    storageType?: preferences.StorageType | null | undefined;
  }
>(true);
same<typeof preferences.MAX_KEY_LENGTH, number>(true);
same<typeof preferences.MAX_VALUE_LENGTH, number>(true);

declare const store: preferences.Preferences;
same<typeof store.getSync, (key: string, defValue: Value) => Value>(true);
same<typeof store.putSync, (key: string, value: Value) => void>(true);
same<typeof store.hasSync, (key: string) => boolean>(true);
same<typeof store.deleteSync, (key: string) => void>(true);
same<typeof store.clearSync, () => void>(true);
same<typeof store.flushSync, () => void>(true);
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
same<typeof store.getAllSync, () => Object>(true);

interface Get {
  (key: string, defValue: Value, callback: AsyncCallback<Value>): void;
  (key: string, defValue: Value): Promise<Value>;
}
same<typeof store.get, Get>(true);
interface Put {
  (key: string, value: Value, callback: AsyncCallback<void>): void;
  (key: string, value: Value): Promise<void>;
}
same<typeof store.put, Put>(true);
interface On {
  (type: 'change', callback: Callback<string>): void;
  (type: 'multiProcessChange', callback: Callback<string>): void;
  (type: 'dataChange', keys: string[], callback: Callback<Record<string, Value>>): void;
}
same<typeof store.on, On>(true);
interface Off {
  (type: 'change', callback?: Callback<string>): void;
  (type: 'multiProcessChange', callback?: Callback<string>): void;
  (type: 'dataChange', keys: string[], callback?: Callback<Record<string, Value>>): void;
}
same<typeof store.off, Off>(true);

/** A call without arguments. */
interface Asks<Result> {
  (callback: AsyncCallback<Result>): void;
  (): Promise<Result>;
}
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
same<typeof store.getAll, Asks<Object>>(true);
same<typeof store.clear, Asks<void>>(true);
same<typeof store.flush, Asks<void>>(true);

/** A call with a key. */
interface Takes<Result> {
  (key: string, callback: AsyncCallback<Result>): void;
  (key: string): Promise<Result>;
}
same<typeof store.has, Takes<boolean>>(true);
same<typeof store.delete, Takes<void>>(true);
same<
  keyof preferences.Preferences,
  | ('get' | 'getSync' | 'getAll' | 'getAllSync' | 'has' | 'hasSync' | 'put' | 'putSync' | 'delete' | 'deleteSync')
  | ('clear' | 'clearSync' | 'flush' | 'flushSync' | 'on' | 'off')
>(true);

type Context = Parameters<typeof preferences.getPreferencesSync>[0];
/** A call with a context, and the name of a file or options. */
interface Opens<Result> {
  (context: Context, name: string, callback: AsyncCallback<Result>): void;
  (context: Context, options: preferences.Options, callback: AsyncCallback<Result>): void;
  (context: Context, name: string): Promise<Result>;
  (context: Context, options: preferences.Options): Promise<Result>;
}
same<typeof preferences.getPreferences, Opens<preferences.Preferences>>(true);
same<typeof preferences.deletePreferences, Opens<void>>(true);
same<typeof preferences.removePreferencesFromCache, Opens<void>>(true);
interface Forget {
  (context: Context, name: string): void;
  (context: Context, options: preferences.Options): void;
}
same<typeof preferences.removePreferencesFromCacheSync, Forget>(true);
same<
  typeof preferences.getPreferencesSync,
  (context: Context, options: preferences.Options) => preferences.Preferences
>(true);
same<typeof preferences.isStorageTypeSupported, (storageType: preferences.StorageType) => boolean>(true);

// Every kind of context is one, as is a value of the application's own with the same member.
declare const ability: common.UIAbilityContext;
declare const application: common.ApplicationContext;
void preferences.getPreferences(ability, 'a');
void preferences.getPreferences(application, { name: 'a' });
preferences.getPreferencesSync({ stageMode: true }, { name: 'a' });
// @ts-expect-error: a context is required
void preferences.getPreferences('a');
// @ts-expect-error: null is not a value
store.putSync('a', null);
// @ts-expect-error: no such event
store.on('flush', () => {});
// @ts-expect-error: keys are required
store.on('dataChange', () => {});
