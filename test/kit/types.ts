// Type checks alone: this file is compiled with the tests and never run. What must compile stands there; what must not
// has `@ts-expect-error` above it.

import type { AsyncCallback, BusinessError, Callback, ErrorCallback } from '../../src/kit/index.ts';
import byDefault, { hilog, webSocket } from '../../src/kit/index.ts';

type Equal<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
function same<Left, Right>(_equal: Equal<Left, Right>): void {}

/** §1.1: a namespace of types through both import forms. */
export type Names = [
  webSocket.WebSocket,
  webSocket.WebSocketServer,
  webSocket.WebSocketRequestOptions,
  webSocket.WebSocketCloseOptions,
  webSocket.WebSocketServerConfig,
  webSocket.WebSocketConnection,
  webSocket.WebSocketMessage,
  webSocket.WebSocketOpenInfo,
  webSocket.OpenResult,
  webSocket.CloseResult,
  webSocket.ClientCert,
  webSocket.ServerCert,
  webSocket.HttpProxy,
  webSocket.ProxyConfiguration,
  webSocket.ResponseHeaders,
  webSocket.ClientConnectionCloseCallback,
  webSocket.TlsProtocol,
  webSocket.TlsProtocol.TLS_V_1_2,
];
same<byDefault.WebSocket, webSocket.WebSocket>(true);
same<byDefault.CloseResult, webSocket.CloseResult>(true);
// @ts-expect-error: no such name
export type Unknown = webSocket.Nothing;

/** §1.2 */
const ws: webSocket.WebSocket = webSocket.createWebSocket();
const server: webSocket.WebSocketServer = byDefault.createWebSocketServer();

/** §1.3, §1.4: fields. */
same<webSocket.CloseResult, { code: number; reason: string }>(true);
same<webSocket.OpenResult, { status: number; message: string }>(true);
same<webSocket.WebSocketOpenInfo, { status: number; message: string; protocol?: string }>(true);
same<webSocket.WebSocketConnection, { clientIP: string; clientPort: number }>(true);
same<webSocket.WebSocketMessage['data'], string | ArrayBuffer>(true);
same<webSocket.ProxyConfiguration, 'system' | 'no-proxy' | webSocket.HttpProxy>(true);
same<webSocket.ResponseHeaders[string], string | string[] | undefined>(true);
same<Exclude<BusinessError['data'], undefined>, void>(true);
same<BusinessError<string>['data'], string | undefined>(true);
same<BusinessError['code'], number>(true);

const options: webSocket.WebSocketRequestOptions = {
  header: { name: 'value', number: 5 },
  caPath: '',
  clientCert: { certPath: '', keyPath: '', keyPassword: '' },
  proxy: { host: 'h', port: 1, exclusionList: [], username: 'u', password: 'p' },
  protocol: 'chat',
  skipServerCertVerification: true,
  pingInterval: 30,
  pongTimeout: 30,
  minSupportTlsProtocol: webSocket.TlsProtocol.TLS_V_1_2,
  supportOriginPort: true,
};
// @ts-expect-error: a string
options.pingInterval = '30';
// @ts-expect-error: neither of the two strings
options.proxy = 'none';
// @ts-expect-error: no such version
options.minSupportTlsProtocol = 4;
// @ts-expect-error: exclusionList is required by the type
export const proxy: webSocket.HttpProxy = { host: 'h', port: 1 };

const callback: AsyncCallback<boolean> = (err: BusinessError, value: boolean) => void [err, value];

/** §1.5: every form, and its result. */
same<ReturnType<typeof connected>, Promise<boolean>>(true);
function connected(): Promise<boolean> {
  return ws.connect('ws://host', options);
}
export function calls(data: string | ArrayBuffer): void {
  const results: ReturnType<Callback<unknown>>[] = [
    ws.connect('ws://host', callback),
    ws.connect('ws://host', options, callback),
    ws.send(data, callback),
    ws.close(callback),
    ws.close({ code: 1000, reason: '' }, callback),
  ];
  const promises: Promise<boolean>[] = [
    ws.connect('ws://host'),
    ws.connect('ws://host', undefined),
    ws.send(data),
    ws.close(),
    ws.close({}),
    ws.close({ code: 1000 }),
    server.start({ serverPort: 1, maxConcurrentClientsNumber: 1, maxConnectionsForOneClient: 1 }),
    server.stop(),
    server.send(data, { clientIP: '', clientPort: 1 }),
    server.close({ clientIP: '', clientPort: 1 }),
    server.close({ clientIP: '', clientPort: 1 }, { code: 1000 }),
  ];
  const list: webSocket.WebSocketConnection[] = server.listAllConnections();
  void [results, promises, list];

  // @ts-expect-error: no URL
  void ws.connect();
  // @ts-expect-error: options cannot be null
  void ws.connect('ws://host', null);
  // @ts-expect-error: a number cannot be sent
  void ws.send(5);
  // @ts-expect-error: nor nothing
  void ws.send(null);
  // @ts-expect-error: a code is a number
  void ws.close({ code: '1000' });
  // @ts-expect-error: both limits are required by the type
  void server.start({ serverPort: 1 });
  // @ts-expect-error: a server has no callback form
  void server.stop(callback);
  // @ts-expect-error: whom to?
  void server.send(data);
}

