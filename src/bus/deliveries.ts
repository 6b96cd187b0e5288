// Messages of other nodes for the connections of this one: the path that every message takes once for each node.

import { PreparedMessage, type WholeFrame } from '../core/message/prepared-message.ts';
import { nodeHost } from '../node/environment.ts';
import type { BusMeter } from './bus-meter.ts';
import { partsOfId } from './control.ts';
import { type Envelope, Kind } from './envelope.ts';
import type { Handovers } from './handovers.ts';
import type { InterestTable } from './interest.ts';
import type { BusHost } from './seam.ts';

export class Deliveries {
  readonly #id: string;
  readonly #host: BusHost;
  readonly #interest: InterestTable;
  readonly #meter: BusMeter;
  readonly #handovers: Handovers;

  /** @param id  of this node */
  constructor(id: string, host: BusHost, interest: InterestTable, meter: BusMeter, handovers: Handovers) {
    this.#id = id;
    this.#host = host;
    this.#interest = interest;
    this.#meter = meter;
    this.#handovers = handovers;
  }

  /**
   * Delivers a publish or a broadcast.
   *
   * @param now  milliseconds since the epoch
   * @returns whether it has its form
   */
  take(envelope: Envelope, channel: string, now: number): boolean {
    const meter = this.#meter;
    meter.received.messages++;
    meter.received.bytes += envelope.bytes.length;
    const topic = envelope.kind === Kind.publish ? envelope.topic : undefined;
    const isOurs = topic === undefined || this.#interest.has(topic, channel);
    if (isOurs && !this.#handovers.isEmpty) this.#handovers.note(envelope, topic ?? '');
    if (topic !== undefined && !(isOurs && this.#host.isSubscribed(topic))) {
      meter.unwanted++;
      return true;
    }
    const { frame } = envelope;
    if (frame === undefined) return false;
    if (this.#handovers.arriving > 0) frame.origin = envelope;
    meter.deliveries +=
      topic === undefined
        ? this.#host.broadcast(prepared(frame, envelope.compress))
        : this.#host.deliver(topic, prepared(frame, envelope.compress), this.#numberOf(envelope.except));
    meter.delay.record(now - envelope.sentAt);
    return true;
  }

  /** The number of a connection, if it is one of this node. */
  #numberOf(id: string): number | undefined {
    const parts = id === '' ? undefined : partsOfId(id);
    return parts?.node === this.#id ? parts.number : undefined;
  }
}

function prepared(frame: WholeFrame, compress: boolean | undefined): PreparedMessage {
  return new PreparedMessage(frame, nodeHost.text, nodeHost.memory, undefined, compress);
}
