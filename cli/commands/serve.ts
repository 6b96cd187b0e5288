// `harmony-websocket serve`: an echo server that prints its traffic, and a test page, on one port.

import { once } from 'node:events';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { type AddressInfo, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { accept, createServer, type Server, type ServerOptions, WebSocketError } from 'harmony-websocket/engine';
import type { Inspector } from 'harmony-websocket/inspector';
import { parseArguments, parsePort, withDefaultValue } from '../arguments.ts';
import { boundHelp, boundOptions, boundSettings, connectionBounds } from '../bounds.ts';
import { CommandError, ExitCode } from '../exit.ts';
import type { Notices } from '../notices.ts';
import { count, Output } from '../output.ts';
import { createPageHandler } from '../page.ts';
import { type KeyPair, readKeyPair } from '../pem.ts';
import { onInterrupt } from '../signals.ts';
import { BoundedLines, isReaderGone, type Sink, writeProblem } from '../sink.ts';
import type { Streams } from '../streams.ts';
import { TrafficLog } from '../traffic.ts';
import { firstNumber, isWorker, parseWorkers, serveWorkers } from './serve-workers.ts';

export const serveHelp = `harmony-websocket serve: an echo server that prints its traffic

The server sends every message back as it is. The text "bye" makes it close the connection (1000). It accepts
every path, and the first subprotocol that a client offers. At / it serves a page with a WebSocket client.

Usage
  harmony-websocket serve [options]

Options
  --port N       port to listen on; 0 for any free port (default 8080)
  --host HOST    address to listen on (default 127.0.0.1: only this machine; 0.0.0.0: all addresses,
                 for example for a phone in the same network)
  --cert FILE    serve wss: and https: with this certificate (PEM, with its chain); needs --key
  --key FILE     the private key of --cert (PEM, not encrypted)
  --compress     compress messages of 1 KiB or more for clients that offer it (permessage-deflate)
  --inspect[=N]  show the connections and their frames in DevTools of Chromium and Chrome, at port N of 127.0.0.1
                 (default 9229; 0: any free port); the URL to open is printed
  --workers N    run in N processes that share the port, 1 to 1024; a process that ends by itself is replaced
  --quiet        print only the addresses and errors, not the traffic
  -h, --help     print this help

Limits for each client
${boundHelp(connectionBounds)}

Ctrl-C closes all connections (1001) and exits; a second Ctrl-C exits at once. The server also exits if the
reader of its output closes it (serve | head). A slow reader does not slow the server down: the server omits
lines and prints their number. If the disk is full, the server goes on without its log.

Examples
  harmony-websocket serve
  harmony-websocket serve --host 0.0.0.0 --port 9000
  harmony-websocket serve --cert server.pem --key server-key.pem

Exit codes
  0    stopped by Ctrl-C, all connections closed
  1    could not start: port in use or out of range, certificate missing or not PEM, not an address of this machine
  2    the command line has a mistake
  4    a part of the output could not be written: its reader closed it, or the disk is full
  130  stopped by a second Ctrl-C
`;

/** Milliseconds that clients have to answer the closing handshake when the server stops. */
const DRAIN_DEADLINE = 5_000;
/** The one at which Chromium looks for programs to inspect. */
const DEFAULT_INSPECTOR_PORT = '9229';

interface Peer {
  readonly number: number;
}

/** Runs until it is interrupted. @returns the exit code */
export async function serveCommand(args: readonly string[], { stdout, notices }: Streams): Promise<number> {
  const { values } = parseArguments(withDefaultValue(args, '--inspect', DEFAULT_INSPECTOR_PORT), {
    port: { type: 'string', default: '8080' },
    host: { type: 'string', default: '127.0.0.1' },
    cert: { type: 'string' },
    key: { type: 'string' },
    compress: { type: 'boolean', default: false },
    inspect: { type: 'string' },
    workers: { type: 'string' },
    quiet: { type: 'boolean', default: false },
    ...boundOptions(connectionBounds),
  });
  const port = parsePort('--port', values.port);
  const inspectorPort = values.inspect === undefined ? undefined : parsePort('--inspect', values.inspect);
  const pair = readKeyPair(values.cert, values.key);
  const workers = parseWorkers(values.workers);
  const output = new Output(new BoundedLines(stdout));
  if (workers !== undefined && !isWorker) {
    if (inspectorPort !== undefined)
      throw new CommandError('--inspect shows the connections of one process; leave out --workers');
    const announceAll = (address: AddressInfo): void =>
      announce(output, address, values.host, pair !== undefined, undefined);
    const code = await serveWorkers(workers, args, output, announceAll, DRAIN_DEADLINE);
    await flush(stdout, notices);
    return code;
  }
  const log = new TrafficLog(output, values.quiet);

  const first = await firstNumber();
  const server = createEchoServer(log, first, {
    compression: values.compress,
    ...boundSettings(connectionBounds, values),
  });
  // Without TLS by the engine's own listener, whose handshakes cost half as much. Only an HTTPS server of our own tells who does not
  // trust the certificate.
  const secureServer = pair === undefined ? undefined : createSecurePage(pair, log);
  const inspector = inspectorPort === undefined ? undefined : await inspect(server, inspectorPort);
  const address = await listen(server, secureServer, port, values.host).catch((error: unknown) => {
    // Else the channel to the process that has started it would keep it alive.
    if (isWorker) process.channel?.unref();
    throw error;
  });
  if (!isWorker) announce(output, address, values.host, pair !== undefined, inspector?.devtoolsUrl);

  // If the reader of the output is gone (`serve | head`, a killed parent), the server closes its connections and exits.
  const readerGone = new Promise<void>((resolve) => {
    stdout.onFailure((error) => {
      if (isReaderGone(error)) resolve();
      else notices.failed(`cannot write the log: ${writeProblem(error)}; the server goes on without it`);
    });
  });
  if (isWorker) {
    // The process that has started it drains it, and ends it after that.
    const drained = new Promise<number>((resolve) => process.once('disconnect', () => resolve(ExitCode.ok)));
    const code = await Promise.race([drained, readerGone.then(() => ExitCode.output)]);
    if (code === ExitCode.output) process.exit(code);
    return code;
  }
  await Promise.race([interrupted(output, server), readerGone]);
  await Promise.all([end(server, secureServer), inspector?.close()]);
  output.line('ended');
  await flush(stdout, notices);
  return ExitCode.ok;
}

/** A reader that does not read must not delay the exit: the program that stops the server waits for the exit. */
async function flush(stdout: Sink, notices: Notices): Promise<void> {
  const late = setTimeout(() => {
    notices.ended(`cannot write the end of the log: its reader did not read for ${DRAIN_DEADLINE / 1000} s`);
    process.exit(ExitCode.output);
  }, DRAIN_DEADLINE);
  await stdout.flushed();
  clearTimeout(late);
}

/** @param first  the numbers of its connections begin behind it */
function createEchoServer(
  log: TrafficLog,
  first: number,
  settings: Omit<ServerOptions<Peer>, 'upgrade'>,
): Server<Peer> {
  let connections = first;
  return createServer<Peer>({
    ...settings,
    upgrade(request) {
      const context = { number: ++connections };
      const [subprotocol] = request.subprotocols;
      return accept(subprotocol === undefined ? { context } : { context, subprotocol });
    },
    open(connection) {
      const { number } = connection.context;
      log.opened(number, addressOf(connection), connection);
    },
    message(connection, data) {
      const { number } = connection.context;
      log.message(number, 'in', data);
      if (data === 'bye') {
        log.closing(number, 1000, 'bye');
        void connection.close(1000, 'bye');
      } else {
        log.message(number, 'out', data);
        // A client that sends without reading is held back instead of filling our memory with its echo.
        if (!connection.send(data)) connection.pause();
      }
    },
    drain(connection) {
      connection.resume();
    },
    ping(connection, payload) {
      log.ping(connection.context.number, payload);
    },
    error(connection, error) {
      log.failed(connection.context.number, error);
    },
    close(connection, event) {
      log.closed(connection.context.number, event);
    },
    refused(request, error) {
      if (request !== undefined) log.refused(addressOf(request.socket), request.url ?? '', error.message);
    },
  });
}

async function inspect(server: Server<Peer>, port: number): Promise<Inspector> {
  const { createInspector } = await import('harmony-websocket/inspector');
  try {
    return await createInspector(server, { port });
  } catch (error) {
    const cause = error instanceof WebSocketError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
    if (cause?.code !== 'EADDRINUSE') throw error;
    throw new CommandError(
      `port ${port} for --inspect is in use by another program; stop it, or choose another port with --inspect=N (0: any free port)`,
    );
  }
}

function createSecurePage(pair: KeyPair, log: TrafficLog): HttpsServer {
  const server = createHttpsServer({ ...pair }, createPageHandler());
  // On this side, only this event reports a client that does not trust the certificate.
  server.on('tlsClientError', (error, socket) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ECONNRESET') return;
    log.refused(addressOf(socket), 'TLS', tlsProblem(error));
  });
  return server;
}

