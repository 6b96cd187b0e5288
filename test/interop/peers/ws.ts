// npm's `ws` as a peer, in both roles.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type PerMessageDeflateOptions, WebSocket, WebSocketServer } from 'ws';
import {
  type ConnectSettings,
  Inbox,
  type Message,
  type PeerConnection,
  type PeerServer,
  type PeerTls,
} from './peer.ts';

type Compression = boolean | PerMessageDeflateOptions;

/** @param perMessageDeflate  as `ws` takes it; default: no compression */
export async function listenWs(tls?: PeerTls, perMessageDeflate: Compression = false): Promise<PeerServer> {
  const http = tls ? createTlsServer({ cert: tls.cert, key: tls.key }) : createServer();
  const server = new WebSocketServer({
    server: http,
    perMessageDeflate,
    handleProtocols: (offered) => (offered.has('chat') ? 'chat' : false),
  });
  const accepted = new Inbox<PeerConnection>();
  server.on('connection', (socket) => accepted.push(wrap(socket)));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    port: (http.address() as AddressInfo).port,
    next: () => accepted.next(),
    async stop() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      http.close();
      await once(http, 'close');
    },
  };
}

export async function connectWs(
  { url, subprotocols, tls }: ConnectSettings,
  perMessageDeflate: Compression = true,
): Promise<PeerConnection> {
  const socket = new WebSocket(url, [...subprotocols], { perMessageDeflate, ...(tls ? { ca: tls.ca } : {}) });
  const connection = wrap(socket);
  await once(socket, 'open');
  return connection;
}

function wrap(socket: WebSocket): PeerConnection {
  const messages = new Inbox<Message>();
  const pongs = new Inbox<string>();
  socket.on('message', (data: Buffer, isBinary) => messages.push(isBinary ? data : data.toString()));
  socket.on('pong', (payload) => pongs.push(payload.toString()));
  // A failure shows as an end with 1006; without a listener it would end the process.
  socket.on('error', (error) => messages.end(error));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      messages.end(new Error(`ws: closed with ${code} ${reason}`));
      resolve({ code, reason: reason.toString() });
    });
  });
  return {
    get subprotocol() {
      return socket.protocol;
    },
    send: (message) => socket.send(message),
    sendFragments(pieces) {
      for (const [index, piece] of pieces.entries()) socket.send(piece, { fin: index === pieces.length - 1 });
    },
    async ping(payload) {
      socket.ping(payload);
      return await pongs.next();
    },
    next: () => messages.next(),
    close: (code, reason) => socket.close(code, reason),
    closed,
  };
}
