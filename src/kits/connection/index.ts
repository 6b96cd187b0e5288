// `connection` of `@kit.NetworkKit`, and the default export of `@ohos.net.connection`: which networks there are, when they
// come and go, and the addresses of names. It tells what `useNetwork` says in tests, and what this machine says elsewhere.

import type { HttpRequest as RequestOfHttp } from '../http/types.ts';
import * as enums from './enums.ts';
import { KitNetConnection, readWanted } from './net-connection.ts';
import * as queries from './queries.ts';
import type * as kit from './types.ts';
import * as values from './values.ts';

/**
 * Makes a listener for a network, which hears nothing before `register`.
 *
 * @param netSpecifier  what the network must be able to do. Absent: the default network, whichever it is
 * @param timeout       milliseconds until `netUnavailable`, if there is no such network; 0 (default): never
 * @throws BusinessError 401
 */
function createNetConnection(netSpecifier?: kit.NetSpecifier, timeout?: number): kit.NetConnection {
  return new KitNetConnection(readWanted(netSpecifier, timeout));
}

/** The module: an object with functions and enums at run time, and a namespace of types. */
export const connection = {
  createNetConnection,
  getDefaultNet: queries.getDefaultNet,
  getDefaultNetSync: queries.getDefaultNetSync,
  hasDefaultNet: queries.hasDefaultNet,
  hasDefaultNetSync: queries.hasDefaultNetSync,
  getAllNets: queries.getAllNets,
  getAllNetsSync: queries.getAllNetsSync,
  getConnectionProperties: queries.getConnectionProperties,
  getConnectionPropertiesSync: queries.getConnectionPropertiesSync,
  getNetCapabilities: queries.getNetCapabilities,
  getNetCapabilitiesSync: queries.getNetCapabilitiesSync,
  setNetExtAttribute: queries.setNetExtAttribute,
  setNetExtAttributeSync: queries.setNetExtAttributeSync,
  getNetExtAttribute: queries.getNetExtAttribute,
  getNetExtAttributeSync: queries.getNetExtAttributeSync,
  isDefaultNetMetered: queries.isDefaultNetMetered,
  isDefaultNetMeteredSync: queries.isDefaultNetMeteredSync,
  reportNetConnected: queries.reportNetConnected,
  reportNetDisconnected: queries.reportNetDisconnected,
  getAddressesByName: queries.getAddressesByName,
  getAddressesByNameWithOptions: queries.getAddressesByNameWithOptions,
  getAppNet: queries.getAppNet,
  getAppNetSync: queries.getAppNetSync,
  setAppNet: queries.setAppNet,
  addCustomDnsRule: queries.addCustomDnsRule,
  removeCustomDnsRule: queries.removeCustomDnsRule,
  clearCustomDnsRules: queries.clearCustomDnsRules,
  getDefaultHttpProxy: values.getDefaultHttpProxy,
  getGlobalHttpProxy: values.getGlobalHttpProxy,
  setGlobalHttpProxy: values.setGlobalHttpProxy,
  setAppHttpProxy: values.setAppHttpProxy,
  refreshGlobalHttpProxy: values.refreshGlobalHttpProxy,
  setPacUrl: values.setPacUrl,
  getPacUrl: values.getPacUrl,
  setPacFileUrl: values.setPacFileUrl,
  getPacFileUrl: values.getPacFileUrl,
  findProxyForUrl: values.findProxyForUrl,
  setProxyMode: values.setProxyMode,
  getProxyMode: values.getProxyMode,
  getDnsAscii: values.getDnsAscii,
  getDnsUnicode: values.getDnsUnicode,
  enableAirplaneMode: values.enableAirplaneMode,
  disableAirplaneMode: values.disableAirplaneMode,
  factoryReset: values.factoryReset,
  setInterfaceUp: values.setInterfaceUp,
  getConnectOwnerUid: values.getConnectOwnerUid,
  getConnectOwnerUidSync: values.getConnectOwnerUidSync,
  createVlanInterface: values.createVlanInterface,
  destroyVlanInterface: values.destroyVlanInterface,
  addVlanIp: values.addVlanIp,
  deleteVlanIp: values.deleteVlanIp,
  getIpNeighTable: values.getIpNeighTable,
  getSystemNetPortStates: values.getSystemNetPortStates,
  queryTraceRoute: values.queryTraceRoute,
  queryProbeResult: values.queryProbeResult,
  NetCap: enums.NetCap,
  NetBearType: enums.NetBearType,
  FamilyType: enums.FamilyType,
  ProxyMode: enums.ProxyMode,
  Socks5DnsStrategy: enums.Socks5DnsStrategy,
  ProtocolType: enums.ProtocolType,
  PacketsType: enums.PacketsType,
  ConversionProcess: enums.ConversionProcess,
  TcpState: enums.TcpState,
};

