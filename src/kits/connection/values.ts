// Settings of `connection` that are values off the device, host names in ASCII, and the members that only a device can have.

import { domainToASCII, domainToUnicode } from 'node:url';
import type { AsyncCallback } from '../host.ts';
import { respond } from './answers.ts';
import { ConversionProcess, type ProtocolType, ProxyMode } from './enums.ts';
import { checkText, connectionError, requirePermission, shown, unsupported } from './errors.ts';
import { defaultProxy, globalProxy, setGlobal, setOfApplication } from './proxies.ts';
import type {
  HttpProxy,
  LinkAddress,
  NetAddress,
  NetIpMacInfo,
  NetPortStatesInfo,
  ProbeResultInfo,
  TraceRouteInfo,
  TraceRouteOptions,
} from './types.ts';

/** Sets the proxy of this application, which `http` uses with `usingProxy: true`. Throws 401, 2100001. */
export function setAppHttpProxy(httpProxy: HttpProxy): void {
  setOfApplication(httpProxy);
}

/** The application's proxy, the global one, or (outside tests) that of `http_proxy`. Without one, the host is `''`. */
export function getDefaultHttpProxy(callback: AsyncCallback<HttpProxy>): void;
export function getDefaultHttpProxy(): Promise<HttpProxy>;
export function getDefaultHttpProxy(...args: unknown[]): Promise<HttpProxy> | undefined {
  return respond('getDefaultHttpProxy', args, 0, defaultProxy);
}

/** The proxy that `setGlobalHttpProxy` has set. Without one, the host is `''`. */
export function getGlobalHttpProxy(callback: AsyncCallback<HttpProxy>): void;
export function getGlobalHttpProxy(): Promise<HttpProxy>;
export function getGlobalHttpProxy(...args: unknown[]): Promise<HttpProxy> | undefined {
  return respond('getGlobalHttpProxy', args, 0, globalProxy);
}

/**
 * Sets the proxy of the device; an empty host takes it back. Errors: 201, 401.
 *
 * Off the device: a value that `getGlobalHttpProxy` and `getDefaultHttpProxy` return, and that `http` uses.
 */
export function setGlobalHttpProxy(httpProxy: HttpProxy, callback: AsyncCallback<void>): void;
export function setGlobalHttpProxy(httpProxy: HttpProxy): Promise<void>;
export function setGlobalHttpProxy(...args: unknown[]): Promise<void> | undefined {
  return respond('setGlobalHttpProxy', args, 1, setGlobal);
}

let pacUrl = '';
let pacFileUrl = '';
let proxyMode: ProxyMode = ProxyMode.PROXY_MODE_OFF;

/**
 * Sets the URL of a script that chooses proxies. Throws 201, 401.
 *
 * Off the device: a value that `getPacUrl` returns. The script is not run.
 */
export function setPacUrl(url: string): void {
  requirePermission('SET_PAC_URL');
  pacUrl = checkText(url, 'the URL');
}

/** The URL that `setPacUrl` has set. Throws 2100003 without one. */
export function getPacUrl(): string {
  if (pacUrl === '') throw connectionError('internal', 'setPacUrl was not called');
  return pacUrl;
}

/**
 * Sets the URL of a script that chooses proxies. Throws 201, 2100002.
 *
 * Off the device: a value that `getPacFileUrl` returns. The script is not run.
 */
export function setPacFileUrl(url: string): void {
  requirePermission('SET_PAC_URL');
  if (typeof url !== 'string') throw connectionError('service', `the URL is ${shown(url)}; expected a string`);
  pacFileUrl = url;
}

/** The URL that `setPacFileUrl` has set; `''` without one. */
export function getPacFileUrl(): string {
  return pacFileUrl;
}

/**
 * The proxy that the script chooses for a URL; `''` without a script.
 *
 * Off the device: `''`, as on devices that do not run such scripts.
 */
export function findProxyForUrl(_url: string): string {
  return '';
}

/**
 * Sets whether proxies are looked for. Errors: 201.
 *
 * Off the device: a value that `getProxyMode` returns.
 */
export function setProxyMode(mode: ProxyMode): Promise<void> {
  return respond('setProxyMode', [], 0, () => {
    requirePermission('CONNECTIVITY_INTERNAL');
    proxyMode = mode;
  })!;
}

/** The mode that `setProxyMode` has set. Default PROXY_MODE_OFF. Errors: 201. */
export function getProxyMode(): Promise<ProxyMode> {
  return respond('getProxyMode', [], 0, () => {
    requirePermission('CONNECTIVITY_INTERNAL');
    return proxyMode;
  })!;
}

