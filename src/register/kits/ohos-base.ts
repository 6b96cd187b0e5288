// `@ohos.base`: `BusinessError` and the callback types.
//
// The three callback types are types only. They exist at run time too, with the value `undefined`, because
// `export { AsyncCallback } from '@kit.BasicServicesKit'`, or an import in plain JavaScript, stays in the program when
// types go, and Node would fail to link it. There is nothing to call, and `undefined` is the declared type.

import type * as kit from '../../kit/index.ts';

export { BusinessError } from '../../kit/index.ts';

export type AsyncCallback<T, E = void> = kit.AsyncCallback<T, E>;
export const AsyncCallback = undefined;

export type Callback<T> = kit.Callback<T>;
export const Callback = undefined;

export type ErrorCallback<T extends Error = kit.BusinessError> = kit.ErrorCallback<T>;
export const ErrorCallback = undefined;
