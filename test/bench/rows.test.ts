// The arithmetic of single rows: plans of an open loop, memory of one more connection, figures without those of a bare start,
// rows that do not fit, pings among messages.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { asHeld } from '../../bench/check.ts';
import { slope } from '../../bench/harness/idle-server.ts';
import { Member } from '../../bench/load/crowd-load.ts';
import { Plan } from '../../bench/load/paced-load.ts';
import { nodesTable } from '../../bench/report/nodes-table.ts';
import { meanings, overviewOf } from '../../bench/report/overview.ts';
import type { Row } from '../../bench/run.ts';
import { scaledTo } from '../../bench/scale.ts';
import { judge, type Outcomes } from '../../bench/targets.ts';
import { isChecked, isHeld, workloads } from '../../bench/workloads.ts';
import { hex, toHex } from '../support/hex.ts';

test('P6: what one more connection takes, from two counts', () => {
  assert.equal(slope(10 * 1024 * 1024, 30 * 1024 * 1024, 8_000), 2.56);
});

describe('P13', () => {
  const started = (start: number) => ({ samples: [{ start }, { start }] });
  const target = { metric: 'start', against: 'ws', netOf: 'empty', atMost: 1.3 } as const;

  test('each figure is without that of a program that imports nothing', () => {
    const outcomes = { harmony: started(60), ws: started(50), empty: started(30) };
    const { value, isReached, text } = judge(target, outcomes, new Map());
    assert.equal(value, 1.5);
    assert.equal(isReached, false);
    assert.equal(text, 'CPU of a start ≤ 1.3 × ws, each without that of a bare start');
  });

  test('without such a program there is no verdict', () => {
    assert.equal(judge(target, { harmony: started(60), ws: started(50) }, new Map()).value, undefined);
  });
});

describe('P14: a plan of messages', () => {
  test('10,000 per second for 5 ms: 50 messages, one each 0.1 ms, the first at once', () => {
    const plan = new Plan(10_000, 5);
    assert.equal(plan.total, 50);
    assert.equal(plan.timeOf(0), 0);
    assert.equal(plan.timeOf(49), 4.9);
    assert.equal(plan.due(0), 1);
    assert.equal(plan.due(0.05), 1);
    assert.equal(plan.due(0.15), 2);
    assert.equal(plan.due(2.05), 21);
  });

  test('after a stall all messages of the stall are due, each at its own time', () => {
    const plan = new Plan(1_000, 100);
    const now = 60.5;
    const latencies = Array.from(
      { length: plan.due(now) - plan.due(10.5) },
      (_, index) => now - plan.timeOf(11 + index),
    );
    assert.equal(latencies.length, 50);
    assert.equal(latencies[0], 49.5);
    assert.equal(latencies.at(-1), 0.5);
  });

  test('nothing is due beyond the end', () => {
    assert.equal(new Plan(1_000, 10).due(1e6), 10);
    assert.equal(new Plan(1, 10).total, 1);
  });
});

describe('P15', () => {
  const crowd = workloads.find(({ id }) => id === 'P15');
  assert.ok(crowd?.kind === 'crowd');

  test('fewer open files: both kinds of connections shrink alike, and the title tells', () => {
    const scaled = scaledTo(crowd, 11_000);
    assert.ok(scaled.kind === 'crowd');
    assert.deepEqual([scaled.crowd.idle, scaled.crowd.busy], [10_000, 1_000]);
    assert.match(
      scaled.title,
      /^10,000 idle connections and 1,000 busy ones \(not 50,000 idle connections and 5,000 busy/,
    );
    assert.equal(scaledTo(crowd, 55_000), crowd);
  });

  function member(): { member: Member; written: string[]; seen: { pings: number; messages: number } } {
    const written: string[] = [];
    const seen = { pings: 0, messages: 0 };
    const one = new Member(
      () => seen.pings++,
      () => seen.messages++,
      (error) => assert.fail(error),
    );
    one.socket = { write: (bytes: Buffer) => written.push(toHex(bytes)) > 0, destroy() {} } as never;
    return { member: one, written, seen };
  }

  test('RFC 6455 §5.5.3: a ping among messages is answered with its payload, masked, however the bytes are cut', () => {
    const bytes = Buffer.from(hex('82 01 2a  89 02 48 69  82 01 2b'));
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { member: one, written, seen } = member();
      for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) one.received(part.length, part);
      assert.deepEqual(written, ['8a 82 37 fa 21 3d 7f 93'], `cut at ${cut}`);
      assert.deepEqual(seen, { pings: 1, messages: 2 });
    }
  });
});

