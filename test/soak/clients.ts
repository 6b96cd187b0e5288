// The clients of the soak test of one implementation, in their own process: they come, talk, leave in every way
// there is, and come back. Random numbers decide at each tick; the lists below hold the state of each client.

import { connect as connectTcp, type Socket } from 'node:net';
import { handlesBecome, openHandles } from '../support/handles.ts';
import { obey, Reports, settings as readSettings, tell } from './child.ts';
import {
  type ClientSocket,
  type Compression,
  chooseSourceAddresses,
  type OpenClient,
  openEngine,
  openWs,
} from './client-socket.ts';
import { disturbanceAt } from './disturbance.ts';
import type { EndReport } from './ledger.ts';
import { counts, Member, unanswered } from './member.ts';
import { Random } from './random.ts';
import { type Sample, Sampler } from './sampler.ts';
import type { Ports } from './server.ts';
import { LEAVING, SEND_BELOW } from './settings.ts';

/** Counts since the start. */
export interface ClientSample extends Sample {
  readonly connections: number;
  readonly sent: number;
  readonly received: number;
  readonly broadcasts: number;
  readonly pongs: number;
  readonly halfHandshakes: number;
  readonly disturbances: number;
  /** Attempts that brought no connection, by error. */
  readonly failedAttempts: Readonly<Record<string, number>>;
}

export interface StartArgument {
  readonly ports: Ports;
  readonly connections: number;
}

export interface TalkArgument {
  /** Messages a second. */
  readonly rate: number;
  /** Whether some stop reading until the heartbeat finds them. */
  readonly freezes: boolean;
}

const settings = readSettings();
const implementation = process.argv[3] as string;
const open: OpenClient = implementation === 'ws' ? openWs : openEngine;
/** Connections are numbered from here, differently in each process. */
const FIRST_ID = implementation === 'ws' ? 1_000_000_000 : 1;
/** Ports of one address are 28,000 with Linux's settings, and those of ended connections rest for a minute. */
const SOURCES = Array.from({ length: 8 }, (_, index) => `127.0.0.${index + 2}`);
const MAX_OPENING = 128;
const TICK = 10;
/** Messages of each connection at once: whatever it needs for the first ones is there before slopes are measured. */
const GREETINGS = 2;
/** Share of the connections that must be there for others to be disturbed. */
const FULL = 0.98;
/** Share of the connections that is with the second listener, and leaves all at once when that is drained. */
const MOVABLE = 0.1;
/**
 * Messages that may wait for their answers, in this process: a server that is behind is not pushed further. With more
 * than 1,024 sockets that always have something to read, libuv goes from one to the next and runs no timers for long.
 */
const MAX_UNANSWERED = 300;
/** Milliseconds after which answers that do not come, because the server left them out, are forgotten. */
const FORGET = 5_000;
/** Milliseconds that a slow reader stops for, at most. */
const LONGEST_PAUSE = 3_000;

const sampler = new Sampler();
const before = openHandles();
const random = new Random(settings.seed ^ FIRST_ID);
const reports = new Reports();

/** Open connections that may be chosen for anything. */
const members: Member[] = [];
/** All whose end has not been reported, by id. */
const alive = new Map<number, Member>();
const waits = new Set<NodeJS.Timeout>();
const halfOpen = new Set<Socket>();
const failedAttempts: Record<string, number> = {};
let halfHandshakes = 0;
let disturbances = 0;
let freezes = false;
let nextId = FIRST_ID;
let opening = 0;
/** Left, and to come back later. */
let away = 0;
let isActive = false;
let isTalking = false;
let ports: Ports = { fixed: [], moving: 0 };
let target = 0;
let rate = 0;
let owedMessages = 0;
let owedFaults = 0;
let lastTick = 0;
let timers: NodeJS.Timeout[] = [];

if (implementation !== 'ws') chooseSourceAddresses();

function violate(text: string): void {
  tell({ kind: 'violation', text });
}

