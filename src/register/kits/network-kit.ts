// `@kit.NetworkKit`: `webSocket`, and the kit's other names, which link and say what they are when they are used.

import { absent } from './absent.ts';

export { webSocket } from '../../kit/index.ts';

const kit = '@kit.NetworkKit';

export const connection = absent('connection', kit);
export const eap = absent('eap', kit);
export const ethernet = absent('ethernet', kit);
export const http = absent('http', kit);
export const mdns = absent('mdns', kit);
export const netFirewall = absent('netFirewall', kit);
export const networkSecurity = absent('networkSecurity', kit);
export const policy = absent('policy', kit);
export const sharing = absent('sharing', kit);
export const socket = absent('socket', kit);
export const statistics = absent('statistics', kit);
export const vpn = absent('vpn', kit);
export const vpnExtension = absent('vpnExtension', kit);
export const VpnExtensionAbility = absent('VpnExtensionAbility', kit);
export const VpnExtensionContext = absent('VpnExtensionContext', kit);
