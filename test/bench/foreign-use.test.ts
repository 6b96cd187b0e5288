// How much of the machine others use, from texts of /proc that are made up.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shareOfOthers, ticksOf } from '../../bench/harness/foreign-use.ts';

/** user nice system idle iowait irq softirq steal guest guest_nice, as /proc/stat has them. */
function machine(columns: string): string {
  return `cpu  ${columns}\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 12345 1 2\nctxt 99\n`;
}

/** utime stime cutime cstime, as /proc/<pid>/stat has them. */
function process(id: number, times: string, name = 'node', flags = 0x400000): string {
  return `${id} (${name}) S 1 ${id} ${id} 0 -1 ${flags} 100 200 0 0 ${times} 20 0 11 0 5000 1000000 2500 18446744073709551615`;
}

const own = new Set([10, 11]);

describe('/proc', () => {
  test('all cores: what interrupts and the host took is not time for processes', () => {
    const ticks = ticksOf(machine('100 20 30 1000 50 7 9 5 40 0'), [], own);
    assert.deepEqual(ticks, { busy: 150, stolen: 5, total: 150 + 5 + 1000 + 50 + 7 + 9, own: 0, others: 0 });
  });

  test('processes with their children that have ended, ours and others, whatever they are called', () => {
    const texts = [process(10, '10 20 3 4'), process(11, '100 200 0 0', 'a) R 1 (b c'), process(12, '1 2 3 4')];
    const ticks = ticksOf(machine('0 0 0 0'), texts, own);
    assert.equal(ticks.own, 337);
    assert.equal(ticks.others, 10);
  });

  test('threads of the kernel are left out', () => {
    assert.equal(ticksOf(machine('0 0 0 0'), [process(12, '1 2 3 4', 'ksoftirqd/0', 0x4208040)], own).others, 0);
  });

  test('columns that an old system does not have are 0', () => {
    assert.deepEqual(ticksOf(machine('1 2 3 4'), [], own), { busy: 6, stolen: 0, total: 10, own: 0, others: 0 });
  });
});

describe('the part of others', () => {
  const before = ticksOf(
    machine('1000 0 500 8000 0 0 0 0'),
    [process(10, '300 200 0 0'), process(12, '50 0 0 0')],
    own,
  );

  test('two cores for a second, of which another process took 0.1', () => {
    const after = ticksOf(
      machine('1100 0 560 8040 0 0 0 0'),
      [process(10, '400 250 0 0'), process(12, '60 0 0 0')],
      own,
    );
    assert.equal(shareOfOthers(before, after), 0.05);
  });

  test('interrupts of our own traffic, counted as our time, hide no other process', () => {
    const after = ticksOf(
      machine('1060 0 560 8040 0 0 40 0'),
      [process(10, '400 250 0 0'), process(12, '60 0 0 0')],
      own,
    );
    assert.equal(shareOfOthers(before, after), 0.05);
  });

  test('a process that cannot be seen', () => {
    const after = ticksOf(
      machine('1100 0 560 8040 0 0 0 0'),
      [process(10, '400 200 0 0'), process(12, '50 0 0 0')],
      own,
    );
    assert.equal(shareOfOthers(before, after), 0.3);
  });

  test('what a process used that ended is counted with its parent', () => {
    const started = ticksOf(machine('0 0 0 100'), [process(12, '0 0 0 0', 'sh'), process(13, '30 0 0 0', 'tsc')], own);
    const ended = ticksOf(machine('20 0 0 180'), [process(12, '0 0 50 0', 'sh')], own);
    assert.equal(shareOfOthers(started, ended), 0.2);
  });

  test('a child of ours that ended is still ours', () => {
    const running = ticksOf(machine('0 0 0 0'), [process(10, '0 0 0 0'), process(11, '50 0 0 0')], own);
    const ended = ticksOf(machine('70 0 0 30'), [process(10, '0 0 120 0')], new Set([10]));
    assert.equal(shareOfOthers(running, ended), 0);
  });

  test('what another virtual machine took', () => {
    const after = ticksOf(
      machine('1000 0 500 8150 0 0 0 50'),
      [process(10, '300 200 0 0'), process(12, '50 0 0 0')],
      own,
    );
    assert.equal(shareOfOthers(before, after), 0.25);
  });

  test('rounding never makes it less than nothing', () => {
    const after = ticksOf(
      machine('1090 0 500 8110 0 0 0 0'),
      [process(10, '392 200 0 0'), process(12, '50 0 0 0')],
      own,
    );
    assert.equal(shareOfOthers(before, after), 0);
    assert.equal(shareOfOthers(before, before), 0);
  });
});
