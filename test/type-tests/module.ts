// kit specification §1.1 and §1.2: the namespace through both import forms, and its members at run time.

import type byDefault from '../../src/kit/index.ts';
import { webSocket } from '../../src/kit/index.ts';
import type { webSocket as ofKit } from '../../src/register/kits/network-kit.ts';
import type ofOhos from '../../src/register/kits/ohos-net-websocket.ts';
import { same } from './same.ts';

/** Every type of the namespace, by its name. */
export type Names = [
  webSocket.ClientCert,
  webSocket.ClientConnectionCloseCallback,
  webSocket.CloseResult,
  webSocket.HttpProxy,
  webSocket.OpenResult,
  webSocket.ProxyConfiguration,
  webSocket.ResponseHeaders,
  webSocket.ServerCert,
  webSocket.TlsProtocol,
  webSocket.TlsProtocol.TLS_V_1_0,
  webSocket.TlsProtocol.TLS_V_1_1,
  webSocket.TlsProtocol.TLS_V_1_2,
  webSocket.TlsProtocol.TLS_V_1_3,
  webSocket.WebSocket,
  webSocket.WebSocketCloseOptions,
  webSocket.WebSocketConnection,
  webSocket.WebSocketMessage,
  webSocket.WebSocketOpenInfo,
  webSocket.WebSocketRequestOptions,
  webSocket.WebSocketServer,
  webSocket.WebSocketServerConfig,
];
export type NamesByDefault = [
  byDefault.ClientCert,
  byDefault.ClientConnectionCloseCallback,
  byDefault.CloseResult,
  byDefault.HttpProxy,
  byDefault.OpenResult,
  byDefault.ProxyConfiguration,
  byDefault.ResponseHeaders,
  byDefault.ServerCert,
  byDefault.TlsProtocol,
  byDefault.TlsProtocol.TLS_V_1_0,
  byDefault.TlsProtocol.TLS_V_1_1,
  byDefault.TlsProtocol.TLS_V_1_2,
  byDefault.TlsProtocol.TLS_V_1_3,
  byDefault.WebSocket,
  byDefault.WebSocketCloseOptions,
  byDefault.WebSocketConnection,
  byDefault.WebSocketMessage,
  byDefault.WebSocketOpenInfo,
  byDefault.WebSocketRequestOptions,
  byDefault.WebSocketServer,
  byDefault.WebSocketServerConfig,
];
same<Names, NamesByDefault>(true);
// @ts-expect-error: no such name
export type Unknown = webSocket.Nothing;
// @ts-expect-error: not a type of the kit
export type Extension = webSocket.Profile;

// The import forms of applications.
export type OfKit = ofKit.WebSocketRequestOptions;
export type OfOhos = ofOhos.WebSocketServerConfig;
same<ofKit.WebSocket, ofOhos.WebSocket>(true);
same<ofKit.WebSocket, webSocket.WebSocket>(true);

same<keyof typeof webSocket, 'createWebSocket' | 'createWebSocketServer' | 'TlsProtocol'>(true);
same<typeof byDefault, typeof webSocket>(true);
same<ReturnType<typeof webSocket.createWebSocket>, webSocket.WebSocket>(true);
same<ReturnType<typeof webSocket.createWebSocketServer>, webSocket.WebSocketServer>(true);
same<Parameters<typeof webSocket.createWebSocket>, []>(true);
same<Parameters<typeof webSocket.createWebSocketServer>, []>(true);
// @ts-expect-error: takes nothing
webSocket.createWebSocket('ws://host');

const version: webSocket.TlsProtocol = webSocket.TlsProtocol.TLS_V_1_2;
same<typeof webSocket.TlsProtocol.TLS_V_1_0, 0>(true);
same<typeof webSocket.TlsProtocol.TLS_V_1_3, 3>(true);
same<webSocket.TlsProtocol, 0 | 1 | 2 | 3>(true);
// @ts-expect-error: there is no reverse mapping
void webSocket.TlsProtocol[version];
