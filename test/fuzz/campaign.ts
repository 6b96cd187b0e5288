// Fuzzing one target: its corpus first, then inputs by fast-check and mutations of those that showed something new.
// The seed decides all of it; time only decides where it ends.

import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { readCorpus } from './corpus.ts';
import { MAX_INPUT, mutateBytes } from './mutate.ts';
import { Random, seedFor } from './random.ts';
import { shrink } from './shrink.ts';
import type { FuzzTarget } from './target.ts';

/** Inputs that fast-check makes at a time. */
const BATCH = 64;
/** See `FuzzTarget.freshOneIn`. */
const FRESH_ONE_IN = 16;
/** Inputs kept for mutation. */
const POOL = 3_000;
/** Bytes that the process may grow to, whatever comes in; some two hundred megabytes are usual. */
const MEMORY_BUDGET = 1024 * 2 ** 20;
/** Runs between two looks at the clock, for targets that do not wait. */
const RUNS = 32;

/** An invariant that an input breaks. */
export class Finding extends Error {
  readonly target: string;
  readonly seed: number;
  /** The smallest one found. */
  readonly input: Uint8Array;

  constructor(target: string, seed: number, input: Uint8Array, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.target = target;
    this.seed = seed;
    this.input = input;
  }
}

export class Campaign {
  readonly target: FuzzTarget;
  readonly seed: number;
  executions = 0;
  /** Milliseconds spent. */
  elapsed = 0;
  /** Outcomes that were new when they came. */
  outcomes = 0;
  /** Codes of the error table that came up. */
  readonly reached = new Set<string>();
  readonly #random: Random;
  readonly #pool: Uint8Array[] = [];
  /** The outcome of each input of the pool, and where each outcome is. */
  readonly #outcomes: string[] = [];
  readonly #seen = new Map<string, number>();
  #fresh: Uint8Array[] = [];
  /** What surfaced outside any run. */
  readonly #uncaught: unknown[] = [];

  constructor(target: FuzzTarget, seed: number) {
    this.target = target;
    this.seed = seed;
    this.#random = new Random(seedFor(seed, target.name));
  }

  /** Codes that could have come up and did not. */
  get unreached(): string[] {
    return (this.target.reachable ?? []).filter((code) => !this.reached.has(code));
  }

  /** Runs every entry of the corpus. @throws Finding */
  async replay(): Promise<number> {
    const corpus = readCorpus(this.target.name);
    await this.#guarded(async () => {
      for (const input of corpus) await this.#runAll([input]);
    });
    return corpus.length;
  }

  /**
   * Runs new inputs for a while.
   *
   * @param time  milliseconds, from the end of the first run on
   * @throws Finding
   */
  async run(time: number): Promise<void> {
    const begun = performance.now();
    const { parallel } = this.target;
    await this.#guarded(async () => {
      do {
        if (parallel === undefined) await this.#runSome();
        else await this.#runAll(Array.from({ length: parallel }, () => this.#next()));
      } while (performance.now() < begun + time);
    });
    this.elapsed += performance.now() - begun;
    const { rss } = process.memoryUsage();
    if (rss > MEMORY_BUDGET) throw new Error(`${this.target.name}: the process has grown to ${rss} bytes`);
  }

  async #runSome(): Promise<void> {
    for (let count = 0; count < RUNS; count++) {
      const input = this.#next();
      let outcome: string | Promise<string>;
      try {
        outcome = this.target.run(input);
        if (typeof outcome !== 'string') outcome = await outcome;
      } catch (error) {
        throw await this.#finding(input, error);
      }
      this.#note(input, outcome);
      if (this.#uncaught.length > 0) await this.#failOnUncaught([input]);
    }
  }

  async #runAll(inputs: readonly Uint8Array[]): Promise<void> {
    await Promise.all(
      inputs.map(async (input) => {
        try {
          this.#note(input, await this.target.run(input));
        } catch (error) {
          throw await this.#finding(input, error);
        }
      }),
    );
    await this.#failOnUncaught(inputs);
  }

  #note(input: Uint8Array, outcome: string): void {
    this.executions++;
    const known = this.#seen.get(outcome);
    if (known !== undefined) {
      // The shorter, the faster, and the more of it matters.
      if ((this.#pool[known] as Uint8Array).length > input.length) this.#pool[known] = input;
      return;
    }
    this.outcomes++;
    for (const [code] of outcome.matchAll(/ERR_WS_\w+/g)) this.reached.add(code);
    // A full pool forgets one: an outline that returns will be kept again.
    const place = this.#pool.length < POOL ? this.#pool.length : this.#random.below(POOL);
    this.#seen.delete(this.#outcomes[place] as string);
    this.#seen.set(outcome, place);
    this.#outcomes[place] = outcome;
    this.#pool[place] = input;
  }

  #next(): Uint8Array {
    const random = this.#random;
    if (this.#pool.length === 0 || random.isOneIn(this.target.freshOneIn ?? FRESH_ONE_IN)) return this.#nextFresh();
    let input = random.isOneIn(16) ? this.#nextFresh() : random.pick(this.#pool);
    for (let changes = 1 + random.below(4); changes > 0; changes--) {
      const { mutate } = this.target;
      input =
        mutate !== undefined && random.isOneIn(2) ? mutate(input, random) : mutateBytes(input, random, this.#pool);
    }
    return input.length > MAX_INPUT ? input.slice(0, MAX_INPUT) : input;
  }

  #nextFresh(): Uint8Array {
    if (this.#fresh.length === 0) {
      this.#fresh = fc.sample(this.target.arbitrary, { seed: this.#random.next() | 0, numRuns: BATCH });
    }
    return this.#fresh.pop() as Uint8Array;
  }

  /** An exception that nobody catches is a finding as well, of whatever was running. */
  async #guarded(body: () => Promise<void>): Promise<void> {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0; // most of the time of a run that ends with an error
    process.setUncaughtExceptionCaptureCallback((error) => this.#uncaught.push(error));
    try {
      await body();
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
      process.setUncaughtExceptionCaptureCallback(null);
    }
  }

  async #failOnUncaught(inputs: readonly Uint8Array[]): Promise<void> {
    if (this.#uncaught.length === 0) return;
    const [error] = this.#uncaught;
    for (const input of inputs) if (await this.#fails(input)) throw await this.#finding(input, error);
    const text = `uncaught, and not again with any of ${inputs.length} inputs alone: ${String(error)}`;
    throw new Finding(this.target.name, this.seed, inputs[0] as Uint8Array, new Error(text, { cause: error }));
  }

  async #fails(input: Uint8Array): Promise<boolean> {
    this.#uncaught.length = 0;
    try {
      await this.target.run(input);
      await nextTurn();
      return this.#uncaught.length > 0;
    } catch {
      return true;
    }
  }

  async #finding(input: Uint8Array, error: unknown): Promise<Finding> {
    const smallest = await shrink(input, (candidate) => this.#fails(candidate));
    Error.stackTraceLimit = 30;
    let cause = error;
    try {
      await this.target.run(smallest);
    } catch (again) {
      cause = again;
    }
    return new Finding(this.target.name, this.seed, smallest, cause);
  }
}
