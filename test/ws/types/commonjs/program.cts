// A CommonJS program typed by @types/ws: the class by require, and all types by their names in it. See ../program.ts.

import http = require('node:http');
import https = require('node:https');
import WebSocket = require('ws');

class Request extends http.IncomingMessage {
  user = 'nobody';
}

class Member extends WebSocket {
  readonly id = 1;
}

const options: WebSocket.ServerOptions = { port: 0, perMessageDeflate: false };
const verifySync: WebSocket.VerifyClientCallbackSync = (info) => info.origin !== '' && info.req.url === '/';
const verifyAsync: WebSocket.VerifyClientCallbackAsync<Request> = (info, done) => done(info.req.user !== 'nobody', 401);

class Chat extends WebSocket.Server {
  constructor(chosen: WebSocket.ServerOptions) {
    super({ ...chosen, verifyClient: verifySync });
  }

  override shouldHandle(request: http.IncomingMessage): boolean | Promise<boolean> {
    return request.url === '/chat' && super.shouldHandle(request);
  }

  override handleUpgrade(
    request: http.IncomingMessage,
    socket: import('node:stream').Duplex,
    head: Buffer,
    callback: (client: WebSocket, request: http.IncomingMessage) => void,
  ): void {
    super.handleUpgrade(request, socket, head, callback);
  }
}

const server: WebSocket.Server = new Chat(options);
const members: WebSocket.Server<typeof Member, typeof Request> = new WebSocket.WebSocketServer({
  server: https.createServer({ IncomingMessage: Request }),
  WebSocket: Member,
  verifyClient: verifyAsync,
  handleProtocols: (protocols, request) => (protocols.has(request.user) ? request.user : false),
});
members.on('connection', (member, request) => member.send(`${member.id} ${request.user}`));
members.once('connection', (member: Member) => member.close());
const ids: number[] = [...members.clients].map((member) => member.id);
const sockets = new Set<WebSocket.WebSocket>([...server.clients]);
const byId = new Map<number, WebSocket>();

function text(data: WebSocket.RawData | WebSocket.Data): string {
  return Array.isArray(data) ? Buffer.concat(data).toString() : data.toString();
}

function listen(webSocket: WebSocket): void {
  const said = (event: WebSocket.MessageEvent): void =>
    console.log(text(event.data), event.type, event.target.readyState);
  const ended = (event: WebSocket.CloseEvent): void => console.log(event.code, event.reason, event.wasClean);
  const failed = (event: WebSocket.ErrorEvent): void => console.log(event.message, event.error, event.type);
  const opened = (event: WebSocket.Event): void => console.log(event.type, event.target === webSocket);
  webSocket.addEventListener('open', opened);
  webSocket.addEventListener('message', said, { once: true } satisfies WebSocket.EventListenerOptions);
  webSocket.addEventListener('close', ended);
  webSocket.addEventListener('error', failed);
  webSocket.onmessage = said;
  webSocket.onclose = ended;
  webSocket.onerror = failed;
  webSocket.onopen = opened;
  webSocket.on('message', (data, isBinary) => byId.get(isBinary ? 1 : 0)?.send(data, { binary: isBinary }));
  webSocket.on('close', (code, reason) => console.log(code, reason.toString('utf8')));
  webSocket.send(new Uint8Array(1).buffer);
  webSocket.send([1, 2, 3]);
  webSocket.send(new DataView(new ArrayBuffer(1)), (error) => console.log(error));
  const pipe: import('node:stream').Duplex = WebSocket.createWebSocketStream(webSocket, { readableObjectMode: true });
  pipe.end();
  const state: 0 | 1 | 2 | 3 = webSocket.readyState;
  const states: number[] = [WebSocket.CONNECTING, WebSocket.OPEN, webSocket.CLOSING, webSocket.CLOSED];
  const type: 'nodebuffer' | 'arraybuffer' | 'fragments' | 'blob' = 'arraybuffer';
  webSocket.binaryType = type;
  console.log(states.includes(state), webSocket instanceof WebSocket.WebSocket, webSocket.emit('any', 1));
}

const finish: WebSocket.FinishRequestCallback = (request, webSocket) => {
  listen(webSocket);
  request.end();
};
const address = server.address();
const port = typeof address === 'string' || address === null ? 0 : (address satisfies WebSocket.AddressInfo).port;
const deflate: WebSocket.PerMessageDeflateOptions = { serverNoContextTakeover: true, zlibDeflateOptions: { level: 1 } };
new Member(`ws://localhost:${port}`, {
  finishRequest: finish,
  perMessageDeflate: deflate,
  cert: 'x' as WebSocket.CertMeta,
});
server.emit('connection', new WebSocket(null), new http.IncomingMessage(null as never));
console.log(ids, sockets.size);

// What does not compile with @types/ws does not compile with ours.
function mistakes(webSocket: WebSocket): void {
  // @ts-expect-error
  webSocket.readyState = 1;
  // @ts-expect-error
  webSocket.on('message', (data: number) => data);
  // @ts-expect-error
  webSocket.close('1000');
  // @ts-expect-error
  webSocket.binaryType = 'text';
  // @ts-expect-error
  server.on('connection', (request: http.IncomingMessage) => request);
  // @ts-expect-error
  members.clients.add(webSocket);
  // @ts-expect-error
  new WebSocket.Server({ prot: 1 });
  // @ts-expect-error
  new WebSocket('ws://localhost', { perMessageDeflate: 1 });
}
mistakes(new WebSocket('ws://localhost'));

type Factory = new (url: string, protocols?: string | string[]) => WebSocket;
type Kind = keyof WebSocket.WebSocketEventMap;
const factory: Factory = WebSocket;
const kinds: Kind[] = ['open', 'message', 'close', 'error'];
export = { factory, kinds };
