// The options of a client in the shape of `ws`, and what the engine and Node get of them.

import { Buffer } from 'node:buffer';
import { type ClientRequest, type ClientRequestArgs, validateHeaderName, validateHeaderValue } from 'node:http';
import type { ConnectionOptions as TlsConnectOptions } from 'node:tls';
import type { ConnectionSettings } from '../core/connection/settings.ts';
import type { CompressionSettings } from '../core/extension/compression-settings.ts';
import { isHandshakeField } from '../core/handshake/client.ts';
import { isToken } from '../core/handshake/token.ts';
import { warnOnce } from './warnings.ts';

/** permessage-deflate (RFC 7692), in the shape of `ws`. */
export interface PerMessageDeflateOptions {
  serverNoContextTakeover?: boolean | undefined;
  clientNoContextTakeover?: boolean | undefined;
  serverMaxWindowBits?: number | undefined;
  clientMaxWindowBits?: number | undefined;
  /** `level` and `memLevel` have an effect. */
  zlibDeflateOptions?:
    | {
        flush?: number | undefined;
        finishFlush?: number | undefined;
        chunkSize?: number | undefined;
        windowBits?: number | undefined;
        level?: number | undefined;
        memLevel?: number | undefined;
        strategy?: number | undefined;
        dictionary?: Buffer | Buffer[] | DataView | undefined;
        info?: boolean | undefined;
      }
    | undefined;
  /** No effect: inflating has no settings here. */
  zlibInflateOptions?: object | undefined;
  /** Bytes from which messages are compressed. Default 1024. */
  threshold?: number | undefined;
  /** No effect: messages are compressed during `send`. */
  concurrencyLimit?: number | undefined;
}

/** The bounds that clients and servers have in common. */
export interface SocketOptions {
  allowSynchronousEvents?: boolean | undefined;
  autoPong?: boolean | undefined;
  /** Milliseconds for the peer to answer a Close frame. Default 30,000. */
  closeTimeout?: number | undefined;
  maxPayload?: number | undefined;
  /** No effect: chunks are not kept. */
  maxBufferedChunks?: number | undefined;
  maxFragments?: number | undefined;
  maxPendingAutoPongs?: number | undefined;
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  skipUTF8Validation?: boolean | undefined;
}

/** Last changes to the request. It must call `request.end()`. */
export type FinishRequestCallback<Socket = unknown> = (request: ClientRequest, webSocket: Socket) => void;

/** Options of a client; those of `http.request` and `tls.connect` that are not named here go to Node. */
export interface ClientOptions<Socket = unknown>
  extends SocketOptions,
    Omit<TlsConnectOptions, 'timeout' | 'host' | 'port' | 'path' | 'socket' | 'checkServerIdentity'>,
    Pick<ClientRequestArgs, 'lookup' | 'insecureHTTPParser' | 'maxHeaderSize' | 'defaultPort' | 'uniqueHeaders'> {
  protocols?: string | string[] | undefined;
  protocol?: string | null | undefined;
  protocolVersion?: number | undefined;
  followRedirects?: boolean | undefined;
  maxRedirects?: number | undefined;
  handshakeTimeout?: number | undefined;
  generateMask?: ((mask: Buffer) => void) | undefined;
  headers?: ClientRequestArgs['headers'];
  origin?: string | undefined;
  auth?: string | null | undefined;
  agent?: ClientRequestArgs['agent'];
  createConnection?: unknown;
  finishRequest?: FinishRequestCallback<Socket> | undefined;
  host?: string | null | undefined;
  port?: number | string | null | undefined;
  path?: string | null | undefined;
  family?: number | undefined;
  localAddress?: string | undefined;
  timeout?: number | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: @types/ws and Node differ in it
  checkServerIdentity?: ((servername: string, cert: any) => any) | undefined;
}

const VERSIONS: readonly unknown[] = [8, 13];

/** The options that Node must not get: they are `ws`'s own. */
const OWN = [
  ...['allowSynchronousEvents', 'autoPong', 'closeTimeout', 'maxPayload', 'maxBufferedChunks', 'maxFragments'],
  ...['maxPendingAutoPongs', 'perMessageDeflate', 'skipUTF8Validation', 'protocols', 'protocol', 'protocolVersion'],
  ...['followRedirects', 'maxRedirects', 'handshakeTimeout', 'generateMask', 'headers', 'origin', 'auth'],
  ...['finishRequest', 'timeout'],
];

/** Options of Node for the request and its socket. */
export function requestOptions(options: ClientOptions<never>): object {
  const rest: Record<string, unknown> = { ...options };
  for (const name of OWN) delete rest[name];
  return rest;
}

