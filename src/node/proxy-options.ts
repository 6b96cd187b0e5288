// What a user may set of an HTTP proxy. proxy.ts uses it.

/** An HTTP proxy that tunnels by CONNECT. */
export interface ProxyAddress {
  /** Host name or address, IPv6 without brackets. Empty: no proxy. */
  readonly host: string;
  /** 0: no proxy. */
  readonly port: number;
  /** Sent by the Basic scheme (RFC 7617) when both are given. */
  readonly username?: string | undefined;
  /** Goes with `username`. */
  readonly password?: string | undefined;
  /**
   * Hosts to connect to directly: `*` for all; a name, which includes its subdomains; an address; a network such as
   * `10.0.0.0/8` or `fd00::/8`, for hosts that are written as addresses; each with `:port` for only that port. `*` inside
   * an entry stands for any characters. Case, `scheme://` and a leading dot do not matter. Names are not looked up.
   */
  readonly exclude?: readonly string[] | undefined;
}

/** `'none'`, `'system'` (from the environment variables HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY), or a proxy. */
export type ProxySetting = 'none' | 'system' | ProxyAddress;
