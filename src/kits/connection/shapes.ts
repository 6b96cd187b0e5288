// A net in the shapes of the kit: its capabilities, and the properties of its link.

import { isIPv6 } from 'node:net';
import type { Bearer, Net } from '../host.ts';
import { NetBearType, NetCap } from './enums.ts';
import type { ConnectionProperties, NetAddress, NetCapabilities, RouteInfo } from './types.ts';

const bearerTypes: Readonly<Record<Bearer, NetBearType>> = {
  cellular: NetBearType.BEARER_CELLULAR,
  wifi: NetBearType.BEARER_WIFI,
  bluetooth: NetBearType.BEARER_BLUETOOTH,
  ethernet: NetBearType.BEARER_ETHERNET,
  vpn: NetBearType.BEARER_VPN,
};

/** What a net can do. The numbers are sorted, as on a device. */
export function capabilitiesOf(net: Net): NetCapabilities {
  const networkCap: NetCap[] = [];
  if (!net.isMetered) networkCap.push(NetCap.NET_CAPABILITY_NOT_METERED);
  networkCap.push(NetCap.NET_CAPABILITY_INTERNET);
  if (net.bearer !== 'vpn') networkCap.push(NetCap.NET_CAPABILITY_NOT_VPN);
  if (net.isValidated) networkCap.push(NetCap.NET_CAPABILITY_VALIDATED);
  if (net.hasPortal) networkCap.push(NetCap.NET_CAPABILITY_PORTAL);
  return {
    linkUpBandwidthKbps: net.uplink,
    linkDownBandwidthKbps: net.downlink,
    networkCap,
    bearerTypes: [bearerTypes[net.bearer]],
  };
}

/** The link of a net. */
export function propertiesOf(net: Net): ConnectionProperties {
  const { interfaceName, links, dnsServers, gateways, mtu } = net;
  const hasRoute = (isSix: boolean): boolean =>
    links.some(({ address }) => isIPv6(address) === isSix) && gateways.some((gateway) => isIPv6(gateway) === isSix);
  return {
    interfaceName,
    domains: '',
    linkAddresses: links.map(({ address, prefixLength }) => ({ address: addressOf(address), prefixLength })),
    dnses: dnsServers.map(addressOf),
    routes: [
      ...gateways.map((gateway) => routeOf(interfaceName, isIPv6(gateway) ? '::' : '0.0.0.0', 0, gateway)),
      ...links.map(({ address, prefixLength }) =>
        routeOf(interfaceName, isIPv6(address) ? address : networkOf(address, prefixLength), prefixLength, undefined),
      ),
    ],
    mtu,
    isIPv4LinkValid: hasRoute(false),
    isIPv6LinkValid: hasRoute(true),
  };
}

/** An address in the shape of the kit. */
export function addressOf(address: string): NetAddress {
  return { address, family: isIPv6(address) ? 2 : 1, port: 0 };
}

function routeOf(name: string, address: string, prefixLength: number, gateway: string | undefined): RouteInfo {
  return {
    interface: name,
    iface: name,
    destination: { address: addressOf(address), prefixLength },
    gateway: gateway === undefined ? { ...addressOf(address), address: '' } : addressOf(gateway),
    hasGateway: gateway !== undefined,
    isDefaultRoute: prefixLength === 0,
    isExcludedRoute: false,
  };
}

/** The IPv4 address of the network that an address is in. */
function networkOf(address: string, prefixLength: number): string {
  const bits = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - prefixLength);
  const network = Math.floor(bits / size) * size;
  return [24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join('.');
}
