// What is used of the client library @nats-io/transport-node 3, by its shape: the application may have another copy of it.

import { optionalPackage } from '../../node/optional-package.ts';

/** What a server says about itself and a connection. A new object with each of its announcements. */
export interface NatsServerInfo {
  /** The number of the connection: another one after each reconnection. */
  client_id: number;
  server_id: string;
  /** Bytes of the largest message. */
  max_payload: number;
  version: string;
  /** Addresses of the other servers of its cluster. */
  connect_urls?: string[];
}

/** A message that was received. */
export interface NatsMessage {
  readonly data: Uint8Array;
  respond(data?: Uint8Array): boolean;
}

/** Fields of a message. */
export interface NatsHeaders {
  set(name: string, value: string): void;
}

export interface NatsSubscription {
  unsubscribe(): void;
  isClosed(): boolean;
}

/** What happens to a connection. */
export interface NatsStatus {
  /** `disconnect`, `reconnect`, `error`, `update`, `close` and others. */
  readonly type: string;
  /** With `error`: what the server told. */
  readonly error?: Error;
}

/**
 * A connection of `@nats-io/transport-node` 3 (or `@nats-io/nats-core`, over another transport), as far as the bus uses it.
 */
export interface NatsConnectionLike {
  readonly info?: NatsServerInfo;
  closed(): Promise<unknown>;
  close(): Promise<void>;
  isClosed(): boolean;
  publish(subject: string, payload?: Uint8Array): void;
  subscribe(
    subject: string,
    options?: { callback?: (error: Error | null, message: NatsMessage) => void },
  ): NatsSubscription;
  /** Rejects when nobody answers, or when nobody is there to answer: `isNoResponders`. */
  request(
    subject: string,
    payload?: Uint8Array | string,
    // biome-ignore lint/suspicious/noExplicitAny: the library's class of headers has more than is used here
    options?: { timeout: number; headers?: any },
  ): Promise<NatsMessage>;
  flush(): Promise<void>;
  status(): AsyncIterable<NatsStatus>;
}

/** Options of the library's `connect` that the bus sets. */
export interface NatsConnectOptions {
  servers: string;
  name: string;
  reconnect: false;
  noEcho: boolean;
  timeout: number;
  pingInterval: number;
  maxPingOut: number;
  ignoreClusterUpdates: boolean;
  noAsyncTraces: true;
  user?: string;
  pass?: string;
  token?: string;
  authenticator?: unknown;
  tls?: object;
}

/** What is used of the package. */
export interface NatsClient {
  connect(options: NatsConnectOptions): Promise<NatsConnectionLike>;
  credsAuthenticator(creds: () => Uint8Array): unknown;
  headers(): NatsHeaders;
}

/** @throws WebSocketError ERR_WS_PACKAGE_MISSING if it is not installed */
export function natsClient(user: string): NatsClient {
  return optionalPackage<NatsClient>('@nats-io/transport-node', user);
}

/** Whether a value can be a connection: of the application, or of another copy of the library. */
export function isNatsConnection(value: unknown): value is NatsConnectionLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    METHODS.every((name) => typeof Reflect.get(value, name) === 'function')
  );
}

const METHODS = ['publish', 'subscribe', 'request', 'flush', 'status', 'closed', 'isClosed'];

/** Whether the server does not accept the credentials. By its name: the library may be another copy. */
export function isAuthorizationError(error: unknown): boolean {
  const name = (error as Error | undefined)?.name;
  return name === 'AuthorizationError' || name === 'UserAuthenticationExpiredError';
}