function tlsProblem(error: Error): string {
  const { code = '', reason } = error as NodeJS.ErrnoException & { reason?: string };
  if (code === 'ERR_SSL_HTTP_REQUEST') return 'a request without TLS; use wss:// or https:// on this port';
  // RFC 8446 §6.2: what clients send to an issuer they do not know. Clients built on Node only disconnect.
  if (/ALERT_(UNKNOWN_CA|CERTIFICATE_UNKNOWN|BAD_CERTIFICATE)$/.test(code)) {
    return 'the client does not trust the certificate; have it trust the issuer';
  }
  return reason ?? error.message;
}

function addressOf(peer: { remoteAddress?: string | undefined; remotePort?: number | undefined }): string {
  if (peer.remoteAddress === undefined) return 'unknown';
  return hostAndPort(peer.remoteAddress, peer.remotePort ?? 0);
}

function hostAndPort(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

async function listen(
  server: Server<Peer>,
  secureServer: HttpsServer | undefined,
  port: number,
  host: string,
): Promise<AddressInfo> {
  try {
    if (secureServer === undefined) return await server.listen({ port, host, request: createPageHandler() });
    server.attach(secureServer);
    secureServer.listen(port, host);
    await once(secureServer, 'listening');
    return secureServer.address() as AddressInfo;
  } catch (error) {
    const reason = error instanceof WebSocketError ? (error.cause ?? error) : error;
    throw new CommandError(listenProblem(reason as NodeJS.ErrnoException, port, host));
  }
}

function listenProblem(error: NodeJS.ErrnoException, port: number, host: string): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is in use by another program; stop it, or choose another port with --port N (0: any free port)`;
    case 'EADDRNOTAVAIL':
      return `--host ${host} is not an address of this machine; use 127.0.0.1 (only this machine) or 0.0.0.0 (all addresses)`;
    case 'EACCES':
      return `no permission to listen on port ${port}; ports below 1024 need privileges: choose a higher port with --port N`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `cannot resolve --host ${host}; use an address of this machine, such as 127.0.0.1`;
    default:
      return `cannot listen on ${hostAndPort(host, port)}: ${error.message}`;
  }
}

/** Prints the addresses of the server. Programs that start it read the first ws:, wss:, http: and https: URLs here. */
function announce(
  output: Output,
  address: AddressInfo,
  host: string,
  secure: boolean,
  devtoolsUrl: string | undefined,
): void {
  const [ws, http] = secure ? ['wss', 'https'] : ['ws', 'http'];
  const [first, ...others] = reachableAt(address.address, host).map((name) => hostAndPort(name, address.port));
  const row = (label: string, text: string) => output.line(`  ${output.style('dim', label.padEnd(8))}${text}`);
  output.line(output.style('bold', 'harmony-websocket: echo server ready'));
  row('connect', `${ws}://${first}/`);
  row('page', `${http}://${first}/`);
  if (devtoolsUrl !== undefined) row('inspect', devtoolsUrl);
  for (const other of others) row('also', `${ws}://${other}/  ${http}://${other}/`);
  row('', 'the text "bye" closes a connection; Ctrl-C stops the server');
}

