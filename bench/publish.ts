// One message to many: a publisher sends, the server passes each message on to all subscribers. Compares this package's
// topics with `ws` sending one Buffer in a loop over its clients, and with bare sockets that are given ready-made bytes,
// as one write for all publishes of a chunk: the limit. Subscribers are raw sockets of this process, on another core.
//
//   npx tsx bench/publish.ts                     1,000 subscribers, 64 B, 8 and 1 publishes in flight, five rounds
//   npx tsx bench/publish.ts --quick             three short rounds
//   npx tsx bench/publish.ts --slow              one more subscriber that does not read: memory, and the others' latency
//   npx tsx bench/publish.ts --compress          1 KiB of JSON with permessage-deflate, context takeover agreed
//   npx tsx bench/publish.ts --profile DIR       writes CPU profiles of the servers there
//
// (`npm run build` first: the servers use the package by its name.)

import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { inflateRawSync } from 'node:zlib';
import { createServer } from 'harmony-websocket/engine';
import { WebSocket, WebSocketServer } from 'ws';
import { encodeFrame } from './frames.ts';

const { values, positionals } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    slow: { type: 'boolean' },
    compress: { type: 'boolean' },
    subscribers: { type: 'string', default: '1000' },
    size: { type: 'string' },
    servers: { type: 'string' },
    flight: { type: 'string' },
    profile: { type: 'string' },
  },
  allowPositionals: true,
});
const isCompressed = values.compress === true;
const count = Number(values.subscribers);
const payload = isCompressed ? json(1024) : Buffer.alloc(Number(values.size ?? 64), 97);

function json(size: number): Buffer {
  let text = '';
  for (let id = 0; text.length < size; id++)
    text += `{"id":${id},"name":"sensor ${id % 7}","value":${(id * 37) % 101}},`;
  return Buffer.from(text.slice(0, size));
}

// ── Servers ──────────────────────────────────────────────────────────────────────────────────────────────────────

