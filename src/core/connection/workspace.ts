// What the connections of one host share: its ports, the memory that frames are written into, the pool of masking keys,
// and what each connection needs only now and then.

import { MemoryPool } from '../memory-pool.ts';
import { Arena } from '../message/arena.ts';
import { MaskingKeys } from '../message/masking-keys.ts';
import { Scratch } from '../message/scratch.ts';
import { Meter } from '../meter.ts';
import { Pool } from '../pool.ts';
import type { Host } from '../ports.ts';
import { Accounts } from './accounts.ts';
import { Incoming, type IncomingOwner } from './incoming.ts';
import { Outgoing, type OutgoingOwner } from './outgoing.ts';

/** A published message needs one for each subscriber until the end of the turn. */
const SPARE_OUTGOING = 4096;
/** Each is needed for the length of a call, or while a message is unfinished. */
const SPARE_INCOMING = 256;

/** One for each host. Over sockets a process is one host; in tests a network is. */
export class Workspace {
  readonly host: Host;
  /** Of messages that are lent, and of text while it comes in. */
  readonly memory: MemoryPool;
  readonly accounts: Accounts;
  /** Of connections that nobody else counts. */
  readonly meter = new Meter();
  readonly #outgoing: Pool<Outgoing>;
  readonly #incoming: { readonly client: Pool<Incoming>; readonly server: Pool<Incoming> };

  constructor(host: Host) {
    const { memory, random } = host;
    const arena = new Arena(memory);
    const maskingKeys = new MaskingKeys(random);
    const scratch = new Scratch(memory);
    const pool = new MemoryPool(memory);
    this.host = host;
    this.accounts = new Accounts(host.clock);
    this.memory = pool;
    this.#outgoing = new Pool(SPARE_OUTGOING, () => new Outgoing(host, arena, maskingKeys, scratch));
    this.#incoming = {
      client: new Pool(SPARE_INCOMING, () => new Incoming('client', host, pool)),
      server: new Pool(SPARE_INCOMING, () => new Incoming('server', host, pool)),
    };
  }

  lendOutgoing(owner: OutgoingOwner): Outgoing {
    const outgoing = this.#outgoing.take();
    outgoing.serve(owner);
    if (owner.published !== undefined) outgoing.outbox.takeOver(owner);
    return outgoing;
  }

  /** Takes back what is idle (`isIdle`). */
  takeBackOutgoing(outgoing: Outgoing): void {
    outgoing.release();
    this.#outgoing.giveBack(outgoing);
  }

  /** With compression it is made for that connection, and is never idle. */
  lendIncoming(owner: IncomingOwner): Incoming {
    const { compression, options } = owner;
    const { role } = options;
    const incoming =
      compression === undefined ? this.#incoming[role].take() : new Incoming(role, this.host, this.memory, compression);
    incoming.serve(owner);
    return incoming;
  }

  /** Takes back what {@link Incoming.endChunk} says to be lendable. */
  takeBackIncoming(incoming: Incoming): void {
    incoming.release();
    this.#incoming[incoming.role].giveBack(incoming);
  }
}
