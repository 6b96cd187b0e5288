// An opening handshake whose HTTP request belongs to the application: it may come from an `http.Agent` and get
// headers until it is sent, and its responses are the application's. The handshake's fields, the check of the
// answer (RFC 6455 §4.1), and which headers go with a redirect are the engine's.

import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionOptions as TlsConnectOptions } from 'node:tls';
import { completeConnection } from '../core/connection/complete-settings.ts';
import { machineOf } from '../core/connection/connection.ts';
import { defaultHeartbeat } from '../core/connection/heartbeat.ts';
import type { ConnectionOptions } from '../core/connection/options.ts';
import { webSocketError } from '../core/errors.ts';
import type { MessageCompression } from '../core/extension/message-compression.ts';
import type { Extension } from '../core/extension/negotiation.ts';
import { deflateOffer } from '../core/extension/permessage-deflate.ts';
import { acceptValue, makeKey } from '../core/handshake/accept-key.ts';
import { checkResponse, type HandshakeChoice, requestHead } from '../core/handshake/client.ts';
import type { Observers } from '../core/observer.ts';
import { readOptions, refuseArguments } from '../core/option-check.ts';
import { peerAddress } from '../node/address.ts';
import { isDevelopment, nodeDigest, nodeHost, nodeRandom } from '../node/environment.ts';
import { adaptHandlers } from '../node/handlers.ts';
import { request as plainRequest, secureRequest } from '../node/http.ts';
import { openRequestSocket } from '../node/request-socket.ts';
import { transportOf } from '../node/transport/choice.ts';
import { responseOf } from '../node/upgrade.ts';
import { nodeCompression } from '../node/zlib/compression.ts';
import { agreeOnCompression } from './agreed-compression.ts';
import { AttemptNotes } from './attempt-notes.ts';
import { type ClientConnection, clientConnection } from './client-connection.ts';
import { clientMeter, clientQueue } from './client-meter.ts';
import { firstHop, type Hop, headersFor, nextHop, type RequestFields, requestFields } from './hop.ts';
import { type CheckedHandshakeOptions, handshakeSchema } from './option-rows.ts';
import type { HandshakeRequestOptions } from './options.ts';
import { redirectTarget } from './redirect.ts';
import { addressOf, parseTarget } from './target.ts';

/** An opening handshake in progress. */
export class HandshakeRequest {
  /** The URL that it asks for. */
  readonly url: string;
  /** Node's request. It is sent when you call its `end()`; until then you may set further headers. */
  readonly request: ClientRequest;
  readonly #attempt: RequestAttempt;

  /** @internal */
  constructor(attempt: object, url: string, request: ClientRequest) {
    this.#attempt = attempt as RequestAttempt;
    this.url = url;
    this.request = request;
  }

  /** Ends the attempt, and the request with its socket. Calls `failed` with `error`, at once. Harmless after the end. */
  abort(error: Error): void {
    this.#attempt.fail(error);
  }

  /**
   * Follows the redirect of a response that `answered` got: ends this request, and makes the next one.
   *
   * It follows to `ws:` and `wss:` (also written `http:` and `https:`), never from `wss:` to `ws:`. Once a redirect has led
   * to another scheme, host or port, credentials, client certificates and the application's own headers are left out, as
   * `connect` does.
   *
   * @param keepsHeaders  `true`: all headers and certificates are sent whatever the origin. You answer for where they go
   * @throws WebSocketError ERR_WS_REDIRECT
   */
  follow(response: IncomingMessage, keepsHeaders = false): HandshakeRequest {
    return this.#attempt.follow(response, keepsHeaders);
  }
}

/**
 * Starts an opening handshake whose HTTP request is yours. Most programs want `connect`.
 *
 * @param url      as for `connect`
 * @param options  see {@link HandshakeRequestOptions}
 * @returns the request, which is sent when you call `request.end()`
 * @throws WebSocketError ERR_WS_URL, ERR_WS_OPTION, and what Node's `http.request` throws for its options
 */
