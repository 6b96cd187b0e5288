// The model over files: as servers use them, in a directory that is removed after each run.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClientEnd } from '../../../src/resume/protocol/client-end.ts';
import { Reception } from '../../../src/resume/protocol/reception.ts';
import type { Answer, ClaimRequest, Creation, Written } from '../../../src/resume/protocol/store.ts';
import { FileStore } from '../../../src/resume/stores/file-store.ts';

class Store extends FileStore {
  /** As of `PlainStore`, as far as the model looks at it. */
  readonly rows = new Map<string, { expiresAt: number }>();
  readonly #dead = new Set<string>();
  readonly #now: () => number;
  readonly #directory: string;

  constructor(now: () => number) {
    const directory = mkdtempSync(join(tmpdir(), 'model-'));
    const failed = (error: Error): never => {
      throw error;
    };
    super({ directory, failed }, now);
    this.#directory = directory;
    this.#now = now;
  }

  override async create(creation: Creation, keep: number): ReturnType<FileStore['create']> {
    const answer = await super.create(creation, keep);
    if (answer.kind === 'claimed') this.rows.set(answer.id, { expiresAt: Infinity });
    return answer;
  }

  override async claim(request: ClaimRequest, keep: number): ReturnType<FileStore['claim']> {
    const answer = await super.claim(request, keep);
    if (answer.kind === 'claimed') this.rows.set(answer.id, { expiresAt: Infinity });
    return answer;
  }

  /** From now on it may be over, if its owner dies. */
  override detach(id: string, generation: number, keep: number): Answer<Written> {
    const answer = super.detach(id, generation, keep);
    if (answer === 'written') this.rows.set(id, { expiresAt: this.#now() + keep });
    return answer;
  }

  override release(id: string, generation: number, keep: number): Answer<Written> {
    const answer = super.release(id, generation, keep);
    if (answer === 'written') this.rows.set(id, { expiresAt: this.#now() + keep });
    return answer;
  }

  override onFenced(node: string, fenced: (id: string, generation: number) => Answer<void>): void {
    super.onFenced(node, (id, generation) => (this.#dead.has(node) ? undefined : fenced(id, generation)));
  }

  forgetNode(node: string): void {
    this.#dead.add(node);
  }

  override close(): void {
    super.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

export { ClientEnd, Reception, Store as PlainStore };
