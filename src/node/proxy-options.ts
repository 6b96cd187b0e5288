// What a user may set of a proxy. proxy.ts uses it.

import type { ClientTlsOptions } from './tls-options.ts';

/**
 * How a proxy is spoken to.
 *
 * - `http`: HTTP; it tunnels by CONNECT. `https`: the same over TLS.
 * - `socks5h`, `socks5`: SOCKS5 (RFC 1928). With `h` the proxy looks up the name of the host, without it this machine does.
 * - `socks4a`, `socks4`: SOCKS4, for IPv4, with the same difference.
 */
export type ProxyProtocol = 'http' | 'https' | 'socks5' | 'socks5h' | 'socks4' | 'socks4a';

/** A proxy as a URL: `socks5://user:password@host:port`. Without a port: 80, 443 or 1080. */
export type ProxyUrl = `${ProxyProtocol}://${string}`;

/** A proxy that connects to the server for this client. */
export interface ProxyAddress {
  /** Host name or address, IPv6 without brackets. Empty: no proxy. */
  readonly host: string;
  /** 0: no proxy. */
  readonly port: number;
  /** How it is spoken to. Default `'http'`. */
  readonly protocol?: ProxyProtocol | undefined;
  /** Sent to an HTTP proxy by the Basic scheme (RFC 7617) when both are given; to SOCKS5 by RFC 1929; the user id of SOCKS4. */
  readonly username?: string | undefined;
  /** Goes with `username`. SOCKS4 has none. */
  readonly password?: string | undefined;
  /** TLS with an `https` proxy: for example the `ca` that its certificate is issued by. The server's is the option `tls`. */
  readonly tls?: ClientTlsOptions | undefined;
  /**
   * Hosts to connect to directly: `*` for all; a name, which includes its subdomains; an address; a network such as
   * `10.0.0.0/8` or `fd00::/8`, for hosts that are written as addresses; each with `:port` for only that port. `*` inside
   * an entry stands for any characters. Case, `scheme://` and a leading dot do not matter. Names are not looked up.
   */
  readonly exclude?: readonly string[] | undefined;
}

/** `'none'`, `'system'` (from the environment variables HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY), or a proxy. */
export type ProxySetting = 'none' | 'system' | ProxyUrl | ProxyAddress;

export function isSocks(protocol: ProxyProtocol | undefined): boolean {
  return protocol?.startsWith('socks') === true;
}
