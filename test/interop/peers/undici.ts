// npm's `undici` as a peer: a client with the browser's API, so without pings and fragments.

import { Agent, WebSocket } from 'undici';
import { type ConnectSettings, Inbox, type Message, type PeerConnection } from './peer.ts';

export async function connectUndici({ url, subprotocols, tls }: ConnectSettings): Promise<PeerConnection> {
  // An agent for each connection, since the common one would outlive the test.
  const dispatcher = new Agent(tls ? { connect: { ca: tls.ca } } : {});
  const socket = new WebSocket(url, { protocols: [...subprotocols], dispatcher });
  socket.binaryType = 'arraybuffer';
  const messages = new Inbox<Message>();
  socket.addEventListener('message', ({ data }) => {
    messages.push(typeof data === 'string' ? data : new Uint8Array(data));
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => {
      messages.end(new Error(`undici: closed with ${code} ${reason}`));
      void dispatcher.close().then(() => resolve({ code, reason }));
    });
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', ({ error, message }) => reject(error ?? new Error(message)));
  });
  return {
    subprotocol: socket.protocol,
    send: (message) => socket.send(message),
    next: () => messages.next(),
    close: (code, reason) => socket.close(code, reason),
    closed,
  };
}
