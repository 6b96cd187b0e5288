// The types of `connection` against the SDK's declaration, overload by overload.

import type { AsyncCallback, Callback } from '../../../src/kit/index.ts';
import { connection } from '../../../src/kits/connection/index.ts';
import type { connection as ofKit } from '../../../src/register/kits/network-kit.ts';
import type ofOhos from '../../../src/register/kits/ohos-net-connection.ts';
import { same } from '../../type-tests/same.ts';

same<typeof ofKit, typeof connection>(true);
same<typeof ofOhos, typeof connection>(true);

type Handle = connection.NetHandle;
type Addresses = connection.NetAddress[];

same<
  typeof connection.createNetConnection,
  (specifier?: connection.NetSpecifier, timeout?: number) => connection.NetConnection
>(true);

/** A call without arguments. */
interface Asks<Result> {
  (callback: AsyncCallback<Result>): void;
  (): Promise<Result>;
}
same<typeof connection.getDefaultNet, Asks<Handle>>(true);
same<typeof connection.getDefaultNetSync, () => Handle>(true);
same<typeof connection.hasDefaultNet, Asks<boolean>>(true);
same<typeof connection.hasDefaultNetSync, () => boolean>(true);
same<typeof connection.getAllNets, Asks<Handle[]>>(true);
same<typeof connection.getAllNetsSync, () => Handle[]>(true);
same<typeof connection.isDefaultNetMetered, Asks<boolean>>(true);
same<typeof connection.isDefaultNetMeteredSync, () => boolean>(true);
same<typeof connection.getAppNet, Asks<Handle>>(true);
same<typeof connection.getAppNetSync, () => Handle>(true);
same<typeof connection.getDefaultHttpProxy, Asks<connection.HttpProxy>>(true);
same<typeof connection.getGlobalHttpProxy, Asks<connection.HttpProxy>>(true);
same<typeof connection.clearCustomDnsRules, Asks<void>>(true);
same<typeof connection.enableAirplaneMode, Asks<void>>(true);
same<typeof connection.disableAirplaneMode, Asks<void>>(true);

/** A call with one argument. */
interface Takes<Value, Result> {
  (value: Value, callback: AsyncCallback<Result>): void;
  (value: Value): Promise<Result>;
}
same<typeof connection.getConnectionProperties, Takes<Handle, connection.ConnectionProperties>>(true);
same<typeof connection.getConnectionPropertiesSync, (handle: Handle) => connection.ConnectionProperties>(true);
same<typeof connection.getNetCapabilities, Takes<Handle, connection.NetCapabilities>>(true);
same<typeof connection.getNetCapabilitiesSync, (handle: Handle) => connection.NetCapabilities>(true);
same<typeof connection.reportNetConnected, Takes<Handle, void>>(true);
same<typeof connection.reportNetDisconnected, Takes<Handle, void>>(true);
same<typeof connection.setAppNet, Takes<Handle, void>>(true);
same<typeof connection.getAddressesByName, Takes<string, Addresses>>(true);
same<typeof connection.removeCustomDnsRule, Takes<string, void>>(true);
same<typeof connection.setGlobalHttpProxy, Takes<connection.HttpProxy, void>>(true);
same<Handle['getAddressesByName'], Takes<string, Addresses>>(true);
same<Handle['getAddressByName'], Takes<string, connection.NetAddress>>(true);

interface AddRule {
  (host: string, ip: string[], callback: AsyncCallback<void>): void;
  (host: string, ip: string[]): Promise<void>;
}
same<typeof connection.addCustomDnsRule, AddRule>(true);

