// What a run found: for the terminal, and as a table for docs/scale.md.

import { readFileSync, writeFileSync } from 'node:fs';
import { whole } from './play.ts';
import type { Outcome } from './scenario.ts';

const names = {
  none: 'none',
  redis: 'Redis',
  nats: 'NATS',
  'redis-sharded': 'Redis, sharded',
  'redis-cluster': 'Redis Cluster',
};

/** A few lines for the terminal. */
export function shown({ scenario, bus, judgement, figures, checks, seconds, passed }: Outcome): string {
  const lines = [
    `${passed ? 'passed' : 'FAILED'}  ${scenario} (${names[bus]}), ${seconds.toFixed(0)} s`,
    `  accepted ${whole(judgement.accepted)}, refused ${whole(judgement.refused)}; deliveries ${whole(judgement.delivered)} of ${whole(judgement.expected)}`,
    `  lost in gaps ${whole(judgement.lostInGaps)}, untold ${whole(judgement.lostUntold)} (on one node ${whole(judgement.lostLocally)}), at edges ${whole(judgement.missedAtEdges)}; twice ${whole(judgement.doubled)}, out of order ${whole(judgement.outOfOrder)}`,
    ...figures.map(([name, value]) => `  ${name}: ${value}`),
    ...checks.filter(({ holds }) => !holds).map(({ name, value }) => `  NOT KEPT: ${name}: ${value}`),
    ...judgement.examples.map((text) => `    ${text}`),
  ];
  return lines.join('\n');
}

/** Markdown: a row for each outcome. */
export function table(outcomes: readonly Outcome[], head: string): string {
  const rows = outcomes.map(({ title, bus, judgement, figures, passed }) => {
    const { accepted, expected, delivered, lostInGaps, lostUntold, doubled, outOfOrder } = judgement;
    const share = expected === 0 ? '' : ` (${((lostInGaps / expected) * 100).toFixed(1)} %)`;
    const more = figures.map(([name, value]) => `${name} ${value}`).join('; ');
    const verdict = passed ? 'kept' : '**broken**';
    return `| ${title} | ${names[bus]} | ${whole(accepted)} | ${whole(delivered)} | ${whole(lostInGaps)}${share} | ${whole(lostUntold)} | ${whole(doubled)} / ${whole(outOfOrder)} | ${more} | ${verdict} |`;
  });
  return [
    head,
    '',
    '| what happens | broker | accepted | delivered | lost in reported gaps | lost untold | twice / out of order | figures | promises |',
    '|---|---|---:|---:|---:|---:|---:|---|---|',
    ...rows,
  ].join('\n');
}

/** Puts a table where readers look, in the place of the one before. @throws Error if the page has no such place */
export function publish(page: string, name: string, markdown: string): void {
  const text = readFileSync(page, 'utf8');
  const place = new RegExp(`(<!-- ${name}: written by npm run scale -->\\n).*?(<!-- end of ${name} -->)`, 'su');
  if (!place.test(text)) throw new Error(`${page} has no place for "${name}"`);
  writeFileSync(
    page,
    text.replace(place, (_, begin: string, end: string) => `${begin}\n${markdown}\n\n${end}`),
  );
}
