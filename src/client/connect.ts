// The WebSocket client: from a URL to an open connection, or an error that says how far it came.

import type { Socket } from 'node:net';
import { type ConnectionOptions, completeConnection, defaultHeartbeat } from '../core/connection/options.ts';
import { REDIRECT_STATUSES } from '../core/constants.ts';
import { responseError, WebSocketError } from '../core/errors.ts';
import { MessageCompression } from '../core/extension/message-compression.ts';
import type { Extension } from '../core/extension/negotiation.ts';
import { type CompressionOptions, confirmDeflate, deflateOffer } from '../core/extension/permessage-deflate.ts';
import { acceptValue, makeKey } from '../core/handshake/accept-key.ts';
import { checkResponse, requestHead } from '../core/handshake/client.ts';
import { readOptions, refuseArguments } from '../core/option-check.ts';
import type { Context } from '../core/ports.ts';
import { hostAndPort, peerAddress } from '../node/address.ts';
import { dial } from '../node/dial.ts';
import { nodeDigest, nodeHost, nodeRandom } from '../node/environment.ts';
import { adaptHandlers, callApplication } from '../node/handlers.ts';
import { transportOf } from '../node/transport.ts';
import { requestUpgrade, type UpgradeAnswer } from '../node/upgrade.ts';
import { nodeCompression } from '../node/zlib.ts';
import { offAbort, onAbort } from './abort-listeners.ts';
import { Attempt } from './attempt.ts';
import { ClientConnection } from './client-connection.ts';
import {
  crossOriginNames,
  firstHop,
  type Hop,
  headersFor,
  nextHop,
  type RequestFields,
  requestFields,
  tlsFor,
} from './hop.ts';
import { type CheckedConnectOptions, connectSchema } from './option-rows.ts';
import { type ClientHandlers, type ConnectOptions, connectDefaults } from './options.ts';
import { askBeforeRedirect, redirectTarget } from './redirect.ts';
import { parseTarget } from './target.ts';

/** Options that have been checked, with their defaults. */
interface Settings {
  readonly given: CheckedConnectOptions;
  readonly headers: RequestFields;
  /** Names in lower case. */
  readonly crossOriginHeaders: ReadonlySet<string>;
  readonly connection: ConnectionOptions;
  readonly handshakeTimeout: number;
  readonly maxHeaderSize: number;
  readonly maxHeaderCount: number;
  readonly maxRedirects: number;
}

/**
 * Opens a WebSocket connection.
 *
 * @param url      `ws:` or `wss:`; `user:password@` becomes Basic authorization
 * @param options  see {@link ConnectOptions}
 * @returns the open connection. Without a `message` handler its messages wait to be pulled.
 * @throws (rejects) WebSocketError ERR_WS_URL, ERR_WS_OPTION (nothing was connected); ERR_WS_NAME_NOT_RESOLVED,
 *         ERR_WS_CONNECT, ERR_WS_PROXY_…, ERR_WS_TLS (no way to the server); ERR_WS_HANDSHAKE_TIMEOUT,
 *         ERR_WS_HANDSHAKE_LOST, ERR_WS_REFUSED with `status`, ERR_WS_RESPONSE_…, ERR_WS_REDIRECT (no handshake);
 *         ERR_WS_ABORTED. Nothing is left open.
 */
export function connect(url: string | URL, options?: ConnectOptions): Promise<ClientConnection>;
export async function connect(
  url: string | URL,
  options?: ConnectOptions,
  ...rest: unknown[]
): Promise<ClientConnection> {
  refuseArguments('connect', rest, 'subprotocols, headers and handlers are in its options');
  const settings = checkOptions(options);
  let hop = firstHop(parseTarget(url));
  const attempt = new Attempt(settings.handshakeTimeout, settings.given.signal);
  try {
    if (attempt.signal.aborted) throw attempt.signal.reason;
    for (;;) {
      const result = await open(hop, settings, attempt);
      if (result instanceof ClientConnection) return result;
      if (hop.redirects >= settings.maxRedirects) throw result.refusal;
      const { status, locations } = result;
      const target = redirectTarget(hop.target, status, locations);
      await askBeforeRedirect(settings.given.beforeRedirect, { url: target.url, status }, attempt.signal);
      hop = nextHop(hop, target);
    }
  } finally {
    attempt.finish();
  }
}