type LookUp = (host: string, option?: connection.QueryOptions) => Promise<Addresses>;
same<typeof connection.getAddressesByNameWithOptions, LookUp>(true);
same<Handle['getAddressesByNameWithOptions'], LookUp>(true);
same<typeof connection.setNetExtAttribute, (handle: Handle, attribute: string) => Promise<void>>(true);
same<typeof connection.setNetExtAttributeSync, (handle: Handle, attribute: string) => void>(true);
same<typeof connection.getNetExtAttribute, (handle: Handle) => Promise<string>>(true);
same<typeof connection.getNetExtAttributeSync, (handle: Handle) => string>(true);
same<typeof connection.setAppHttpProxy, (proxy: connection.HttpProxy) => void>(true);
same<typeof connection.refreshGlobalHttpProxy, () => Promise<connection.HttpProxy>>(true);
same<typeof connection.setPacUrl, (url: string) => void>(true);
same<typeof connection.getPacUrl, () => string>(true);
same<typeof connection.setPacFileUrl, (url: string) => void>(true);
same<typeof connection.getPacFileUrl, () => string>(true);
same<typeof connection.findProxyForUrl, (url: string) => string>(true);
same<typeof connection.setProxyMode, (mode: connection.ProxyMode) => Promise<void>>(true);
same<typeof connection.getProxyMode, () => Promise<connection.ProxyMode>>(true);
same<typeof connection.getDnsAscii, (host: string, flag?: connection.ConversionProcess) => string>(true);
same<typeof connection.getDnsUnicode, (host: string, flag?: connection.ConversionProcess) => string>(true);
same<typeof connection.getIpNeighTable, () => Promise<connection.NetIpMacInfo[]>>(true);
same<typeof connection.getSystemNetPortStates, () => Promise<connection.NetPortStatesInfo>>(true);
same<
  typeof connection.queryTraceRoute,
  (destination: string, option?: connection.TraceRouteOptions) => Promise<connection.TraceRouteInfo[]>
>(true);
same<
  typeof connection.queryProbeResult,
  (destination: string, duration: number) => Promise<connection.ProbeResultInfo>
>(true);
type OwnerOf<Result> = (
  protocol: connection.ProtocolType,
  local: connection.NetAddress,
  remote: connection.NetAddress,
) => Result;
same<typeof connection.getConnectOwnerUid, OwnerOf<Promise<number>>>(true);
same<typeof connection.getConnectOwnerUidSync, OwnerOf<number>>(true);

interface On {
  (type: 'netAvailable', callback: Callback<Handle>): void;
  (type: 'netBlockStatusChange', callback: Callback<connection.NetBlockStatusInfo>): void;
  (type: 'netCapabilitiesChange', callback: Callback<connection.NetCapabilityInfo>): void;
  (type: 'netConnectionPropertiesChange', callback: Callback<connection.NetConnectionPropertyInfo>): void;
  (type: 'netLost', callback: Callback<Handle>): void;
  (type: 'netUnavailable', callback: Callback<void>): void;
}
same<connection.NetConnection['on'], On>(true);
same<connection.NetConnection['onNetAvailable'], (callback: Callback<Handle>) => void>(true);
same<connection.NetConnection['onNetUnavailable'], (callback: Callback<void>) => void>(true);
same<connection.NetConnection['register'], (callback: AsyncCallback<void>) => void>(true);
same<connection.NetConnection['unregister'], (callback: AsyncCallback<void>) => void>(true);

same<connection.NetSpecifier, { netCapabilities: connection.NetCapabilities; bearerPrivateIdentifier?: string }>(true);
same<
  connection.NetCapabilities,
  {
    linkUpBandwidthKbps?: number;
    linkDownBandwidthKbps?: number;
    networkCap?: connection.NetCap[];
    bearerTypes: connection.NetBearType[];
  }
>(true);
same<connection.NetAddress, { address: string; family?: number; port?: number }>(true);
same<connection.LinkAddress, { address: connection.NetAddress; prefixLength: number }>(true);
same<
  connection.HttpProxy,
  { host: string; port: number; username?: string; password?: string; exclusionList: string[] }
>(true);
same<connection.NetBlockStatusInfo, { netHandle: Handle; blocked: boolean }>(true);
same<connection.NetCapabilityInfo, { netHandle: Handle; netCap: connection.NetCapabilities }>(true);
same<
  connection.NetConnectionPropertyInfo,
  { netHandle: Handle; connectionProperties: connection.ConnectionProperties }
>(true);
same<
  connection.ConnectionProperties,
  {
    interfaceName: string;
    domains: string;
    linkAddresses: connection.LinkAddress[];
    dnses: Addresses;
    routes: connection.RouteInfo[];
    mtu: number;
    isIPv4LinkValid?: boolean;
    isIPv6LinkValid?: boolean;
  }
>(true);
same<
  connection.RouteInfo,
  {
    interface: string;
    iface: string;
    destination: connection.LinkAddress;
    gateway: connection.NetAddress;
    hasGateway: boolean;
    isDefaultRoute: boolean;
    isExcludedRoute?: boolean;
  }
