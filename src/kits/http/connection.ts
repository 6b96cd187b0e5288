// The connection of one exchange: to the server, or through a proxy, with TLS where the URL asks for it. A request to an `http:`
// URL is sent to the proxy itself, one to an `https:` URL through a tunnel.

import { isIP, type Socket } from 'node:net';
import { dial, network, type ProxyAddress, resolveProxy } from '../host.ts';
import { connectError, httpError } from './errors.ts';
import type { RequestPlan } from './request-plan.ts';
import { openSocks5 } from './socks5.ts';
import type { Timing } from './timing.ts';
import { encrypt } from './tls-connection.ts';

/** A connection that a request can be written to. */
export interface Connection {
  readonly socket: Socket;
  /** The proxy that gets the request itself, with the whole URL. */
  readonly proxy: ProxyAddress | undefined;
  /** Whether there is a proxy, with or without a tunnel. */
  readonly isProxied: boolean;
}

/**
 * Connects to the server of a URL.
 *
 * @param signal  ends the attempt; the Promise rejects with its `reason`
 * @throws (rejects) BusinessError 2300005, 2300006, 2300007, 2300028, and those of TLS
 */
export async function openConnection(
  url: URL,
  plan: RequestPlan,
  timing: Timing,
  signal: AbortSignal,
): Promise<Connection> {
  const isSecure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[(.*)\]$/u, '$1');
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  if (plan.family !== undefined && isIP(host) !== 0 && isIP(host) !== plan.family) {
    throw httpError('hostName', `${host} is not an IPv${plan.family} address, which addressFamily asks for`);
  }
  const proxy = proxyFor(plan, { host, port, secure: isSecure });
  // Without `AbortSignal.any`, which test environments with a DOM lack.
  const controller = new AbortController();
  const either = controller.signal;
  const forward = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', forward);
  if (signal.aborted) forward();
  const timer = network().clock.timer({
    expired: () =>
      controller.abort(httpError('timeout', `not connected within connectTimeout (${plan.connectTimeout} ms)`)),
  });
  timer.set(plan.connectTimeout);
  try {
    const isTunnel = proxy !== undefined && isSecure && plan.socks === undefined;
    const address =
      proxy !== undefined && !isTunnel
        ? { host: proxy.host, port: proxy.port }
        : { host, port, ...(plan.family === undefined ? {} : { family: plan.family }) };
    const socket = await dial(
      { address, secure: false },
      {
        proxy: isTunnel ? proxy : 'none',
        tls: undefined,
        signal: either,
        resolved: () => timing.mark('dnsTiming'),
        entered: (phase) => {
          if (phase === 'proxy') timing.mark('tcpTiming');
        },
      },
    ).catch((error: unknown) => {
      throw either.aborted ? either.reason : connectError(error, proxy !== undefined);
    });
    if (!isTunnel) timing.mark('tcpTiming');
    if (proxy !== undefined && plan.socks !== undefined) await openSocks5(socket, proxy, { host, port }, either);
    const asksProxy = proxy !== undefined && !isTunnel && plan.socks === undefined;
    const connected = { proxy: asksProxy ? proxy : undefined, isProxied: proxy !== undefined };
    if (!isSecure) return { socket, ...connected };
    const encrypted = await encrypt(socket, host, plan.tls, either);
    timing.mark('tlsTiming');
    return { socket: encrypted, ...connected };
  } finally {
    signal.removeEventListener('abort', forward);
    timer.clear();
  }
}

function proxyFor(
  plan: RequestPlan,
  target: { host: string; port: number; secure: boolean },
): ProxyAddress | undefined {
  try {
    const proxy = resolveProxy(plan.socks ?? plan.proxy, target);
    if (proxy === undefined) return undefined;
    if (proxy.protocol !== undefined && proxy.protocol !== 'http')
      throw new Error(`${proxy.protocol}: this kit has proxies of HTTP only`);
    const { host, port, username, password } = proxy;
    return { host, port, ...(username === undefined ? {} : { username, password }) };
  } catch (error) {
    throw httpError('proxyName', error);
  }
}
