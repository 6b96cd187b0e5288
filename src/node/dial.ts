// Connects to an address: TCP or a Unix socket, through a proxy's tunnel where one is configured, then TLS. The result
// is a socket that a handshake can be written to. Every error says how far the attempt came, and nothing stays open.

import { closeSync, openSync } from 'node:fs';
import { isIP, type Socket } from 'node:net';
import process from 'node:process';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { isError } from '../core/brands.ts';
import type { ConnectPhase } from '../core/connect-failure.ts';
import { type WebSocketError, webSocketError, webSocketErrorFrom } from '../core/errors.ts';
import { describeAddress, isUnixAddress, type SocketAddress } from './address.ts';
import { awaitedAnswer } from './awaited-answer.ts';
import { setCarrier } from './internals/tls-accept.ts';
import { lateTls } from './late-modules.ts';
import { network } from './network.ts';
import { type ConfiguredProxy, nameOfProxy, openTunnel, resolveProxy, sourceOf } from './proxy.ts';
import { isSocks, type ProxySetting } from './proxy-options.ts';
import { openSocks } from './socks.ts';
import { clientTls, describeTlsError, tlsError } from './tls.ts';
import type { ClientTlsOptions } from './tls-options.ts';

export interface DialTarget {
  readonly address: SocketAddress;
  /** Whether TLS is spoken. */
  readonly secure: boolean;
  /** Name in the server's certificate. Absent: the host of the address; `localhost` behind a Unix socket. */
  readonly serverName?: string | undefined;
}

/** What `createConnection` is told. */
export interface ConnectionTarget {
  /** Name or IP address, without brackets; `localhost` for a Unix socket. */
  readonly host: string;
  /** 0 for a Unix socket. */
  readonly port: number;
  /** The Unix socket. Absent: TCP. */
  readonly path?: string | undefined;
  /** Whether TLS will be spoken over the stream. */
  readonly secure: boolean;
  /** Aborted when the attempt is given up. */
  readonly signal: AbortSignal;
}

/**
 * Makes the stream that carries the connection, instead of the engine: a tunnel, a socket with options of its own, or
 * anything else that is a Duplex. A `net.Socket` may still be connecting. For `wss:` the engine speaks TLS over it. The
 * stream then belongs to the engine.
 */
export type CreateConnection = (target: ConnectionTarget) => Duplex | PromiseLike<Duplex>;

export interface DialOptions {
  readonly proxy: ProxySetting;
  /** Makes the stream. Absent: the network does. */
  readonly createConnection?: CreateConnection | undefined;
  readonly tls: ClientTlsOptions | undefined;
  /** Ends the attempt; the Promise rejects with its `reason`. */
  readonly signal: AbortSignal;
  /** The name of the host, or of the proxy, has an address. Called once, never during the call of `dial`. */
  readonly resolved: () => void;
  /** A phase begins. */
  readonly entered?: ((phase: ConnectPhase) => void) | undefined;
}

/**
 * Connects, and speaks TLS where the target asks for it.
 *
 * @returns a socket that does not flow. Its errors are ignored until you listen for them
 * @throws (rejects) WebSocketError ERR_WS_NAME_NOT_RESOLVED, ERR_WS_CONNECT, ERR_WS_PROXY_…, ERR_WS_TLS, ERR_WS_OPTION
 */
export async function dial(target: DialTarget, options: DialOptions): Promise<Socket> {
  const { address, secure } = target;
  const { signal } = options;
  const name = target.serverName ?? (isUnixAddress(address) ? 'localhost' : address.host);
  // A proxy leads to ports of TCP only.
  const proxy =
    isUnixAddress(address) || options.createConnection !== undefined
      ? undefined
      : resolveProxy(options.proxy, { ...address, secure });
  // Bad certificates and keys are found before anything is connected.
  const tls = secure ? clientTls(options.tls, name) : undefined;
  const proxyTls = proxy?.protocol === 'https' ? clientTls(proxy.tls, proxy.host, 'proxy.tls') : undefined;
  let socket =
    options.createConnection === undefined
      ? await openSocket(proxy ?? address, proxy, options)
      : await givenSocket(options.createConnection, target, options);
  if (proxy !== undefined && !isUnixAddress(address)) {
    options.entered?.('proxy');
    const proxyName = nameOfProxy(proxy);
    if (proxyTls !== undefined) {
      socket = await encrypt(socket, proxyTls, signal, (error) => {
        const problem = describeTlsError(error, proxy.host)
          ?.replaceAll('tls.', 'proxy.tls.')
          .replace('ws: instead of wss:', 'http: instead of https:');
        return problem === undefined
          ? webSocketErrorFrom(error, 'ERR_WS_PROXY_LOST', proxyName, describeAddress(address), codeOf(error))
          : webSocketErrorFrom(error, 'ERR_WS_TLS', proxyName, problem);
      });
    }
    const target = { host: address.host, port: address.port, proxy, name: proxyName };
    if (isSocks(proxy.protocol)) await openSocks(socket, target, signal);
    else socket = await openTunnel(socket, target, signal);
  }
  if (tls === undefined) return socket;
  options.entered?.('tls');
  return encrypt(
    socket,
    tls,
    signal,
    (error) => tlsError(error, name) ?? connectError(error, describeAddress(address)),
  );
}

/** Speaks TLS over a socket, which is destroyed with it. */
function encrypt(
  carrier: Socket,
  tls: ConnectionOptions,
  signal: AbortSignal,
  explain: (error: Error) => WebSocketError,
): Promise<Socket> {
  const encrypted = lateTls().connect({ ...tls, socket: carrier });
  setCarrier(encrypted, carrier);
  return opened(encrypted, 'secureConnect', signal, (error) => {
    carrier.destroy();
    return explain(error);
  });
}

