// The clock of all connections over sockets, with a time that the tests move: never early; when the event loop is free,
// late by one slot (16 ms) at most, by eight where the delay is 10 seconds or more; any number of timers at the cost of
// one of Node's.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, type TestContext, test } from 'node:test';
import nodeTimers from 'node:timers';
import { fileURLToPath } from 'node:url';
import { TimerWheel } from '../../src/node/timer-wheel.ts';

const RESOLUTION = 16;
/** Of delays of 10 seconds and more. */
const COARSE = 8 * RESOLUTION;
/** One rotation of the wheel: 4096 slots. */
const ROTATION = 4096 * RESOLUTION;

class ManualWheel extends TimerWheel {
  readonly #context: TestContext;
  time: number;

  constructor(context: TestContext, time = 1_000_003.25) {
    super();
    context.mock.timers.enable({ apis: ['setTimeout'] });
    this.#context = context;
    this.time = time;
  }

  override now(): number {
    return this.time;
  }

  /** Present: what is to be done after input waits here. */
  waiting: (() => void)[] | undefined;

  /** No sockets here whose input could matter. */
  protected override afterInput(_turns: number, task: () => void): void {
    if (this.waiting === undefined) task();
    else this.waiting.push(task);
  }

  /** Lets time pass in small steps, as with an idle event loop. */
  pass(milliseconds: number, step = 1): void {
    for (let left = milliseconds; left > 0; left -= step) {
      this.time += Math.min(step, left);
      this.#context.mock.timers.tick(Math.min(step, left));
    }
  }

  /** Lets time pass with the event loop blocked: Node's timers run once, afterwards. */
  block(milliseconds: number): void {
    this.time += milliseconds;
    this.#context.mock.timers.tick(milliseconds);
  }
}

/** A timer of the wheel that notes when it expired. */
function noting(wheel: ManualWheel, log: number[] = []) {
  const timer = wheel.timer({ expired: () => void log.push(wheel.time) });
  return { timer, log };
}

describe('a timer expires', () => {
  test('once, not before its delay and not a slot and a half later, wherever in a slot it was set', (context) => {
    const wheel = new ManualWheel(context);
    for (const delay of [0, 0.5, 1, 15, 15.9, 16, 16.1, 17, 31, 32, 100, 999.75]) {
      for (let phase = 0; phase < 4; phase++) {
        wheel.pass(4.25);
        const { timer, log } = noting(wheel);
        const set = wheel.time;
        timer.set(delay);
        wheel.pass(delay + 3 * RESOLUTION);
        assert.equal(log.length, 1, `delay ${delay}`);
        const took = (log[0] ?? 0) - set;
        assert.ok(took >= delay, `${delay} ms expired after ${took}`);
        assert.ok(took <= delay + RESOLUTION + 2, `${delay} ms expired after ${took}`);
      }
    }
  });
  test('not from inside set, even with a delay of 0', (context) => {
    const wheel = new ManualWheel(context);
    const { timer, log } = noting(wheel);
    timer.set(0);
    assert.deepEqual(log, []);
    wheel.pass(2 * RESOLUTION);
    assert.equal(log.length, 1);
  });
  test('after one rotation of the wheel and more', (context) => {
    const wheel = new ManualWheel(context);
    const delays = [ROTATION - 1, ROTATION, ROTATION + 1, 2 * ROTATION, 2.5 * ROTATION];
    const logs = delays.map((delay) => {
      const { timer, log } = noting(wheel);
      timer.set(delay);
      return log;
    });
    const set = wheel.time;
    wheel.pass(3 * ROTATION, 4);
    for (const [index, delay] of delays.entries()) {
      assert.equal(logs[index]?.length, 1, `delay ${delay}`);
      const took = (logs[index]?.[0] ?? 0) - set;
      assert.ok(took >= delay && took <= delay + COARSE + RESOLUTION + 8, `${delay} ms expired after ${took}`);
    }
  });
  test('when a blocked event loop goes on, even after several rotations', (context) => {
    const wheel = new ManualWheel(context);
    const { timer, log } = noting(wheel);
    const later = noting(wheel);
    timer.set(100);
    later.timer.set(4 * ROTATION);
    wheel.block(3 * ROTATION);
    assert.equal(log.length, 1);
    assert.deepEqual(later.log, []);
    wheel.pass(ROTATION + COARSE + 2 * RESOLUTION, 4);
    assert.equal(later.log.length, 1);
  });
  test('in the order of the deadlines', (context) => {
    const wheel = new ManualWheel(context);
    const order: number[] = [];
    for (const delay of [500, 20, 300, 100, 400, 200])
      wheel.timer({ expired: () => void order.push(delay) }).set(delay);
    wheel.block(1_000);
    assert.deepEqual(order, [20, 100, 200, 300, 400, 500]);
  });
  test('even if Node calls back a little early', (context) => {
    const wheel = new ManualWheel(context);
    const { timer, log } = noting(wheel);
    timer.set(100);
    const set = wheel.time;
    context.mock.timers.tick(120); // Node's timers think that time has passed, the clock does not
    assert.deepEqual(log, []);
    wheel.pass(200);
    assert.equal(log.length, 1);
    assert.ok((log[0] ?? 0) - set >= 100);
  });
});

