// The HTTP proxies that an application can set and ask for. They are values of this process. `http` reads them; `webSocket`
// has its own option `proxy`.

import { network } from '../host.ts';
import { connectionError, requirePermission, shown } from './errors.ts';
import type { HttpProxy } from './types.ts';

let ofApplication: HttpProxy | undefined;
let global: HttpProxy | undefined;

/** `setAppHttpProxy`. @throws BusinessError 401, 2100001 */
export function setOfApplication(given: unknown): void {
  const proxy = readProxy(given);
  // A device takes an empty host as "no proxy any more".
  if (proxy.host === '') {
    ofApplication = undefined;
    return;
  }
  if (proxy.port === 0) throw connectionError('proxy', 'the port of the proxy is 0; expected 1 to 65535');
  ofApplication = proxy;
}

/** The proxy that was set for `http`: the application's own, or else the global one. */
export function proxyForHttp(): HttpProxy | undefined {
  const proxy = ofApplication ?? global;
  return proxy && copyOf(proxy);
}

/** `setGlobalHttpProxy`. @throws BusinessError 201, 401 */
export function setGlobal(given: unknown): void {
  requirePermission('CONNECTIVITY_INTERNAL');
  const proxy = readProxy(given);
  global = proxy.host === '' ? undefined : proxy;
}

/** `getGlobalHttpProxy`: without one, an empty host. */
export function globalProxy(): HttpProxy {
  return copyOf(global ?? NONE);
}

/** `getDefaultHttpProxy`: the application's own, or the global one; outside tests, that of the environment. */
export function defaultProxy(): HttpProxy {
  const isInMemory = network().nets !== undefined;
  return copyOf(ofApplication ?? global ?? (isInMemory ? undefined : proxyOfEnvironment()) ?? NONE);
}

const NONE: HttpProxy = { host: '', port: 0, exclusionList: [] };

function copyOf(proxy: HttpProxy): HttpProxy {
  return { ...proxy, exclusionList: [...proxy.exclusionList] };
}

/** @throws BusinessError 401 */
function readProxy(given: unknown): HttpProxy {
  if (typeof given !== 'object' || given === null) {
    throw connectionError('parameter', `the proxy is ${shown(given)}; expected { host, port, exclusionList }`);
  }
  const { host, port, exclusionList = [], username, password } = given as Partial<Record<keyof HttpProxy, unknown>>;
  if (typeof host !== 'string') throw connectionError('parameter', `the host of the proxy is ${shown(host)}`);
  if (!Number.isInteger(port) || (port as number) < 0 || (port as number) > 65535) {
    throw connectionError('parameter', `the port of the proxy is ${shown(port)}; expected an integer from 0 to 65535`);
  }
  if (!Array.isArray(exclusionList) || !exclusionList.every((entry) => typeof entry === 'string')) {
    throw connectionError('parameter', `exclusionList is ${shown(exclusionList)}; expected an array of strings`);
  }
  const proxy: HttpProxy = { host, port: port as number, exclusionList: [...(exclusionList as string[])] };
  // As on a device, a given one must be a string; it may be empty.
  for (const [name, value] of Object.entries({ username, password })) {
    if (!(name in given)) continue;
    if (typeof value !== 'string') throw connectionError('parameter', `the ${name} of the proxy is ${shown(value)}`);
    proxy[name as 'username' | 'password'] = value;
  }
  return proxy;
}

/** The proxy of plain HTTP that the variables of other programs name. */
function proxyOfEnvironment(): HttpProxy | undefined {
  const { env } = process;
  const value = env.http_proxy || env.HTTP_PROXY || env.all_proxy || env.ALL_PROXY;
  if (value === undefined || value === '') return undefined;
  const text = value.includes('://') ? value : `http://${value}`;
  if (!URL.canParse(text)) return undefined;
  const { hostname, port, username, password } = new URL(text);
  const proxy: HttpProxy = {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? 80 : Number(port),
    exclusionList: (env.no_proxy || env.NO_PROXY || '').split(/[\s,]+/).filter((entry) => entry !== ''),
  };
  if (username !== '') proxy.username = decodeURIComponent(username);
  if (password !== '') proxy.password = decodeURIComponent(password);
  return proxy;
}