/** §1.6: the arguments of client events. */
export function clientEvents(): void {
  ws.on('open', (err, value) => {
    same<typeof err, BusinessError>(true);
    // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
    same<typeof value, Object>(true);
  });
  ws.on('openInfo', (_err, value) => same<typeof value, webSocket.WebSocketOpenInfo>(true));
  ws.on('message', (_err, value) => same<typeof value, string | ArrayBuffer>(true));
  ws.on('close', (_err, value) => same<typeof value, webSocket.CloseResult>(true));
  ws.on('error', (err) => same<typeof err, BusinessError>(true));
  ws.on('dataEnd', (nothing) => same<typeof nothing, void>(true));
  ws.on('headerReceive', (headers) => same<typeof headers, webSocket.ResponseHeaders>(true));
  ws.on('error', (err: BusinessError) => void err.code);
  ws.off('open');
  ws.off('message', (_err: BusinessError, _value: string | ArrayBuffer) => {});
  // @ts-expect-error: no such event
  ws.on('opened', () => {});
  // @ts-expect-error: a listener is required
  ws.on('open');
  // @ts-expect-error: the value is no number
  ws.on('message', (_err: BusinessError, _value: number) => {});
  // @ts-expect-error: there is no once
  ws.once('open', () => {});
}

/** §1.10: the arguments of server events. */
export function serverEvents(): void {
  server.on('connect', (connection) => same<typeof connection, webSocket.WebSocketConnection>(true));
  // oxlint-disable-next-line typescript/no-misused-promises -- the guide does so
  server.on('connect', async (connection: webSocket.WebSocketConnection) => void (await server.send('', connection)));
  server.on('messageReceive', (message) => same<typeof message, webSocket.WebSocketMessage>(true));
  server.on('close', (connection, reason) => {
    same<typeof connection, webSocket.WebSocketConnection>(true);
    same<typeof reason, webSocket.CloseResult>(true);
  });
  server.on('error', (err) => same<typeof err, BusinessError>(true));
  server.off('close');
  // @ts-expect-error: a client's event
  server.on('message', () => {});
}

/** §1.11: names of ArkTS-static. */
export function staticNames(): void {
  ws.onOpen((value) => same<typeof value, webSocket.OpenResult>(true));
  ws.onMessage((_err, value) => same<typeof value, string | ArrayBuffer>(true));
  ws.onWebSocketClose((_err, value) => same<typeof value, webSocket.CloseResult>(true));
  ws.onWebSocketError((err) => same<typeof err, BusinessError>(true));
  ws.onDataEnd(() => {});
  ws.onHeaderReceive((headers) => same<typeof headers, webSocket.ResponseHeaders>(true));
  ws.offOpen();
  ws.offMessage();
  ws.offWebSocketClose();
  ws.offWebSocketError();
  ws.offDataEnd();
  ws.offHeaderReceive();
  server.onConnect((connection) => same<typeof connection, webSocket.WebSocketConnection>(true));
  server.onMessageReceive((message) => same<typeof message, webSocket.WebSocketMessage>(true));
  server.onWebSocketServerClose((_connection, reason) => same<typeof reason, webSocket.CloseResult>(true));
  server.onWebSocketServerError((err) => same<typeof err, BusinessError>(true));
  server.offConnect();
  server.offMessageReceive();
  server.offWebSocketServerClose();
  server.offWebSocketServerError();
}

/** §7 */
same<Callback<number>, (data: number) => void>(true);
same<ErrorCallback, (err: BusinessError) => void>(true);
same<ErrorCallback<TypeError>, (err: TypeError) => void>(true);
same<AsyncCallback<number, string>, (err: BusinessError<string>, data: number) => void>(true);

/** §6 */
export function logging(): void {
  hilog.info(0x0000, 'tag', '%{public}s', 'a', 5, {});
  const level: hilog.LogLevel = hilog.LogLevel.WARN;
  const loggable: boolean = hilog.isLoggable(0, 'tag', level);
  hilog.setMinLogLevel(hilog.LogLevel.DEBUG);
  hilog.setLogLevel(hilog.LogLevel.DEBUG, hilog.PreferStrategy.PREFER_OPEN_LOG);
  // @ts-expect-error: a domain is a number
  hilog.info('0', 'tag', 'text');
  void loggable;
}
