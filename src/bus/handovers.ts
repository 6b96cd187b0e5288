// What is published while a session moves from this node to another one (docs/bus.md, "Sessions that move"). The other node cannot hear it before
// its own subscriptions are at the broker. So this node goes on listening for a session that has left it, and hands over what it has
// heard when it is asked.
//
// ```
//  this node     no connection ─────── claimed by another node ──────── asked ── over
//                which was the last    messages are kept                │
//                message of each node  for it                           ▼
//  other node                          holds what it hears ──── what was kept, then what it holds beyond that
// ```

import { Buffer } from 'node:buffer';
import { PreparedMessage } from '../core/message/prepared-message.ts';
import type { Timer } from '../core/ports.ts';
import { nodeHost } from '../node/environment.ts';
import { Envelope, Kind } from './envelope.ts';
import type { Following, HandedOver } from './seam.ts';

/** Bytes of all messages that are kept for one session, and its share of what the broker takes at once. */
const MOST_KEPT = 256 * 1024;
const SHARE_KEPT = 1 / 2;
/** The same of the names under which last numbers are kept. */
const MOST_NAMES = 64 * 1024;
const SHARE_NAMES = 1 / 8;
/** Milliseconds that messages are kept for the other node, which waits as long for them. */
export const KEPT_FOR = 5_000;
/** Of the length of a part of the answer. */
const LENGTH_SIZE = 4;

/** What is needed of the node. */
export interface HandoverOwner {
  /** Bytes that the broker takes at once. */
  readonly maxPayload: number;
  isSubscribed(topic: string): boolean;
  /** No session and no connection needs this topic any more. */
  left(topic: string): void;
}

/** For one session. */
interface Follower {
  readonly key: string;
  /** Of its connection object here. */
  readonly connectionId: string;
  readonly topics: Set<string>;
  /** Of each node and topic, the number of the last message that the session has got. */
  readonly last: Map<string, number>;
  namesSize: number;
  /** Present once another node has the session. */
  kept: Uint8Array[] | undefined;
  keptSize: number;
  isCut: boolean;
  readonly timer: Timer;
}

/** The sessions that have no connection here, or have left. */
export class Handovers {
  readonly #owner: HandoverOwner;
  readonly #mostKept: number;
  readonly #mostNames: number;
  readonly #byKey = new Map<string, Follower>();
  /** By topic; under `''` all, for messages to everybody. */
  readonly #byTopic = new Map<string, Set<Follower>>();
  #waiting: (() => void)[] = [];
  /** Sessions that have come, and hold what they hear until they have what was kept for them. */
  arriving = 0;

  constructor(owner: HandoverOwner) {
    this.#owner = owner;
    this.#mostKept = Math.min(MOST_KEPT, owner.maxPayload * SHARE_KEPT);
    this.#mostNames = Math.min(MOST_NAMES, owner.maxPayload * SHARE_NAMES);
  }

  /** Whether nothing is to be noted. */
  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /** Whether a session that has left needs a topic. */
  holds(topic: string): boolean {
    return this.#byTopic.has(topic);
  }

