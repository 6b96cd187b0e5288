// The enums of `connection`, with the numbers of the declaration. Each is a frozen object, and a type with its values.

type Values<Enum> = Enum[keyof Enum];

/** What a network can do. */
export const NetCap = Object.freeze({
  /** Multimedia messages of the carrier. */
  NET_CAPABILITY_MMS: 0,
  /** Traffic costs nothing. */
  NET_CAPABILITY_NOT_METERED: 11,
  /** Meant to reach the Internet. */
  NET_CAPABILITY_INTERNET: 12,
  /** Not a VPN. */
  NET_CAPABILITY_NOT_VPN: 15,
  /** Was seen to reach the Internet. */
  NET_CAPABILITY_VALIDATED: 16,
  /** Asks for a login first. */
  NET_CAPABILITY_PORTAL: 17,
  /** Being checked: NET_CAPABILITY_VALIDATED does not count yet. */
  NET_CAPABILITY_CHECKING_CONNECTIVITY: 31,
} as const);
/** The number of a capability. */
export type NetCap = Values<typeof NetCap>;

/** How a network is carried. */
export const NetBearType = Object.freeze({
  /** A cellular network. */
  BEARER_CELLULAR: 0,
  /** Wi-Fi. */
  BEARER_WIFI: 1,
  /** Bluetooth. */
  BEARER_BLUETOOTH: 2,
  /** Ethernet. */
  BEARER_ETHERNET: 3,
  /** A VPN. */
  BEARER_VPN: 4,
} as const);
/** The number of a kind of network. */
export type NetBearType = Values<typeof NetBearType>;

/** Which addresses a lookup is for. */
export const FamilyType = Object.freeze({
  /** IPv4 and IPv6. */
  FAMILY_TYPE_ALL: 0,
  /** IPv4 only. */
  FAMILY_TYPE_IPV4: 1,
  /** IPv6 only. */
  FAMILY_TYPE_IPV6: 2,
} as const);
/** The number of a family of addresses. */
export type FamilyType = Values<typeof FamilyType>;

/** Whether proxies are looked for by themselves. */
export const ProxyMode = Object.freeze({
  /** No. */
  PROXY_MODE_OFF: 0,
  /** Yes. */
  PROXY_MODE_AUTO: 1,
} as const);
/** The number of a proxy mode. */
export type ProxyMode = Values<typeof ProxyMode>;

/** Whether the system or a SOCKS5 proxy looks up names. */
export const Socks5DnsStrategy = Object.freeze({
  /** The system. */
  SYSTEM_MODE: 0,
  /** The proxy. */
  PROXY_MODE: 1,
} as const);
/** The number of such a strategy. */
export type Socks5DnsStrategy = Values<typeof Socks5DnsStrategy>;

/** Protocols, with their numbers in IP packets. */
export const ProtocolType = Object.freeze({
  /** TCP. */
  PROTO_TYPE_TCP: 6,
  /** UDP. */
  PROTO_TYPE_UDP: 17,
} as const);
/** The number of a protocol. */
export type ProtocolType = Values<typeof ProtocolType>;

/** The packets of a probe. */
export const PacketsType = Object.freeze({
  /** ICMP. */
  NETCONN_PACKETS_ICMP: 0,
  /** UDP. */
  NETCONN_PACKETS_UDP: 1,
} as const);
/** The number of a kind of packets. */
export type PacketsType = Values<typeof PacketsType>;

/** How strictly host names are converted. */
export const ConversionProcess = Object.freeze({
  /** Assigned code points only. */
  NO_CONFIGURATION: 0,
  /** Unassigned code points too. */
  ALLOW_UNASSIGNED: 1,
  /** The result must be a host name of RFC 1123. */
  USE_STD3_ASCII_RULES: 2,
} as const);
/** The number of such a conversion. */
export type ConversionProcess = Values<typeof ConversionProcess>;

/** The states of TCP (RFC 793 §3.2), with the numbers of Linux. */
export const TcpState = Object.freeze({
  /** Data can pass. */
  TCP_ESTABLISHED: 1,
  /** A SYN was sent. */
  TCP_SYN_SENT: 2,
  /** A SYN was received. */
  TCP_SYN_RECV: 3,
  /** A FIN was sent. */
  TCP_FIN_WAIT1: 4,
  /** The FIN was acknowledged. */
  TCP_FIN_WAIT2: 5,
  /** Both have ended; late packets are waited for. */
  TCP_TIME_WAIT: 6,
  /** There is no connection. */
  TCP_CLOSE: 7,
  /** A FIN was received. */
  TCP_CLOSE_WAIT: 8,
  /** A FIN was sent after one was received. */
  TCP_LAST_ACK: 9,
  /** Clients are accepted. */
  TCP_LISTEN: 10,
  /** Both sent a FIN at once. */
  TCP_CLOSING: 11,
} as const);
/** The number of a state of TCP. */
export type TcpState = Values<typeof TcpState>;
