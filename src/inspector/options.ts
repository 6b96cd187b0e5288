// What a user may ask of `createInspector`, by name, unit and default.

import type { ServerTlsOptions } from '../node/tls-options.ts';

/** Bounds of what an inspector keeps for a DevTools that opens later. The oldest goes first. */
export interface InspectorHistory {
  /**
   * Connections that are kept, open and closed. When all of them are open, further ones are not shown. Default 1,000.
   */
  connections?: number | undefined;
  /** Frames that are kept, of all connections together. Default 10,000. */
  frames?: number | undefined;
  /** Bytes of payload that are kept, of all frames together. Default 16,777,216 (16 MiB). */
  bytes?: number | undefined;
}

/** What `createInspector` can be asked for. */
export interface InspectorOptions {
  /** 0 to 65,535. 0: any free port. Default 9229, which `chrome://inspect` looks at by itself. */
  port?: number | undefined;
  /** Address to listen on. An address that is not of this machine's loopback needs a `token`. Default `127.0.0.1`. */
  host?: string | undefined;
  /**
   * A secret that everybody has to know who looks at the server: at least 16 characters of `A-Z a-z 0-9 . _ ~ -`. It is in the
   * URLs of the inspector, as `?token=…`. Default: none, which only a loopback address allows.
   */
  token?: string | undefined;
  /** Certificate and key: the inspector then speaks `https:` and `wss:`. Default: no TLS. */
  tls?: ServerTlsOptions | undefined;
  /**
   * Origins of further DevTools front ends. `devtools://devtools` and `https://chrome-devtools-frontend.appspot.com`, and programs
   * that send no Origin, are always allowed. Default: none.
   */
  allowedOrigins?: readonly string[] | undefined;
  /** Bounds of what is kept for a DevTools that opens later. */
  history?: InspectorHistory | undefined;
  /**
   * Frames that are recorded and shown in each second, of all connections together. Where more than that are sent and received,
   * each connection gets its share, and a line in its messages tells how many are not shown. Default 1,000.
   */
  maxFramesPerSecond?: number | undefined;
  /** Bytes of each payload that are kept and shown. A line tells the size of a longer one. Default 65,536. */
  maxPayloadSize?: number | undefined;
  /**
   * Whether values of `Authorization`, `Cookie`, `Proxy-Authorization`, `Set-Cookie` and credentials in the URL are shown. Without
   * it they are `***`. Payloads are shown as they are, in either case. Default `false`.
   */
  showSecrets?: boolean | undefined;
}

/** The defaults of an inspector. */
export const inspectorDefaults = {
  port: 9229,
  host: '127.0.0.1',
  maxFramesPerSecond: 1000,
  maxPayloadSize: 64 * 1024,
  history: { connections: 1000, frames: 10_000, bytes: 16 * 1024 * 1024 },
} as const;
