// What the connections of one host share: its ports, the memory that frames are written into, the pool of masking keys.

import { Arena } from '../message/arena.ts';
import { MaskingKeys } from '../message/masking-keys.ts';
import type { Host } from '../ports.ts';

/** One for each host (one a process over sockets; one a network in tests). */
export class Workspace {
  readonly host: Host;
  readonly arena: Arena;
  readonly maskingKeys: MaskingKeys;

  constructor(host: Host) {
    this.host = host;
    this.arena = new Arena(host.memory);
    this.maskingKeys = new MaskingKeys(host.random);
  }
}
