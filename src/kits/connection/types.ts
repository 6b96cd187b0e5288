// The types of `connection`, as the SDK declares them; its `int` is `number`. index.ts puts them into the namespace. Nothing
// here exists at run time.

import type { AsyncCallback, Callback } from '../host.ts';
import type { FamilyType, NetBearType, NetCap, PacketsType, Socks5DnsStrategy, TcpState } from './enums.ts';

/** An address. */
export interface NetAddress {
  /** The address as text. */
  address: string;
  /** 1: IPv4 (default), 2: IPv6. */
  family?: number;
  /** 0 to 65535. Default 0. */
  port?: number;
}

/** An address and the length of its network's prefix. */
export interface LinkAddress {
  /** The address. */
  address: NetAddress;
  /** Bits. */
  prefixLength: number;
}

/** A route. */
export interface RouteInfo {
  /** Name of the network interface. */
  interface: string;
  /** The same, under its name in ArkTS-static. */
  iface: string;
  /** Where it leads. */
  destination: LinkAddress;
  /** The gateway; its address is empty where there is none. */
  gateway: NetAddress;
  /** Whether there is a gateway. */
  hasGateway: boolean;
  /** Whether it leads to everything. */
  isDefaultRoute: boolean;
  /** Whether it is an exception. Default `false`. */
  isExcludedRoute?: boolean;
}

/** What is known about the link of a network. */
export interface ConnectionProperties {
  /** Name of the network interface. */
  interfaceName: string;
  /** Its domain; `''` without one. */
  domains: string;
  /** Addresses of this device. */
  linkAddresses: Array<LinkAddress>;
  /** DNS servers. */
  dnses: Array<NetAddress>;
  /** Routes. */
  routes: Array<RouteInfo>;
  /** Bytes of the largest packet. */
  mtu: number;
  /** Whether there are an IPv4 address and an IPv4 route to everything. */
  isIPv4LinkValid?: boolean;
  /** Whether there are an IPv6 address and an IPv6 route to everything. */
  isIPv6LinkValid?: boolean;
}

/** What a network can do. */
export interface NetCapabilities {
  /** Kilobits per second to the network; 0: not known. */
  linkUpBandwidthKbps?: number;
  /** Kilobits per second from the network; 0: not known. */
  linkDownBandwidthKbps?: number;
  /** Its capabilities. */
  networkCap?: Array<NetCap>;
  /** How it is carried: one kind. */
  bearerTypes: Array<NetBearType>;
}

/** Which network to listen to. */
export interface NetSpecifier {
  /** What it must be able to do. An empty `bearerTypes` stands for any. */
  netCapabilities: NetCapabilities;
  /** Off the device: it is not looked at, since networks have no such identifier. */
  bearerPrivateIdentifier?: string;
}

/** A network. */
export interface NetHandle {
  /** Its id: 0 stands for no network, others are at least 100. */
  netId: number;
  /** Off the device: answers 801, since there is no `socket`. */
  bindSocket(socketParam: object, callback: AsyncCallback<void>): void;
  /** Off the device: answers 801, since there is no `socket`. */
  bindSocket(socketParam: object): Promise<void>;
  /** All addresses of a host. Errors: 201, 401, 2100001, 2100002 for an unknown host, 2100003 without a network. */
  getAddressesByName(host: string, callback: AsyncCallback<Array<NetAddress>>): void;
  /** All addresses of a host. Errors: 201, 401, 2100001, 2100002 for an unknown host, 2100003 without a network. */
  getAddressesByName(host: string): Promise<Array<NetAddress>>;
  /** The addresses of a host, of one family if you want. Errors: 201, 2100001, 2100002, 2100003. */
  getAddressesByNameWithOptions(host: string, option?: QueryOptions): Promise<Array<NetAddress>>;
  /** The first address of a host. Errors: those of `getAddressesByName`. */
  getAddressByName(host: string, callback: AsyncCallback<NetAddress>): void;
  /** The first address of a host. Errors: those of `getAddressesByName`. */
  getAddressByName(host: string): Promise<NetAddress>;
}

/** Value of `netCapabilitiesChange`. */
export interface NetCapabilityInfo {
  /** The network. */
  netHandle: NetHandle;
  /** What it can do now. */
  netCap: NetCapabilities;
}

/** Value of `netConnectionPropertiesChange`. */
export interface NetConnectionPropertyInfo {
  /** The network. */
  netHandle: NetHandle;
  /** Its link. */
  connectionProperties: ConnectionProperties;
}

/** Value of `netBlockStatusChange`. */
export interface NetBlockStatusInfo {
  /** The network. */
  netHandle: NetHandle;
  /** Whether this application may not use it. */
  blocked: boolean;
}