/** @param proxy  what the address is of, where it is a proxy's */
function openSocket(
  address: SocketAddress,
  proxy: ConfiguredProxy | undefined,
  { signal, resolved, entered }: DialOptions,
): Promise<Socket> {
  const isName = !isUnixAddress(address) && isIP(address.host) === 0;
  entered?.(isName ? 'dns' : 'tcp');
  const socket = network().connect(address);
  let isReported = false;
  const report = (): void => {
    if (isReported || signal.aborted) return;
    isReported = true;
    if (isName) entered?.('tcp');
    resolved();
  };
  if (isName) {
    socket.on('lookup', (error) => {
      if (!error) report();
    });
  } else process.nextTick(report);
  const host = isUnixAddress(address) ? '' : address.host;
  const place: Place =
    proxy === undefined
      ? { host, address: describeAddress(address), owner: '', remedy: undefined }
      : { host, address: nameOfProxy(proxy), owner: ` of the proxy${sourceOf(proxy)}`, remedy: remedyOf(proxy) };
  return opened(socket, 'connect', signal, (error) =>
    isLookupError(error) ? lookupError(error, place) : connectError(error, place.address, place.remedy),
  );
}

/** @throws (rejects) WebSocketError ERR_WS_CONNECT whose `cause` is what `createConnection` threw, ERR_WS_OPTION */
async function givenSocket(
  create: CreateConnection,
  { address, secure }: DialTarget,
  { signal, resolved, entered }: DialOptions,
): Promise<Socket> {
  entered?.('tcp');
  const place = describeAddress(address);
  const { host, port } = isUnixAddress(address) ? { host: 'localhost', port: 0 } : address;
  let given: unknown;
  try {
    given = await awaitedAnswer(create({ host, port, path: pathOf(address), secure, signal }), signal);
  } catch (exception) {
    if (signal.aborted) throw signal.reason;
    const error = isError(exception) ? exception : new Error(String(exception));
    throw connectError(error, place, 'see the error of createConnection');
  }
  if (!isStream(given)) {
    throw webSocketError('ERR_WS_OPTION', 'result of createConnection', given, 'a Duplex such as net.Socket');
  }
  const socket = given as Socket;
  socket.on('error', ignore);
  if (socket.connecting) await opened(socket, 'connect', signal, (error) => connectError(error, place));
  if (socket.destroyed) throw connectError(new Error('its stream is destroyed'), place);
  resolved();
  return socket;
}

function pathOf(address: SocketAddress): string | undefined {
  return isUnixAddress(address) ? address.path : undefined;
}

function isStream(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { write, pipe, on } = value as Partial<Duplex>;
  return typeof write === 'function' && typeof pipe === 'function' && typeof on === 'function';
}

/** Where a socket leads, as errors name it. */
interface Place {
  readonly host: string;
  readonly address: string;
  /** Whose name `host` is; `''` for the server's. */
  readonly owner: string;
  /** Absent: that of a server. */
  readonly remedy: string | undefined;
}

function remedyOf({ variable }: ConfiguredProxy): string {
  return `check that the proxy runs, or name hosts to reach without it in ${variable === undefined ? 'proxy.exclude' : 'NO_PROXY'}`;
}

/** Waits for `event`; destroys the socket when it does not come. */
function opened<Kind extends Socket>(
  socket: Kind,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
  explain: (error: Error) => WebSocketError,
): Promise<Kind> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      socket.off(event, succeeded);
      socket.off('error', failed);
      socket.off('close', closed);
      signal.removeEventListener('abort', aborted);
    };
    const succeeded = (): void => {
      finish();
      resolve(socket);
    };
    const failed = (error: Error): void => {
      finish();
      socket.destroy();
      reject(signal.aborted ? signal.reason : explain(error));
    };
    const closed = (): void => failed(new Error('the peer ended TCP'));
    const aborted = (): void => failed(signal.reason);
    socket.on('error', ignore);
    socket.on(event, succeeded);
    socket.on('error', failed);
    socket.on('close', closed);
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
  });
}

/**
 * Returns the error for a name that has no address. A lookup also fails when no file descriptor is left. Its code then
 * depends on the system's resolver (EMFILE and EBUSY have been seen), so this opens a file to find out.
 */
function lookupError(error: Error, { host, address, owner }: Place): WebSocketError {
  const want = descriptorWant();
  if (want !== undefined) return webSocketErrorFrom(error, 'ERR_WS_CONNECT', address, want);
  return webSocketErrorFrom(error, 'ERR_WS_NAME_NOT_RESOLVED', host, codeOf(error), owner);
}

function isLookupError(error: NodeJS.ErrnoException): boolean {
  return error.syscall?.startsWith('getaddrinfo') === true;
}

/** @returns EMFILE or ENFILE where no file descriptor is left */
function descriptorWant(): string | undefined {
  try {
    // `devNull` of `node:os`, without loading that module.
    closeSync(openSync(process.platform === 'win32' ? '\\\\.\\nul' : '/dev/null', 'r'));
    return undefined;
  } catch (error) {
    const code = codeOf(error as Error);
    return code === 'EMFILE' || code === 'ENFILE' ? code : undefined;
  }
}

function ignore(): void {}

function connectError(error: Error, address: string, remedy?: string): WebSocketError {
  return webSocketErrorFrom(error, 'ERR_WS_CONNECT', address, codeOf(error), remedy);
}

function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.message;
}
