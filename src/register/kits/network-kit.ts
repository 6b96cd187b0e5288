// `@kit.NetworkKit`: `webSocket`, `connection`, `http`, and the kit's other names, which are `undefined`.

import { absent } from './absent.ts';

export { webSocket } from '../../kit/index.ts';
export { connection } from '../../kits/connection/index.ts';
export { http } from '../../kits/http/index.ts';

export const eap = absent;
export const ethernet = absent;
export const mdns = absent;
export const netFirewall = absent;
export const networkSecurity = absent;
export const policy = absent;
export const sharing = absent;
export const socket = absent;
export const statistics = absent;
export const vpn = absent;
export const vpnExtension = absent;
export const VpnExtensionAbility = absent;
export const VpnExtensionContext = absent;
