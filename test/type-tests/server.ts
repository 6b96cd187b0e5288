// kit specification §1.9, §1.10 and §1.11: the server, overload by overload.

import type { BusinessError, Callback, ErrorCallback } from '../../src/kit/index.ts';
import { webSocket } from '../../src/kit/index.ts';
import { same } from './same.ts';

type Server = webSocket.WebSocketServer;
type Connection = webSocket.WebSocketConnection;

same<
  keyof Server,
  | ('start' | 'stop' | 'send' | 'close' | 'listAllConnections' | 'on' | 'off')
  | ('onConnect' | 'onMessageReceive' | 'onWebSocketServerClose' | 'onWebSocketServerError')
  | ('offConnect' | 'offMessageReceive' | 'offWebSocketServerClose' | 'offWebSocketServerError')
>(true);

same<Server['start'], (config: webSocket.WebSocketServerConfig) => Promise<boolean>>(true);
same<Server['stop'], () => Promise<boolean>>(true);
same<Server['send'], (data: string | ArrayBuffer, connection: Connection) => Promise<boolean>>(true);
same<Server['close'], (connection: Connection, options?: webSocket.WebSocketCloseOptions) => Promise<boolean>>(true);
same<Server['listAllConnections'], () => Connection[]>(true);

interface On {
  (type: 'connect', callback: Callback<Connection>): void;
  (type: 'messageReceive', callback: Callback<webSocket.WebSocketMessage>): void;
  (type: 'close', callback: webSocket.ClientConnectionCloseCallback): void;
  (type: 'error', callback: ErrorCallback): void;
}
same<Server['on'], On>(true);

interface Off {
  (type: 'connect', callback?: Callback<Connection>): void;
  (type: 'messageReceive', callback?: Callback<webSocket.WebSocketMessage>): void;
  (type: 'close', callback?: webSocket.ClientConnectionCloseCallback): void;
  (type: 'error', callback?: ErrorCallback): void;
}
same<Server['off'], Off>(true);

same<Server['onConnect'], (callback: Callback<Connection>) => void>(true);
same<Server['offConnect'], (callback?: Callback<Connection>) => void>(true);
same<Server['onMessageReceive'], (callback: Callback<webSocket.WebSocketMessage>) => void>(true);
same<Server['offMessageReceive'], (callback?: Callback<webSocket.WebSocketMessage>) => void>(true);
same<Server['onWebSocketServerClose'], (callback: webSocket.ClientConnectionCloseCallback) => void>(true);
same<Server['offWebSocketServerClose'], (callback?: webSocket.ClientConnectionCloseCallback) => void>(true);
same<Server['onWebSocketServerError'], (callback: ErrorCallback) => void>(true);
same<Server['offWebSocketServerError'], (callback?: ErrorCallback) => void>(true);

const server = webSocket.createWebSocketServer();

/** As applications write it, and what is refused. */
export function uses(): void {
  // oxlint-disable-next-line typescript/no-misused-promises -- the guide does so
  server.on('connect', async (connection: Connection) => void (await server.send('', connection)));
  server.on('messageReceive', (message) => same<typeof message, webSocket.WebSocketMessage>(true));
  server.on('close', (connection, reason) => {
    same<typeof connection, Connection>(true);
    same<typeof reason, webSocket.CloseResult>(true);
  });
  server.on('error', (err) => same<typeof err, BusinessError>(true));

  // @ts-expect-error: both limits are required by the type
  void server.start({ serverPort: 1 });
  // @ts-expect-error: a server has no callback form
  void server.stop(() => {});
  // @ts-expect-error: whom to?
  void server.send(data);
  // @ts-expect-error: an address has a port
  void server.close({ clientIP: '' });
  // @ts-expect-error: a client's event
  server.on('message', () => {});
  // @ts-expect-error: the extension is outside the type
  void server.serverPort;
}