function tick(): void {
  const now = performance.now();
  // What a standstill of this process has kept from being sent is not made up for.
  const seconds = Math.min(0.1, (now - lastTick) / 1000);
  lastTick = now;
  while (members.length + opening + away < target && opening < MAX_OPENING) void openOne('talk');
  if (members.length === 0) return;
  if (!isTalking) return;
  owedMessages += rate * seconds;
  while (owedMessages >= 1 && unanswered.count < MAX_UNANSWERED) owedMessages -= talk();
  // What the server cannot take now is not made up for later.
  owedMessages = Math.min(owedMessages, 1);
  // Nobody is sent away before those who left are back: it is to be a full house all the time.
  const isFull = members.length >= target * FULL;
  owedFaults = isFull ? owedFaults + ((target * settings.churn) / 60) * seconds : Math.min(owedFaults, 1);
  for (; owedFaults >= 1; owedFaults--) disturb();
}

/** A few messages on one connection. Some talk more than others. @returns how many, or would have been */
function talk(): number {
  const member = members[Math.floor(members.length * random.fraction() ** 2)] as Member;
  const count = 1 + random.below(8);
  const { socket } = member;
  for (let sent = 0; sent < count && socket?.isOpen && socket.bufferedAmount < SEND_BELOW; sent++) member.send();
  if (random.isTrue(0.02) && socket?.isOpen) member.ping();
  return count;
}

/** One connection leaves, or one thing happens that should disturb nobody. */
function disturb(): void {
  const kind = disturbanceAt(disturbances, random);
  const member = members[random.below(members.length)];
  if (member === undefined) return;
  if (kind === 'freeze' && freezes && member.isMovable) return; // another one, the next time
  disturbances++;
  const socket = member.socket as ClientSocket;
  if (kind === 'overflow') void openOne('overflow');
  else if (kind === 'half-way') halfHandshake();
  else {
    leave(member);
    if (kind === 'pause') {
      // Within what may wait: nothing must happen.
      socket.pause();
      after(random.below(LONGEST_PAUSE), () => {
        socket.resume();
        if (alive.has(member.id)) enter(member);
      });
    } else if (kind === 'close' || (kind === 'freeze' && !freezes)) {
      member.intent = 'close';
      const hasCode = random.isTrue(0.8);
      socket.close(hasCode ? 3000 + random.below(2000) : 1000, hasCode ? 'до свидания' : '');
    } else {
      member.intent = kind;
      if (kind === 'freeze') socket.pause();
      else socket[kind]();
    }
  }
}

async function openOne(behaviour: 'talk' | 'overflow'): Promise<void> {
  opening++;
  const isMovable = behaviour === 'talk' && random.isTrue(MOVABLE);
  const member = new Member(settings.seed, nextId++, isMovable, violate, ended);
  if (behaviour === 'overflow') member.intent = 'overflow';
  const kind = random.fraction() / settings.compressed;
  const compression: Compression =
    behaviour === 'overflow' || kind >= 1 ? 'none' : kind < 0.5 ? 'takeover' : 'no takeover';
  const port = isMovable ? ports.moving : fixedPort();
  const localAddress = SOURCES[random.below(SOURCES.length)] as string;
  alive.set(member.id, member);
  try {
    member.socket = await open(
      `ws://127.0.0.1:${port}/${behaviour}/${member.id}`,
      { localAddress, compression },
      member,
    );
    if (behaviour === 'overflow') {
      member.socket.pause();
      after(random.below(LONGEST_PAUSE), () => member.socket?.resume());
    } else if (alive.has(member.id)) {
      enter(member);
      for (let count = 0; count < GREETINGS; count++) member.send();
    }
  } catch (error) {
    alive.delete(member.id);
    const { code, message } = error as NodeJS.ErrnoException;
    const name = code ?? message;
    failedAttempts[name] = (failedAttempts[name] ?? 0) + 1;
    member.intent = 'attempt';
    reports.add(member.report(1006, false, name));
  } finally {
    opening--;
  }
}

