// The settings of permessage-deflate: what a user may set, the defaults, and what follows for a connection.

/** What a user may say of compression. Absent means the default. */
export interface CompressionSettings {
  /**
   * zlib's compression level, 0 (stored) to 9 (smallest). Default 5: messages within a hundredth of what zlib's own
   * default, 6, makes of them, for up to two fifths less time.
   */
  level?: number | undefined;
  /** zlib's memory level, 1 to 9. A context takes 2^(memLevel + 9) + 2^(windowBits + 2) bytes. Default 8. */
  memLevel?: number | undefined;
  /** Messages of this many bytes or more are compressed. Default 1024. */
  threshold?: number | undefined;
  /** The server compresses each message on its own: no context is held for it. Default false. */
  serverNoContextTakeover?: boolean | undefined;
  /** The client compresses each message on its own. Default false. */
  clientNoContextTakeover?: boolean | undefined;
  /** The server's window is at most 2^this bytes, 8–15. Default 15. A client with less insists on it. */
  serverMaxWindowBits?: number | undefined;
  /**
   * The client's window is at most 2^this bytes, 8–15. Default 15. A server with less insists on it: offers of clients
   * that do not let it choose (no `client_max_window_bits`) are declined.
   */
  clientMaxWindowBits?: number | undefined;
}

/** Settings that have been checked, with their defaults. */
export interface CompressionOptions extends DeflateAgreement {
  readonly level: number;
  readonly memLevel: number;
  readonly threshold: number;
}

/** The parameters that both ends go by. */
export interface DeflateAgreement {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number;
  readonly clientMaxWindowBits: number;
}

/** Default of both window settings. */
export const MAX_WINDOW_BITS = 15;

const defaults: CompressionOptions = {
  level: 5,
  memLevel: 8,
  threshold: 1024,
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: MAX_WINDOW_BITS,
  clientMaxWindowBits: MAX_WINDOW_BITS,
};

/** Completes a setting that has been checked. */
export function completeCompression(
  setting: boolean | CompressionSettings | undefined,
): CompressionOptions | undefined {
  if (setting === undefined || setting === false) return undefined;
  return setting === true ? defaults : { ...defaults, ...(setting as Partial<CompressionOptions>) };
}
