// The WebSocket client: from a URL to an open connection, or to an error that says how far the attempt came.

import type { RefusedResponse } from '../core/connect-failure.ts';
import { completeConnection } from '../core/connection/complete-settings.ts';
import { machineOf } from '../core/connection/connection.ts';
import { defaultHeartbeat } from '../core/connection/heartbeat.ts';
import type { ConnectionOptions } from '../core/connection/options.ts';
import { REDIRECT_STATUSES } from '../core/constants.ts';
import { noteProgress, noteResponse, WebSocketError } from '../core/errors.ts';
import type { MessageCompression } from '../core/extension/message-compression.ts';
import { deflateOffer } from '../core/extension/permessage-deflate.ts';
import { acceptValue, makeKey } from '../core/handshake/accept-key.ts';
import { checkResponse, type HandshakeResponse, requestHead } from '../core/handshake/client.ts';
import type { MessageStream } from '../core/message/message-stream.ts';
import type { Observers } from '../core/observer.ts';
import { readOptions, refuseArguments } from '../core/option-check.ts';
import type { Context } from '../core/ports.ts';
import { describeAddress, peerAddress } from '../node/address.ts';
import { dial } from '../node/dial.ts';
import { isDevelopment, nodeDigest, nodeHost, nodeRandom } from '../node/environment.ts';
import { adaptHandlers, callApplication } from '../node/handlers.ts';
import { network } from '../node/network.ts';
import { explanationIn } from '../node/refused-body.ts';
import { type NodeTransport, transportOf } from '../node/transport/choice.ts';
import { requestUpgrade, type UpgradeAnswer } from '../node/upgrade.ts';
import { nodeCompression } from '../node/zlib/compression.ts';
import { offAbort, onAbort } from './abort-listeners.ts';
import { agreeOnCompression } from './agreed-compression.ts';
import { Attempt } from './attempt.ts';
import { AttemptNotes } from './attempt-notes.ts';
import { ClientConnection, type ClientHandshake, clientConnection } from './client-connection.ts';
import { clientMeter, clientQueue } from './client-meter.ts';
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
import { type CheckedConnectOptions, checkWay, connectSchema } from './option-rows.ts';
import { type ClientHandlers, type ConnectOptions, connectDefaults, type StreamingConnectOptions } from './options.ts';
import { describeProgress, Phases } from './phases.ts';
import { askBeforeRedirect, redirectTarget } from './redirect.ts';
import { addressOf, parseTarget, type Target } from './target.ts';

