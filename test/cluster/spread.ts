// Whether workers have a socket each here (src/cluster/places.ts), or node:cluster shares one.

import { canBindShared } from '../../src/node/internals/listen-handle.ts';

export const isSpread = canBindShared();
