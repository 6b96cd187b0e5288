// One call of `send`, with the options that `ws` has for it, as a call of the engine.

import { type Connection, machineOf } from '../core/connection/connection.ts';
import type { SendOptions as EngineOptions } from '../core/message/send-options.ts';
import { sizeOf } from './data.ts';
import { repeated } from './repeated.ts';
import { warnOnce } from './warnings.ts';

/** Called when a message has been handed to the system, or with an error when it was not. */
export type Sent = (error?: Error) => void;

export interface SendOptions {
  /** `true`: binary; `false`: text. Default: text for a string, binary for anything else. */
  binary?: boolean | undefined;
  /** Whether it is compressed, where that was agreed, from `threshold` bytes on. Default `true`. */
  compress?: boolean | undefined;
  /** `false`: a fragment, and more follow. Default `true`. */
  fin?: boolean | undefined;
  /** No effect: clients mask, and servers do not (RFC 6455 §5.1). */
  mask?: boolean | undefined;
}

/** What is given to the engine: one object for all messages. */
const AS_TEXT = { binary: false };
const AS_BINARY = { binary: true };
const PLAIN = { compress: false };
const PLAIN_TEXT = { binary: false, compress: false };
const PLAIN_BINARY = { binary: true, compress: false };

function engineOptions(isBinary: boolean, isNatural: boolean, isPlain: boolean): EngineOptions | undefined {
  if (isNatural) return isPlain ? PLAIN : undefined;
  if (isBinary) return isPlain ? PLAIN_BINARY : AS_BINARY;
  return isPlain ? PLAIN_TEXT : AS_TEXT;
}

/** An option of `send` as `ws` takes it: like a condition; one that is given as `undefined` does not hold. */
export function chosen(options: SendOptions | undefined, name: 'binary' | 'compress' | 'fin'): boolean | undefined {
  const value = options?.[name];
  if (value !== undefined) return Boolean(value);
  return options !== undefined && Object.hasOwn(options, name) ? false : undefined;
}

/** Sends a message of one piece. */
export function transmit(
  connection: Connection,
  data: string | Uint8Array,
  options: SendOptions | undefined,
  sent: Sent | undefined,
): void {
  const isBytes = typeof data !== 'string';
  const isBinary = chosen(options, 'binary') ?? isBytes;
  const isPlain = chosen(options, 'compress') === false;
  if (!isPlain) {
    const shared = repeated(connection, data, isBinary);
    if (shared !== undefined) {
      connection.sendShared(shared, sent);
      return;
    }
  }
  if (options === undefined) {
    connection.send(data, sent);
    return;
  }
  if (options.mask === false) checkMask(connection);
  const given = engineOptions(isBinary, isBinary === isBytes, isPlain);
  if (given === undefined) connection.send(data, sent);
  else connection.send(data, given, sent);
}

/**
 * Sends a fragment.
 *
 * @param isBinary  what its message is
 * @param isFirst   it begins the message, and decides on compression
 */
export function transmitFragment(
  connection: Connection,
  data: string | Uint8Array,
  isBinary: boolean,
  isFirst: boolean,
  options: SendOptions | undefined,
  sent: Sent | undefined,
): void {
  const { threshold = Number.POSITIVE_INFINITY } = machineOf(connection).compression ?? {};
  const compress = isFirst && chosen(options, 'compress') !== false && sizeOf(data) >= threshold;
  connection.sendFragment(data, { fin: chosen(options, 'fin') !== false, binary: isBinary, compress }, sent);
}

function checkMask({ role }: Connection): void {
  if (role === 'client') warnOnce('mask', 'a client masks what it sends (RFC 6455 §5.1)');
}
