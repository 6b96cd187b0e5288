// scripts/plot.ts: what the pictures in docs/ are drawn with. Coordinates are written out for one small chart of each kind.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type BarChart, barChart, type LineChart, lineChart, stackedCharts } from '../../scripts/plot.ts';

const chart: LineChart = {
  title: 'a < b & c',
  x: { label: 'time, s' },
  y: { label: 'heap, MiB' },
  lines: [
    {
      name: 'server',
      points: [
        [0, 0],
        [5, 50],
        [10, 100],
      ],
    },
    {
      name: 'bound',
      points: [
        [0, 100],
        [10, 100],
      ],
      isDashed: true,
    },
  ],
};

suite('charts as SVG', () => {
  test('lines run from the lower left corner of the plot to the upper right one', () => {
    const svg = lineChart(chart);
    assert.match(svg, /<polyline points="76,276 466,166 856,56" fill="none" stroke="#0072b2" stroke-width="1.5"\/>/);
    assert.match(
      svg,
      /<polyline points="76,56 856,56" fill="none" stroke="#d55e00" stroke-width="1.5" stroke-dasharray/,
    );
  });

  test('title, legend, labels and round ticks are there, escaped', () => {
    const svg = lineChart(chart);
    for (const word of ['a &lt; b &amp; c', 'time, s', 'heap, MiB', 'server', 'bound', '20', '80', '100', '10']) {
      assert.ok(svg.includes(`>${word}</text>`), word);
    }
    assert.ok(!svg.includes('a < b'));
    assert.ok(svg.includes('fill="#ffffff"'), 'its own background');
  });

  test('a logarithmic axis has a tick for each power of ten', () => {
    const svg = lineChart({
      ...chart,
      x: { label: 'size, B', scale: 'log' },
      lines: [
        {
          name: 'server',
          points: [
            [1, 1],
            [100, 1],
            [10_000, 1],
          ],
        },
      ],
    });
    assert.match(svg, /<polyline points="76,56 466,56 856,56"/);
    for (const tick of ['1', '10', '100', '1,000', '10,000']) assert.ok(svg.includes(`>${tick}</text>`), tick);
  });

  test('bars are as long as their values, in one colour a name, with the range as a whisker', () => {
    const bars: BarChart = {
      title: 'CPU',
      value: { label: 'µs a message' },
      groups: [
        {
          name: 'small',
          bars: [
            { name: 'ws', value: 10, range: [5, 10] },
            { name: 'bare', value: 5 },
          ],
        },
        { name: 'large', bars: [{ name: 'ws', value: 2.5 }] },
      ],
    };
    const svg = barChart(bars);
    assert.match(svg, /<rect x="76" y="76" width="720" height="12" fill="#0072b2"\/>/);
    assert.match(svg, /<rect x="76" y="91" width="360" height="12" fill="#d55e00"\/>/);
    assert.match(svg, /<rect x="76" y="136" width="180" height="12" fill="#0072b2"\/>/);
    assert.match(svg, /<line x1="436" y1="82" x2="796" y2="82"/);
  });

  test('a long legend takes more lines, no two names have one colour, and the chart moves down', () => {
    const bars = Array.from({ length: 10 }, (_, index) => ({ name: `contender ${index}`, value: 1 }));
    const svg = barChart({ title: 'many', value: { label: 'µs' }, groups: [{ name: 'group', bars }] });
    const squares = [...svg.matchAll(/<rect x="(\d+)" y="(\d+)" width="12" height="10" fill="(#\w+)"/g)];
    assert.equal(new Set(squares.map(([, , , fill]) => fill)).size, 10);
    assert.deepEqual([...new Set(squares.map(([, , y]) => y))], ['33', '49']);
    assert.ok(squares.every(([, x]) => Number(x) + 12 < 880));
    assert.match(svg, /<rect x="76" y="92" width="720" height="12" fill="#0072b2"\/>/);
  });

  test('stacked charts lie below each other in one picture', () => {
    const svg = stackedCharts('two', [chart, chart]);
    assert.match(svg, /<svg [^>]*height="644"/);
    assert.match(svg, /translate\(0 322\)/);
    assert.match(svg, /<title>two<\/title>/);
    assert.equal(svg.match(/<svg/g)?.length, 1);
  });

  test('nothing to draw, and values that are not numbers, are refused by title and axis', () => {
    assert.throws(() => lineChart({ ...chart, lines: [] }), /"a < b & c": time, s has no values/);
    const broken = { ...chart, lines: [{ name: 'server', points: [[0, Number.NaN]] as [number, number][] }] };
    assert.throws(() => lineChart(broken), /heap, MiB has a value that is not finite/);
    const zero = { ...chart, y: { label: 'rate', scale: 'log' as const } };
    assert.throws(() => lineChart(zero), /rate has 0, which a log scale cannot show/);
  });
});
