// Node as a host of the core: its codecs, randomness, memory, clock and turns, and the one workspace that all
// connections over sockets share.

import { Buffer } from 'node:buffer';
import { Workspace } from '../core/connection/workspace.ts';
import { useNativeMask } from '../core/mask.ts';
import type { Digest, Host, Random } from '../core/ports.ts';
import { nodeContexts } from './contexts.ts';
import { lateCrypto } from './late-modules.ts';
import { findNativeMask } from './masking.ts';
import { nodeMemory } from './memory.ts';
import { networkClock } from './network.ts';
import { nodeText } from './text.ts';
import { nodeScheduler } from './turn.ts';

export const nodeRandom: Random = {
  fill(bytes) {
    lateCrypto().randomFillSync(bytes);
  },
};

/** `hash` of `node:crypto`, which needs no object (Node 20.12, 21.7). */
type Hash = (algorithm: string, data: string, encoding: 'base64') => string;

export const nodeDigest: Digest = {
  sha1Base64(text) {
    const crypto = lateCrypto();
    const hash = Reflect.get(crypto, 'hash') as Hash | undefined;
    return hash === undefined
      ? crypto.createHash('sha1').update(text, 'latin1').digest('base64')
      : hash('sha1', text, 'base64');
  },
  base64: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
};

useNativeMask(findNativeMask());

export const nodeHost: Host = {
  text: nodeText,
  random: nodeRandom,
  memory: nodeMemory,
  clock: networkClock,
  scheduler: nodeScheduler,
  contexts: nodeContexts,
};

/** Whether mistakes of the application should show rather than cost no time, as by the convention of NODE_ENV. */
export function isDevelopment(): boolean {
  return process.env.NODE_ENV !== 'production';
}

export const nodeWorkspace = new Workspace(nodeHost);
