// The settings of `configure`.

import type { Heartbeat } from '../core/connection/heartbeat.ts';
import type { DeviceSettings } from '../kits/device-settings.ts';
import type { LimitsMode, Profile } from './policy.ts';

/** What a page does with options of `connect` that its browser cannot meet. */
export type Unsupported = 'refuse' | 'warn';

/** Settings for pages. Under Node they are checked and have no effect. */
export interface BrowserSettings {
  /**
   * What `connect` does in a page with options that a browser cannot meet, such as `header`, `caPath`, `clientCert`, `proxy`
   * and `pingInterval`. `'refuse'`, the default: it fails with 2302999, and the error names the option. `'warn'`: it connects
   * without them. The console gets one warning for each set of ignored options; it tells what is missing, and what is
   * less safe.
   */
  unsupported?: Unsupported | undefined;
}

/** Settings of the kit. Those that are absent stay as they are. */
export interface Configuration {
  /**
   * `'standard'`, the default, behaves as documented. `'device'` adds oddities of devices: `pongTimeout: 0` ends a
   * connection, the 52nd connection of an address within a minute bans it, and refused clients get no HTTP response. The
   * environment variable HARMONY_WEBSOCKET_PROFILE sets it, too.
   */
  profile?: Profile | undefined;
  /**
   * Limits of a server. `'standard'`: those of its configuration, 10 at most. `'device'`: the same, and the ban.
   * `'none'`: no limits at all, for a real server; `start` then accepts any numbers. Default: that of the profile. A
   * server uses the value from its latest `start`.
   */
  limits?: LimitsMode | undefined;
  /**
   * Permissions of the application: a list of names, or a function that decides for each operation. Without
   * `ohos.permission.INTERNET` every network operation of `webSocket` and `http` fails with 201. Default: all.
   */
  permissions?: readonly string[] | ((permission: string) => boolean) | undefined;
  /**
   * Hosts that clients of `webSocket` and requests of `http` may connect to: a list of names and addresses
   * (`*.example.com` for every name below), or a function that decides for each connection and each redirect. Other hosts
   * fail with 2302998, for `http` with 2300998. A redirect of a WebSocket to one leads to an `error` event with this error
   * as its cause. Default: all.
   */
  allowedDomains?: readonly string[] | ((host: string) => boolean) | undefined;
  /**
   * Largest message that clients and servers receive, in bytes. A larger one ends the connection with 1009.
   * Default 100 MiB.
   */
  maxMessageSize?: number | undefined;
  /**
   * How servers ping, in milliseconds. `false` or an interval of 0: no pings.
   * Default `{ interval: 40_000, timeout: 10_000 }`.
   */
  serverHeartbeat?: Heartbeat | false | undefined;
  /** Milliseconds that a client's `connect` may take from the call to the response. 0: no bound. Default 35,000. */
  handshakeTimeout?: number | undefined;
  /** Milliseconds that a peer may take to answer a Close frame, and again to end TCP. Default 5,000. */
  closeTimeout?: number | undefined;
  /** Milliseconds until a server's `stop` cuts off clients that do not answer. Default 5,000. */
  stopTimeout?: number | undefined;
  /** The clock for bans, in milliseconds since 1970. For tests. Default `Date.now`. */
  wallClock?: (() => number) | undefined;
  /** What a page does with options that its browser cannot meet. No effect under Node. */
  browser?: BrowserSettings | undefined;
  /** What programs can read of a device: values of `deviceInfo`, the time of `systemDateTime`, where preferences are. */
  device?: DeviceSettings | undefined;
}