/** @throws RangeError */
export function checkVersion({ protocolVersion = 13, generateMask }: ClientOptions<never>): void {
  if (!VERSIONS.includes(protocolVersion)) {
    throw new RangeError(`Unsupported protocol version: ${protocolVersion} (supported versions: 8, 13)`);
  }
  if (generateMask) warnOnce('generateMask', 'masking keys are random (RFC 6455 §10.3)');
  if (protocolVersion !== 13) warnOnce('protocolVersion', 'version 13 is sent, the one of RFC 6455');
}

/**
 * The request's header fields, without those that the handshake sets itself.
 *
 * @param hasUser  the URL has a user name, which goes before `auth`
 * @throws TypeError, as Node does for a field that cannot be sent
 */
export function requestHeaders(
  { headers, origin, auth }: ClientOptions<never>,
  hasUser: boolean,
): [string, string | string[]][] {
  const fields: [string, string | string[]][] = [];
  const given = Array.isArray(headers) ? pairsOf(headers) : Object.entries(headers ?? {});
  for (const [name, value] of given) {
    if (isHandshakeField(name.toLowerCase())) {
      warnOnce(`headers['${name}']`, 'the handshake sets this field itself');
    } else if (!origin || name.toLowerCase() !== 'origin') {
      validateHeaderName(name);
      validateHeaderValue(name, value as string);
      fields.push([name, Array.isArray(value) ? value.map(String) : String(value)]);
    } // else the option wins
  }
  if (origin) fields.push(['Origin', origin]);
  if (auth && !hasUser && !fields.some(([name]) => name.toLowerCase() === 'authorization')) {
    fields.push(['Authorization', `Basic ${Buffer.from(auth).toString('base64')}`]);
  }
  return fields;
}

function pairsOf(list: readonly unknown[]): [string, unknown][] {
  if (Array.isArray(list[0])) return list as [string, unknown][];
  const pairs: [string, unknown][] = [];
  for (let at = 0; at + 1 < list.length; at += 2) pairs.push([String(list[at]), list[at + 1]]);
  return pairs;
}

/** @throws SyntaxError for what may not be offered (RFC 6455 §4.1) */
export function subprotocols(protocols: unknown): string[] {
  const list: unknown[] = protocols === undefined ? [] : Array.isArray(protocols) ? protocols : [protocols];
  const known = new Set<unknown>();
  for (const one of list) {
    if (typeof one !== 'string' || !isToken(one) || known.has(one)) {
      throw new SyntaxError('An invalid or duplicated subprotocol was specified');
    }
    known.add(one);
  }
  return list as string[];
}

/** `ws` takes 0, and what is not a number, for no bound. */
function bound(value: number): number {
  return value > 0 ? value : Number.POSITIVE_INFINITY;
}

/** Settings of the engine's connection for what `ws` calls by other names. */
export function connectionSettings(options: SocketOptions): ConnectionSettings {
  const { closeTimeout = 30_000, maxPayload = 100 * 1024 * 1024, maxFragments = 16 * 1024 } = options;
  const { autoPong, skipUTF8Validation, maxPendingAutoPongs } = options;
  if (skipUTF8Validation === true) warnOnce('skipUTF8Validation', 'text is always checked (RFC 6455 §8.1)');
  return {
    autoPong,
    closeTimeout,
    heartbeat: false,
    // `ws` waits for ever for the rest of a message, queues without bound, and bounds what is inflated by maxPayload only.
    messageTimeout: 0,
    limits: {
      maxMessageSize: bound(maxPayload),
      maxFragments: bound(maxFragments),
      maxEmptyFragments: bound(maxFragments),
      maxInflateRatio: Number.POSITIVE_INFINITY,
      maxQueuedBytes: Number.POSITIVE_INFINITY,
      ...(maxPendingAutoPongs === undefined ? {} : { maxQueuedPongs: bound(maxPendingAutoPongs) }),
    },
    textMessages: 'bytes',
    fragmentSizes: true,
  };
}

/** Settings of the engine for `perMessageDeflate`. @param absent  where the option is absent */
export function compressionSettings(
  option: boolean | PerMessageDeflateOptions | undefined,
  absent: boolean,
): boolean | CompressionSettings {
  const given = option ?? absent;
  if (!given) return false;
  if (given === true) return true;
  const { zlibDeflateOptions: { level, memLevel } = {}, threshold } = given;
  const { serverNoContextTakeover, clientNoContextTakeover } = given;
  const settings: CompressionSettings = { threshold, serverNoContextTakeover, clientNoContextTakeover };
  if (level !== undefined && level >= 0) settings.level = level;
  if (memLevel !== undefined) settings.memLevel = memLevel;
  if (typeof given.serverMaxWindowBits === 'number') settings.serverMaxWindowBits = given.serverMaxWindowBits;
  if (typeof given.clientMaxWindowBits === 'number') settings.clientMaxWindowBits = given.clientMaxWindowBits;
  return settings;
}
