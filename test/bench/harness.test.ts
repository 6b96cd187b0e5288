// The benchmarks' own machinery: a tiny run of one workload gives results of the expected shape, and targets are judged
// as they are written. Nothing here depends on how fast anything is.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { answersOf } from '../../bench/load/answers.ts';
import { encodeFrame, FrameRing } from '../../bench/load/frames.ts';
import type { Row } from '../../bench/run.ts';
import { judge } from '../../bench/targets.ts';
import { workloads } from '../../bench/workloads.ts';
import { toHex } from '../support/hex.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
/** The benchmarks' own default may not be installed. */
const [major = ''] = process.versions.node.split('.');

test('a run of one workload writes what was measured as JSON, Markdown and a picture', async () => {
  const out = mkdtempSync(join(tmpdir(), 'harmony-websocket-bench-'));
  try {
    const parameters = [
      'P1',
      '--node',
      major,
      '--rounds',
      '1',
      '--milliseconds',
      '100',
      '--servers',
      'harmony,ws,bare',
      '--no-install',
    ];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', 'bench/main.ts', ...parameters, '--out', out],
      { cwd: top, timeout: 100_000 },
    );
    const { rows } = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')) as { rows: Row[] };
    assert.deepEqual(
      rows.map(({ id }) => id),
      ['P1'],
    );
    const [row] = rows as [Row];
    assert.deepEqual(Object.keys(row.outcomes), ['harmony', 'ws', 'bare']);
    for (const [name, outcome] of Object.entries(row.outcomes)) {
      assert.ok('samples' in outcome, `${name}: ${JSON.stringify(outcome)}`);
      assert.equal(outcome.samples.length, 1);
      for (const metric of ['rate', 'mbps', 'cpu', 'busy', 'peak'] as const) {
        const value = outcome.samples[0]?.[metric];
        assert.ok(
          value !== undefined && (value > 0 || (metric === 'peak' && value === 0)),
          `${name}: ${metric} ${value}`,
        );
      }
    }
    assert.deepEqual(
      row.verdicts.map(({ isReached }) => typeof isReached),
      ['boolean', 'undefined', 'undefined'], // Bun and the face of `ws` were left out
    );
    assert.equal(row.node, major);
    assert.equal(row.head.rounds, 1);
    const page = readFileSync(join(out, 'results.md'), 'utf8');
    assert.match(page, /^\| harmony-websocket \| [\d,.]+ \|/m);
    assert.match(page, /not measured/);
    assert.match(stdout, /P1 — 64 B text echo/);
    assert.deepEqual(readdirSync(out).sort(), ['results.json', 'results.md', 'servers.svg']);
    // Nothing of the machine but what it is.
    for (const file of readdirSync(out)) {
      assert.ok(!readFileSync(join(out, file), 'utf8').includes(top.replace(/\/$/, '')), `${file} has a path in it`);
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});

test('--against runs another checkout beside this one and prints the ratio of both, --node-flags ours; nothing is written', async () => {
  const parameters = [
    'P1',
    '--node',
    major,
    '--rounds',
    '2',
    '--milliseconds',
    '100',
    '--servers',
    'harmony',
    '--no-install',
  ];
  const before = readFileSync(join(top, 'bench/results/results.json'), 'utf8');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'bench/main.ts', ...parameters, '--against', '.', '--node-flags=--max-semi-space-size=4'],
    { cwd: top, timeout: 100_000 },
  );
  assert.match(stdout, /^### P1 — .*, harmony-websocket with --max-semi-space-size=4$/m);
  assert.match(stdout, /^\| harmony-websocket \(other\) \| [\d,.]+ /m);
  assert.match(stdout, /^P1: CPU of harmony-websocket: [\d.]+ × the other's \([\d.]+–[\d.]+, 2 rounds\)$/m);
  assert.equal(readFileSync(join(top, 'bench/results/results.json'), 'utf8'), before);
});

test('--against names a folder that is not a built checkout: one sentence, and exit code 2', async () => {
  const run = promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'bench/main.ts', 'P1', '--no-install', '--node', major, '--against', 'docs'],
    { cwd: top, timeout: 100_000 },
  );
  await assert.rejects(run, {
    code: 2,
    stderr: '--against docs is not a checkout of harmony-websocket: name the folder of one\n',
  });
});

