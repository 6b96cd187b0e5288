// Which other nodes there are: those that have been heard within three times the time of a sign of life. A node that ends says goodbye.

import type { Hello } from './control.ts';
import type { NodeInfo } from './seam.ts';

/** Nodes that are kept: a foreign program could say hello with any number of names. */
const MAX_NODES = 10_000;
/** Signs of life that may be missing. */
const MISSES = 3;
/** Milliseconds after which a silent node has certainly lost its broker, which keeps messages for it until then. */
const FORGOTTEN = 600_000;

interface Known {
  readonly info: NodeInfo;
  readonly isSharing: boolean;
  heardAt: number;
}

export interface DirectoryEvents {
  nodeJoined(node: NodeInfo): void;
  nodeGone(node: NodeInfo, why: 'left' | 'silent'): void;
}

export class Directory {
  readonly #liveness: number;
  readonly #events: DirectoryEvents;
  readonly #known = new Map<string, Known>();
  #sweptAt: number;
  /** How many of them have topics that share channels. */
  #sharing = 0;
  /** Until when a node may share channels that is not known: one that has not been heard yet, or stands still. */
  #mayShareUntil: number;
  #mayShare = false;

  constructor(liveness: number, now: number, events: DirectoryEvents) {
    this.#liveness = liveness;
    this.#sweptAt = now;
    this.#mayShareUntil = now;
    this.#events = events;
  }

  get size(): number {
    return this.#known.size;
  }

  get all(): NodeInfo[] {
    return Array.from(this.#known.values(), ({ info }) => info);
  }

  /** Whether topics of another node share channels, or may. */
  get isSharing(): boolean {
    return this.#sharing > 0 || this.#mayShare;
  }

  get(id: string): NodeInfo | undefined {
    return this.#known.get(id)?.info;
  }

  heard(id: string, hello: Hello, now: number): void {
    const before = this.#known.get(id);
    if (before === undefined && this.#known.size >= MAX_NODES) return;
    const { name, role, connections, startedAt, isSharing } = hello;
    const info: NodeInfo = { id, name, role, connections, startedAt, isSelf: false };
    this.#known.set(id, { info, isSharing, heardAt: now });
    this.#sharing += Number(isSharing) - Number(before?.isSharing ?? false);
    if (before === undefined) this.#events.nodeJoined(info);
  }

  left(id: string): void {
    this.#remove(id, 'left');
  }

  /** Removes those that were silent too long. Called once in each `liveness`. */
  sweep(now: number): void {
    // This process has stood still, and could not hear anybody.
    const standstill = Math.max(0, now - this.#sweptAt - this.#liveness);
    this.#sweptAt = now;
    if (this.#mayShare && now >= this.#mayShareUntil) this.#mayShare = false;
    for (const [id, known] of this.#known) {
      known.heardAt += standstill;
      if (now - known.heardAt > MISSES * this.#liveness) {
        if (known.isSharing) this.#suspect(now + FORGOTTEN);
        this.#remove(id, 'silent');
      }
    }
  }

  /** Nobody could be heard until now. */
  restart(now: number): void {
    this.#sweptAt = now;
    this.#suspect(now + MISSES * this.#liveness);
    for (const known of this.#known.values()) known.heardAt = now;
  }

  #suspect(until: number): void {
    this.#mayShare = true;
    this.#mayShareUntil = Math.max(this.#mayShareUntil, until);
  }

  #remove(id: string, why: 'left' | 'silent'): void {
    const known = this.#known.get(id);
    if (known === undefined) return;
    this.#known.delete(id);
    this.#sharing -= Number(known.isSharing);
    this.#events.nodeGone(known.info, why);
  }
}
