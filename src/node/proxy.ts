// Proxies (RFC 6455 §4.1: a client that is configured to use one asks it to open the TCP connection). This chooses
// the proxy of a connection by kit specification §3.12, and opens the CONNECT tunnel of HTTP; `socks.ts` has the other kind.
// `dial.ts` connects to the proxy, and speaks TLS with it and inside the tunnel.

import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { domainToASCII } from 'node:url';
import { hideProxyCredentials } from '../core/credentials.ts';
import { webSocketError, webSocketErrorFrom } from '../core/errors.ts';
import { isHostName } from './host-name.ts';
import { request as httpRequest } from './http.ts';
import { plainIp } from './ip-address.ts';
import { isInNetwork, parseNetwork } from './ip-network.ts';
import { proxyCheck } from './option-rows.ts';
import type { ProxyAddress, ProxySetting } from './proxy-options.ts';
import { parseProxyUrl } from './proxy-url.ts';

/** A proxy, and where it was configured. */
export interface ConfiguredProxy extends ProxyAddress {
  /** Environment variable that names it. Absent: the option does. */
  readonly variable?: string | undefined;
}

/** What a connection leads to. */
export interface ProxyTarget {
  /** `wss:` */
  readonly secure: boolean;
  /** Host name or address, with or without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
}

/**
 * Returns the proxy for a target, or `undefined` to connect directly.
 *
 * @throws WebSocketError ERR_WS_OPTION naming the option or the environment variable. Credentials are not shown.
 */
export function resolveProxy(
  setting: ProxySetting,
  target: ProxyTarget,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ConfiguredProxy | undefined {
  if (setting === 'none') return undefined;
  if (setting === 'system') return systemProxy(target, environment);
  const proxy = proxyCheck.read(setting, 'proxy', {}) as ProxyAddress;
  if (proxy.host === '' || proxy.port === 0) return undefined;
  return isExcluded(target, proxy.exclude ?? []) ? undefined : proxy;
}

function systemProxy(
  target: ProxyTarget,
  environment: Readonly<Record<string, string | undefined>>,
): ConfiguredProxy | undefined {
  const exclude = (environment.NO_PROXY || environment.no_proxy || '').split(/[\s,]+/);
  if (isExcluded(target, exclude)) return undefined;
  const names = target.secure ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy'];
  for (const name of [...names, 'ALL_PROXY', 'all_proxy']) {
    const value = environment[name];
    if (value === undefined || value.trim() === '') continue;
    // In a CGI program this variable is the request's `Proxy` header, which any client can set (CVE-2016-5385).
    if (name === 'HTTP_PROXY' && environment.REQUEST_METHOD !== undefined) continue;
    return parseProxy(name, value.trim());
  }
  return undefined;
}

function parseProxy(variable: string, value: string): ConfiguredProxy {
  const proxy = parseProxyUrl(value, (expected) =>
    webSocketError('ERR_WS_OPTION', `environment variable ${variable}`, hideProxyCredentials(value), expected),
  );
  return { ...proxy, variable };
}

function isExcluded(target: ProxyTarget, entries: readonly string[]): boolean {
  const host = canonicalHost(unbracket(target.host));
  return entries.some((entry) => matches(entry.trim(), host, target.port));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry === '' || entry === '*') return entry === '*';
  const [, network, ofPort] = /^(\[?[\da-f:.]+\]?\/\d+\]?)(?::(\d+))?$/iu.exec(entry) ?? [];
  if (network !== undefined) return (ofPort ?? String(port)) === String(port) && isInside(host, network);
  const bare = entry.replace(/^[a-z][a-z0-9+.-]*:\/\//iu, '').replace(/\/.*$/u, '');
  const parts = isIPv6(bare) ? undefined : /^(.*):(\d+)$/u.exec(bare);
  if (parts && Number(parts[2]) !== port) return false;
  const pattern = canonicalHost(unbracket(parts?.[1] ?? bare).replace(/^\.+/u, ''));
  if (pattern === '') return false;
  if (pattern.includes('*')) return wildcard(pattern).test(host);
  // An address has no subdomains: 0.0.1 is not the parent of 127.0.0.1.
  return host === pattern || (isIP(host) === 0 && host.endsWith(`.${pattern}`));
}

/** Whether a host is an address in a network, whose address may be in brackets, or the whole of it. */
function isInside(host: string, network: string): boolean {
  const address = plainIp(host);
  // As other programs read NO_PROXY: `10.0.0.1/8` is the network that 10.0.0.1 is in.
  const parsed = parseNetwork(network.replace(/[[\]]/gu, ''));
  return address !== undefined && parsed !== undefined && isInNetwork(address, parsed);
}

/** `*` for any characters. Patterns are the user's own, not a peer's. */
function wildcard(pattern: string): RegExp {
  const parts = pattern.split(/\*+/u).map((part) => part.replace(/[\\^$.|?+()[\]{}]/gu, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'u');
}

/** Lower case and ASCII, as in URLs, without the dot of the root; IPv6 in its shortest form, IPv4-mapped as IPv4. */
function canonicalHost(host: string): string {
  const address = plainIp(host);
  if (address === undefined) {
    const name = /\P{ASCII}/u.test(host) ? domainToASCII(host) || host : host;
    return name.toLowerCase().replace(/\.$/u, '');
  }
  return isIPv6(address) ? unbracket(new URL(`http://[${address}]`).hostname) : address;
}

function unbracket(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

function authority(host: string, port: number): string {
  const address = unbracket(host);
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Returns the name of a proxy for errors. */
export function nameOfProxy(proxy: ConfiguredProxy): string {
  return `proxy ${authority(proxy.host, proxy.port)}${sourceOf(proxy)}`;
}

/** Where it was configured, for errors. */
export function sourceOf({ variable }: ConfiguredProxy): string {
  return ` set by ${variable === undefined ? 'the option proxy' : `the environment variable ${variable}`}`;
}

/** What a tunnel leads to, and through which proxy. */
export interface TunnelTarget {
  readonly host: string;
  readonly port: number;
  readonly proxy: ProxyAddress;
  /** For errors. Absent: the word proxy and its address. */
  readonly name?: string | undefined;
}

/** Bytes of each response head that a proxy may send, and how many interim ones (1xx) may come before its answer. */
const MAX_HEAD_SIZE = 64 * 1024;
const MAX_INTERIM_RESPONSES = 16;

/**
 * Has a proxy connect to `host:port` (RFC 7231 §4.3.6).
 *
 * @param socket  connected to the proxy, nothing else listening. It is destroyed when the tunnel fails.
 * @param signal  ends the attempt; the Promise rejects with its `reason`
 * @returns the same socket: it neither flows nor is paused, and the bytes received after the head are read first
 * @throws WebSocketError ERR_WS_PROXY_… (as a rejection), or ERR_WS_OPTION for a host that cannot be asked for
 */
export function openTunnel(
  socket: Socket,
  { host, port, proxy, name = `proxy ${authority(proxy.host, proxy.port)}` }: TunnelTarget,
  signal?: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const target = authority(host, port);
    const credentials = basicCredentials(proxy);

    function fail(error: unknown): void {
      signal?.removeEventListener('abort', abort);
      request?.destroy();
      socket.destroy();
      reject(error);
    }
    function abort(): void {
      fail(signal?.reason);
    }

    let request: ReturnType<typeof httpRequest> | undefined;
    if (signal?.aborted) return abort();
    if (host === '' || !isHostName(unbracket(host))) {
      return fail(webSocketError('ERR_WS_OPTION', 'host', host, 'a host name or address'));
    }
    if (socket.destroyed) return fail(webSocketError('ERR_WS_PROXY_LOST', name, target, 'connection is closed'));

    let interimResponses = 0;
    signal?.addEventListener('abort', abort, { once: true });
    // Node would add `Connection: close`, which some proxies apply to the tunnel.
    request = readResponse();
    request.removeHeader('Connection');
    request.end();

    /** Reads a response. The request is sent only by its `end`. */
    function readResponse(): ReturnType<typeof httpRequest> {
      const reading = httpRequest({
        method: 'CONNECT',
        path: target,
        setHost: false,
        headers: { Host: target, ...(credentials === undefined ? {} : { 'Proxy-Authorization': credentials }) },
        maxHeaderSize: MAX_HEAD_SIZE,
        createConnection: () => socket,
      });
      reading.on('error', (error) => fail(describe(error)));
      reading.on('connect', answered);
      return reading;
    }

    function answered(response: IncomingMessage, _socket: Duplex, head: Buffer): void {
      const { statusCode = 0, statusMessage = '' } = response;
      if (head.length > 0) socket.unshift(head);
      // RFC 7231 §6.2: any number of interim responses may come first. Node takes each for the answer to CONNECT.
      if (statusCode >= 100 && statusCode < 200 && statusCode !== 101) {
        if (++interimResponses <= MAX_INTERIM_RESPONSES) request = readResponse();
        else
          fail(
            webSocketError('ERR_WS_PROXY_ANSWER', name, target, `more than ${MAX_INTERIM_RESPONSES} interim responses`),
          );
        return;
      }
      if (statusCode === 407) {
        fail(webSocketError('ERR_WS_PROXY_AUTHENTICATION', name, target, credentials !== undefined));
      } else if (statusCode !== 200) {
        // RFC 7231 §4.3.6 allows any 2xx. Kit specification §3.12 allows 200 only, which is what proxies answer.
        fail(webSocketError('ERR_WS_PROXY_REFUSED', name, target, statusCode, statusMessage));
      } else {
        signal?.removeEventListener('abort', abort);
        resolve(socket);
      }
    }

    function describe(error: Error & { code?: string }): Error {
      const code = error.code ?? '';
      if (code === 'HPE_HEADER_OVERFLOW') {
        return webSocketErrorFrom(
          error,
          'ERR_WS_PROXY_ANSWER',
          name,
          target,
          `a head of more than ${MAX_HEAD_SIZE} bytes`,
        );
      }
      if (code.startsWith('HPE_')) {
        return webSocketErrorFrom(error, 'ERR_WS_PROXY_ANSWER', name, target, `something other than HTTP (${code})`);
      }
      return webSocketErrorFrom(error, 'ERR_WS_PROXY_LOST', name, target, error.message);
    }
  });
}

function basicCredentials({ username, password }: ProxyAddress): string | undefined {
  if (username === undefined || password === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