describe('the load', () => {
  test('RFC 6455 §5.2, §5.3: frames with a key each, in one piece however they are taken', () => {
    const ring = new FrameRing({ size: 3, opcode: 1 }, 4);
    const payload = ring.payloads[0] as Buffer;
    assert.equal(ring.length, 64);
    const all = Array.from({ length: 64 }, (_, index) => ring.take(index, 1));
    const keys = new Set<string>();
    for (const frame of all) {
      assert.equal(toHex(frame.subarray(0, 2)), '81 83');
      const key = frame.subarray(2, 6);
      keys.add(key.toString('hex'));
      const unmasked = frame.subarray(6).map((byte, at) => byte ^ (key[at] as number));
      assert.deepEqual(Buffer.from(unmasked), payload);
    }
    assert.equal(keys.size, 64);
    assert.deepEqual(ring.take(62, 4), Buffer.concat([62, 63, 0, 1].map((index) => all[index] as Buffer)));
  });

  for (const deflate of ['takeover', 'no takeover'] as const) {
    test(`RFC 7692: compressed frames go round and round (${deflate})`, () => {
      const ring = new FrameRing({ size: 1024, opcode: 1, deflate }, 8);
      // As a server without masking would send them back; the answers inflate and compare what they are given.
      const unmasked = Array.from({ length: ring.length }, (_, index) => unmask(ring.take(index, 1)));
      const answers = answersOf({ size: 1024, opcode: 1, deflate }, ring, ring.length);
      const chunk = Buffer.concat(unmasked);
      let count = 0;
      for (let at = 0; at < chunk.length; at += 1000) {
        const part = chunk.subarray(at, at + 1000);
        count += answers.count(part.length, part);
      }
      assert.equal(count, ring.length);
      const wrong = answersOf({ size: 1024, opcode: 1, deflate }, ring, ring.length);
      const second = unmasked[1] as Buffer;
      assert.throws(() => wrong.count(second.length, second), /not the echo|invalid/);
    });
  }

  test('an answer that is not the echo is found', () => {
    const ring = new FrameRing({ size: 5, opcode: 2 }, 1);
    const payload = ring.payloads[0] as Buffer;
    const right = encodeFrame(2, payload);
    assert.equal(answersOf({ size: 5, opcode: 2 }, ring, 1).count(right.length, right), 1);
    const answer = Buffer.from(right);
    answer[6] = (answer[6] as number) ^ 1;
    assert.throws(() => answersOf({ size: 5, opcode: 2 }, ring, 1).count(answer.length, answer), /not the echo/);
  });
});

function unmask(frame: Buffer): Buffer {
  const short = (frame[1] as number) & 0x7f;
  const header = short < 126 ? 2 : 4;
  const key = frame.subarray(header, header + 4);
  const payload = frame.subarray(header + 4).map((byte, at) => byte ^ (key[at & 3] as number));
  const head = Buffer.from(frame.subarray(0, header));
  head[1] = short;
  return Buffer.concat([head, Buffer.from(payload)]);
}

describe('what must be reached', () => {
  const sample = (rate: number, cpu: number, busy: number) => ({ samples: [{ rate, cpu, busy }] });
  const none = new Map();

  test('by messages/s where the cores were busy, by CPU where the load was the limit', () => {
    const target = { metric: 'throughput', against: 'ws', atLeast: 10 } as const;
    const busy = judge(target, { harmony: sample(900, 1, 0.99), ws: sample(100, 12, 0.99) }, none);
    assert.deepEqual(busy, { text: 'messages/s ≥ 10 × ws', value: 9, isReached: false });
    const idle = judge(target, { harmony: sample(900, 1, 0.5), ws: sample(100, 12, 0.99) }, none);
    assert.deepEqual(idle, { text: 'messages per second of CPU ≥ 10 × ws', value: 12, isReached: true });
  });

  test('a figure that is missing reaches nothing and misses nothing', () => {
    const outcomes = { harmony: sample(1, 1, 1), bun: { failure: 'not installed' } };
    assert.deepEqual(judge({ metric: 'cpu', against: 'bun', atMost: 1 }, outcomes, none), {
      text: 'CPU per message ≤ 1 × Bun',
    });
  });

  test('growth from one workload to another, next to that of the bare socket', () => {
    const few = { harmony: sample(1, 2, 1), bare: sample(1, 1, 1) };
    const many = { harmony: sample(1, 6, 1), bare: sample(1, 2, 1) };
    const target = { metric: 'cpu', against: 'bare', relativeTo: 'few', atMost: 1.1 } as const;
    const { value, isReached } = judge(target, many, new Map([['few', few]]));
    assert.equal(value, 1.5);
    assert.equal(isReached, false);
  });

  test('every row of the plan is there, with contenders that its targets name', () => {
    assert.deepEqual(
      [...new Set(workloads.map(({ row }) => row))],
      Array.from({ length: 16 }, (_, index) => `P${index + 1}`),
    );
    assert.equal(new Set(workloads.map(({ id }) => id)).size, workloads.length);
    for (const { id, servers, targets } of workloads) {
      for (const { of = 'harmony', against = of, netOf = of, relativeTo = id } of targets) {
        for (const name of [of, against, netOf]) {
          assert.ok(
            servers.some((server) => name === server || name === `${server}, all read`),
            `${id}: ${name}`,
          );
        }
        assert.ok(
          workloads.some((workload) => workload.id === relativeTo),
          `${id}: ${relativeTo}`,
        );
      }
    }
  });
});