/** Returns the hosts that a client can use: the one asked for, or each address of this machine for 0.0.0.0 and ::. */
function reachableAt(address: string, host: string): string[] {
  if (address !== '0.0.0.0' && address !== '::') return [host];
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const outside = all.filter(({ internal, family }) => !internal && family === 'IPv4').map((entry) => entry.address);
  return ['127.0.0.1', ...outside];
}

/** Resolves at the first Ctrl-C, or when the parent program is gone. A second Ctrl-C ends the process. */
function interrupted(output: Output, server: Server<Peer>): Promise<void> {
  return new Promise((resolve) => {
    let ending = false;
    const end = () => {
      if (ending) return;
      ending = true;
      output.line(
        `ending: closing ${count(server.connections.size, 'connection')} (press Ctrl-C again to exit at once)`,
      );
      resolve();
    };
    onInterrupt(end, () => process.exit(ExitCode.interrupted));
    // With an IPC channel this process belongs to the program at the other end, and ends with it.
    if (process.connected) process.once('disconnect', end);
  });
}

async function end(server: Server<Peer>, secureServer: HttpsServer | undefined): Promise<void> {
  secureServer?.close();
  await server.drain({ code: 1001, reason: 'server is going away', deadline: DRAIN_DEADLINE });
  secureServer?.closeAllConnections();
  if (process.connected) process.disconnect();
}
