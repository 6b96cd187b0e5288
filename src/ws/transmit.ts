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

// Options of `send` are conditions, as in `ws`: one that is given as `undefined` does not hold.

/** Whether more fragments follow. */
export function isUnfinished(options: SendOptions | undefined): boolean {
  if (options === undefined) return false;
  const { fin } = options;
  return fin === undefined ? 'fin' in options : !fin;
}

/** @param isBytes  the data is not a string */
export function isBinaryBy(options: SendOptions | undefined, isBytes: boolean): boolean {
  if (options === undefined) return isBytes;
  const { binary } = options;
  return binary === undefined ? isBytes && !('binary' in options) : Boolean(binary);
}

/** Whether it must not be compressed. */
function isPlainBy(options: SendOptions | undefined): boolean {
  if (options === undefined) return false;
  const { compress } = options;
  return compress === undefined ? 'compress' in options : !compress;
}

/** Sends a message of one piece. */
export function transmit(
  connection: Connection,
  data: string | Uint8Array,
  options: SendOptions | undefined,
  sent: Sent | undefined,
): void {
  const isBytes = typeof data !== 'string';
  const isBinary = isBinaryBy(options, isBytes);
  const isPlain = isPlainBy(options);
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
  const compress = isFirst && !isPlainBy(options) && sizeOf(data) >= threshold;
  connection.sendFragment(data, { fin: !isUnfinished(options), binary: isBinary, compress }, sent);
}

function checkMask({ role }: Connection): void {
  if (role === 'client') warnOnce('mask', 'a client masks what it sends (RFC 6455 §5.1)');
}
