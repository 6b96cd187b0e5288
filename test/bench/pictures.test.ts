// Profiles as pictures and tables: small ones, made up.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boxesOf, type CpuProfile, flameGraph } from '../../bench/report/flame-graph.ts';
import { type HeapSnapshot, heapTable } from '../../bench/report/heap-table.ts';

describe('a CPU profile', () => {
  const frame = (functionName: string, url = '') => ({ functionName, url });
  const profile: CpuProfile = {
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 3, 5] },
      { id: 2, callFrame: frame('(idle)') },
      { id: 3, callFrame: frame('onread', 'node:internal/stream'), children: [4] },
      { id: 4, callFrame: frame('receive', 'file:///home/somebody/dist/core/frame/decoder.js') },
      { id: 5, callFrame: frame('receive<T>', 'file:///home/somebody/bench/harmony.mjs') },
    ],
    samples: [5, 2, 3, 4, 4, 5],
    timeDeltas: [9000, 1000, 1000, 1000, 2000, 500],
  };

  test('only the end of it, without the time in which the process waits', () => {
    const root = boxesOf(profile, 5.5);
    assert.equal(root.time, 4500);
    const read = root.children.get('onread node:internal/stream');
    assert.equal(read?.time, 4000);
    assert.equal(read?.children.get('receive core/frame/decoder.js')?.time, 3000);
    assert.equal(root.children.get('receive<T> harmony.mjs')?.time, 500);
  });

  test('a picture: names without folders of the machine, shares, escaped', () => {
    const svg = flameGraph('P1 & more', boxesOf(profile, 5.5));
    assert.match(svg, /^<svg xmlns=/);
    assert.match(svg, /<title>receive core\/frame\/decoder\.js: 66\.7 %<\/title>/);
    assert.match(svg, /receive&lt;T&gt; harmony\.mjs: 11\.1 %/);
    assert.match(svg, /P1 &amp; more/);
    assert.ok(!svg.includes('somebody'));
  });

  test('thousands of functions: at most 200 kB, the narrow ones are left out', () => {
    const count = 5_000;
    const nodes = Array.from({ length: count }, (_, index) => ({
      id: index + 2,
      callFrame: frame(`function number ${index}`),
    }));
    const wide = {
      nodes: [{ id: 1, callFrame: frame('(root)'), children: nodes.map(({ id }) => id) }, ...nodes],
      samples: nodes.map(({ id }) => id),
      timeDeltas: nodes.map((_, index) => 1000 + 200 * (index % 7)),
    };
    const svg = flameGraph('wide', boxesOf(wide, 1e9));
    assert.ok(Buffer.byteLength(svg) <= 200_000);
    assert.ok(!/<text[^>]*>function/.test(svg), 'a box that is too narrow has no text');
  });
});

test('heap snapshots: objects and bytes that came with each connection, by constructor', () => {
  const meta = {
    node_fields: ['type', 'name', 'id', 'self_size'],
    node_types: [['object', 'array', 'closure'], 'string', 'number', 'number'],
  };
  const strings = ['Connection', 'Server', 'open', ''];
  const snapshot = (nodes: number[]): HeapSnapshot => ({ snapshot: { meta }, nodes, strings });
  const server = [0, 1, 1, 500];
  const connection = [0, 0, 2, 96, 1, 3, 3, 40, 2, 2, 4, 64];
  const before = snapshot(server);
  const after = snapshot([...server, ...connection, ...connection]);
  assert.deepEqual(heapTable(before, after, 2).split('\n').slice(2), [
    '| `Connection` | 1.00 | 96.0 |',
    '| `function open` | 1.00 | 64.0 |',
    '| `(array)` | 1.00 | 40.0 |',
    '| all | | 200 |',
  ]);
});