export function handshakeRequest(url: string | URL, options: HandshakeRequestOptions): HandshakeRequest;
export function handshakeRequest(
  url: string | URL,
  options: HandshakeRequestOptions,
  ...rest: unknown[]
): HandshakeRequest {
  refuseArguments('handshakeRequest', rest, 'subprotocols, headers and handlers are in its options');
  const given = readOptions(handshakeSchema, options) as CheckedHandshakeOptions;
  return new RequestAttempt(given).start(firstHop(parseTarget(url)));
}

/** The redirects and requests of one attempt, up to the connection or the error. */
class RequestAttempt {
  readonly #given: CheckedHandshakeOptions;
  readonly #settings: ConnectionOptions;
  readonly #headers: RequestFields;
  readonly #context = nodeHost.contexts.capture();
  readonly #timer = nodeHost.clock.timer({ expired: () => this.#timedOut() });
  #hop!: Hop;
  #notes!: AttemptNotes; // set by start
  #request: ClientRequest | undefined;
  #isOver = false;

  constructor(given: CheckedHandshakeOptions) {
    this.#given = given;
    this.#settings = {
      ...completeConnection('client', given, defaultHeartbeat, isDevelopment),
      meter: clientMeter,
      queueBudget: clientQueue,
    };
    this.#headers = requestFields(given.headers);
  }

  start(hop: Hop): HandshakeRequest {
    this.#notes = new AttemptNotes(hop.target.url, { observer: this.#given.observer });
    const handshake = this.#send(hop);
    const { handshakeTimeout = 10_000 } = this.#given;
    if (handshakeTimeout > 0) this.#timer.set(handshakeTimeout);
    return handshake;
  }

  follow({ statusCode = 0, headers, rawHeaders }: IncomingMessage, keepsHeaders: boolean): HandshakeRequest {
    const locations = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'location');
    const target = redirectTarget(this.#hop.target, statusCode, headers.location === undefined ? [] : locations);
    this.#dropRequest();
    const next = nextHop(this.#hop, target);
    return this.#send(keepsHeaders ? { ...next, authorization: this.#hop.authorization, isAtHome: true } : next);
  }

  fail(error: Error): void {
    if (this.#isOver) return;
    this.#finish();
    this.#dropRequest();
    this.#notes.notOpened(error);
    this.#given.failed(error);
  }

  #timedOut(): void {
    this.fail(webSocketError('ERR_WS_HANDSHAKE_TIMEOUT', this.#given.handshakeTimeout ?? 10_000));
  }

  #finish(): void {
    this.#isOver = true;
    this.#timer.clear();
  }

  #dropRequest(): void {
    const request = this.#request;
    this.#request = undefined;
    request?.destroy();
    request?.socket?.destroy();
  }

  #send(hop: Hop): HandshakeRequest {
    this.#hop = hop;
    const { target } = hop;
    const { compression } = this.#settings;
    const { subprotocols } = this.#given;
    const key = makeKey(nodeRandom, nodeDigest);
    const extensions = compression === undefined ? [] : [deflateOffer(compression, nodeCompression().canKeepContext)];
    const headers = headersFor(hop, this.#headers, NO_NAMES);
    const fields = requestHead({ host: target.hostField, key, subprotocols, extensions, headers });
    const request = (target.secure ? secureRequest : plainRequest)(this.#requestOptions(hop, fields));
    this.#request = request;
    const isCurrent = (): boolean => !this.#isOver && this.#request === request;
    request.on('upgrade', (message, socket, head) => {
      if (!isCurrent()) return;
      this.#given.upgraded?.(message);
      if (!isCurrent()) return;
      const expectation = { accept: acceptValue(key, nodeDigest), subprotocols, extensions };
      this.#upgraded(message, socket as Socket, head, expectation);
    });
    request.on('response', (message) => {
      message.on('error', ignore);
      if (!isCurrent()) message.destroy();
      else if (message.statusCode !== 101 && this.#given.answered !== undefined) this.#given.answered(message);
      else this.#refused(message);
    });
    request.on('error', (error) => {
      if (isCurrent()) this.fail(error);
    });
    return new HandshakeRequest(this, target.url, request);
  }

  /** What goes to Node. @throws nothing: Node checks it */
  #requestOptions({ target, isAtHome }: Hop, fields: readonly string[]): RequestOptions {
    const { request: given = {} } = this.#given;
    const kept: RequestOptions & TlsConnectOptions = { ...given };
    for (const name of OF_URL) delete kept[name];
    if (!isAtHome) for (const name of OF_FIRST_ORIGIN) delete kept[name];
    const { agent, createConnection } = kept;
    const { host, port, path, secure, socketPath } = target;
    return {
      ...kept,
      ...(socketPath === undefined ? { host, port } : { socketPath }),
      path,
      method: 'GET',
      headers: fieldsAsObject(fields),
      setHost: false,
      ...(agent === undefined && createConnection === undefined
        ? { createConnection: () => openRequestSocket(addressOf(target), secure ? host : undefined, kept) }
        : {}),
    };
  }

  #refused(message: IncomingMessage): void {
    try {
      checkResponse(responseOf(message), { accept: '' });
    } catch (error) {
      this.fail(error as Error);
    }
  }

  #upgraded(message: IncomingMessage, socket: Socket, head: Buffer, expectation: Expectation): void {
    const response = responseOf(message);
    let choice: HandshakeChoice;
    let agreed: MessageCompression | undefined;
    try {
      choice = checkResponse(response, expectation);
      const { compression } = this.#settings;
      agreed = compression && agreeOnCompression(choice.extensions, compression, response.status);
    } catch (error) {
      socket.on('error', ignore);
      socket.destroy();
      this.fail(error as Error);
      return;
    }
    this.#finish();
    this.#request = undefined;
    const { address: remoteAddress, port: remotePort } = peerAddress(socket);
    const { subprotocol } = choice;
    const { url } = this.#hop.target;
    const handshake = { url, response, subprotocol, compression: agreed, remoteAddress, remotePort };
    nodeHost.contexts.run(this.#context, () => {
      // Others know the socket: its stream stays.
      const transport = transportOf(socket, false);
      const { handlers = {} } = this.#given;
      const adapted = adaptHandlers<ClientConnection>(handlers, ignore);
      const observers = this.#notes.observers as Observers<unknown>;
      const connection = clientConnection(transport, { ...this.#settings, observers }, adapted, handshake);
      const machine = machineOf(connection);
      if (handlers.message === undefined) machine.reports.queueMessages();
      this.#notes.accepted(connection, response.rawHeaders);
      machine.reports.open();
      try {
        this.#given.opened(connection, socket);
      } finally {
        transport.start(machine, head); // whatever the caller's code has thrown
      }
    });
  }
}

interface Expectation {
  readonly accept: string;
  readonly subprotocols: readonly string[] | undefined;
  readonly extensions: readonly Extension[];
}

const NO_NAMES: ReadonlySet<string> = new Set();
/** What the URL and the handshake say. */
const OF_URL = [
  ...(['host', 'hostname', 'port', 'path', 'socketPath', 'protocol', 'method', 'headers', 'auth', 'setHost'] as const),
  'defaultPort',
] as const;
/** What another origin does not get. */
const OF_FIRST_ORIGIN = ['cert', 'key', 'pfx', 'passphrase', 'servername'] as const;

/** Several fields of one name become one list. As an object, Node lets them be changed until they are sent. */
function fieldsAsObject(fields: readonly string[]): Record<string, string | string[]> {
  const object: Record<string, string | string[]> = {};
  const names = new Map<string, string>();
  for (let at = 0; at < fields.length; at += 2) {
    const [name, value] = [fields[at] as string, fields[at + 1] as string];
    const known = names.get(name.toLowerCase());
    if (known === undefined) {
      names.set(name.toLowerCase(), name);
      object[name] = value;
    } else object[known] = [object[known] as string | string[], value].flat();
  }
  return object;
}

function ignore(): void {}