/** Listens to a network. There is one listener for each event; a later one replaces it. */
export interface NetConnection {
  /** The network is there. */
  on(type: 'netAvailable', callback: Callback<NetHandle>): void;
  /** The network may no longer, or again, be used. */
  on(type: 'netBlockStatusChange', callback: Callback<NetBlockStatusInfo>): void;
  /** The network's capabilities, after it became available and after each change. */
  on(type: 'netCapabilitiesChange', callback: Callback<NetCapabilityInfo>): void;
  /** The network's link, after it became available and after each change. */
  on(type: 'netConnectionPropertiesChange', callback: Callback<NetConnectionPropertyInfo>): void;
  /** The network is gone. */
  on(type: 'netLost', callback: Callback<NetHandle>): void;
  /** No such network was found in the time given. */
  on(type: 'netUnavailable', callback: Callback<void>): void;
  /** `on('netAvailable')` under its name in ArkTS-static. */
  onNetAvailable(callback: Callback<NetHandle>): void;
  /** `on('netBlockStatusChange')` under its name in ArkTS-static. */
  onNetBlockStatusChange(callback: Callback<NetBlockStatusInfo>): void;
  /** `on('netCapabilitiesChange')` under its name in ArkTS-static. */
  onNetCapabilitiesChange(callback: Callback<NetCapabilityInfo>): void;
  /** `on('netConnectionPropertiesChange')` under its name in ArkTS-static. */
  onNetConnectionPropertiesChange(callback: Callback<NetConnectionPropertyInfo>): void;
  /** `on('netLost')` under its name in ArkTS-static. */
  onNetLost(callback: Callback<NetHandle>): void;
  /** `on('netUnavailable')` under its name in ArkTS-static. */
  onNetUnavailable(callback: Callback<void>): void;
  /** Begins to listen. If the network is there, its events follow. Errors: 201, 401, 2101008 the second time, 2101022. */
  register(callback: AsyncCallback<void>): void;
  /** Stops. Errors: 401, 2101007 without `register`. */
  unregister(callback: AsyncCallback<void>): void;
}

/** Options of a lookup. */
export interface QueryOptions {
  /** The family of addresses. Default: all. */
  family?: FamilyType;
}

/** An HTTP proxy. */
export interface HttpProxy {
  /** Host name or address; `''`: no proxy. */
  host: string;
  /** 0 to 65535. */
  port: number;
  /** Used only together with `password`. */
  username?: string;
  /** Used only together with `username`. */
  password?: string;
  /** Hosts that are reached without the proxy. */
  exclusionList: Array<string>;
}

/** A SOCKS5 proxy. */
export interface Socks5Proxy {
  /** Host name or address; `''`: no proxy. */
  host: string;
  /** 0 to 65535. */
  port: number;
  /** Used only together with `password`. */
  username?: string;
  /** Used only together with `username`. */
  password?: string;
  /** Whether the system or the proxy looks up names. */
  dnsStrategy?: Socks5DnsStrategy;
  /** Hosts that are reached without the proxy. */
  exclusionList?: Array<string>;
}

/** An entry of the table of neighbours. */
export interface NetIpMacInfo {
  /** The IP address. */
  ipAddress: NetAddress;
  /** Name of the network interface. */
  iface: string;
  /** The MAC address. */
  macAddress: string;
}

/** Ports in use on the device. */
export interface NetPortStatesInfo {
  /** Those of TCP. */
  tcpPortStatesInfo?: Array<TcpNetPortStatesInfo>;
  /** Those of UDP. */
  udpPortStatesInfo?: Array<UdpNetPortStatesInfo>;
}

/** A port of TCP in use. */
export interface TcpNetPortStatesInfo {
  /** Local address. */
  tcpLocalIp: string;
  /** Local port. */
  tcpLocalPort: number;
  /** Remote address. */
  tcpRemoteIp: string;
  /** Remote port. */
  tcpRemotePort: number;
  /** User of the process. */
  tcpUid: number;
  /** Id of the process. */
  tcpPid: number;
  /** State of TCP. */
  tcpState: TcpState;
}

/** A port of UDP in use. */
export interface UdpNetPortStatesInfo {
  /** Local address. */
  udpLocalIp: string;
  /** Local port. */
  udpLocalPort: number;
  /** User of the process. */
  udpUid: number;
  /** Id of the process. */
  udpPid: number;
}

/** Options of `queryTraceRoute`. */
export interface TraceRouteOptions {
  /** 1 to 30. Default 30. */
  maxJumpNumber?: number;
  /** Default ICMP. */
  packetsType?: PacketsType;
}

/** A hop of a route. */
export interface TraceRouteInfo {
  /** Its number. */
  jumpNo: number;
  /** Its address. */
  address: string;
  /** Milliseconds there and back: least, average, most, deviation. */
  rtt: number[];
}

/** Result of `queryProbeResult`. */
export interface ProbeResultInfo {
  /** Percent of the packets that were lost. */
  lossRate: number;
  /** Milliseconds there and back: least, average, most, deviation. */
  rtt: number[];
}
