// The soak of resumable sessions: many clients of this package behind a proxy that breaks a connection every few milliseconds, at
// any byte, for one end or both. Every message is numbered and compared in both directions.

import { connect as connectTcp, createServer as createTcpServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, createServer, type ResumableConnection, type ServerConnection } from '../../src/engine/index.ts';
import { Random } from './random.ts';

export interface ResumeSettings {
  readonly clients: number;
  /** Seconds with traffic and cuts. */
  readonly seconds: number;
  /** Milliseconds from one cut to the next. */
  readonly cutEvery: number;
  /** Messages a second, each way, of all clients. */
  readonly rate: number;
  readonly seed: number;
}

export interface ResumeResult {
  readonly settings: ResumeSettings;
  cuts: number;
  /** Of these, connections that only one end saw break. */
  halfOpen: number;
  resumed: number;
  /** Messages that arrived. */
  up: number;
  down: number;
  /** Bytes of messages, and bytes that the proxy has passed on. */
  payload: number;
  moved: number;
  /** MiB of heap when traffic began and when it had ended. */
  heap: readonly [before: number, after: number];
  readonly violations: string[];
}

interface Member {
  readonly client: ResumableConnection;
  sent: number;
  got: number;
}

interface Context {
  got: number;
  sent: number;
}

export async function runResumeSoak(
  settings: ResumeSettings,
  progress: (result: ResumeResult, left: number) => void = () => {},
): Promise<ResumeResult> {
  const random = new Random(settings.seed);
  const violations: string[] = [];
  const result: ResumeResult = {
    settings,
    cuts: 0,
    halfOpen: 0,
    resumed: 0,
    up: 0,
    down: 0,
    payload: 0,
    moved: 0,
    heap: [0, 0],
    violations,
  };
  const report = (text: string): void => {
    if (violations.length < 100) violations.push(text);
  };
  const contexts = new Map<ServerConnection, Context>();
  const server = createServer({
    limits: { maxConnectionsPerAddress: 100_000, maxConnectionsPerMinute: 10_000_000, maxHandshakes: 100_000 },
    compression: true,
    resume: { maxResumesPerMinute: 1_000_000, maxFailuresPerMinute: 1_000_000 },
    open: (connection) => void contexts.set(connection, { got: 0, sent: 0 }),
    message(connection, data) {
      const context = contexts.get(connection);
      if (!context) return;
      const number = context.got++;
      if (!isMessage(data, number)) report(`the server got ${shown(data)} as message ${number} of a client`);
      result.up++;
      result.payload += data.length;
      const answer = message(context.sent++, data.length);
      result.payload += answer.length;
      connection.send(answer);
    },
    expired: (_connection, { why }) => report(`the server lost a session: ${why}`),
    error: (_connection, error) => {
      // A connection that the session has left is terminated; the session goes on.
      if (error.code !== 'ERR_WS_CLOSED' && error.code !== 'ERR_WS_TERMINATED')
        report(`the server has an error: ${error.message}`);
    },
  });
  const { port } = await server.listen({ host: '127.0.0.1' });
  const proxy = await CuttingProxy.start(port, (size) => {
    result.moved += size;
  });
  const members = Array.from({ length: settings.clients }, (_, at): Member => {
    const member: Member = { client: undefined as never, sent: 0, got: 0 };
    const client = connect(`ws://127.0.0.1:${proxy.port}/`, {
      resume: { answerTimeout: 20_000 },
      reconnect: { initial: 5, max: 2000 },
      compression: at % 2 === 0,
      handlers: {
        message(_connection, data) {
          const number = member.got++;
          if (!isMessage(data, number)) report(`client ${at} got ${shown(data)} as message ${number}`);
          result.down++;
        },
        resumed: () => result.resumed++,
        expired: (_connection, { why }) => report(`client ${at} lost its session: ${why}`),
        close: (_connection, { code, error }) => {
          if (code !== 1000) report(`client ${at} ended by ${code} ${error?.message ?? ''}`);
        },
      },
    });
    return Object.assign(member, { client });
  });
  try {
    while (members.some(({ client }) => client.state !== 'open')) await delay(20);
    const heapBefore = heap();
    const end = performance.now() + settings.seconds * 1000;
    let sent = 0;
    let cut = 0;
    for (const begun = performance.now(); performance.now() < end && violations.length === 0; ) {
      const passed = performance.now() - begun;
      for (; sent < (passed / 1000) * settings.rate; sent++) {
        const member = members[random.below(members.length)] as Member;
        member.client.send(message(member.sent++, sizeOf(random)));
      }
      for (; cut < passed / settings.cutEvery; cut++) {
        const isHalfOpen = random.below(4) === 0;
        if (!proxy.cutOne(random, isHalfOpen)) continue;
        result.cuts++;
        if (isHalfOpen) result.halfOpen++;
      }
      progress(result, (end - performance.now()) / 1000);
      await delay(Math.min(10, settings.cutEvery));
    }
    await settle(members, contexts, violations);
    const lost = members.reduce((sum, { sent: own }) => sum + own, 0) - result.up;
    if (lost !== 0) report(`${lost} messages of clients did not arrive`);
    if (result.up !== result.down) report(`${result.up - result.down} messages of the server did not arrive`);
    result.heap = [heapBefore, heap()];
  } finally {
    await Promise.all(members.map(({ client }) => client.close()));
    proxy.close();
    await server.close();
  }
  return result;
}