describe('a timer that is set again', () => {
  test('expires only at the new deadline, later or earlier', (context) => {
    const wheel = new ManualWheel(context);
    const { timer, log } = noting(wheel);
    timer.set(100);
    wheel.pass(90);
    timer.set(100);
    wheel.pass(90);
    assert.deepEqual(log, []);
    wheel.pass(10 + 2 * RESOLUTION);
    assert.equal(log.length, 1);
    timer.set(1_000);
    timer.set(20);
    wheel.pass(20 + 2 * RESOLUTION);
    assert.equal(log.length, 2);
    wheel.pass(2_000);
    assert.equal(log.length, 2);
  });
  test('from its own callback repeats', (context) => {
    const wheel = new ManualWheel(context);
    let count = 0;
    const expired = (): void => {
      if (++count < 5) timer.set(50);
    };
    const timer = wheel.timer({ expired });
    timer.set(50);
    wheel.pass(1_000);
    assert.equal(count, 5);
  });
  test('by one that expires in the same turn is not called for its old deadline', (context) => {
    const wheel = new ManualWheel(context);
    const { timer: second, log } = noting(wheel);
    const first = wheel.timer({ expired: () => void second.set(1_000) });
    first.set(20);
    second.set(100);
    wheel.block(200);
    assert.deepEqual(log, []);
    wheel.pass(1_100);
    assert.equal(log.length, 1);
  });
});

describe('a timer that is cleared', () => {
  test('does not expire; clearing again, or one that was never set, is harmless', (context) => {
    const wheel = new ManualWheel(context);
    const { timer, log } = noting(wheel);
    timer.clear();
    timer.set(50);
    timer.clear();
    timer.clear();
    wheel.pass(500);
    assert.deepEqual(log, []);
    timer.set(50);
    wheel.pass(100);
    assert.equal(log.length, 1);
    timer.clear();
  });
  test('leaves its neighbours in the slot alone', (context) => {
    const wheel = new ManualWheel(context);
    for (const cleared of [0, 1, 2]) {
      const timers = [noting(wheel), noting(wheel), noting(wheel)];
      for (const { timer } of timers) timer.set(100);
      timers[cleared]?.timer.clear();
      wheel.pass(200);
      const counts = timers.map(({ log }) => log.length);
      assert.deepEqual(
        counts,
        [0, 1, 2].map((index) => (index === cleared ? 0 : 1)),
      );
    }
  });
  test('by one that expires in the same turn is not called', (context) => {
    const wheel = new ManualWheel(context);
    const { timer: second, log } = noting(wheel);
    const first = wheel.timer({ expired: () => void second.clear() });
    first.set(20);
    second.set(100);
    wheel.block(200);
    wheel.pass(500);
    assert.deepEqual(log, []);
  });
});