export declare namespace connection {
  /** What is known about the link of a network. */
  export type ConnectionProperties = kit.ConnectionProperties;
  /** How strictly host names are converted. */
  export type ConversionProcess = enums.ConversionProcess;
  /** Which addresses a lookup is for. */
  export type FamilyType = enums.FamilyType;
  /** An HTTP proxy. */
  export type HttpProxy = kit.HttpProxy;
  /** A client of `http`. */
  export type HttpRequest = RequestOfHttp;
  /** An address and the length of its network's prefix. */
  export type LinkAddress = kit.LinkAddress;
  /** An address. */
  export type NetAddress = kit.NetAddress;
  /** How a network is carried. */
  export type NetBearType = enums.NetBearType;
  /** Value of `netBlockStatusChange`. */
  export type NetBlockStatusInfo = kit.NetBlockStatusInfo;
  /** What a network can do. */
  export type NetCap = enums.NetCap;
  /** What a network can do, all in one. */
  export type NetCapabilities = kit.NetCapabilities;
  /** Value of `netCapabilitiesChange`. */
  export type NetCapabilityInfo = kit.NetCapabilityInfo;
  /** Listens to a network. */
  export type NetConnection = kit.NetConnection;
  /** Value of `netConnectionPropertiesChange`. */
  export type NetConnectionPropertyInfo = kit.NetConnectionPropertyInfo;
  /** A network. */
  export type NetHandle = kit.NetHandle;
  /** An entry of the table of neighbours. */
  export type NetIpMacInfo = kit.NetIpMacInfo;
  /** Ports in use on the device. */
  export type NetPortStatesInfo = kit.NetPortStatesInfo;
  /** Which network to listen to. */
  export type NetSpecifier = kit.NetSpecifier;
  /** The packets of a probe. */
  export type PacketsType = enums.PacketsType;
  /** Result of `queryProbeResult`. */
  export type ProbeResultInfo = kit.ProbeResultInfo;
  /** Protocols. */
  export type ProtocolType = enums.ProtocolType;
  /** Whether proxies are looked for. */
  export type ProxyMode = enums.ProxyMode;
  /** Options of a lookup. */
  export type QueryOptions = kit.QueryOptions;
  /** A route. */
  export type RouteInfo = kit.RouteInfo;
  /** Whether the system or a SOCKS5 proxy looks up names. */
  export type Socks5DnsStrategy = enums.Socks5DnsStrategy;
  /** A SOCKS5 proxy. */
  export type Socks5Proxy = kit.Socks5Proxy;
  /** A port of TCP in use. */
  export type TcpNetPortStatesInfo = kit.TcpNetPortStatesInfo;
  /** The states of TCP. */
  export type TcpState = enums.TcpState;
  /** A hop of a route. */
  export type TraceRouteInfo = kit.TraceRouteInfo;
  /** Options of `queryTraceRoute`. */
  export type TraceRouteOptions = kit.TraceRouteOptions;
  /** A port of UDP in use. */
  export type UdpNetPortStatesInfo = kit.UdpNetPortStatesInfo;
}

export default connection;
