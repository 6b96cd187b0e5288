// `kill -9` of a server under load: clients with sessions send numbered messages, which the server writes into a book and answers;
// it is killed and started again on the same directory of sessions. At the end the book and the answers are compared with what was
// sent.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type ResumableConnection } from '../../../src/engine/index.ts';
import { TcpGate } from '../../support/tcp-gate.ts';
import { KilledServer, type Mode } from './killed-server.ts';

export interface KillSettings {
  readonly mode: Exclude<Mode, 'none'>;
  readonly clients: number;
  readonly kills: number;
  /** Messages a second that all clients send. */
  readonly rate: number;
  /** Milliseconds of traffic before each kill. */
  readonly between: number;
}

export interface KillResult {
  readonly settings: KillSettings;
  sent: number;
  resumed: number;
  /** Sessions that were lost, their clients told. */
  expired: number;
  /** Messages handled twice, with the same key both times. */
  twice: number;
  /** Messages and answers that were lost with a session, and the client was told: not acknowledged; acknowledged, no answer yet. */
  told: readonly [unsent: number, unanswered: number];
  readonly violations: string[];
}

interface Member {
  readonly client: ResumableConnection;
  readonly name: string;
  sent: number;
  /** The number of each answer, in order. */
  readonly answers: number[];
  /** Numbers that the client was told to be unacknowledged when a session was lost; and all that had no answer then. */
  readonly unsent: Set<number>;
  readonly unanswered: Set<number>;
  expired: number;
  resumed: number;
}

/** One client in four is away when the server is killed. */
const isAwayAtKill = (at: number): boolean => at % 4 === 0;

