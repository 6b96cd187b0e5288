// One call of `send`, with the options that `ws` has for it, as a call of the engine.

import { Buffer } from 'node:buffer';
import type { Connection } from '../core/connection/connection.ts';

/** Called when a message has been handed to the system, or with an error when it was not. */
export type Sent = (error?: Error) => void;

export interface SendOptions {
  /** `true`: binary; `false`: text. Default: text for a string, binary for anything else. */
  binary?: boolean | undefined;
  /** Whether it is compressed, where that was agreed. Default `true`. */
  compress?: boolean | undefined;
  /** `false`: a fragment, and more follow. Default `true`. */
  fin?: boolean | undefined;
  /** No effect: clients mask, and servers do not (RFC 6455 §5.1). */
  mask?: boolean | undefined;
}

/** @param isFragment  it belongs to a message of several fragments */
export function transmit(
  connection: Connection,
  data: string | Uint8Array,
  options: SendOptions | undefined,
  isFragment: boolean,
  sent: Sent | undefined,
): void {
  const isBinary = options?.binary ?? typeof data !== 'string';
  const what = isBinary === (typeof data !== 'string') ? data : isBinary ? Buffer.from(data as string) : textOf(data);
  if (isFragment) connection.sendFragment(what, { fin: options?.fin !== false }, sent);
  else connection.send(what, sent);
}

function textOf(data: string | Uint8Array): string {
  return typeof data === 'string' ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString();
}
