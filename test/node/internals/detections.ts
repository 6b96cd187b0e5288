// Whether each module of src/node/internals/ has found what it looks for, by the name of the module. To be called after
// what `removals.ts` takes away.

import { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { acceptCheaply } from '../../../src/node/internals/accept.ts';
import { takeAccepted } from '../../../src/node/internals/accepted-handle.ts';
import { canSeeStores } from '../../../src/node/internals/async-stores.ts';
import { findBufferMethods } from '../../../src/node/internals/buffer-methods.ts';
import { guardConnections } from '../../../src/node/internals/connection-listener.ts';
import { trackConnections } from '../../../src/node/internals/connection-tracking.ts';
import { currentResponse } from '../../../src/node/internals/current-response.ts';
import { writeDirectly } from '../../../src/node/internals/direct-write.ts';
import { findHeadParser } from '../../../src/node/internals/head-parser.ts';
import { isLastResponse } from '../../../src/node/internals/last-response.ts';
import { selectByClass } from '../../../src/node/internals/request-class.ts';
import { findRequestFields } from '../../../src/node/internals/request-fields.ts';
import { handleOf, tcpHandleOf } from '../../../src/node/internals/socket-handle.ts';
import { streamBinding } from '../../../src/node/internals/stream-binding.ts';
import { carrierOf } from '../../../src/node/internals/tls-accept.ts';
import { tlsHandleOf } from '../../../src/node/internals/tls-handle.ts';
import { selectByCallback } from '../../../src/node/internals/upgrade-callback.ts';
import { findZlibContexts } from '../../../src/node/internals/zlib-context.ts';
import { leavingNothing } from '../../support/handles.ts';
import { tcpPair } from '../../support/tcp-pair.ts';

async function acceptsCheaply(): Promise<boolean> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { _handle: handle } = server as Server & { _handle: { onconnection: unknown } };
  const before = handle.onconnection;
  acceptCheaply(server);
  const isChanged = handle.onconnection !== before;
  await new Promise((resolve) => server.close(resolve));
  return isChanged;
}

async function takesAccepted(): Promise<boolean> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const isFound = takeAccepted(server, () => false) !== undefined;
  await new Promise((resolve) => server.close(resolve));
  return isFound;
}

function findsCarrier(): boolean {
  const below = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const encrypted = new TLSSocket(below, { isServer: true });
  encrypted.on('error', () => {});
  const isFound = (carrierOf(encrypted) as Duplex | undefined) === below;
  encrypted.destroy();
  return isFound;
}

async function findsHandle(): Promise<boolean> {
  let isFound = false;
  await leavingNothing(async (scope) => {
    isFound = tcpHandleOf((await tcpPair(scope)).accepted) !== undefined;
  })();
  return isFound;
}

async function writesDirectly(): Promise<boolean> {
  let isFound = false;
  await leavingNothing(async (scope) => {
    const handle = handleOf((await tcpPair(scope)).accepted) as object;
    isFound = writeDirectly(handle, Uint8Array.of(1), Uint8Array.of(2)) === 2;
  })();
  return isFound;
}

async function findsTlsHandle(): Promise<boolean> {
  let isFound = false;
  await leavingNothing(async (scope) => {
    const encrypted = new TLSSocket((await tcpPair(scope)).accepted, { isServer: true });
    encrypted.on('error', () => {});
    isFound = tlsHandleOf(encrypted) !== undefined;
    encrypted.destroy();
  })();
  return isFound;
}

function response(): ServerResponse {
  return new ServerResponse(new IncomingMessage(new Socket()));
}

function findsCurrent(): boolean {
  const socket = new Socket();
  const current = response();
  current.assignSocket(socket);
  return currentResponse(socket) === current;
}

/** Node ends a connection after a response whose length it cannot tell the client. */
function findsLast(): boolean {
  const last = response();
  last.shouldKeepAlive = true;
  last.useChunkedEncodingByDefault = false;
  last.writeHead(200);
  return isLastResponse(last);
}

/** Node's own counting is told by the timer that goes with it. */
function tracks(): boolean {
  const server = new HttpServer();
  let isClosed = false;
  server.closeAllConnections = () => {
    isClosed = true;
  };
  trackConnections(server)();
  server.close();
  return isClosed;
}

export const detections: Readonly<Record<string, () => boolean | Promise<boolean>>> = {
  'stream-binding': () => streamBinding !== undefined,
  'socket-handle': findsHandle,
  'direct-write': writesDirectly,
  'tls-accept': findsCarrier,
  'tls-handle': findsTlsHandle,
  accept: acceptsCheaply,
  'accepted-handle': takesAccepted,
  'head-parser': () => findHeadParser() !== undefined,
  'request-fields': () => findRequestFields() !== undefined,
  'async-stores': () => canSeeStores,
  'connection-listener': () => guardConnections(new HttpServer(), () => true),
  'connection-tracking': tracks,
  'current-response': findsCurrent,
  'last-response': findsLast,
  'upgrade-callback': () => selectByCallback(new HttpServer(), () => true) !== undefined,
  'request-class': () => selectByClass(new HttpServer(), () => true) !== undefined,
  'zlib-context': () => findZlibContexts() !== undefined,
  'buffer-methods': () => findBufferMethods() !== undefined,
};
