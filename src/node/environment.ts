// Node as a host of the core: its codecs, randomness, memory, clock and turns, and the one workspace that all
// connections over sockets share.

import { Buffer } from 'node:buffer';
import { createHash, randomFillSync } from 'node:crypto';
import { Workspace } from '../core/connection/workspace.ts';
import type { Digest, Host, Random } from '../core/ports.ts';
import { networkClock } from './network.ts';
import { nodeText } from './text.ts';
import { nodeScheduler } from './turn.ts';

export const nodeRandom: Random = {
  fill(bytes) {
    randomFillSync(bytes);
  },
};

export const nodeDigest: Digest = {
  sha1Base64: (text) => createHash('sha1').update(text, 'latin1').digest('base64'),
  base64: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
};

export const nodeHost: Host = {
  text: nodeText,
  random: nodeRandom,
  // Small pieces come from Buffer's pool; as Buffers they need no conversion on their way into a socket.
  memory: { allocate: (size) => Buffer.allocUnsafe(size) },
  clock: networkClock,
  scheduler: nodeScheduler,
};

export const nodeWorkspace = new Workspace(nodeHost);
