// kit specification §1.5, §1.6 and §1.11: the client, overload by overload.

import type { AsyncCallback, BusinessError, Callback, ErrorCallback } from '../../src/kit/index.ts';
import { webSocket } from '../../src/kit/index.ts';
import { same } from './same.ts';

type Client = webSocket.WebSocket;
type Options = webSocket.WebSocketRequestOptions;

same<
  keyof Client,
  | ('connect' | 'send' | 'close' | 'on' | 'off')
  | ('onOpen' | 'onMessage' | 'onWebSocketClose' | 'onWebSocketError' | 'onDataEnd' | 'onHeaderReceive')
  | ('offOpen' | 'offMessage' | 'offWebSocketClose' | 'offWebSocketError' | 'offDataEnd' | 'offHeaderReceive')
>(true);

interface Connect {
  (url: string, callback: AsyncCallback<boolean>): void;
  (url: string, options: Options, callback: AsyncCallback<boolean>): void;
  (url: string, options?: Options): Promise<boolean>;
}
same<Client['connect'], Connect>(true);

interface Send {
  (data: string | ArrayBuffer, callback: AsyncCallback<boolean>): void;
  (data: string | ArrayBuffer): Promise<boolean>;
}
same<Client['send'], Send>(true);

interface Close {
  (callback: AsyncCallback<boolean>): void;
  (options: webSocket.WebSocketCloseOptions, callback: AsyncCallback<boolean>): void;
  (options?: webSocket.WebSocketCloseOptions): Promise<boolean>;
}
same<Client['close'], Close>(true);

interface On {
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  (type: 'open', callback: AsyncCallback<Object>): void;
  (type: 'openInfo', callback: AsyncCallback<webSocket.WebSocketOpenInfo>): void;
  (type: 'message', callback: AsyncCallback<string | ArrayBuffer>): void;
  (type: 'close', callback: AsyncCallback<webSocket.CloseResult>): void;
  (type: 'error', callback: ErrorCallback): void;
  (type: 'dataEnd', callback: Callback<void>): void;
  (type: 'headerReceive', callback: Callback<webSocket.ResponseHeaders>): void;
}
same<Client['on'], On>(true);

interface Off {
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  (type: 'open', callback?: AsyncCallback<Object>): void;
  (type: 'openInfo', callback?: AsyncCallback<webSocket.WebSocketOpenInfo>): void;
  (type: 'message', callback?: AsyncCallback<string | ArrayBuffer>): void;
  (type: 'close', callback?: AsyncCallback<webSocket.CloseResult>): void;
  (type: 'error', callback?: ErrorCallback): void;
  (type: 'dataEnd', callback?: Callback<void>): void;
  (type: 'headerReceive', callback?: Callback<webSocket.ResponseHeaders>): void;
}
same<Client['off'], Off>(true);

same<Client['onOpen'], (callback: Callback<webSocket.OpenResult>) => void>(true);
same<Client['offOpen'], (callback?: Callback<webSocket.OpenResult>) => void>(true);
same<Client['onMessage'], (callback: AsyncCallback<string | ArrayBuffer>) => void>(true);
same<Client['offMessage'], (callback?: AsyncCallback<string | ArrayBuffer>) => void>(true);
same<Client['onWebSocketClose'], (callback: AsyncCallback<webSocket.CloseResult>) => void>(true);
same<Client['offWebSocketClose'], (callback?: AsyncCallback<webSocket.CloseResult>) => void>(true);
same<Client['onWebSocketError'], (callback: ErrorCallback) => void>(true);
same<Client['offWebSocketError'], (callback?: ErrorCallback) => void>(true);
same<Client['onDataEnd'], (callback: Callback<void>) => void>(true);
same<Client['offDataEnd'], (callback?: Callback<void>) => void>(true);
same<Client['onHeaderReceive'], (callback: Callback<webSocket.ResponseHeaders>) => void>(true);
same<Client['offHeaderReceive'], (callback?: Callback<webSocket.ResponseHeaders>) => void>(true);

const ws = webSocket.createWebSocket();

/** As applications write it: what parameters are without annotations, and what is refused. */
export function uses(options: Options): void {
  const callback: AsyncCallback<boolean> = (err: BusinessError, value: boolean) => void [err, value];
  ws.connect('ws://host', callback);
  ws.connect('ws://host', options, callback);
  ws.on('open', (err, value) => {
    same<typeof err, BusinessError>(true);
    // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
    same<typeof value, Object>(true);
  });
  ws.on('message', (_err, value) => same<typeof value, string | ArrayBuffer>(true));
  ws.on('dataEnd', (nothing) => same<typeof nothing, void>(true));
  ws.on('error', (err: BusinessError) => void err.code);
  ws.off('message', (_err: BusinessError, _value: string | ArrayBuffer) => {});
  ws.onOpen((value) => same<typeof value, webSocket.OpenResult>(true));

  // @ts-expect-error: no URL
  void ws.connect();
  // @ts-expect-error: options cannot be null
  void ws.connect('ws://host', null);
  // @ts-expect-error: options come before the callback
  void ws.connect('ws://host', callback, options);
  // @ts-expect-error: a number cannot be sent
  void ws.send(5);
  // @ts-expect-error: nor nothing
  void ws.send(null);
  // @ts-expect-error: a code is a number
  void ws.close({ code: '1000' });
  // @ts-expect-error: no such event
  ws.on('opened', () => {});
  // @ts-expect-error: a listener is required
  ws.on('open');
  // @ts-expect-error: the value is not a number
  ws.on('message', (_err: BusinessError, _value: number) => {});
  // @ts-expect-error: an error listener takes one argument
  ws.on('error', (_err: BusinessError, _value: string) => {});
  // @ts-expect-error: there is no once
  ws.once('open', () => {});
  // @ts-expect-error: openInfo has no name of ArkTS-static
  ws.onOpenInfo(() => {});
  // @ts-expect-error: that of onOpen takes one argument
  ws.onOpen((_err: BusinessError, _value: webSocket.OpenResult) => {});
}
