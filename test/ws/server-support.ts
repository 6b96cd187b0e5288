// Servers in the shape of `ws`: this package's, and `ws` itself, which shows that a test expects what `ws` does.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as real from 'ws';
import ours from '../../src/ws/index.ts';
import type { Scope } from '../support/handles.ts';
import { upgradeRequest } from '../support/handshake.ts';
import { connectRaw, type RawPeer } from '../support/raw-peer.ts';

export type Library = typeof ours;
export type Socket = InstanceType<Library>;
export type Server = InstanceType<Library['WebSocketServer']>;
export type Options = NonNullable<ConstructorParameters<Library['WebSocketServer']>[0]>;

/** By the name in the titles of tests. */
export const libraries: readonly (readonly [name: string, library: Library])[] = [
  ['ws', real as unknown as Library],
  ['harmony-websocket/ws', ours],
];

export interface Served {
  readonly server: Server;
  readonly port: number;
  /** A client of which a request has been sent. */
  peer(fields?: Record<string, string | undefined>, path?: string): Promise<RawPeer>;
  /** A client whose handshake was accepted; the head of the response, and what `connection` was told. */
  open(fields?: Record<string, string | undefined>, path?: string): Promise<Opened>;
}

export interface Opened {
  readonly peer: RawPeer;
  readonly head: string;
  readonly webSocket: Socket;
  readonly request: IncomingMessage;
}

/** Listens on 127.0.0.1 until the end of the scope. */
export async function serve(scope: Scope, { WebSocketServer }: Library, options: Options = {}): Promise<Served> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', ...options });
  scope.defer(async () => {
    for (const client of server.clients ?? []) client.terminate();
    if (server._server) await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  await once(server, 'listening');
  return clientsOf(scope, server, (server.address() as AddressInfo).port);
}

/** Clients of a server that listens. */
export function clientsOf(scope: Scope, server: Server, port: number): Served {
  const peer: Served['peer'] = async (fields, path) => {
    const client = await connectRaw(scope, port);
    client.write(upgradeRequest(fields, path));
    return client;
  };
  return {
    server,
    port,
    peer,
    async open(fields, path) {
      const connection = once(server, 'connection') as Promise<[Socket, IncomingMessage]>;
      const client = await peer(fields, path);
      const head = await client.readHead();
      assert.match(head, /^HTTP\/1\.1 101 /u);
      const [webSocket, request] = await connection;
      return { peer: client, head, webSocket, request };
    },
  };
}

export interface Answer {
  readonly status: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A response that ends the connection. */
export async function answerOf(peer: RawPeer): Promise<Answer> {
  const [head = '', body = ''] = (await peer.readToEnd()).toString().split('\r\n\r\n');
  const [status = '', ...lines] = head.split('\r\n');
  const fields = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status: status.slice('HTTP/1.1 '.length), fields: Object.fromEntries(fields), body };
}