function fixedPort(): number {
  return ports.fixed[random.below(ports.fixed.length)] as number;
}

function enter(member: Member): void {
  if (member.place >= 0 || member.socket?.isOpen !== true) return;
  member.place = members.length;
  members.push(member);
}

/** Takes a connection from the list: nobody sends on it any more. */
function leave(member: Member): void {
  const { place } = member;
  if (place < 0) return;
  const last = members.pop() as Member;
  if (last !== member) {
    members[place] = last;
    last.place = place;
  }
  member.place = -1;
  member.leaves();
}

function ended(member: Member, report: EndReport): void {
  leave(member);
  alive.delete(member.id);
  reports.add(report);
  if (!isActive || member.intent === 'overflow') return;
  away++;
  after(random.below(2_000), () => void away--);
}

/** A handshake that does not come to its end: cut by a reset, by FIN, or given up by the server after its time. */
function halfHandshake(): void {
  halfHandshakes++;
  const socket = connectTcp({ port: fixedPort(), host: '127.0.0.1', localAddress: SOURCES[0] });
  const head = `GET /half HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhl`;
  halfOpen.add(socket);
  socket.on('error', () => {});
  socket.on('close', () => halfOpen.delete(socket));
  socket.resume();
  socket.write(head.slice(0, random.below(head.length)));
  const choice = random.below(3);
  if (choice < 2) after(random.below(1_000), () => (choice === 0 ? socket.resetAndDestroy() : socket.end()));
}

function after(milliseconds: number, action: () => void): void {
  const timer = setTimeout(() => {
    waits.delete(timer);
    action();
  }, milliseconds);
  waits.add(timer);
}

function becomesTrue(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!condition()) return;
      clearInterval(timer);
      resolve();
    }, 20);
  });
}

obey({
  /** Connections are opened, and nothing else yet: handshakes would have to wait behind messages. */
  start(argument: StartArgument) {
    ({ ports, connections: target } = argument);
    isActive = true;
    lastTick = performance.now();
    timers = [
      setInterval(tick, TICK),
      setInterval(() => reports.flush(), 500),
      setInterval(() => unanswered.forget(), FORGET),
    ];
  },

  /** Messages and disturbances begin. */
  talk(argument: TalkArgument) {
    ({ rate, freezes } = argument);
    disturbances = 0;
    isTalking = true;
  },

  /** The second listener is at another port. */
  moved(port: number) {
    ports = { ...ports, moving: port };
  },

  /** Connections that the server has given up: of those, frozen ones see it when they read again. */
  givenUp(ids: readonly number[]) {
    for (const id of ids) {
      const member = alive.get(id);
      if (member?.intent === 'freeze') member.socket?.terminate();
    }
  },

  /** No more messages, faults and connections. Answers when nothing is under way. */
  async quiet() {
    isActive = isTalking = false;
    clearInterval(timers[0]);
    await becomesTrue(() => opening === 0 && waits.size === 0);
    for (const socket of halfOpen) socket.destroy();
    await becomesTrue(() => halfOpen.size === 0);
  },

  /** Closes all that have come to the end of the run. Answers when the end of each has been reported. */
  async empty() {
    for (const member of [...members]) {
      leave(member);
      member.intent = 'done';
      member.socket?.close(1000, 'done');
    }
    await becomesTrue(() => alive.size === 0);
    for (const timer of timers) clearInterval(timer);
    reports.flush();
  },

  sample(): ClientSample {
    const sample = sampler.sample();
    const handles = sample.handles - waits.size - halfOpen.size;
    return { ...sample, ...counts, handles, connections: alive.size, halfHandshakes, disturbances, failedAttempts };
  },

  /** Answers what is still open that was not open at the start. */
  stop() {
    return handlesBecome(before, LEAVING).then(
      () => '',
      (error: Error) => error.message,
    );
  },
});
