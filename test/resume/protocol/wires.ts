// Two ends of wsr1 in memory: a client, a reception with its store, and wires between them that the test moves.

import { createHash } from 'node:crypto';
import type { Clock, Random } from '../../../src/core/ports.ts';
import type { ClientOptions } from '../../../src/resume/protocol/client-events.ts';
import type { EndHost, Link, LinkPort, Payload, ServerHost } from '../../../src/resume/protocol/ports.ts';
import type { ServerSettings } from '../../../src/resume/protocol/server-events.ts';

export const KIB = 1024;

export const limits = { buffer: 64 * KIB, part: 8 * KIB, max: 1024 * KIB };

export const clientOptions: ClientOptions = {
  limits,
  maxQueued: 256 * KIB,
  answerTimeout: 10_000,
  acknowledgeDelay: 250,
  startsAnew: true,
  deliversPieces: false,
};

export const serverSettings: ServerSettings = {
  limits,
  maxQueued: 256 * KIB,
  maxDetached: 256 * KIB,
  maxDetachedMessages: 4096,
  overflow: 'end',
  keep: 120_000,
  keepAway: 30_000,
  keepTombstone: 60_000,
  startTimeout: 10_000,
  heartbeat: 20_000,
  answerTimeout: 30_000,
  acknowledgeDelay: 250,
  deliversPieces: false,
  storeTimeout: 5_000,
};

/** Bytes that are the same in each run. */
export function countingRandom(): Random {
  let state = 1;
  return {
    fill(bytes) {
      for (let at = 0; at < bytes.length; at++) {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        bytes[at] = state >>> 16;
      }
    },
  };
}

export function hostOf(clock: Clock, random: Random = countingRandom()): EndHost & ServerHost {
  return {
    clock,
    random,
    textSize: (text) => Buffer.byteLength(text),
    sha256: (text) => createHash('sha256').update(text).digest('base64url'),
  };
}

/** What goes one way, until it is delivered. */
export type Parcel = { readonly data: Payload } | { readonly code: number; readonly reason: string };

/** One side's port of a wire. */
export class WireEnd implements LinkPort {
  /** What is under way to the other side. */
  readonly under: Parcel[] = [];
  /** Everything that was ever sent. */
  readonly log: Payload[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  /** What is sent vanishes, and nobody notices: a half-open connection. */
  isMute = false;
  /** Its process is gone: what it says goes nowhere. */
  isDead = false;

  control(text: string): void {
    this.#put(text);
  }

  data(data: Payload): void {
    this.#put(data);
  }

  close(code: number, reason: string): void {
    if (this.closed) return;
    this.closed = { code, reason };
    if (!this.isMute) this.under.push({ code, reason });
  }

  abandon(): void {
    this.close(1006, '');
  }

  #put(data: Payload): void {
    if (this.isDead) return;
    if (this.closed) throw new Error('sent after close');
    this.log.push(data);
    if (!this.isMute) this.under.push({ data });
  }
}

/** A connection: two ports, and what the two ends are told of it. */
export class Wire {
  readonly client: WireEnd = new WireEnd();
  readonly server: WireEnd = new WireEnd();
  clientLink: Link | undefined;
  serverLink: Link | undefined;

  /** Delivers the oldest thing under way. Returns whether there was one. */
  up(): boolean {
    return deliver(this.client, this.server, this.serverLink);
  }

  down(): boolean {
    return deliver(this.server, this.client, this.clientLink);
  }

  /** The server's side sees it broken; parcels under way to it are lost. */
  cutUp(): void {
    breakOff(this.client, this.server, this.serverLink);
  }

  cutDown(): void {
    breakOff(this.server, this.client, this.clientLink);
  }

  cut(): void {
    this.cutUp();
    this.cutDown();
  }
}

function deliver(from: WireEnd, to: WireEnd, link: Link | undefined): boolean {
  const parcel = from.under.shift();
  if (!parcel) return false;
  if ('data' in parcel) link?.received(parcel.data);
  else breakOff(from, to, link, parcel.code, parcel.reason);
  return true;
}

function breakOff(from: WireEnd, to: WireEnd, link: Link | undefined, code = 1006, reason = ''): void {
  from.under.length = 0;
  const wasClosed = to.closed !== undefined;
  to.closed ??= { code, reason };
  if (!wasClosed) link?.closed(code, reason);
}
