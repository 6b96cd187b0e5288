// Plays a scenario and judges it: nothing lost that no node reported, nothing twice, nothing out of order, no node dead.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { now } from './moment.ts';
import type { BusKind } from './node-task.ts';
import type { Check, Outcome, Scenario } from './scenario.ts';
import { Stage } from './stage.ts';

export interface PlaySettings {
  readonly bus: BusKind;
  readonly clients: number;
  readonly nodes: number;
  /** How much of the scenario's time is taken, 1 in the long run. */
  readonly share: number;
  /** Is told what happens, now and then. */
  readonly progress: (text: string) => void;
}

/** Milliseconds between two lines of progress. */
const PROGRESS = 2_000;

export async function play(scenario: Scenario, settings: PlaySettings): Promise<Outcome> {
  const { bus, share, progress } = settings;
  const started = now();
  const sessions = mkdtempSync(join(tmpdir(), 'harmony-websocket-scale-sessions-'));
  const { clients = settings.clients, ...own } = scenario.stage?.(bus, sessions) ?? {};
  const figures: [string, string][] = [];
  const checks: Check[] = [];
  const check = (name: string, holds: boolean, value: string): void => void checks.push({ name, holds, value });
  let stage: Stage | undefined;
  let phase = 'starts';
  const line = (): void => {
    const { accepted = 0, delivered = 0 } = stage?.ledger ?? {};
    progress(
      `${((now() - started) / 1000).toFixed(0).padStart(4)} s  ${accepted} accepted, ${delivered} delivered  ${phase}`,
    );
  };
  const timer = setInterval(line, PROGRESS);
  try {
    stage = await Stage.start({
      bus,
      nodes: settings.nodes,
      ...own,
      clients: Math.min(clients, settings.clients),
    });
    try {
      await scenario.play({
        stage,
        seconds: (count) => stage!.pass(count * 1000 * share),
        say(text) {
          phase = text;
          line();
        },
        figure: (name, value) => void figures.push([name, value]),
        check,
      });
    } catch (error) {
      check('the scenario came to its end', false, (error as Error).message);
    }
    check('no node ended by itself', stage.deaths.length === 0, stage.deaths.join('; ').slice(0, 500) || 'none');
    const judgement = stage.ledger.judge(stage.gaps);
    check('messages were delivered', judgement.delivered > 0, whole(judgement.delivered));
    if (bus !== 'none')
      check('most messages went between nodes', judgement.across * 2 > judgement.expected, whole(judgement.across));
    check('every loss was in a gap that a node reported', judgement.lostUntold === 0, whole(judgement.lostUntold));
    check('none came twice', judgement.doubled === 0, whole(judgement.doubled));
    check('the order of each publisher was kept', judgement.outOfOrder === 0, whole(judgement.outOfOrder));
    check(
      'no refused message was delivered',
      judgement.deliveredAfterRefusal === 0,
      whole(judgement.deliveredAfterRefusal),
    );
    if (stage.gaps.longest > 0) figures.push(['longest reported gap', `${(stage.gaps.longest / 1000).toFixed(1)} s`]);
    if (judgement.slowestSubscription > 0) {
      figures.push([
        'a new subscription still missed something after',
        `${judgement.slowestSubscription.toFixed(0)} ms`,
      ]);
    }
    return {
      scenario: scenario.name,
      title: scenario.title,
      bus,
      judgement,
      figures,
      checks,
      seconds: (now() - started) / 1000,
      passed: checks.every(({ holds }) => holds),
    };
  } finally {
    clearInterval(timer);
    await stage?.close();
    rmSync(sessions, { recursive: true, force: true });
  }
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
