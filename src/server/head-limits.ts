// Bounds of the head of a handshake, and of the time for it.

import type { ServerSettings } from './options.ts';

export interface HeadLimits {
  /** Milliseconds for TLS, for a request head, and for `upgrade` to decide, each. 0: no bound. */
  readonly handshakeTimeout: number;
  /** Bytes. */
  readonly maxHeaderSize: number;
  /** Fields. */
  readonly maxHeaderCount: number;
}

export const defaultHeadLimits: HeadLimits = {
  handshakeTimeout: 10_000,
  maxHeaderSize: 64 * 1024,
  maxHeaderCount: 200,
};

/** Completes settings that have been checked. */
export function headLimits(settings: Pick<ServerSettings, keyof HeadLimits>): HeadLimits {
  return {
    handshakeTimeout: settings.handshakeTimeout ?? defaultHeadLimits.handshakeTimeout,
    maxHeaderSize: settings.maxHeaderSize ?? defaultHeadLimits.maxHeaderSize,
    maxHeaderCount: settings.maxHeaderCount ?? defaultHeadLimits.maxHeaderCount,
  };
}
