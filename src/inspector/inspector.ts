// Chrome DevTools for a server: an endpoint of the Chrome DevTools Protocol that shows the connections of a server, with their
// frames, in the Network panel. It watches the server by an observer, and is a small WebSocket server itself.

import { randomUUID } from 'node:crypto';
import type { Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { readOptions, refuseArguments } from '../core/option-check.ts';
import { hostAndPort, type TcpAddress } from '../node/address.ts';
import { createServer as createHttpServer } from '../node/http.ts';
import { serverTls } from '../node/tls.ts';
import type { Decision } from '../server/decision.ts';
import { startListener } from '../server/listener.ts';
import { serverSchema } from '../server/option-rows.ts';
import type { ServerOptions, UpgradeRequest } from '../server/options.ts';
import { Server } from '../server/server.ts';
import { accept, refuse } from '../server/upgrade-decision.ts';
import { Access } from './access.ts';
import { checkInspectorOptions, checkServer, type InspectorSettings } from './checks.ts';
import type { Inspected } from './commands.ts';
import type { InspectorOptions } from './options.ts';
import { answerPage, devtoolsUrl, type Pages, socketPath } from './pages.ts';
import { Recorder } from './recorder.ts';
import { Session } from './session.ts';
import { watch } from './watch.ts';

/** Bounds of a DevTools, which is trusted, but may be out of order. */
const FRONT_END_LIMITS = { maxConnections: 16, maxMessageSize: 8 * 1024 * 1024, maxQueuedBytes: 64 * 1024 * 1024 };

/**
 * Shows a server in Chrome DevTools: its connections, those that are open already too, and their frames, in the Network panel.
 * Open {@link Inspector.devtoolsUrl} in Chromium or Chrome, or `chrome://inspect`.
 *
 * It is for development, and for a look at a server that runs: close it when you have seen enough. It shows all that the clients of
 * the server send and are sent to everybody who may connect to it. It does not keep the process alive.
 *
 * @param server   of {@link createServer}
 * @param options  see {@link InspectorOptions}
 * @returns when it listens
 * @throws (rejects) WebSocketError ERR_WS_OPTION for a bad option, and for a `host` that is not loopback without a `token`;
 *         ERR_WS_LISTEN when the system refuses. Nothing is observed then
 */
export function createInspector<Context>(server: Server<Context>, options?: InspectorOptions): Promise<Inspector>;
export async function createInspector<Context>(
  server: Server<Context>,
  options?: InspectorOptions,
  ...rest: unknown[]
): Promise<Inspector> {
  refuseArguments('createInspector', rest, 'it returns a Promise');
  checkServer(server);
  return start(server, checkInspectorOptions(options));
}

/** What shows a server in DevTools. Made by {@link createInspector}. */
export interface Inspector {
  /** The address that it listens on. */
  readonly host: string;
  /** The port that it listens on. */
  readonly port: number;
  /** Opens DevTools: paste it into the address line of Chromium or Chrome. It has the token in it. */
  readonly devtoolsUrl: string;
  /** Of the protocol's socket, for other programs. It has the token in it. */
  readonly webSocketUrl: string;
  /** Ends it: DevTools are disconnected, the recorded frames are freed, and the server is not observed any more. Harmless if repeated. */
  close(): Promise<void>;
  /** As {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

async function start<Context>(server: Server<Context>, settings: InspectorSettings): Promise<Inspector> {
  const { host, port, token, tls } = settings;
  const inspected: Inspected = {
    id: randomUUID(),
    title: `harmony-websocket server (process ${process.pid})`,
    url: 'ws://server/',
    product: `harmony-websocket/node-${process.version}`,
  };
  const access = new Access(host, token, settings.allowedOrigins);
  const pages: Pages = { inspected, access, isEncrypted: tls !== undefined, token };
  const recorder = new Recorder(settings);
  const frontEnds = frontEndServer(recorder, pages);
  const httpServer = tls === undefined ? createHttpServer({}) : createHttpsServer(serverTls(tls));
  httpServer.on('request', (request, response) => answerPage(pages, request, response));
  // An open inspector does not keep the process alive.
  httpServer.on('connection', (socket) => socket.unref());
  frontEnds.attach(httpServer);
  const listening = await startListener(httpServer, { host, port });
  httpServer.unref();
  const address = listening.address as TcpAddress;
  const hostField = hostAndPort(address.host, address.port);
  const stopWatching = watch(server, recorder, settings.showSecrets);
  let ending: Promise<void> | undefined;
  const close = (): Promise<void> => {
    ending ??= end(frontEnds, httpServer, recorder, stopWatching);
    return ending;
  };
  return {
    host: address.host,
    port: address.port,
    devtoolsUrl: devtoolsUrl(pages, hostField),
    webSocketUrl: `${tls === undefined ? 'ws' : 'wss'}://${hostField}${socketPath(pages)}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function end(
  frontEnds: Server<Session | undefined>,
  httpServer: HttpServer,
  recorder: Recorder,
  stopWatching: () => void,
): Promise<void> {
  stopWatching();
  recorder.end();
  // Its sockets do not keep the process alive, but somebody waits for this.
  const alive = setInterval(() => {}, 1000);
  const closed = new Promise<void>((resolve) => httpServer.close(() => resolve()));
  await frontEnds.drain({ deadline: 500, reason: 'the inspector was closed' });
  httpServer.closeAllConnections();
  await closed;
  clearInterval(alive);
}

/** The server of those who look. */
function frontEndServer(recorder: Recorder, pages: Pages): Server<Session | undefined> {
  const path = socketPath({ inspected: pages.inspected, token: undefined });
  const options: ServerOptions<Session | undefined> = {
    limits: FRONT_END_LIMITS,
    upgrade: (request) => decide(request, path, pages.access),
    open(connection) {
      connection.context = new Session(connection, recorder, pages.inspected);
      recorder.join(connection.context);
    },
    message(connection, data) {
      if (typeof data === 'string') connection.context?.received(data);
    },
    drain(connection) {
      connection.context?.drained();
    },
    close(connection) {
      if (connection.context !== undefined) recorder.leave(connection.context);
    },
    refused() {}, // DevTools shows it
  };
  return new Server({ ...readOptions(serverSchema, options), isForObservers: true } as typeof options, () => undefined);
}

function decide(request: UpgradeRequest, path: string, access: Access): Decision<Session | undefined> {
  const denial = access.check(request);
  if (denial !== undefined) return refuse(denial.status, denial.reason);
  if (request.url.split('?', 1)[0] !== path) {
    return refuse(404, 'no such page: the inspector has been started anew; see /json/list');
  }
  return accept();
}