/** Runs it, and compares. */
export async function runKills(settings: KillSettings): Promise<KillResult> {
  const directory = mkdtempSync(join(tmpdir(), 'killed-'));
  const book = join(directory, 'book');
  const server = new KilledServer(join(directory, 'sessions'), book, settings.mode);
  const members: Member[] = [];
  let gate: TcpGate | undefined;
  try {
    await server.start();
    gate = await TcpGate.start(server.port);
    for (let at = 0; at < settings.clients; at++)
      members.push(begin(`c${at}`, isAwayAtKill(at) ? gate.port : server.port));
    await until('all are there', () => members.every(({ client }) => client.state === 'open'));
    const away = members.filter((_, at) => isAwayAtKill(at)).length;
    for (let kill = 0; kill < settings.kills; kill++) {
      await send(members, settings, () => delay(settings.between));
      await send(members, settings, async () => {
        gate?.cut();
        while ((await server.figures()).away < away) await delay(5);
        await server.kill();
      });
      // What is sent while nobody listens waits in the clients.
      await send(members, settings, async () => {
        await server.start();
        gate?.mend();
      });
      await until('all are back', () => members.every((member) => member.resumed + member.expired > kill));
    }
    await until('all is acknowledged', () => members.every(({ client }) => client.bufferedAmount === 0));
    const result = judge(settings, members, () => readFileSync(book, 'utf8'));
    const isAnswered = (member: Member): boolean =>
      new Set(member.answers).size + member.unanswered.size >= member.sent;
    if (result.violations.length > 0) await until('all is answered', () => members.every(isAnswered)).catch(() => {});
    return judge(settings, members, () => readFileSync(book, 'utf8'));
  } finally {
    await Promise.all(members.map(({ client }) => client.close()));
    await gate?.close();
    await server.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}

function begin(name: string, port: number): Member {
  const client = connect(`ws://127.0.0.1:${port}/`, {
    resume: { answerTimeout: 60_000 },
    reconnect: { initial: 5, max: 100 },
    handlers: {
      message: (_connection, data) => void member.answers.push(numberOf(data)),
      resumed: () => member.resumed++,
      expired(_connection, { unsent }) {
        member.expired++;
        for (const { data } of unsent) member.unsent.add(numberOf(data));
        const answered = new Set(member.answers);
        for (let number = 0; number < member.sent; number++) if (!answered.has(number)) member.unanswered.add(number);
      },
    },
  });
  const member: Member = {
    client,
    name,
    sent: 0,
    answers: [],
    unsent: new Set(),
    unanswered: new Set(),
    expired: 0,
    resumed: 0,
  };
  return member;
}

function numberOf(data: unknown): number {
  return Number(String(data).split(' ', 2)[1]);
}

/** Sends at the rate until the work is done. */
async function send(members: readonly Member[], { rate }: KillSettings, work: () => Promise<unknown>): Promise<void> {
  let isDone = false;
  const working = work().finally(() => {
    isDone = true;
  });
  const begun = performance.now();
  for (let sent = 0; !isDone; await delay(5)) {
    for (; sent < ((performance.now() - begun) / 1000) * rate; sent++) {
      const member = members[sent % members.length] as Member;
      member.client.send(`${member.name} ${member.sent++} ${'x'.repeat(sent % 200)}`);
    }
  }
  await working;
}

function judge(settings: KillSettings, members: readonly Member[], read: () => string): KillResult {
  const violations: string[] = [];
  const handled = new Map<string, { numbers: number[]; keys: Map<number, string>; again: Set<number> }>();
  let twice = 0;
  for (const { name } of members) handled.set(name, { numbers: [], keys: new Map(), again: new Set() });
  const text = read();
  for (const line of text.split('\n').slice(0, -1)) {
    const [key = '', name = '', number] = line.split(' ');
    const own = handled.get(name);
    if (own === undefined) {
      violations.push(`a line of nobody: ${line}`);
      continue;
    }
    const known = own.keys.get(Number(number));
    if (known !== undefined) {
      twice++;
      if (known !== key) violations.push(`${name} ${number} was handled twice, as ${known} and as ${key}`);
      own.again.add(Number(number));
    }
    own.keys.set(Number(number), key);
    own.numbers.push(Number(number));
  }
  if (twice > settings.kills * members.length) violations.push(`${twice} messages were handled twice`);
  for (const [at, member] of members.entries()) {
    const { name, sent, answers, unsent, unanswered, expired } = member;
    const { numbers, keys, again } = handled.get(name) ?? assert.fail();
    for (const [what, list] of [
      ['messages', numbers],
      ['answers', answers],
    ] as const) {
      if (list.some((number, place) => number < (list[place - 1] ?? 0) && !again.has(number)))
        violations.push(`${what} of ${name} out of order`);
    }
    const answered = new Set(answers);
    for (let number = 0; number < sent; number++) {
      if (!keys.has(number) && !unsent.has(number)) violations.push(`${name} ${number} was not handled`);
      if (!answered.has(number) && !unanswered.has(number)) violations.push(`${name} ${number} was not answered`);
    }
    const surplus = answers.length - answered.size;
    const repeated = numbers.length - keys.size;
    if (surplus > repeated)
      violations.push(`${name} got ${surplus} answers again, for ${repeated} messages handled again`);
    if (expired > 0 && (settings.mode === 'ahead' || isAwayAtKill(at))) violations.push(`${name} lost its session`);
  }
  const sum = (of: (member: Member) => number): number => members.reduce((total, member) => total + of(member), 0);
  const told = [
    sum(({ unsent }) => unsent.size),
    sum(({ unsent, unanswered }) => [...unanswered].filter((number) => !unsent.has(number)).length),
  ] as const;
  return {
    settings,
    sent: sum(({ sent }) => sent),
    resumed: sum(({ resumed }) => resumed),
    expired: sum(({ expired }) => expired),
    twice,
    told,
    violations: violations.slice(0, 100),
  };
}

async function until(what: string, isTrue: () => boolean): Promise<void> {
  for (const end = performance.now() + 60_000; !isTrue(); await delay(5))
    if (performance.now() > end) throw new Error(`never: ${what}`);
}