/** A host name in ASCII (RFC 3492), as DNS has it. Throws 2100001. */
export function getDnsAscii(host: string, flag?: ConversionProcess): string {
  return converted(host, flag, domainToASCII);
}

/** A host name in Unicode. Throws 2100001. */
export function getDnsUnicode(host: string, flag?: ConversionProcess): string {
  return converted(host, flag, domainToUnicode);
}

function converted(host: unknown, flag: unknown, convert: (host: string) => string): string {
  const conversion = flag ?? ConversionProcess.NO_CONFIGURATION;
  if (typeof host !== 'string' || !Object.values(ConversionProcess).includes(conversion as ConversionProcess)) {
    throw connectionError('value', `got ${shown(host)} and ${shown(flag)}; expected a host and a ConversionProcess`);
  }
  const result = host === '' ? '' : convert(host);
  const isHostName = domainToASCII(result)
    .split('.')
    .every((label) => /^(?!-)[a-z\d-]{1,63}(?<!-)$/i.test(label));
  if (result === '' || (conversion === ConversionProcess.USE_STD3_ASCII_RULES && !isHostName)) {
    throw connectionError('value', `${JSON.stringify(host)} is not a host name`);
  }
  return result;
}

// ── On a device only ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Off the device: answers 801. In tests use `network.goOffline()`. */
export function enableAirplaneMode(callback: AsyncCallback<void>): void;
export function enableAirplaneMode(): Promise<void>;
export function enableAirplaneMode(...args: unknown[]): Promise<void> | undefined {
  return absent('enableAirplaneMode', args);
}

/** Off the device: answers 801. In tests use `network.goOnline()`. */
export function disableAirplaneMode(callback: AsyncCallback<void>): void;
export function disableAirplaneMode(): Promise<void>;
export function disableAirplaneMode(...args: unknown[]): Promise<void> | undefined {
  return absent('disableAirplaneMode', args);
}

/** Off the device: answers 801. */
export function factoryReset(): Promise<void> {
  return absent('factoryReset')!;
}

/** Off the device: answers 801. */
export function setInterfaceUp(_ifaceName: string): Promise<void> {
  return absent('setInterfaceUp')!;
}

/** Off the device: answers 801. */
export function refreshGlobalHttpProxy(): Promise<HttpProxy> {
  return absent<HttpProxy>('refreshGlobalHttpProxy')!;
}

/** Off the device: answers 801. */
export function getConnectOwnerUid(_protocol: ProtocolType, _local: NetAddress, _remote: NetAddress): Promise<number> {
  return absent<number>('getConnectOwnerUid')!;
}

/** Off the device: throws 801. */
export function getConnectOwnerUidSync(_protocol: ProtocolType, _local: NetAddress, _remote: NetAddress): number {
  throw unsupported('getConnectOwnerUidSync');
}

/** Off the device: answers 801. */
export function createVlanInterface(_ifName: string, _vlanId: number): Promise<void> {
  return absent('createVlanInterface')!;
}

/** Off the device: answers 801. */
export function destroyVlanInterface(_ifName: string, _vlanId: number): Promise<void> {
  return absent('destroyVlanInterface')!;
}

/** Off the device: answers 801. */
export function addVlanIp(_ifName: string, _vlanId: number, _address: LinkAddress): Promise<void> {
  return absent('addVlanIp')!;
}

/** Off the device: answers 801. */
export function deleteVlanIp(_ifName: string, _vlanId: number, _address: LinkAddress): Promise<void> {
  return absent('deleteVlanIp')!;
}

/** Off the device: answers 801. */
export function getIpNeighTable(): Promise<NetIpMacInfo[]> {
  return absent<NetIpMacInfo[]>('getIpNeighTable')!;
}

/** Off the device: answers 801. */
export function getSystemNetPortStates(): Promise<NetPortStatesInfo> {
  return absent<NetPortStatesInfo>('getSystemNetPortStates')!;
}

/** Off the device: answers 801. */
export function queryTraceRoute(_destination: string, _option?: TraceRouteOptions): Promise<TraceRouteInfo[]> {
  return absent<TraceRouteInfo[]>('queryTraceRoute')!;
}

/** Off the device: answers 801. */
export function queryProbeResult(_destination: string, _duration: number): Promise<ProbeResultInfo> {
  return absent<ProbeResultInfo>('queryProbeResult')!;
}

function absent<Result = void>(call: string, args: readonly unknown[] = []): Promise<Result> | undefined {
  return respond<Result>(call, args, 0, () => {
    throw unsupported(call);
  });
}
