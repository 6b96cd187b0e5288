// How many sessions a server keeps and how much they hold together. What is too much ends the sessions that can be spared: those
// without a connection, the one that has waited longest first.

import type { CompleteResumeSettings } from './options.ts';
import type { ServerSession } from './server-session.ts';

type Bounds = Pick<CompleteResumeSettings, 'maxSessions' | 'maxSessionsPerUser' | 'replayMemory'>;

export class SessionBounds<Context> {
  readonly #bounds: Bounds;
  readonly #weights = new Map<ServerSession<Context>, number>();
  readonly #byUser = new Map<string, Set<ServerSession<Context>>>();
  /** Without a connection, in the order in which they lost it. */
  readonly #detached = new Set<ServerSession<Context>>();
  #held = 0;
  #isMakingRoom = false;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  get all(): Iterable<ServerSession<Context>> {
    return this.#weights.keys();
  }

  get size(): number {
    return this.#weights.size;
  }

  get detachedSize(): number {
    return this.#detached.size;
  }

  /** Bytes. */
  get held(): number {
    return this.#held;
  }

  add(session: ServerSession<Context>): void {
    this.#weights.set(session, 0);
    const { bind } = session;
    const ofUser = this.#byUser.get(bind) ?? new Set();
    this.#byUser.set(bind, ofUser.add(session));
  }

  remove(session: ServerSession<Context>): void {
    this.#held -= this.#weights.get(session) ?? 0;
    this.#weights.delete(session);
    this.#detached.delete(session);
    const ofUser = this.#byUser.get(session.bind);
    ofUser?.delete(session);
    if (ofUser?.size === 0) this.#byUser.delete(session.bind);
  }

  attached(session: ServerSession<Context>): void {
    this.#detached.delete(session);
  }

  detached(session: ServerSession<Context>): void {
    if (!this.#weights.has(session)) return;
    this.#detached.add(session);
    if (this.#detached.size > this.#bounds.maxSessions) this.#oldest()?.end.expire();
  }

  /** What a session holds may have changed. */
  weigh(session: ServerSession<Context>): void {
    const before = this.#weights.get(session);
    if (before === undefined) return;
    const now = session.weigh();
    if (now === before) return;
    this.#weights.set(session, now);
    this.#held += now - before;
    if (this.#held > this.#bounds.replayMemory && now > before) this.#makeRoom();
  }

  /** Whether a user may have one more session; it may cost the one that has waited longest. */
  hasRoomFor(bind: string): boolean {
    const ofUser = this.#byUser.get(bind);
    if (ofUser === undefined || ofUser.size < this.#bounds.maxSessionsPerUser) return true;
    for (const session of this.#detached) {
      if (session.bind !== bind) continue;
      session.end.expire();
      return true;
    }
    return false;
  }

  #makeRoom(): void {
    if (this.#isMakingRoom) return;
    this.#isMakingRoom = true;
    try {
      while (this.#held > this.#bounds.replayMemory) {
        const oldest = this.#oldest();
        if (oldest !== undefined) oldest.end.expire();
        else this.#heaviest().end.overflow();
      }
    } finally {
      this.#isMakingRoom = false;
    }
  }

  #oldest(): ServerSession<Context> | undefined {
    return this.#detached.values().next().value;
  }

  #heaviest(): ServerSession<Context> {
    let heaviest: ServerSession<Context> | undefined;
    let most = -1;
    for (const [session, weight] of this.#weights) {
      if (weight <= most) continue;
      most = weight;
      heaviest = session;
    }
    return heaviest as ServerSession<Context>;
  }
}