describe('many timers', () => {
  test('10,000 with random delays, a third cleared, a third set again: each at its time', (context) => {
    const wheel = new ManualWheel(context);
    let seed = 1;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    let cleared = 0;
    const expected = Array.from({ length: 10_000 }, (_, index) => {
      const entry = { due: 0, delay: 0, log: [] as number[] };
      const timer = wheel.timer({ expired: () => void entry.log.push(wheel.time) });
      const delay = random(20_000);
      timer.set(delay);
      entry.due = wheel.time + delay;
      entry.delay = delay;
      if (index % 3 === 1) {
        timer.clear();
        cleared++;
        entry.due = Number.NaN;
      } else if (index % 3 === 2) {
        const again = random(20_000);
        timer.set(again);
        entry.due = wheel.time + again;
        entry.delay = again;
      }
      return entry;
    });
    wheel.pass(20_200, 2);
    const kept = expected.filter(({ due }) => !Number.isNaN(due));
    assert.equal(kept.length + cleared, 10_000);
    for (const { due, delay, log } of kept) {
      assert.equal(log.length, 1);
      const late = (log[0] ?? 0) - due;
      assert.ok(late >= 0 && late <= RESOLUTION + 4 + (delay < 10_000 ? 0 : COARSE), `late by ${late} ms`);
    }
    assert.equal(
      expected.reduce((sum, { log }) => sum + log.length, 0),
      kept.length,
    );
  });
  test('with long delays expire in groups, eight slots apart', (context) => {
    const wheel = new ManualWheel(context);
    const log: number[] = [];
    for (let index = 0; index < 1_000; index++) {
      noting(wheel, log).timer.set(30_000);
      wheel.pass(1);
    }
    wheel.pass(30_200);
    assert.equal(log.length, 1_000);
    const times = [...new Set(log)];
    assert.ok(times.length <= 1_000 / COARSE + 2, `${times.length} groups`);
    for (const [index, time] of times.entries()) if (index > 0) assert.ok(time - (times[index - 1] ?? 0) >= COARSE - 2);
  });
  test('due at once expire 256 in a turn, in order, and sockets are read between', (context) => {
    const wheel = new ManualWheel(context);
    const log: number[] = [];
    const timers = Array.from({ length: 600 }, (_, index) => {
      const timer = wheel.timer({ expired: () => void log.push(index) });
      timer.set(100 + index * RESOLUTION);
      return timer;
    });
    const turns: (() => void)[] = [];
    wheel.waiting = turns;
    const next = (): void => turns.shift()?.();
    wheel.block(20_000);
    next();
    assert.equal(log.length, 256);
    // What is read meanwhile clears one and sets another one again; a third becomes due before its elders are done.
    timers[300]?.clear();
    timers[301]?.set(1_000);
    timers[0]?.set(100);
    wheel.block(200);
    while (turns.length > 0) {
      const before = log.length;
      next();
      assert.ok(log.length - before <= 256);
    }
    const expected = Array.from({ length: 600 }, (_, index) => index).filter((index) => index !== 300 && index !== 301);
    assert.deepEqual(log, [...expected, 0]);
    wheel.block(1_000);
    while (turns.length > 0) next();
    assert.equal(log.at(-1), 301);
  });
  test('take one timer of Node, and none when nothing runs', (context) => {
    const wheel = new ManualWheel(context);
    const set = context.mock.method(nodeTimers, 'setTimeout');
    const cleared = context.mock.method(nodeTimers, 'clearTimeout');
    const timers = Array.from({ length: 1_000 }, (_, index) => {
      const { timer } = noting(wheel);
      timer.set(1_000 + index);
      return timer;
    });
    assert.equal(set.mock.callCount(), 1);
    const before = cleared.mock.callCount();
    for (const timer of timers) timer.clear();
    assert.equal(cleared.mock.callCount(), before + 1);
  });
});

describe('the clock', () => {
  test('never goes back', () => {
    const wheel = new TimerWheel();
    let last = wheel.now();
    for (let count = 0; count < 1_000; count++) {
      const now = wheel.now();
      assert.ok(now >= last);
      last = now;
    }
  });
  test('with the time of this machine: not early', async () => {
    const wheel = new TimerWheel();
    const begun = performance.now();
    // The wheel's timer does not keep the process alive; the test does.
    const alive = setInterval(() => {}, 1_000);
    await new Promise<void>((resolve) => wheel.timer({ expired: resolve }).set(40));
    clearInterval(alive);
    assert.ok(performance.now() - begun >= 40);
  });
  test('its timers do not keep the process alive', () => {
    const wheel = new URL('../../src/node/timer-wheel.ts', import.meta.url);
    const script = `
      const { TimerWheel } = await import(${JSON.stringify(wheel.href)});
      const wheel = new TimerWheel();
      wheel.timer({ expired: () => void console.log('expired') }).set(60_000);
      const cleared = wheel.timer({ expired: () => void console.log('expired') });
      cleared.set(10);
      wheel.timer({ expired: () => void console.log('expired') }).set(50_000);
      cleared.set(120_000);
      console.log('end');
    `;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      { cwd: fileURLToPath(new URL('../..', import.meta.url)), encoding: 'utf8', timeout: 120_000 },
    );
    assert.equal(status, 0, stderr);
    assert.equal(stdout, 'end\n');
  });
});
