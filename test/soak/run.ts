// One soak run: starts the processes, has them warm up and settle, takes the base line, lets them go on for the time
// asked for, settles again, and judges: the books, the trends, and what is left.

import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Child, type News } from './child.ts';
import type { ClientSample, StartArgument, TalkArgument } from './clients.ts';
import { EACH_KIND } from './disturbance.ts';
import { type Check, judge } from './judgement.ts';
import { Ledger } from './ledger.ts';
import { ALL, type Moment } from './moment.ts';
import type { Ports, ServerSample } from './server.ts';
import type { Settings } from './settings.ts';

export interface SoakResult {
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly moments: readonly Moment[];
  readonly checks: readonly Check[];
  readonly passed: boolean;
  /** Connections on which something was done wrong on purpose. */
  readonly injected: readonly number[];
}

/** Processes of clients. */
const GROUPS = 2;

/** Seconds for all to connect. */
const OPENING_PATIENCE = 600;

/**
 * @param moment  called with each sample as it is taken
 * @throws (rejects) Error when a process ends or does not answer; all are ended
 */
export async function runSoak(
  settings: Settings,
  moment: (moment: Moment, ledger: Ledger) => void,
): Promise<SoakResult> {
  checkDescriptors(settings.connections);
  const run = new Run(settings, moment);
  try {
    return await run.toItsEnd();
  } finally {
    await run.stop();
  }
}

class Run {
  readonly #settings: Settings;
  readonly #report: (moment: Moment, ledger: Ledger) => void;
  readonly #ledger = new Ledger();
  readonly #moments: Moment[] = [];
  readonly #server: Child;
  readonly #engine: Child;
  readonly #ws: Child;
  readonly #injected: number[] = [];
  readonly #began = performance.now();
  #ports: Ports = { fixed: [], moving: 0 };

  constructor(settings: Settings, report: (moment: Moment, ledger: Ledger) => void) {
    this.#settings = settings;
    this.#report = report;
    const hear = (news: News): void => this.#hear(news);
    this.#server = new Child('server', 'server.ts', settings, hear);
    this.#engine = new Child('engine', 'clients.ts', settings, hear);
    this.#ws = new Child('ws', 'clients.ts', settings, hear);
  }

  async toItsEnd(): Promise<SoakResult> {
    const { warmUp, duration } = this.#settings;
    await this.#sample('start');
    this.#ports = await this.#server.ask<Ports>('listen');
    await this.#traffic('warm-up', warmUp);
    await this.#sample('base line');
    await this.#traffic('run', duration);
    await this.#sample('end');
    this.#ledger.finish();
    const leftOpen: Record<string, string> = {};
    for (const child of [this.#server, this.#engine, this.#ws]) leftOpen[child.name] = await child.ask<string>('stop');
    const checks = judge(this.#settings, this.#moments, this.#ledger, leftOpen);
    const passed = checks.every((check) => check.passed);
    return {
      settings: this.#settings,
      ledger: this.#ledger,
      moments: this.#moments,
      checks,
      passed,
      injected: this.#injected,
    };
  }

  async stop(): Promise<void> {
    await Promise.all([this.#server, this.#engine, this.#ws].map((child) => child.stop()));
  }

  /** Lets everybody loose for some seconds, and then has all connections end. */
  async #traffic(phase: 'warm-up' | 'run', seconds: number): Promise<void> {
    const { connections, rate, patience } = this.#settings;
    const starting: StartArgument = { ports: this.#ports, connections: Math.ceil(connections / GROUPS) };
    await this.#both('start', starting);
    const opened = performance.now();
    do await this.#sample('opening', 1);
    while (!this.#hasAll() && performance.now() - opened < OPENING_PATIENCE * 1000);
    const talking: TalkArgument = { rate: rate / GROUPS, freezes: phase === 'run' };
    await this.#server.ask('start');
    await this.#both('talk', talking);
    const first = this.#moments.at(-1) as Moment;
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const left = (end - performance.now()) / 1000;
      const { sampleInterval } = this.#settings;
      await this.#sample(phase, left > 0 ? Math.min(left, sampleInterval) : sampleInterval);
      const over = (performance.now() - end) / 1000;
      if (over >= patience || (over >= 0 && this.#hasDoneEnough(first))) break;
    }
    await this.#both('quiet');
    await this.#server.ask('quiet');
    await this.#both('empty');
    await this.#server.ask('empty');
  }

  #hasAll(): boolean {
    return (this.#moments.at(-1) as Moment).server.connections >= this.#settings.connections * ALL;
  }

  /** Whether there has been something to judge since `first`. */
  #hasDoneEnough(first: Moment): boolean {
    const { connections, leastMessages, churn } = this.#settings;
    const now = this.#moments.at(-1) as Moment;
    const disturbed = churn === 0 || [now.engine, now.ws].every(({ disturbances }) => disturbances >= EACH_KIND);
    return disturbed && now.server.received - first.server.received >= leastMessages * connections;
  }

  async #both(command: string, argument?: unknown): Promise<void> {
    await Promise.all([this.#engine.ask(command, argument), this.#ws.ask(command, argument)]);
  }

  /** @param seconds  to wait before */
  async #sample(phase: Moment['phase'], seconds = 0): Promise<void> {
    if (seconds > 0) await delay(seconds * 1000);
    const time = (performance.now() - this.#began) / 1000;
    const [server, engine, ws] = await Promise.all([
      this.#server.ask<ServerSample>('sample'),
      this.#engine.ask<ClientSample>('sample'),
      this.#ws.ask<ClientSample>('sample'),
    ]);
    const load = loadavg()[0] ?? 0;
    const moment: Moment = { time, phase, ended: this.#ledger.totals.connections, load, server, engine, ws };
    this.#moments.push(moment);
    this.#report(moment, this.#ledger);
  }

  async #move(port: number): Promise<void> {
    this.#ports = { ...this.#ports, moving: port };
    await this.#both('moved', port);
    await this.#server.ask('drainOld');
  }

  #hear(news: News): void {
    if (news.kind === 'violation') this.#ledger.violate(news.text);
    if (news.kind === 'injected') this.#injected.push(news.connection);
    if (news.kind === 'port') void this.#move(news.port).catch(ignoreEnded);
    if (news.kind !== 'ended') return;
    for (const report of news.reports) this.#ledger.add(report);
    const givenUp = news.reports.filter(({ side, wasClean }) => side === 'server' && !wasClean).map(({ id }) => id);
    if (givenUp.length > 0) void this.#both('givenUp', givenUp).catch(ignoreEnded);
  }
}

/** A child that has ended by itself has been noted as a violation, and ends the run. */
function ignoreEnded(): void {}

/**
 * Node raises its limit of descriptors as far as the system lets it.
 *
 * @throws Error when that is too little for the server, who needs one for each connection
 */
export function checkDescriptors(connections: number): void {
  const needed = Math.ceil(connections * 1.1) + 200;
  let limits: string;
  try {
    limits = readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return; // Not Linux: the first EMFILE will tell.
  }
  const allowed = Number(/^Max open files +\d+ +(\d+)/mu.exec(limits)?.[1] ?? Infinity);
  if (allowed < needed) {
    throw new Error(
      `${connections} connections need about ${needed} open files in one process, and the system allows ${allowed}; ` +
        `raise it (ulimit -n ${needed}) or lower --connections to ${Math.floor((allowed - 200) / 1.1)}`,
    );
  }
}
