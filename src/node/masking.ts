// Masking by Node's own routine (`http.websocketMask` of Node 26.12), for what a client sends.

import { Buffer } from 'node:buffer';
import process from 'node:process';
import type { NativeMask } from '../core/mask.ts';

/**
 * Finds the routine and tries it out.
 *
 * @param module  `node:http`, not imported: see http.ts
 * @returns `undefined` where it is missing or works in another way
 */
export function findNativeMask(module: object = process.getBuiltinModule('node:http')): NativeMask | undefined {
  const mask = Reflect.get(module, 'websocketMask') as NativeMask | undefined;
  if (typeof mask !== 'function') return undefined;
  const source = Uint8Array.from({ length: 70 }, (_, index) => index);
  const target = new Uint8Array(72);
  const key = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
  try {
    mask(source, key, target, 1, source.length);
  } catch {
    return undefined;
  }
  const isRight = source.every((byte, index) => byte === index && target[index + 1] === (byte ^ (key[index & 3] ?? 0)));
  return isRight && target[0] === 0 && target[71] === 0 ? mask : undefined;
}