describe('--check', () => {
  const cpu = (figure: number) => ({ samples: [{ cpu: figure, busy: 1, rate: 1000 / figure }] });
  const outcomes = { harmony: cpu(1.05), bare: cpu(1), ws: cpu(1.05) };
  const checked = workloads.filter(isChecked);

  test('a bound that is not within reach is replaced by what is reached: it holds, and a slower one does not', () => {
    const workload = workloads.find(({ id }) => id === 'P5 1 in flight');
    assert.ok(workload !== undefined);
    const holding = asHeld(workload).targets.map((target) => judge(target, outcomes, new Map()).isReached);
    assert.deepEqual(holding, [true, true]);
    const slower = { ...outcomes, harmony: cpu(1.3) };
    const fallen = asHeld(workload).targets.map((target) => judge(target, slower, new Map()).isReached);
    assert.deepEqual(fallen, [false, false]);
  });

  test('the bound that `--check` takes instead is weaker than the target', () => {
    for (const { id, targets } of checked) {
      for (const { holds, atLeast, atMost } of targets) {
        if (holds === undefined) continue;
        assert.ok(atLeast === undefined ? holds > (atMost as number) : holds < atLeast, id);
      }
    }
  });

  test('it needs nobody who must be installed first', () => {
    const others = checked.flatMap((workload) => asHeld(workload).targets.map(({ against }) => against));
    assert.deepEqual([...new Set(others)].sort(), ['bare', 'ws']);
  });

  test('no workload that `--check` leaves out has such a bound', () => {
    const unseen = workloads.filter(
      (workload) => !isChecked(workload) && workload.targets.some(({ holds }) => holds !== undefined),
    );
    assert.deepEqual(unseen, []);
    for (const { targets } of checked)
      for (const target of targets) if (target.holds !== undefined) assert.ok(isHeld(target));
  });
});

describe('versions of Node beside each other', () => {
  const row = (node: string, id: string, outcomes: Outcomes): Row =>
    ({ id, row: id, title: `title of ${id}`, kind: 'echo', node, outcomes }) as unknown as Row;
  const cpu = (harmony: number, ws: number): Outcomes => ({
    harmony: { samples: [{ cpu: harmony }] },
    ws: { samples: [{ cpu: ws }] },
  });

  test('rows of the default version and of another: our figure divided by that of ws', () => {
    const rows = [
      row('26', 'P1', cpu(1, 10)),
      row('20', 'P1', cpu(1, 8)),
      row('26', 'P2', cpu(1, 2)),
      row('20', 'P3', cpu(1, 2)),
    ];
    const table = nodesTable(rows);
    assert.match(table, /× ws, Node 20 \| × ws, Node 26 \| × bare, Node 20/);
    assert.match(table, /\| P1 \| title of P1 \| CPU per message \| 0\.13 \| 0\.10 \| – \| – \|/);
    assert.ok(!table.includes('P2') && !table.includes('P3'), table);
  });

  test('one version only: no table', () => {
    assert.equal(nodesTable([row('26', 'P1', cpu(1, 10))]), '');
  });
});

describe('the first table of docs/performance.md', () => {
  test('every workload has a sentence, and no sentence is for a workload that is gone', () => {
    assert.deepEqual(Object.keys(meanings).sort(), workloads.map(({ id }) => id).sort());
    for (const sentence of Object.values(meanings)) assert.match(sentence, /^[A-Z].*\.$/u);
  });

  test('a line has our figure with its unit, and what it is divided by those of others', () => {
    const measured = (cpu: number): { samples: { cpu: number }[] } => ({ samples: [{ cpu }] });
    const row = {
      id: 'P1',
      row: 'P1',
      kind: 'echo',
      outcomes: { harmony: measured(0.5), ws: measured(5), bun: measured(0.4), bare: { failure: 'did not start' } },
    };
    const [, , line] = overviewOf([row as object as Row]).split('\n');
    assert.equal(line, `| P1 | ${meanings.P1} | 0.50 µs | 0.10 |  | 1.25 |`);
  });

  test('a row with messages that are lent has a second line for them', () => {
    const measured = (cpu: number): { samples: { cpu: number }[] } => ({ samples: [{ cpu }] });
    const outcomes = { harmony: measured(40), 'harmony (lent)': measured(25), ws: measured(50) };
    const row = { id: 'P3 64 KiB', row: 'P3', kind: 'echo', outcomes };
    const lines = overviewOf([row as object as Row]).split('\n');
    assert.equal(lines[3], "| P3 | The same with `binaryMessages: 'lent'`. | 25.0 µs | 0.50 |  |  |");
  });

  test('a row without a figure of ours has no line', () => {
    const row = { id: 'P1', row: 'P1', kind: 'echo', outcomes: { harmony: { failure: 'did not start' } } };
    assert.equal(overviewOf([row as object as Row]).split('\n').length, 2);
  });
});
