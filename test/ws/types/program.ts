// A program typed by @types/ws, with what programs use of it. types.test.ts compiles it against our types, too. It does not
// run.

import { readFileSync } from 'node:fs';
import { Agent, createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import WebSocket, {
  type ClientOptions,
  type CloseEvent,
  createWebSocketStream,
  type Data,
  type ErrorEvent,
  type MessageEvent,
  WebSocket as Named,
  type PerMessageDeflateOptions,
  type RawData,
  type ServerOptions,
  WebSocketServer,
} from 'ws';

const deflate: PerMessageDeflateOptions = {
  threshold: 1024,
  concurrencyLimit: 10,
  zlibDeflateOptions: { level: 6, memLevel: 8, chunkSize: 1024 },
  zlibInflateOptions: { chunkSize: 10 * 1024 },
};

export const options: ClientOptions = {
  perMessageDeflate: deflate,
  handshakeTimeout: 5000,
  followRedirects: true,
  maxRedirects: 3,
  headers: { Authorization: 'Bearer x' },
  origin: 'https://app.example',
  agent: new Agent(),
  ca: readFileSync('ca.pem'),
  cert: [readFileSync('cert.pem')],
  rejectUnauthorized: true,
  maxPayload: 1024,
  family: 4,
  localAddress: '127.0.0.1',
  skipUTF8Validation: false,
  generateMask: (mask: Buffer) => mask.fill(0),
  finishRequest: (request, webSocket) => {
    request.setHeader('X-State', webSocket.readyState);
    request.end();
  },
  checkServerIdentity: () => true,
};

interface Client extends WebSocket {
  isAlive: boolean;
}

class Chat extends WebSocket {
  room = 'lobby';

  override send(data: never, ...rest: never[]): void {
    (super.send as (...values: unknown[]) => void)(data, ...rest);
  }
}

export function client(): WebSocket {
  const ws = new WebSocket('ws://localhost', ['chat'], options);
  const other: Named = new Named(new URL('wss://localhost'), options);
  const plain: WebSocket = new WebSocket('ws://localhost', 'chat');
  plain.binaryType = 'arraybuffer';
  ws.on('open', () => ws.send('hi', (error?: Error) => console.log(error?.message)));
  ws.on('open', function () {
    this.send(Buffer.from('x'), { binary: true, compress: false, fin: true, mask: true });
  });
  ws.on('message', (data: RawData, isBinary: boolean) => show(data, isBinary));
  ws.on('message', (data) => console.log(data.toString()));
  ws.on('close', (code: number, reason: Buffer) => console.log(code, reason.toString()));
  ws.once('error', (error: Error) => console.log(error.message));
  ws.on('unexpected-response', (request, response) => console.log(request.path, response.statusCode));
  ws.on('upgrade', (response: IncomingMessage) => console.log(response.headers));
  ws.on('redirect', (url: string, request) => request.setHeader('X-To', url));
  ws.on('ping', (data: Buffer) => ws.pong(data));
  ws.on('my-event', (...values: unknown[]) => console.log(values));
  ws.off('message', show).removeListener('message', show).removeAllListeners('close');
  ws.onopen = (event) => event.target.send(1);
  ws.onmessage = ({ data, type, target }: MessageEvent) => console.log(data as string, type, target.url);
  ws.onclose = ({ code, reason, wasClean }: CloseEvent) => console.log(code, reason, wasClean);
  ws.onerror = ({ error, message }: ErrorEvent) => console.log(error.code, message);
  ws.onmessage = null;
  ws.addEventListener('message', (event) => console.log(event.data), { once: true });
  ws.addEventListener('message', (event: WebSocket.MessageEvent) => console.log(event.data));
  ws.removeEventListener('message', (event: WebSocket.MessageEvent) => console.log(event.data));
  if (ws.readyState === WebSocket.OPEN || ws.readyState === ws.CONNECTING)
    ws.ping('x', true, (error: Error) => show(error.message));
  switch (ws.readyState) {
    case WebSocket.CLOSING:
    case Named.CLOSED:
      break;
    default:
      ws.close(1000, 'bye');
  }
  const { bufferedAmount, extensions, protocol, url, isPaused } = ws;
  console.log(bufferedAmount + 1, extensions.length, protocol.length, url.length, isPaused);
  const duplex: Duplex = createWebSocketStream(ws, { encoding: 'utf8' });
  duplex.pipe(process.stdout);
  other.terminate();
  return ws;
}

function show(data: Data | WebSocket.RawData, isBinary?: boolean): void {
  if (typeof data === 'string') console.log(data);
  else if (Array.isArray(data)) console.log(Buffer.concat(data), isBinary);
  else if (Buffer.isBuffer(data)) console.log(data.byteLength);
  else console.log(new Uint8Array(data).length);
}

const serverOptions: ServerOptions = {
  port: 0,
  host: '127.0.0.1',
  backlog: 10,
  path: '/chat',
  clientTracking: true,
  perMessageDeflate: deflate,
  maxPayload: 1024,
  handleProtocols: (protocols: Set<string>, request: IncomingMessage) =>
    request.url === '/' ? [...protocols][0]! : false,
  verifyClient: (info: { origin: string; secure: boolean; req: IncomingMessage }) => info.secure,
};

export function server(): WebSocketServer {
  const http = createServer();
  const wss = new WebSocketServer({ server: http });
  const named: WebSocketServer = new WebSocketServer(serverOptions, () => console.log('listening'));
  const own = new WebSocketServer({
    noServer: true,
    WebSocket: Chat,
    verifyClient: (info, done) => done(info.origin === 'x', 401, 'no', { 'X-A': 'b' }),
  });
  own.on('connection', (webSocket) => console.log(webSocket.room));
  wss.on('connection', (webSocket, request) => {
    const state = webSocket as Client;
    state.isAlive = true;
    console.log(request.headers.host, request.socket.remoteAddress);
    webSocket.on('pong', () => {
      state.isAlive = true;
    });
  });
  wss.on('connection', function (webSocket: WebSocket, _request: IncomingMessage) {
    for (const one of this.clients) if (one !== webSocket && one.readyState === WebSocket.OPEN) one.send('x');
  });
  wss.on('headers', (headers: string[], request) => headers.push(String(request.url)));
  wss.on('wsClientError', (error: Error, socket: Duplex, request) => socket.end(`${error.message} ${request.url}`));
  wss.on('error', (error) => console.log(error.message));
  wss.on('listening', () => console.log(wss.address(), wss.options.port, wss.path));
  wss.on('close', () => console.log('closed'));
  http.on('upgrade', (request, socket, head) => {
    if (wss.shouldHandle(request)) {
      wss.handleUpgrade(request, socket, head, (webSocket, upgraded) => wss.emit('connection', webSocket, upgraded));
    }
  });
  const interval = setInterval(() => {
    wss.clients.forEach((webSocket) => {
      webSocket.ping();
    });
  }, 30_000);
  wss.close((error?: Error) => {
    clearInterval(interval);
    console.log(error);
  });
  named.close();
  return wss;
}
