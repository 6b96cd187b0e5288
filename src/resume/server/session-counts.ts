// What the sessions of a server have done: plain numbers, for `server.metrics().sessions`.

import type { SessionMetrics } from '../../core/meter.ts';

export class SessionCounts {
  begun = 0;
  resumed = 0;
  restored = 0;
  released = 0;
  readonly #expired = new Map<string, number>();
  readonly #refused = new Map<string, number>();

  expired(why: string): void {
    this.#expired.set(why, (this.#expired.get(why) ?? 0) + 1);
  }

  refused(why: string): void {
    this.#refused.set(why, (this.#refused.get(why) ?? 0) + 1);
  }

  snapshot(now: Pick<SessionMetrics, 'attached' | 'detached' | 'heldBytes' | 'store'>): SessionMetrics {
    const { begun, resumed, restored, released } = this;
    const expired = Object.fromEntries(this.#expired);
    return { ...now, begun, resumed, restored, released, expired, refused: Object.fromEntries(this.#refused) };
  }
}
