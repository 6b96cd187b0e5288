// The model over the store in memory that servers use, instead of the plain one.

import { ClientEnd } from '../../../src/resume/protocol/client-end.ts';
import { Reception } from '../../../src/resume/protocol/reception.ts';
import type { ClaimRequest, Creation } from '../../../src/resume/protocol/store.ts';
import { MemoryStore } from '../../../src/resume/stores/memory-store.ts';
import type { ManualClock } from '../../support/manual-clock.ts';

class Store extends MemoryStore {
  /** As of `PlainStore`, as far as the model looks at it. */
  readonly rows = new Map<string, { expiresAt: number }>();
  readonly #dead = new Set<string>();
  readonly #now: () => number;

  constructor(now: () => number, clock: ManualClock) {
    super(clock);
    this.#now = now;
  }

  override create(creation: Creation, keep: number): ReturnType<MemoryStore['create']> {
    const answer = super.create(creation, keep);
    const created = (value: Awaited<typeof answer>) => {
      if (value.kind === 'claimed') this.rows.set(value.id, { expiresAt: Infinity });
      return value;
    };
    return answer instanceof Promise ? answer.then(created) : created(answer);
  }

  override claim(request: ClaimRequest, keep: number): ReturnType<MemoryStore['claim']> {
    const answer = super.claim(request, keep);
    const claimed = (value: Awaited<typeof answer>) => {
      if (value.kind === 'claimed') this.rows.set(value.id, { expiresAt: Infinity });
      return value;
    };
    return answer instanceof Promise ? answer.then(claimed) : claimed(answer);
  }

  /** From now on it may be over, if its owner dies. */
  override detach(id: string, generation: number, keep: number): ReturnType<MemoryStore['detach']> {
    const answer = super.detach(id, generation, keep);
    if (answer === 'written') this.rows.set(id, { expiresAt: this.#now() + keep });
    return answer;
  }

  override release(id: string, generation: number, keep: number): ReturnType<MemoryStore['release']> {
    const answer = super.release(id, generation, keep);
    if (answer === 'written') this.rows.set(id, { expiresAt: this.#now() + keep });
    return answer;
  }

  override onFenced(node: string, fenced: (id: string, generation: number) => unknown): void {
    super.onFenced(node, (id, generation) => (this.#dead.has(node) ? undefined : fenced(id, generation)));
  }

  forgetNode(node: string): void {
    this.#dead.add(node);
  }
}

export { ClientEnd, Reception, Store as PlainStore };
