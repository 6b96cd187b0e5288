// Connected pairs for the cases: our client with a peer's server, and our server with a peer's client.

import { after, before } from 'node:test';
import {
  type CompressionSettings,
  type Connection,
  connect,
  createServer,
  type Server,
} from '../../src/engine/index.ts';
import { certificates } from '../support/certificates.ts';
import type { OpenPair, OurEnd } from './cases.ts';
import {
  type ConnectSettings,
  Inbox,
  type Message,
  type PeerConnection,
  type PeerServer,
  type PeerTls,
} from './peers/peer.ts';

export function peerTls(): PeerTls {
  const { ca, server } = certificates();
  return {
    ca: ca.cert,
    caPath: ca.certPath,
    cert: server.cert,
    certPath: server.certPath,
    key: server.key,
    keyPath: server.keyPath,
  };
}

/** Handlers that fill the inboxes of one end. */
class Recorder {
  readonly messages = new Inbox<Message>();
  readonly pings = new Inbox<string>();
  readonly pongs = new Inbox<string>();

  message(_: Connection, data: Message): void {
    this.messages.push(data);
  }
  ping(_: Connection, payload: Buffer): void {
    this.pings.push(payload.toString());
  }
  pong(_: Connection, payload: Buffer): void {
    this.pongs.push(payload.toString());
  }
  close(_: Connection, event: { code: number; reason: string; error?: Error }): void {
    const error = new Error(`our connection closed with ${event.code} ${event.reason}`, { cause: event.error });
    for (const inbox of [this.messages, this.pings, this.pongs]) inbox.end(error);
  }
  with(connection: Connection): OurEnd {
    return { connection, messages: this.messages, pings: this.pings, pongs: this.pongs };
  }
}

/** Our client with a server of the peer, which listens once without and once with TLS for the suite. */
export function ourClientWith(
  listen: (tls?: PeerTls) => Promise<PeerServer>,
  compression: boolean | CompressionSettings = false,
): OpenPair {
  let plain: PeerServer;
  let secure: PeerServer;
  before(async () => {
    plain = await listen();
    secure = await listen(peerTls());
  });
  after(async () => {
    await plain?.stop();
    await secure?.stop();
  });
  return async (context, { subprotocols = [], tls = false } = {}) => {
    const server = tls ? secure : plain;
    const recorder = new Recorder();
    const connection = await connect(`${tls ? 'wss' : 'ws'}://127.0.0.1:${server.port}/`, {
      subprotocols,
      compression,
      tls: tls ? { ca: peerTls().ca } : undefined,
      handlers: recorder,
    });
    context.after(async () => {
      connection.terminate();
      await connection.closed;
    });
    const peer = await server.next();
    return { ours: recorder.with(connection), peer };
  };
}

/** Our server, listening once without and once with TLS for the suite, with a client of the peer. */
export function ourServerWith(
  connectPeer: (settings: ConnectSettings) => Promise<PeerConnection>,
  compression: boolean | CompressionSettings = false,
): OpenPair {
  const opened = new Inbox<OurEnd>();
  const recorders = new WeakMap<Connection, Recorder>();
  let server: Server;
  const ports = { plain: 0, secure: 0 };
  before(async () => {
    server = createServer({
      subprotocols: ['chat'],
      compression,
      open(connection) {
        const recorder = new Recorder();
        recorders.set(connection, recorder);
        opened.push(recorder.with(connection));
      },
      message: (connection, data) => recorders.get(connection)?.message(connection, data),
      ping: (connection, payload) => recorders.get(connection)?.ping(connection, payload),
      pong: (connection, payload) => recorders.get(connection)?.pong(connection, payload),
      close: (connection, event) => recorders.get(connection)?.close(connection, event),
    });
    const { cert, key } = peerTls();
    ports.plain = (await server.listen({ host: '127.0.0.1' })).port;
    ports.secure = (await server.listen({ host: '127.0.0.1', tls: { cert, key } })).port;
  });
  after(() => server.close());
  return async (context, { subprotocols = [], tls = false } = {}) => {
    const url = tls ? `wss://127.0.0.1:${ports.secure}/` : `ws://127.0.0.1:${ports.plain}/`;
    const peer = await connectPeer({ url, subprotocols, tls: tls ? peerTls() : undefined });
    const ours = await opened.next();
    context.after(async () => {
      ours.connection.terminate();
      await peer.closed;
    });
    return { ours, peer };
  };
}