function checkOptions(options: ConnectOptions | undefined): Settings {
  const given = readOptions(connectSchema, options) as CheckedConnectOptions;
  return {
    given,
    headers: requestFields(given.headers),
    crossOriginHeaders: crossOriginNames(given.crossOriginHeaders),
    connection: completeConnection('client', given, defaultHeartbeat),
    handshakeTimeout: given.handshakeTimeout ?? connectDefaults.handshakeTimeout,
    maxHeaderSize: given.maxHeaderSize ?? connectDefaults.maxHeaderSize,
    maxHeaderCount: given.maxHeaderCount ?? connectDefaults.maxHeaderCount,
    maxRedirects: given.maxRedirects ?? connectDefaults.maxRedirects,
  };
}

/** A response that leads elsewhere. */
interface Redirection {
  readonly status: number;
  readonly locations: readonly string[];
  readonly refusal: WebSocketError;
}

async function open(hop: Hop, settings: Settings, attempt: Attempt): Promise<ClientConnection | Redirection> {
  const { target } = hop;
  const { given } = settings;
  const { signal } = attempt;
  const key = makeKey(nodeRandom, nodeDigest);
  const { compression } = settings.connection;
  const extensions = compression === undefined ? [] : [deflateOffer(compression, nodeCompression().canKeepContext)];
  const headers = requestHead({
    host: target.hostField,
    key,
    subprotocols: given.subprotocols,
    extensions,
    headers: headersFor(hop, settings.headers, settings.crossOriginHeaders),
  });
  const socket = await dial(target, {
    proxy: given.proxy ?? 'none',
    tls: tlsFor(hop, given.tls),
    signal,
    // After a redirect it has been called.
    resolved: () => (hop.redirects === 0 ? resolved(given.handlers, attempt.context) : undefined),
  });
  const address = hostAndPort(target.host, target.port);
  const { maxHeaderSize, maxHeaderCount } = settings;
  const request = { address, target: target.path, headers, maxHeaderSize, maxHeaderCount, signal };
  return requestUpgrade(socket, request, ({ response, head }: UpgradeAnswer) => {
    let choice: ReturnType<typeof checkResponse>;
    let agreed: MessageCompression | undefined;
    try {
      choice = checkResponse(response, {
        accept: acceptValue(key, nodeDigest),
        subprotocols: given.subprotocols,
        extensions,
      });
      agreed = compression && agreeOnCompression(choice.extensions, compression, response.status);
    } catch (error) {
      if (!(error instanceof WebSocketError) || !REDIRECT_STATUSES.has(response.status)) throw error;
      socket.destroy();
      return { status: response.status, locations: locationsOf(response.rawHeaders), refusal: error };
    }
    const { address: remoteAddress, port: remotePort } = peerAddress(socket);
    const { subprotocol } = choice;
    attempt.finish();
    const handshake = { url: target.url, response, subprotocol, compression: agreed, remoteAddress, remotePort };
    let connection: ClientConnection | undefined;
    nodeHost.contexts.run(attempt.context, () => {
      connection = start(socket, head, settings, handshake);
    });
    return connection as unknown as ClientConnection;
  });
}

function resolved(handlers: ClientHandlers | undefined, context: Context | undefined): void {
  if (handlers?.resolved === undefined) return;
  const failed = handlers.failed && ((error: unknown) => handlers.failed?.(error, undefined));
  nodeHost.contexts.run(context, () => callApplication(() => handlers.resolved?.(), failed));
}

/** What the server made of our offer; `undefined` when it declined. */
function agreeOnCompression(
  accepted: readonly Extension[],
  options: CompressionOptions,
  status: number,
): MessageCompression | undefined {
  const compression = nodeCompression();
  const agreement = confirmDeflate(accepted, options, compression.canKeepContext, (problem) =>
    responseError(status, 'ERR_WS_RESPONSE_DEFLATE', problem),
  );
  return agreement && new MessageCompression('client', agreement, options, compression);
}

function start(
  socket: Socket,
  head: Uint8Array,
  settings: Settings,
  handshake: ConstructorParameters<typeof ClientConnection>[3],
): ClientConnection {
  const handlers = settings.given.handlers ?? {};
  const { signal } = settings.given;
  const abort = (): void => connection.terminate();
  const adapted = adaptHandlers<ClientConnection>(handlers, () => {
    if (signal !== undefined) offAbort(signal, abort);
  });
  const transport = transportOf(socket, false);
  const connection = new ClientConnection(transport, settings.connection, adapted, handshake);
  if (handlers.message === undefined) connection.queueMessages();
  if (signal !== undefined) onAbort(signal, abort);
  connection.opened();
  transport.start(connection, head);
  return connection;
}

function locationsOf(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'location');
}
