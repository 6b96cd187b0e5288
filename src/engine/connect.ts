// `connect` of the public entry: one connection, a client that comes back, or one that resumes.

import type { Buffer } from 'node:buffer';
import type { ClientConnection } from '../client/client-connection.ts';
import { connect as connectOnce } from '../client/connect.ts';
import type { ConnectOptions, StreamingConnectOptions } from '../client/options.ts';
import type { ReconnectOptions, ReconnectUrl } from '../client/reconnect/options.ts';
import { connectAgain, type ReconnectingConnection } from '../client/reconnect/reconnecting-connection.ts';
import type { MessageStream } from '../core/message/message-stream.ts';
import { refuseArguments } from '../core/option-check.ts';
import { connectResumable } from '../resume/client/connect-resumable.ts';
import type { ResumeClientOptions, StreamingResumeClientOptions } from '../resume/client/options.ts';
import type { ResumableConnection } from '../resume/client/resumable-connection.ts';

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
/** As above. Messages are given whole. */
export function connect(url: string | URL, options?: ConnectOptions): Promise<ClientConnection>;
/**
 * Makes a client that comes back: it connects again when its connection is lost, and when an attempt fails.
 *
 * @param url      as above, or a function that is asked before each attempt
 * @param options  see {@link ReconnectOptions}
 * @returns the client, at once: see {@link ReconnectingConnection}
 * @throws WebSocketError ERR_WS_URL, ERR_WS_OPTION. Nothing was connected.
 */
export function connect(url: ReconnectUrl, options: ReconnectOptions): ReconnectingConnection;
/** As below. Large messages are given in parts. */
export function connect(
  url: ReconnectUrl,
  options: StreamingResumeClientOptions,
): ResumableConnection<string | Buffer | MessageStream<Buffer>>;
/**
 * Makes a client that resumes: it comes back, and nothing is lost meanwhile, if the server has sessions, too.
 *
 * @param url      as above
 * @param options  see {@link ResumeClientOptions}
 * @returns the client, at once: see {@link ResumableConnection}
 * @throws WebSocketError ERR_WS_URL, ERR_WS_OPTION. Nothing was connected.
 */
export function connect(url: ReconnectUrl, options: ResumeClientOptions): ResumableConnection;
export function connect(
  url: ReconnectUrl,
  options?:
    | ConnectOptions
    | StreamingConnectOptions
    | ReconnectOptions
    | ResumeClientOptions
    | StreamingResumeClientOptions,
  ...rest: unknown[]
):
  | Promise<ClientConnection<string | Uint8Array | MessageStream>>
  | ReconnectingConnection
  | ResumableConnection<string | Buffer | MessageStream<Buffer>> {
  const resumes = asksFor(options, 'resume');
  if (!resumes && !asksFor(options, 'reconnect')) {
    return (connectOnce as (...given: unknown[]) => Promise<ClientConnection>)(url, options, ...rest);
  }
  refuseArguments('connect', rest, 'subprotocols, headers and handlers are in its options');
  return resumes
    ? (connectResumable(url, options as ResumeClientOptions) as ResumableConnection<never>)
    : connectAgain(url, options as ReconnectOptions);
}

/** Whether an option is given, and is not `false`. What cannot be read is left to the check of the options. */
function asksFor(options: unknown, name: 'reconnect' | 'resume'): boolean {
  if (typeof options !== 'object' || options === null) return false;
  try {
    const value: unknown = Reflect.get(options, name);
    return value !== undefined && value !== false;
  } catch {
    return false;
  }
}