const servers = {
  async harmony(): Promise<number> {
    const server = createServer({
      compression: isCompressed,
      limits: { maxQueuedBytes: 16 << 20, maxConnectionsPerMinute: Infinity },
      open(connection) {
        if (connection.url !== '/publish') connection.subscribe('news');
      },
      message(_, data) {
        server.publish('news', data);
      },
    });
    return (await server.listen({ host: '127.0.0.1' })).port;
  },
  async ws(): Promise<number> {
    const perMessageDeflate = isCompressed;
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate });
    await once(server, 'listening');
    server.on('connection', (socket, request) => {
      if (request.url !== '/publish') socket.on('error', () => {});
      socket.on('message', (data: Buffer) => {
        for (const client of server.clients) {
          if (client !== socket && client.readyState === WebSocket.OPEN) client.send(data, { binary: false });
        }
      });
    });
    return (server.address() as AddressInfo).port;
  },
  async bare(): Promise<number> {
    const request = encodeFrame(1, payload, true).length;
    const response = encodeFrame(1, payload, false);
    const batches: Buffer[] = [];
    const subscribers = new Set<Socket>();
    const server = createTcpServer({ noDelay: true }, (socket) => {
      let head = '';
      let pending = 0;
      let isOpen = false;
      socket.on('error', () => socket.destroy());
      socket.on('data', (chunk) => {
        if (!isOpen) {
          head += chunk.toString('latin1');
          if (!head.includes('\r\n\r\n')) return;
          isOpen = true;
          const key = /sec-websocket-key: (.*)\r\n/i.exec(head)?.[1] ?? '';
          const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
          socket.write(
            `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
          );
          if (!head.startsWith('GET /publish')) subscribers.add(socket);
          return;
        }
        pending += chunk.length;
        const frames = Math.floor(pending / request);
        pending -= frames * request;
        if (frames === 0) return;
        batches[frames] ??= Buffer.concat(new Array<Buffer>(frames).fill(response));
        for (const subscriber of subscribers) subscriber.write(batches[frames]);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  },
} satisfies Record<string, () => Promise<number>>;

type ServerName = keyof typeof servers;

async function serve(name: ServerName): Promise<void> {
  const port = await servers[name]();
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpu: user + system, rss: process.memoryUsage.rss() });
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ port });
}

// ── Load ─────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Sample {
  /** Deliveries a second. */
  readonly rate: number;
  /** Microseconds of server CPU a delivery. */
  readonly cpu: number;
  /** Milliseconds from a publish to the last of its deliveries. */
  readonly p50: number;
  readonly p99: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** A connection of a client that is a plain socket. @param received  bytes that came behind the response's head */
function openRaw(port: number, path: string, received: (size: number, chunk: Buffer) => void): Promise<Socket> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    let isOpen = false;
    const buffer = Buffer.allocUnsafeSlow(64 * 1024);
    const socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer,
        callback(size) {
          if (isOpen) {
            received(size, buffer);
            return true;
          }
          head = Buffer.concat([head, buffer.subarray(0, size)]);
          const end = head.indexOf(HEAD_END);
          if (end < 0) return true;
          if (!head.toString('latin1').startsWith('HTTP/1.1 101')) reject(new Error(head.toString('latin1', 0, 60)));
          isOpen = true;
          const rest = head.subarray(end + HEAD_END.length);
          if (rest.length > 0) received(rest.length, rest);
          resolve(socket);
          return true;
        },
      },
    });
    socket.on('error', reject);
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n' +
        `${isCompressed ? 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n' : ''}\r\n`,
    );
  });
}

/** Where the unmasked frame at `at` ends; Infinity where its header is cut. */
function frameEnd(bytes: Buffer, at: number): number {
  if (at + 4 > bytes.length) return Infinity;
  const short = bytes[at + 1] as number;
  return short < 126 ? at + 2 + short : at + 4 + bytes.readUInt16BE(at + 2);
}

function checkCompressed(frame: Buffer): void {
  const header = (frame[1] as number) < 126 ? 2 : 4;
  const data = Buffer.concat([frame.subarray(header), Buffer.from('0000ffff0300', 'hex')]);
  if (frame[0] !== 0xc1 || !inflateRawSync(data).equals(payload))
    throw new Error('a delivery is not what was published');
}

class Run {
  readonly name: ServerName;
  readonly #child: ChildProcess;
  readonly #sockets: Socket[] = [];
  readonly #request = encodeFrame(1, payload, true);
  readonly #frame = encodeFrame(1, payload, false);
  #publisher: Socket | undefined;
  #deliveries = 0;
  /** Messages that all subscribers have; and of those behind them, how many have each. */
  #complete = 0;
  readonly #reached: number[] = [];
  #isRunning = false;
  #sent: number[] = [];
  #idle: (() => void) | undefined;
  latencies: number[] = [];

  constructor(name: ServerName) {
    this.name = name;
    const flags = process.argv.slice(2);
    this.#child = fork(fileURLToPath(import.meta.url), ['serve', name, ...flags], {
      execArgv: [
        '--import',
        'tsx',
        ...(values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`]),
      ],
    });
    if (canPin) spawnSync('taskset', ['-apc', '0', String(this.#child.pid)]);
  }

  async open(): Promise<void> {
    const [{ port }] = (await once(this.#child, 'message')) as [{ port: number }];
    for (let index = 0; index < count; index++) this.#sockets.push(await this.#subscribe(port));
    if (values.slow === true) {
      const slow = await openRaw(port, '/', () => {});
      slow.on('error', () => {});
      slow.pause();
      this.#sockets.push(slow);
    }
    this.#publisher = await openRaw(port, '/publish', () => {});
  }

  #subscribe(port: number): Promise<Socket> {
    const frame = this.#frame;
    const { length } = frame;
    let messages = 0;
    let pending = 0;
    let isChecked = false;
    let last = Buffer.alloc(0);
    return openRaw(port, '/', (size, chunk) => {
      if (isCompressed) {
        // Frames differ in size: counted by their headers, and the first one is inflated.
        const bytes = last.length === 0 ? chunk.subarray(0, size) : Buffer.concat([last, chunk.subarray(0, size)]);
        let at = 0;
        for (; ; messages++) {
          const end = frameEnd(bytes, at);
          if (end > bytes.length) break;
          if (messages === 0) checkCompressed(bytes.subarray(at, end));
          this.#delivered(messages, 1);
          at = end;
        }
        last = Buffer.from(bytes.subarray(at));
        return;
      }
      if (!isChecked && size >= length) {
        isChecked = true;
        if (frame.compare(chunk, 0, length) !== 0) throw new Error('a delivery is not what was published');
      }
      pending += size;
      const frames = Math.floor(pending / length);
      pending -= frames * length;
      messages += frames;
      if (frames > 0) this.#delivered(messages - frames, frames);
    });
  }

  /** A subscriber that had `before` messages has got some more. A publish is over when the last one has it. */
  #delivered(before: number, frames: number): void {
    this.#deliveries += frames;
    const reached = this.#reached;
    for (let message = before - this.#complete; message < before - this.#complete + frames; message++) {
      reached[message] = (reached[message] ?? 0) + 1;
    }
    let complete = 0;
    while (reached[0] === count) {
      reached.shift();
      complete++;
    }
    if (complete === 0) return;
    this.#complete += complete;
    const now = performance.now();
    for (let index = 0; index < complete; index++) this.latencies.push(now - (this.#sent.shift() as number));
    if (this.#isRunning) this.#publish(complete);
    else if (this.#sent.length === 0) this.#idle?.();
  }

  #publish(messages: number): void {
    const now = performance.now();
    for (let index = 0; index < messages; index++) this.#sent.push(now);
    this.#publisher?.write(
      messages === 1 ? this.#request : Buffer.concat(new Array<Buffer>(messages).fill(this.#request)),
    );
  }

  async run(milliseconds: number, inFlight: number): Promise<Sample> {
    const before = await this.usage();
    const start = performance.now();
    const already = this.#deliveries;
    this.latencies = [];
    this.#isRunning = true;
    this.#publish(inFlight);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    this.#isRunning = false;
    if (this.#sent.length > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    const seconds = (performance.now() - start) / 1000;
    const after = await this.usage();
    const deliveries = this.#deliveries - already;
    const sorted = this.latencies.sort((a, b) => a - b);
    const quantile = (part: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] as number;
    return {
      rate: deliveries / seconds,
      cpu: (after.cpu - before.cpu) / deliveries,
      p50: quantile(0.5),
      p99: quantile(0.99),
    };
  }

  async usage(): Promise<{ cpu: number; rss: number }> {
    this.#child.send('usage');
    const [usage] = (await once(this.#child, 'message')) as [{ cpu: number; rss: number }];
    return usage;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#publisher?.destroy();
    this.#child.disconnect();
    await once(this.#child, 'exit');
  }
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;
}

function range(numbers: readonly number[], digits: number): string {
  return `${median(numbers).toFixed(digits)} (${Math.min(...numbers).toFixed(digits)}–${Math.max(...numbers).toFixed(digits)})`;
}

const canPin = cpus().length > 1 && spawnSync('taskset', ['-V']).status === 0;

async function main(): Promise<void> {
  if (canPin) spawnSync('taskset', ['-pc', '1', String(process.pid)]);
  const rounds = values.quick === true ? 3 : 5;
  const milliseconds = values.quick === true ? 1_000 : 3_000;
  const all = Object.keys(servers) as ServerName[];
  const names = all.filter((name) =>
    (values.servers?.split(',') ?? (isCompressed ? ['harmony', 'ws'] : all)).includes(name),
  );
  console.log(
    `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}, ${count} subscribers, ${payload.length} B${isCompressed ? ' of JSON, permessage-deflate' : ''}, ${rounds} rounds of ${milliseconds} ms, ${canPin ? 'server and load on a core each' : 'not pinned'}; median (min–max)\n`,
  );
  for (const inFlight of (values.flight ?? (values.slow === true ? '1' : '8,1')).split(',').map(Number)) {
    const samples = new Map<ServerName, Sample[]>(names.map((name) => [name, []]));
    const memory = new Map<ServerName, number[]>(names.map((name) => [name, []]));
    const runs: Run[] = [];
    for (const name of names) {
      const run = new Run(name);
      await run.open();
      await run.run(milliseconds / 2, inFlight); // warm-up
      runs.push(run);
    }
    for (let round = 0; round < rounds; round++) {
      for (const run of runs) {
        samples.get(run.name)?.push(await run.run(milliseconds, inFlight));
        memory.get(run.name)?.push((await run.usage()).rss / (1 << 20));
      }
    }
    for (const run of runs) await run.close();
    const rateOf = (name: ServerName): number => median((samples.get(name) ?? []).map(({ rate }) => rate));
    console.log(`### ${inFlight} in flight${values.slow === true ? ', one more subscriber that does not read' : ''}\n`);
    console.log(
      '| server | deliveries/s | × ws | CPU µs/delivery | p50 ms | p99 ms | RSS MiB |\n|---|---:|---:|---:|---:|---:|---:|',
    );
    for (const name of names) {
      const rows = samples.get(name) as Sample[];
      console.log(
        `| ${name} | ${range(
          rows.map(({ rate }) => rate),
          0,
        )} | ${(rateOf(name) / rateOf('ws')).toFixed(2)} | ${range(
          rows.map(({ cpu }) => cpu),
          2,
        )} | ${range(
          rows.map(({ p50 }) => p50),
          2,
        )} | ${range(
          rows.map(({ p99 }) => p99),
          2,
        )} | ${range(memory.get(name) as number[], 0)} |`,
      );
    }
    console.log('');
  }
}

if (positionals[0] === 'serve') await serve(positionals[1] as ServerName);
else await main();
