// What the connections of one host share: its ports, the memory that frames are written into, the pool of masking keys,
// and what each of them needs only now and then.

import { Arena } from '../message/arena.ts';
import { MaskingKeys } from '../message/masking-keys.ts';
import { Scratch } from '../message/scratch.ts';
import { Pool } from '../pool.ts';
import type { Host } from '../ports.ts';
import { Incoming, type IncomingOwner } from './incoming.ts';
import { Outgoing, type OutgoingOwner } from './outgoing.ts';

/** A message that is published needs one for each of its subscribers, until the end of the turn. */
const SPARE_OUTGOING = 4096;
/** They are needed for the length of a call, and where a message comes in parts. */
const SPARE_INCOMING = 256;

/** One for each host (one a process over sockets; one a network in tests). */
export class Workspace {
  readonly host: Host;
  readonly #outgoing: Pool<Outgoing>;
  readonly #incoming: { readonly client: Pool<Incoming>; readonly server: Pool<Incoming> };

  constructor(host: Host) {
    const { memory, random } = host;
    const arena = new Arena(memory);
    const maskingKeys = new MaskingKeys(random);
    const scratch = new Scratch(memory);
    this.host = host;
    this.#outgoing = new Pool(SPARE_OUTGOING, () => new Outgoing(host, arena, maskingKeys, scratch));
    this.#incoming = {
      client: new Pool(SPARE_INCOMING, () => new Incoming('client', host)),
      server: new Pool(SPARE_INCOMING, () => new Incoming('server', host)),
    };
  }

  lendOutgoing(owner: OutgoingOwner): Outgoing {
    const outgoing = this.#outgoing.take();
    outgoing.serve(owner);
    return outgoing;
  }

  /** Takes back what `isIdle`. */
  takeBackOutgoing(outgoing: Outgoing): void {
    outgoing.release();
    this.#outgoing.giveBack(outgoing);
  }

  /** With compression it is made for that connection, and never idle. */
  lendIncoming(owner: IncomingOwner): Incoming {
    const { compression, options } = owner;
    const { role } = options;
    const incoming =
      compression === undefined ? this.#incoming[role].take() : new Incoming(role, this.host, compression);
    incoming.serve(owner);
    return incoming;
  }

  /** Takes back what `isIdle`. */
  takeBackIncoming(incoming: Incoming): void {
    incoming.release();
    this.#incoming[incoming.role].giveBack(incoming);
  }
}