/** Options that have been checked, with their defaults. */
interface Settings {
  readonly given: CheckedConnectOptions;
  readonly headers: RequestFields;
  /** Names in lower case. */
  readonly crossOriginHeaders: ReadonlySet<string>;
  readonly connection: ConnectionOptions;
  readonly setUp: SetUp | undefined;
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
 *         ERR_WS_ABORTED. Nothing is left open. `phase` and `timings` say how far it came, `response` what the server
 *         answered: status, headers and up to 64 KiB of body, for which it waits two seconds at most.
 */
export function connect(
  url: string | URL,
  options: StreamingConnectOptions,
): Promise<ClientConnection<string | Uint8Array | MessageStream>>;
export function connect(url: string | URL, options?: ConnectOptions): Promise<ClientConnection>;
export async function connect(
  url: string | URL,
  options?: ConnectOptions,
  ...rest: unknown[]
): Promise<ClientConnection> {
  refuseArguments('connect', rest, 'subprotocols, headers and handlers are in its options');
  return connectAs(url, options, undefined);
}

/** How a connection is set up that has agreed on a subprotocol. @param options  as the application gave them */
export type SetUp = (options: ConnectionOptions, subprotocol: string) => ConnectionOptions;

/** As {@link connect}. @param setUp  absent: as its options say */
export async function connectAs(
  url: string | URL,
  options: ConnectOptions | undefined,
  setUp: SetUp | undefined,
): Promise<ClientConnection> {
  const settings = checkOptions(options, setUp);
  let hop = firstHop(parseTarget(url));
  const notes = new AttemptNotes(hop.target.url, settings.given);
  const phases = new Phases(nodeHost.clock);
  const attempt = new Attempt(settings.handshakeTimeout, settings.given.signal, () => describeProgress(phases));
  try {
    if (attempt.signal.aborted) throw attempt.signal.reason;
    for (;;) {
      const result = await open(hop, settings, attempt, phases, notes);
      if (result instanceof ClientConnection) return result;
      hop = nextHop(hop, await follow(result, hop, settings, attempt));
    }
  } catch (error) {
    const { current } = phases;
    if (current !== undefined && error instanceof WebSocketError) noteProgress(error, current, phases.timings());
    notes.notOpened(error);
    throw error;
  } finally {
    attempt.finish();
  }
}

function checkOptions(options: ConnectOptions | undefined, setUp: SetUp | undefined): Settings {
  const given = readOptions(connectSchema, options) as CheckedConnectOptions;
  checkWay(given);
  return {
    given,
    headers: requestFields(given.headers),
    crossOriginHeaders: crossOriginNames(given.crossOriginHeaders),
    connection: {
      ...completeConnection('client', given, defaultHeartbeat, isDevelopment),
      meter: clientMeter,
      queueBudget: clientQueue,
    },
    setUp,
    handshakeTimeout: given.handshakeTimeout ?? connectDefaults.handshakeTimeout,
    maxHeaderSize: given.maxHeaderSize ?? connectDefaults.maxHeaderSize,
    maxHeaderCount: given.maxHeaderCount ?? connectDefaults.maxHeaderCount,
    maxRedirects: given.maxRedirects ?? connectDefaults.maxRedirects,
  };
}

/** Returns where a redirect leads. @throws WebSocketError where it may not be followed */
async function follow({ response }: Redirection, hop: Hop, settings: Settings, attempt: Attempt): Promise<Target> {
  const { status, rawHeaders } = response;
  try {
    const target = redirectTarget(hop.target, status, locationsOf(rawHeaders));
    await askBeforeRedirect(settings.given.beforeRedirect, { url: target.url, status }, attempt.signal);
    return target;
  } catch (error) {
    if (error instanceof WebSocketError) noteResponse(error, response);
    throw error;
  }
}

/** A response that leads elsewhere. */
interface Redirection {
  readonly response: RefusedResponse;
}

async function open(
  hop: Hop,
  settings: Settings,
  attempt: Attempt,
  phases: Phases,
  notes: AttemptNotes,
): Promise<ClientConnection | Redirection> {
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
  const tls = tlsFor(hop, given.tls);
  const { host, secure } = target;
  const dialled = { address: addressOf(target), secure };
  // Of the network that is dialled on: another one may be in its place when the answer comes.
  const isOurs = network().sharesSockets !== true && given.createConnection === undefined;
  const socket = await dial(dialled, {
    proxy: given.proxy ?? 'none',
    createConnection: given.createConnection,
    tls,
    signal,
    // Only once: after a redirect it has been called.
    resolved: () => (hop.redirects === 0 ? resolved(given.handlers, attempt.context) : undefined),
    entered: (phase) => phases.enter(phase),
  });
  phases.enter('upgrade');
  const address = describeAddress(addressOf(target));
  const { maxHeaderSize, maxHeaderCount } = settings;
  const isFollowed = ({ status }: { status: number }): boolean =>
    REDIRECT_STATUSES.has(status) && hop.redirects < settings.maxRedirects;
  const request = {
    address,
    target: target.path,
    headers,
    maxHeaderSize,
    maxHeaderCount,
    signal,
    tlsHost: secure ? host : undefined,
    hasClientCertificate: tls?.cert !== undefined,
    isBodyWanted: (response: HandshakeResponse) => response.status !== 101 && !isFollowed(response),
  };
  return requestUpgrade(socket, request, (answer: UpgradeAnswer) => {
    const { response, head } = answer;
    if (isFollowed(response)) {
      socket.destroy();
      return { response: refusedResponse(answer) };
    }
    // The server's answer is known. The time limit can only have cut its body.
    if (given.signal?.aborted === true) throw signal.reason;
    let choice: ReturnType<typeof checkResponse>;
    let agreed: MessageCompression | undefined;
    try {
      const expectation = { accept: acceptValue(key, nodeDigest), subprotocols: given.subprotocols, extensions };
      choice = checkResponse(response, expectation, explanationOf(answer));
      agreed = compression && agreeOnCompression(choice.extensions, compression, response.status);
    } catch (error) {
      if (error instanceof WebSocketError) noteResponse(error, refusedResponse(answer));
      throw error;
    }
    const { address: remoteAddress, port: remotePort } = peerAddress(socket);
    const { subprotocol } = choice;
    attempt.finish();
    const handshake = { url: target.url, response, subprotocol, compression: agreed, remoteAddress, remotePort };
    let connection: ClientConnection | undefined;
    nodeHost.contexts.run(attempt.context, () => {
      connection = start(transportOf(socket, isOurs), head, settings, handshake, notes);
    });
    return connection as unknown as ClientConnection;
  });
}

function resolved(handlers: ClientHandlers | undefined, context: Context | undefined): void {
  if (handlers?.resolved === undefined) return;
  const failed = handlers.failed && ((error: unknown) => handlers.failed?.(error, undefined));
  nodeHost.contexts.run(context, () => callApplication(() => handlers.resolved?.(), failed));
}

function start(
  transport: NodeTransport,
  head: Uint8Array,
  settings: Settings,
  handshake: ClientHandshake,
  notes: AttemptNotes,
): ClientConnection {
  const handlers = settings.given.handlers ?? {};
  const { signal } = settings.given;
  const abort = (): void => connection.terminate();
  const adapted = adaptHandlers<ClientConnection>(handlers, () => {
    if (signal !== undefined) offAbort(signal, abort);
  });
  const observers = notes.observers as Observers<unknown>;
  const { setUp = asGiven } = settings;
  const options = setUp({ ...settings.connection, observers }, handshake.subprotocol);
  const connection = clientConnection(transport, options, adapted, handshake);
  const machine = machineOf(connection);
  if (handlers.message === undefined) machine.reports.queueMessages();
  if (signal !== undefined) onAbort(signal, abort);
  notes.accepted(connection, handshake.response.rawHeaders);
  machine.reports.open();
  transport.start(machine, head);
  return connection;
}

function asGiven(options: ConnectionOptions): ConnectionOptions {
  return options;
}

/** Returns what a server that refuses says in the body, unless that only repeats its status. */
function explanationOf({ response, headers, body }: UpgradeAnswer): string {
  const text = body === undefined ? '' : explanationIn(body, headers['content-type']);
  return text === `${response.status} ${response.statusText}` ? '' : text;
}

function refusedResponse({ response, headers, body }: UpgradeAnswer): RefusedResponse {
  // Nothing is read of the body of a redirect; a 101 has none.
  const isBodyComplete = body?.isComplete ?? response.status === 101;
  return { ...response, headers, body: body?.body ?? '', isBodyComplete };
}

function locationsOf(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'location');
}
