// kit specification §1.4 and §7: values of events, and the types shared with other kits.

import type { AsyncCallback, BusinessError, Callback, ErrorCallback, webSocket } from '../../src/kit/index.ts';
import type * as basic from '../../src/register/kits/basic-services-kit.ts';
import type * as base from '../../src/register/kits/ohos-base.ts';
import { same } from './same.ts';

same<webSocket.WebSocketCloseOptions, { code?: number; reason?: string }>(true);
same<webSocket.CloseResult, { code: number; reason: string }>(true);
same<webSocket.OpenResult, { status: number; message: string }>(true);
same<webSocket.WebSocketOpenInfo, { status: number; message: string; protocol?: string }>(true);
same<webSocket.ResponseHeaders, { [k: string]: string | string[] | undefined }>(true);
same<webSocket.WebSocketConnection, { clientIP: string; clientPort: number }>(true);
same<webSocket.WebSocketMessage, { clientConnection: webSocket.WebSocketConnection; data: string | ArrayBuffer }>(true);
same<
  webSocket.ClientConnectionCloseCallback,
  (clientConnection: webSocket.WebSocketConnection, closeReason: webSocket.CloseResult) => void
>(true);

same<Callback<number>, (data: number) => void>(true);
same<ErrorCallback, (err: BusinessError) => void>(true);
same<ErrorCallback<TypeError>, (err: TypeError) => void>(true);
same<AsyncCallback<number>, (err: BusinessError<void>, data: number) => void>(true);
same<AsyncCallback<number, string>, (err: BusinessError<string>, data: number) => void>(true);
same<BusinessError['code'], number>(true);
same<BusinessError['message'], string>(true);
same<BusinessError<string>['data'], string | undefined>(true);
same<Exclude<BusinessError['data'], undefined>, void>(true);
const asError: (error: BusinessError) => Error = (error) => error;
void asError;
// @ts-expect-error: a code is a number
same<BusinessError['code'], string>(true);
// @ts-expect-error: a plain Error is not a BusinessError
export const plain: BusinessError = new Error('x');

// The same from the two modules of the platform.
same<basic.BusinessError<string>, BusinessError<string>>(true);
same<base.BusinessError<string>, BusinessError<string>>(true);
same<basic.AsyncCallback<number, string>, AsyncCallback<number, string>>(true);
same<base.AsyncCallback<number, string>, AsyncCallback<number, string>>(true);
same<basic.Callback<number>, Callback<number>>(true);
same<base.Callback<number>, Callback<number>>(true);
same<basic.ErrorCallback<TypeError>, ErrorCallback<TypeError>>(true);
same<base.ErrorCallback, ErrorCallback>(true);