>(true);
same<connection.QueryOptions, { family?: connection.FamilyType }>(true);
same<
  connection.Socks5Proxy,
  {
    host: string;
    port: number;
    username?: string;
    password?: string;
    dnsStrategy?: connection.Socks5DnsStrategy;
    exclusionList?: string[];
  }
>(true);
same<connection.NetIpMacInfo, { ipAddress: connection.NetAddress; iface: string; macAddress: string }>(true);
same<
  connection.NetPortStatesInfo,
  {
    tcpPortStatesInfo?: connection.TcpNetPortStatesInfo[];
    udpPortStatesInfo?: connection.UdpNetPortStatesInfo[];
  }
>(true);
same<
  connection.TcpNetPortStatesInfo,
  {
    tcpLocalIp: string;
    tcpLocalPort: number;
    tcpRemoteIp: string;
    tcpRemotePort: number;
    tcpUid: number;
    tcpPid: number;
    tcpState: connection.TcpState;
  }
>(true);
same<connection.UdpNetPortStatesInfo, { udpLocalIp: string; udpLocalPort: number; udpUid: number; udpPid: number }>(
  true,
);
same<connection.TraceRouteOptions, { maxJumpNumber?: number; packetsType?: connection.PacketsType }>(true);
same<connection.TraceRouteInfo, { jumpNo: number; address: string; rtt: number[] }>(true);
same<connection.ProbeResultInfo, { lossRate: number; rtt: number[] }>(true);
same<connection.TcpState, 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11>(true);
same<connection.PacketsType, 0 | 1>(true);
same<connection.ProxyMode, 0 | 1>(true);
same<connection.Socks5DnsStrategy, 0 | 1>(true);
same<connection.ProtocolType, 6 | 17>(true);
same<connection.ConversionProcess, 0 | 1 | 2>(true);

/** Listeners that have a separate method. */
type Listens<Value> = (callback: Callback<Value>) => void;
same<connection.NetConnection['onNetBlockStatusChange'], Listens<connection.NetBlockStatusInfo>>(true);
same<connection.NetConnection['onNetCapabilitiesChange'], Listens<connection.NetCapabilityInfo>>(true);
same<connection.NetConnection['onNetConnectionPropertiesChange'], Listens<connection.NetConnectionPropertyInfo>>(true);
same<connection.NetConnection['onNetLost'], Listens<Handle>>(true);
same<
  keyof connection.NetConnection,
  | 'on'
  | 'register'
  | 'unregister'
  | `onNet${'Available' | 'BlockStatusChange' | 'CapabilitiesChange' | 'ConnectionPropertiesChange' | 'Lost' | 'Unavailable'}`
>(true);
same<
  keyof Handle,
  'netId' | 'bindSocket' | 'getAddressesByName' | 'getAddressesByNameWithOptions' | 'getAddressByName'
>(true);
same<Handle['bindSocket'], Takes<object, void>>(true);
same<connection.NetBearType, 0 | 1 | 2 | 3 | 4>(true);
same<connection.NetCap, 0 | 11 | 12 | 15 | 16 | 17 | 31>(true);
same<connection.FamilyType, 0 | 1 | 2>(true);

/** As applications write it, and what is refused. */
export function uses(handle: Handle): void {
  const specifier: connection.NetSpecifier = {
    netCapabilities: { bearerTypes: [connection.NetBearType.BEARER_CELLULAR] },
  };
  const netConnection: connection.NetConnection = connection.createNetConnection(specifier, 1000);
  netConnection.on('netAvailable', (data: connection.NetHandle) => void data.netId);
  netConnection.register((error) => void error.code);
  connection.getNetCapabilities(handle, (_error, data: connection.NetCapabilities) => {
    if (data.bearerTypes[0] === connection.NetBearType.BEARER_WIFI) return;
  });
  // @ts-expect-error: a timeout is a number
  connection.createNetConnection(specifier, '1000');
  // @ts-expect-error: no such event
  netConnection.on('netGone', () => {});
  // @ts-expect-error: a callback is required
  netConnection.register();
  // @ts-expect-error: there is no off
  netConnection.off('netLost');
  // @ts-expect-error: a handle is required
  void connection.getNetCapabilities();
}
