// What the connections of one host share: its ports, the memory that frames are written into, the pool of masking keys,
// and what each of them needs only now and then.

import type { Role } from '../constants.ts';
import { Arena } from '../message/arena.ts';
import { MaskingKeys } from '../message/masking-keys.ts';
import { Receiver } from '../message/receiver.ts';
import { Pool } from '../pool.ts';
import type { Host } from '../ports.ts';
import { Outgoing } from './outgoing.ts';

/** A message that is published needs one for each of its subscribers, until the end of the turn. */
const SPARE_OUTGOING = 4096;
/** They are needed for the length of a call, and where a message comes in parts. */
const SPARE_RECEIVERS = 256;

/** One for each host (one a process over sockets; one a network in tests). */
export class Workspace {
  readonly host: Host;
  /** For what connections send. */
  readonly outgoing: Pool<Outgoing>;
  /** For what they receive without compression. */
  readonly receivers: { readonly [Each in Role]: Pool<Receiver> };

  constructor(host: Host) {
    const { memory, random, text } = host;
    const arena = new Arena(memory);
    const maskingKeys = new MaskingKeys(random);
    this.host = host;
    this.outgoing = new Pool(SPARE_OUTGOING, () => new Outgoing(host, arena, maskingKeys));
    this.receivers = {
      client: new Pool(SPARE_RECEIVERS, () => new Receiver('client', text, memory)),
      server: new Pool(SPARE_RECEIVERS, () => new Receiver('server', text, memory)),
    };
  }
}