/** The result as a table for docs/reliability.md. */
export function resumeTable(result: ResumeResult, date: string): string {
  const {
    settings,
    cuts,
    halfOpen,
    resumed,
    up,
    down,
    payload,
    moved,
    heap: [before, after],
    violations,
  } = result;
  const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 });
  const rows = [
    ['clients, seconds of traffic', `${number(settings.clients)}, ${number(settings.seconds)}`],
    ['broken connections; of these noticed by one end only', `${number(cuts)}; ${number(halfOpen)}`],
    ['resumed sessions', number(resumed)],
    ['messages to the server, and to clients', `${number(up)}, ${number(down)}`],
    ['lost, repeated, out of order or damaged', violations.length === 0 ? '0' : `${violations.length}`],
    [
      'MB of messages; of bytes on the way, half of the connections compressed',
      `${number(payload / 1e6)}; ${number(moved / 1e6)}`,
    ],
    ['heap before and after, MiB', `${number(before)}, ${number(after)}`],
  ];
  const lines = rows.map(([name, value]) => `| ${name} | ${value} |`);
  return [`${date}, Node.js ${process.version}, seed ${settings.seed}`, '', '| | |', '|---|---|', ...lines, ''].join(
    '\n',
  );
}

/** Nothing is cut any more: everything must arrive, and be acknowledged. */
async function settle(
  members: readonly Member[],
  contexts: ReadonlyMap<unknown, Context>,
  violations: readonly string[],
): Promise<void> {
  const isDone = (): boolean => {
    const sent = members.reduce((sum, { sent: own }) => sum + own, 0);
    const got = members.reduce((sum, { got: own }) => sum + own, 0);
    let answered = 0;
    for (const context of contexts.values()) answered += context.sent;
    return answered === sent && got === sent && members.every(({ client }) => client.bufferedAmount === 0);
  };
  const patience = performance.now() + 120_000;
  while (!isDone() && violations.length === 0 && performance.now() < patience) await delay(20);
}

/** Most messages are small, one in fifty goes in parts. */
function sizeOf(random: Random): number {
  if (random.below(50) === 0) return 300_000 + random.below(100_000);
  return random.below(10) === 0 ? random.below(20_000) : 10 + random.below(200);
}

/** Text and binary in turn. The number tells which one it is, the rest depends on it. */
function message(number: number, size: number): string | Uint8Array {
  const head = `\u0010${number}:`;
  const body = head.padEnd(Math.max(head.length, size), String.fromCharCode(97 + (number % 26)));
  return number % 2 === 0 ? body : Uint8Array.from(Buffer.from(body, 'latin1'));
}

function isMessage(data: string | Uint8Array, number: number): boolean {
  if ((typeof data === 'string') !== (number % 2 === 0)) return false;
  const text =
    typeof data === 'string' ? data : Buffer.from(data.buffer, data.byteOffset, data.length).toString('latin1');
  const head = `\u0010${number}:`;
  return text === head.padEnd(text.length, String.fromCharCode(97 + (number % 26))) && text.length >= head.length;
}

function shown(data: string | Uint8Array): string {
  return `${data.length} units that begin with ${JSON.stringify(Buffer.from(data.slice(0, 12) as string).toString('latin1'))}`;
}

function heap(): number {
  global.gc?.();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

/** Passes bytes on, until it breaks a connection in the middle of them. */
class CuttingProxy {
  readonly port: number;
  readonly #pairs: (readonly [client: Socket, server: Socket])[] = [];
  readonly #close: () => void;

  static async start(target: number, moved: (size: number) => void): Promise<CuttingProxy> {
    let proxy: CuttingProxy | undefined;
    const listener = createTcpServer({ noDelay: true }, (client) =>
      proxy?.pair(client, connectTcp(target, '127.0.0.1'), moved),
    );
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', 4096, resolve));
    proxy = new CuttingProxy((listener.address() as { port: number }).port, () => listener.close());
    return proxy;
  }

  constructor(port: number, close: () => void) {
    this.port = port;
    this.#close = close;
  }

  /**
   * Breaks a connection.
   *
   * @param isHalfOpen  the server does not notice for some time
   */
  cutOne(random: Random, isHalfOpen: boolean): boolean {
    const at = random.below(Math.max(1, this.#pairs.length));
    const [pair] = this.#pairs.splice(at, 1);
    if (!pair) return false;
    const [client, server] = pair;
    client.unpipe();
    client.destroy();
    if (isHalfOpen) setTimeout(() => server.destroy(), 3000).unref();
    else server.resetAndDestroy();
    return true;
  }

  close(): void {
    this.#close();
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  pair(client: Socket, server: Socket, moved: (size: number) => void): void {
    const pair = [client, server] as const;
    this.#pairs.push(pair);
    let isCut = false;
    for (const [from, to] of [pair, [server, client] as const]) {
      from.on('error', () => {});
      from.on('data', (chunk: Buffer) => {
        moved(chunk.length);
        if (!to.destroyed && !to.write(chunk)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
      });
      from.on('end', () => to.end());
      from.on('close', () => {
        if (isCut) return;
        isCut = true;
        const at = this.#pairs.indexOf(pair);
        if (at < 0) return; // cut on purpose
        this.#pairs.splice(at, 1);
        to.destroy();
      });
    }
  }
}
