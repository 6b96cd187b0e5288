// The server of the soak test, in its own process: it checks what it receives, answers each message with the next one of
// its own stream, sends broadcasts to everybody, closes some connections, floods those who asked for it without reading,
// and replaces its second listener every now and then, draining the old one.

import { setTimeout as delay } from 'node:timers/promises';
import { accept, createServer, type Server, type ServerConnection } from '../../src/engine/index.ts';
import { handlesBecome, openHandles } from '../support/handles.ts';
import { obey, Reports, settings as readSettings, tell } from './child.ts';
import { broadcastAt, isBroadcast } from './messages.ts';
import { Peer } from './peer.ts';
import { Random } from './random.ts';
import { type Sample, Sampler } from './sampler.ts';
import { LEAVING, MAX_QUEUED_BYTES, PATIENT, SEND_BELOW } from './settings.ts';

/** What the server tells of itself beyond what every process does. Counts since the start. */
export interface ServerSample extends Sample {
  readonly connections: number;
  readonly received: number;
  readonly sent: number;
  readonly broadcasts: number;
  readonly pings: number;
  /** Closed by a drain, and cut at its deadline. */
  readonly drained: number;
  readonly cutByDrain: number;
  readonly refusedHandshakes: number;
}

export interface Ports {
  readonly fixed: readonly number[];
  /** Of the second listener. */
  readonly moving: number;
}

/**
 * Of the first server. Node takes one connection of a listener in each turn of the event loop; where turns are long,
 * several listeners let clients in faster.
 */
const LISTENERS = 8;

const settings = readSettings();
const sampler = new Sampler();
const before = openHandles();
const random = new Random(settings.seed ^ 0x5e7);
const reports = new Reports();
const counts = { received: 0, broadcasts: 0, pings: 0, drained: 0, cutByDrain: 0, refusedHandshakes: 0 };
const servers = new Set<Server<Peer>>();
const drains = new Set<Promise<unknown>>();
/** Of messages that are answered by closing, so that a tenth of those who leave are sent away by the server. */
const closeProbability = (settings.connections * settings.churn) / 60 / 10 / settings.rate;

/** A topic. */
const EVERYBODY = 'всем';
let broadcastNumber = 0;
let isActive = false;
let timers: NodeJS.Timeout[] = [];
/** The server behind the second listener, and those that were. */
let second: Server<Peer>;
const outgoing: Server<Peer>[] = [];

function makeServer(): Server<Peer> {
  const server = createServer<Peer>({
    heartbeat: settings.heartbeat,
    closeTimeout: PATIENT,
    // Half-way handshakes are there for long enough to be many.
    handshakeTimeout: 10_000,
    // Of any size: what a context takes is taken with the first message.
    compression: { level: 1, threshold: 0 },
    limits: { maxQueuedBytes: MAX_QUEUED_BYTES },
    upgrade: ({ url }) => {
      const [, behaviour, id] = url.split('/');
      return accept({ context: new Peer(settings, Number(id), behaviour === 'overflow') });
    },
    open: (connection) => {
      if (connection.context.overflows) connection.context.flood(connection);
      else connection.subscribe(EVERYBODY);
    },
    message: (connection, data) => received(connection, data),
    ping: () => void counts.pings++,
    error: (connection, error) => {
      connection.context.error = error.code;
    },
    close: (connection, event) => reports.add(connection.context.report(event)),
    refused: () => void counts.refusedHandshakes++,
  });
  servers.add(server);
  return server;
}

function received(connection: ServerConnection<Peer>, data: string | Buffer): void {
  const peer = connection.context;
  counts.received++;
  const wrong = isBroadcast(data) ? 'a broadcast came from a client' : peer.incoming.accept(data);
  if (wrong !== undefined) tell({ kind: 'violation', text: `connection ${peer.id}, to the server: ${wrong}` });
  if (!connection.isOpen || connection.bufferedAmount > SEND_BELOW) return;
  if (isActive && random.isTrue(closeProbability)) {
    peer.intent = 'close';
    void connection.close(4000 + random.below(1000), 'the server has had enough — дост́аточно');
    return;
  }
  peer.send(connection);
}

function broadcast(): void {
  const number = broadcastNumber++;
  const data = broadcastAt(settings.seed, number);
  for (const server of servers) {
    counts.broadcasts += server.publish(EVERYBODY, data);
    for (const { isOpen, context } of server.connections) {
      if (isOpen && !context.overflows) context.countBroadcast(number);
    }
  }
}

/** Opens another second listener; `drainOld` follows when clients know it. */
async function replaceSecond(): Promise<void> {
  outgoing.push(second);
  second = makeServer();
  const { port } = await second.listen({ host: '127.0.0.1' });
  tell({ kind: 'port', port });
}

obey({
  async listen() {
    const first = makeServer();
    const ports: number[] = [];
    for (let count = 0; count < LISTENERS; count++) ports.push((await first.listen({ host: '127.0.0.1' })).port);
    second = makeServer();
    const { port: moving } = await second.listen({ host: '127.0.0.1' });
    timers.push(setInterval(() => reports.flush(), 500));
    return { fixed: ports, moving } satisfies Ports;
  },

  /** Broadcasts, drains and closes of the server's own begin. */
  start() {
    isActive = true;
    timers.push(setInterval(broadcast, settings.broadcastInterval * 1000));
    timers.push(setInterval(() => void replaceSecond(), settings.drainInterval * 1000));
  },

  /** Clients have been told where the second listener is now: the one before it goes. */
  drainOld() {
    const old = outgoing.shift();
    if (old === undefined) return;
    for (const { context } of old.connections) if (context.intent === 'none') context.intent = 'close';
    const drain = old.drain({ code: 1012, reason: 'restart', deadline: 2 * PATIENT }).then((ends) => {
      counts.drained += ends.closed;
      counts.cutByDrain += ends.terminated;
      servers.delete(old);
      drains.delete(drain);
    });
    drains.add(drain);
  },

  /** … and end. Answers when all drains are over, and everything that was sent is in the system's hands. */
  async quiet() {
    isActive = false;
    for (const timer of timers.splice(1)) clearInterval(timer);
    await Promise.all(drains);
    const waits = ({ isOpen, bufferedAmount }: ServerConnection<Peer>): boolean => isOpen && bufferedAmount > 0;
    while ([...servers].some((server) => [...server.connections].some(waits))) await delay(20);
  },

  /** Answers when no connection is left. */
  async empty() {
    for (const server of servers) {
      for (const connection of server.connections) await connection.closed;
    }
    reports.flush();
  },

  sample(): ServerSample {
    const connections = [...servers].reduce((sum, server) => sum + server.connections.size, 0);
    return { ...sampler.sample(), ...counts, connections, sent: Peer.sent };
  },

  /** Closes the listeners. Answers what is still open that was not open at the start. */
  async stop() {
    for (const timer of timers) clearInterval(timer);
    timers = [];
    if (settings.inject.includes('handle')) setInterval(() => {}, 60_000);
    await Promise.all([...servers].map((server) => server.close()));
    return handlesBecome(before, LEAVING).then(
      () => '',
      (error: Error) => error.message,
    );
  },
});
