// What the connections of one host share: its ports, the memory that frames are written into, the pool of masking keys,
// and what each of them needs only now and then.

import { Arena } from '../message/arena.ts';
import { MaskingKeys } from '../message/masking-keys.ts';
import { Receiver, type ReceiverEvents } from '../message/receiver.ts';
import { Scratch } from '../message/scratch.ts';
import { Pool } from '../pool.ts';
import type { Host } from '../ports.ts';
import { Outgoing, type OutgoingOwner } from './outgoing.ts';

/** A message that is published needs one for each of its subscribers, until the end of the turn. */
const SPARE_OUTGOING = 4096;
/** They are needed for the length of a call, and where a message comes in parts. */
const SPARE_RECEIVERS = 256;

/** A connection, as what it receives with sees it. */
export type IncomingOwner = ReceiverEvents & Pick<OutgoingOwner, 'options' | 'compression'>;

/** One for each host (one a process over sockets; one a network in tests). */
export class Workspace {
  readonly host: Host;
  readonly #outgoing: Pool<Outgoing>;
  readonly #receivers: { readonly client: Pool<Receiver>; readonly server: Pool<Receiver> };

  constructor(host: Host) {
    const { memory, random, text } = host;
    const arena = new Arena(memory);
    const maskingKeys = new MaskingKeys(random);
    const scratch = new Scratch(memory);
    this.host = host;
    this.#outgoing = new Pool(SPARE_OUTGOING, () => new Outgoing(host, arena, maskingKeys, scratch));
    this.#receivers = {
      client: new Pool(SPARE_RECEIVERS, () => new Receiver('client', text, memory)),
      server: new Pool(SPARE_RECEIVERS, () => new Receiver('server', text, memory)),
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

  /** With compression it is made for that connection alone, and never idle. */
  lendReceiver(owner: IncomingOwner): Receiver {
    const { compression } = owner;
    const { limits, role } = owner.options;
    const { text, memory } = this.host;
    const receiver =
      compression === undefined ? this.#receivers[role].take() : new Receiver(role, text, memory, compression);
    receiver.serve(owner, limits);
    return receiver;
  }

  /** Takes back what `isIdle`. */
  takeBackReceiver(receiver: Receiver): void {
    receiver.release();
    this.#receivers[receiver.role].giveBack(receiver);
  }
}