  /** @param key  names the session on all nodes */
  follow(key: string, connectionId: string, topics: Iterable<string>): Following {
    this.#end(this.#byKey.get(key));
    const follower: Follower = {
      key,
      connectionId,
      topics: new Set(),
      last: new Map(),
      namesSize: 0,
      kept: undefined,
      keptSize: 0,
      isCut: false,
      timer: nodeHost.clock.timer({ expired: () => this.#end(follower) }),
    };
    this.#byKey.set(key, follower);
    this.#add(follower, '');
    for (const topic of topics) this.#add(follower, topic);
    return {
      moved: (now) => {
        if (this.#byKey.get(key) !== follower) return;
        for (const topic of now) this.#add(follower, topic);
        follower.kept = [];
        follower.timer.set(KEPT_FOR);
      },
      end: () => this.#end(follower),
    };
  }

  /** A message of this node or another one. @param topic  `''`: to everybody */
  note(envelope: Envelope, topic: string): void {
    const followers = this.#byTopic.get(topic);
    if (followers === undefined) return;
    const { except } = envelope;
    for (const follower of followers) {
      if (follower.kept === undefined || except === follower.connectionId)
        noteLast(follower, envelope, topic, this.#mostNames);
      else keep(follower, envelope.bytes, this.#mostKept);
    }
  }

  /** What was kept for a session that another node has now; it is not kept any more. Absent: nothing is known of it. */
  take(key: string): Uint8Array | undefined {
    const follower = this.#byKey.get(key);
    if (follower?.kept === undefined) return undefined;
    const { last, isCut, kept } = follower;
    this.#end(follower);
    const head = Buffer.from(JSON.stringify({ last: [...last], isCut }));
    return Buffer.concat([head, ...kept].flatMap((part) => [lengthOf(part), part]));
  }

  /** Settles when nothing is kept for other nodes. */
  async settled(): Promise<void> {
    while ([...this.#byKey.values()].some(({ kept }) => kept !== undefined))
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    for (const follower of [...this.#byKey.values()]) this.#end(follower);
  }

  #add(follower: Follower, topic: string): void {
    follower.topics.add(topic);
    const known = this.#byTopic.get(topic);
    if (known === undefined) this.#byTopic.set(topic, new Set([follower]));
    else known.add(follower);
  }

  #end(follower: Follower | undefined): void {
    if (follower === undefined || this.#byKey.get(follower.key) !== follower) return;
    this.#byKey.delete(follower.key);
    follower.timer.clear();
    for (const topic of follower.topics) {
      const followers = this.#byTopic.get(topic);
      followers?.delete(follower);
      if (followers?.size !== 0) continue;
      this.#byTopic.delete(topic);
      if (topic !== '' && !this.#owner.isSubscribed(topic)) this.#owner.left(topic);
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/** Under what the last number of a node in a topic is kept: its messages in other topics may come by another way. */
function lastName(node: string, topic: string): string {
  return `${node} ${topic}`;
}

/** @returns `undefined`: it does not have its form */
export function readHandedOver(body: Uint8Array): HandedOver | undefined {
  const parts = partsOf(body);
  if (parts === undefined) return undefined;
  const [head, ...envelopes] = parts;
  if (head === undefined) return undefined;
  const known = readHead(head);
  if (known === undefined) return undefined;
  const { last, isCut } = known;
  const messages: PreparedMessage[] = [];
  for (const bytes of envelopes) {
    const envelope = Envelope.read(bytes);
    if (typeof envelope === 'string' || envelope.kind > Kind.broadcast || envelope.node === undefined) return undefined;
    const { frame } = envelope;
    if (frame === undefined) return undefined;
    frame.origin = envelope;
    const name = lastName(envelope.node, envelope.topic);
    last.set(name, Math.max(envelope.number, last.get(name) ?? 0));
    messages.push(new PreparedMessage(frame, nodeHost.text, nodeHost.memory, undefined, envelope.compress));
  }
  return {
    messages,
    isCut,
    covers: ({ node = '', number, topic }) => number <= (last.get(lastName(node, topic)) ?? 0),
  };
}

function readHead(bytes: Uint8Array): { readonly last: Map<string, number>; readonly isCut: boolean } | undefined {
  let head: unknown;
  try {
    head = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
  if (typeof head !== 'object' || head === null) return undefined;
  const { last, isCut } = head as Record<string, unknown>;
  if (!Array.isArray(last)) return undefined;
  const numbers = new Map<string, number>();
  for (const entry of last as unknown[]) {
    if (!Array.isArray(entry) || typeof entry[0] !== 'string' || !Number.isSafeInteger(entry[1])) return undefined;
    numbers.set(entry[0], entry[1] as number);
  }
  return { last: numbers, isCut: isCut === true };
}

function noteLast(follower: Follower, envelope: Envelope, topic: string, most: number): void {
  const { node } = envelope;
  if (node === undefined) return;
  const name = lastName(node, topic);
  if (!follower.last.has(name)) {
    if (follower.namesSize > most) return;
    follower.namesSize += name.length;
  }
  follower.last.set(name, envelope.number);
}

function keep(follower: Follower, bytes: Uint8Array, most: number): void {
  if (follower.keptSize + bytes.length > most) {
    follower.isCut = true;
    return;
  }
  follower.keptSize += bytes.length;
  // A driver may use its memory again.
  follower.kept?.push(Uint8Array.from(bytes));
}

function lengthOf(part: Uint8Array): Uint8Array {
  const length = Buffer.allocUnsafe(LENGTH_SIZE);
  length.writeUInt32BE(part.length);
  return length;
}

function partsOf(body: Uint8Array): Uint8Array[] | undefined {
  const view = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < body.length; ) {
    if (at + LENGTH_SIZE > body.length) return undefined;
    const end = at + LENGTH_SIZE + view.readUInt32BE(at);
    if (end > body.length) return undefined;
    parts.push(body.subarray(at + LENGTH_SIZE, end));
    at = end;
  }
  return parts;
}
