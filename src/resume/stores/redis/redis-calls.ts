// The connection over which a store changes sessions. It connects when it is needed, and again after a loss. Calls without an
// answer are rejected then, and the caller makes them again. Nothing waits for a Redis that is gone.

import { createHash } from 'node:crypto';
import type { RedisCommand, RedisCommands, RedisSource } from '../../../bus/redis/redis-link.ts';
import { lostError, textOf } from '../../../bus/redis/redis-problem.ts';
import type { Clock, Timer } from '../../../core/ports.ts';
import { SCRIPT } from './session-script.ts';

/** Milliseconds without any answer after which the connection counts as lost; for connecting too. */
const PATIENCE = 5_000;
/** Bytes and calls that may wait for answers. */
const MAX_BYTES = 64 * 2 ** 20;
const MAX_CALLS = 100_000;
/** Milliseconds between two attempts to connect. */
const PAUSE = 100;

const SHA = createHash('sha1').update(SCRIPT).digest('hex');

export class RedisCalls {
  readonly #source: RedisSource;
  readonly #clock: Clock;
  readonly #timer: Timer;
  #link: Promise<RedisCommands> | undefined;
  #current: RedisCommands | undefined;
  #lastProblem: unknown;
  #failedAt = Number.NEGATIVE_INFINITY;
  #calls = 0;
  #bytes = 0;
  /** When the last answer came, or the first of the calls went out that wait. */
  #alive = 0;
  #isWatching = false;
  #isClosed = false;

  constructor(source: RedisSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
    this.#timer = clock.timer({ expired: () => this.#look() });
  }

  /** Calls the script. Calls keep their order. @param keys  in one slot */
  script(keys: readonly string[], ...parts: readonly (string | Buffer)[]): Promise<unknown> {
    const [first] = keys as [string];
    const count = String(keys.length);
    // Each node of a cluster would need the script first.
    const named: [string, string] = this.#source.isCluster ? ['EVAL', SCRIPT] : ['EVALSHA', SHA];
    return this.send(first, [...named, count, ...keys, ...parts]);
  }

  /** @param key  decides which node of a cluster gets it */
  async send(key: string, command: RedisCommand): Promise<unknown> {
    const bytes = command.reduce((sum, part) => sum + part.length, 0);
    if (this.#isClosed) throw new Error('the store of sessions is closed');
    if (this.#calls >= MAX_CALLS || this.#bytes + bytes > MAX_BYTES) {
      throw lostError(this.#source.address, new Error(`${this.#calls} calls wait for answers`));
    }
    this.#calls++;
    this.#bytes += bytes;
    this.#watch();
    let link: RedisCommands | undefined;
    try {
      link = await this.#connected();
      const answer = await link.call(key, command);
      this.#alive = this.#clock.now();
      return answer;
    } catch (error) {
      // After a restart Redis does not know the script. What follows must not overtake: another connection tells it again.
      const isForgotten = textOf(error).startsWith('NOSCRIPT');
      if (isForgotten && link !== undefined && link === this.#current) this.#end(error);
      throw lostError(this.#source.address, this.#lastProblem ?? error);
    } finally {
      this.#calls--;
      this.#bytes -= bytes;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#timer.clear();
    this.#current?.destroy();
    this.#link = undefined;
  }

  #connected(): Promise<RedisCommands> {
    if (this.#link !== undefined) return this.#link;
    if (this.#clock.now() < this.#failedAt + PAUSE) return Promise.reject(this.#lastProblem);
    let isConnected = false;
    const link = this.#source.commands((error) => {
      // Nodes of a cluster may be gone while the others take the client.
      const isMeant = isConnected || !this.#source.isCluster;
      if (this.#current === link && isMeant) this.#end(error);
    });
    this.#current = link;
    this.#lastProblem = undefined;
    this.#link = this.#connect(link).then(() => {
      isConnected = true;
      return link;
    });
    return this.#link;
  }

  async #connect(link: RedisCommands): Promise<void> {
    try {
      await link.connect();
      if (!this.#source.isCluster) await link.call('', ['SCRIPT', 'LOAD', SCRIPT]);
    } catch (error) {
      if (this.#current === link) this.#end(error);
      throw error;
    }
    if (this.#current !== link) throw this.#lastProblem;
  }

  #end(error: unknown): void {
    const link = this.#current;
    this.#current = undefined;
    this.#link = undefined;
    this.#lastProblem = error ?? new Error('the connection was closed');
    this.#failedAt = this.#clock.now();
    link?.destroy();
  }

  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#alive = this.#clock.now();
    this.#timer.set(PATIENCE);
  }

  #look(): void {
    this.#isWatching = false;
    if (this.#calls === 0 || this.#isClosed) return;
    const left = this.#alive + PATIENCE - this.#clock.now();
    if (left <= 0) this.#end(new Error(`no answer for ${PATIENCE} ms`));
    this.#isWatching = true;
    this.#timer.set(left > 0 ? left : PATIENCE);
  }
}
