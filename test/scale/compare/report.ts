// The table of a comparison, and whether its targets are met.

import type { Contender, Sample } from './system.ts';
import type { Workload } from './workloads.ts';

export type Results = ReadonlyMap<Workload, ReadonlyMap<Contender, Sample | string>>;

/** Times the deliveries for each CPU second of Socket.IO's nodes. */
const TARGET = 3;
/** Of the deliveries of bare sockets, where these do not reach the target either: a write to each socket costs everybody the same. */
const SHARE_OF_BARE = 0.85;

export function comparison(results: Results, head: string): string {
  const lines = [head];
  for (const [workload, contenders] of results) {
    const base = sampleOf(contenders, 'Socket.IO');
    lines.push(
      '',
      `**${workload.title}**`,
      '',
      '| | deliveries/s | p50, ms | p99, ms | deliveries for a CPU second of the nodes | of the broker | of all | nodes, × Socket.IO |',
      '|---|---:|---:|---:|---:|---:|---:|---:|',
    );
    for (const [{ name }, sample] of contenders) {
      if (typeof sample === 'string') {
        lines.push(`| ${name} | ${sample} | | | | | | |`);
        continue;
      }
      const { rate, p50, p99, perNodeSecond, perBrokerSecond, perSecond } = sample;
      const ratio = base === undefined ? '' : (perNodeSecond / base.perNodeSecond).toFixed(1);
      lines.push(
        `| ${name} | ${whole(rate)} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${whole(perNodeSecond)} | ${whole(perBrokerSecond)} | ${whole(perSecond)} | ${ratio} |`,
      );
    }
  }
  return lines.join('\n');
}

export function verdicts(results: Results): { name: string; holds: boolean }[] {
  const all: { name: string; holds: boolean }[] = [];
  for (const [{ title, rate }, contenders] of results) {
    const ours = sampleOf(contenders, 'harmony-websocket, Redis');
    const theirs = sampleOf(contenders, 'Socket.IO');
    if (ours === undefined || theirs === undefined) continue;
    // Unpaced, messages share writes, which bare sockets do not do.
    const bare = rate === 0 ? undefined : sampleOf(contenders, 'bare sockets');
    all.push(perSecond(title, ours.perNodeSecond, theirs.perNodeSecond, bare?.perNodeSecond ?? Infinity), {
      name: `${title}: p99 ${ours.p99.toFixed(2)} ms; at most ${theirs.p99.toFixed(2)} wanted`,
      holds: ours.p99 <= theirs.p99,
    });
  }
  return all;
}

function perSecond(title: string, ours: number, theirs: number, bare: number): { name: string; holds: boolean } {
  const times = (value: number): string => `${(value / theirs).toFixed(1)} ×`;
  const name = `${title}: ${times(ours)} Socket.IO's deliveries for a CPU second`;
  if (bare >= TARGET * theirs) return { name: `${name}; ${TARGET} × wanted`, holds: ours >= TARGET * theirs };
  const share = ours / bare;
  return {
    name: `${name}; bare sockets make ${times(bare)}, so ${SHARE_OF_BARE} of these are wanted: ${share.toFixed(2)}`,
    holds: share >= SHARE_OF_BARE,
  };
}

function sampleOf(contenders: ReadonlyMap<Contender, Sample | string>, name: string): Sample | undefined {
  for (const [contender, sample] of contenders) {
    if (contender.name.startsWith(name)) return typeof sample === 'string' ? undefined : sample;
  }
  return undefined;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
