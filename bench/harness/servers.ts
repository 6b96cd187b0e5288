// Contenders whose server is measured: one child, one load on it.

import { EchoLoad, type Round } from '../load/echo-load.ts';
import { HandshakeLoad } from '../load/handshake-load.ts';
import { PacedLoad } from '../load/paced-load.ts';
import { PublishLoad } from '../load/publish-load.ts';
import type { ServerTask } from '../servers/task.ts';
import type { Workload } from '../workload.ts';
import { Child, type Command } from './child.ts';
import type { Contender, Sample } from './contender.ts';
import { CrowdServer } from './crowd.ts';
import { IdleServer } from './idle-server.ts';
import { MIB, measure } from './measure.ts';

/** What messages come at and go through. */
interface Load {
  run(milliseconds: number): Promise<Round>;
  close?(): void;
}

/** A server whose messages, or handshakes, are counted. */
export class LoadedServer implements Contender {
  readonly #child: () => Child;
  readonly #open: (port: number) => Promise<Load>;
  readonly #size: number;
  #running: { child: Child; load?: Load } | undefined;

  constructor(child: () => Child, size: number, open: (port: number) => Promise<Load>) {
    this.#child = child;
    this.#size = size;
    this.#open = open;
  }

  async start(): Promise<void> {
    const child = this.#child();
    this.#running = { child };
    this.#running = { child, load: await this.#open(await child.ready()) };
  }

  round(milliseconds: number): Promise<Sample> {
    const { child, load } = this.#running as { child: Child; load: Load };
    return measure(child, this.#size, () => load.run(milliseconds));
  }

  async stop(): Promise<void> {
    this.#running?.load?.close?.();
    await this.#running?.child.stop();
  }
}

/** Publishing with one subscriber that does not read, or with none such. */
class SlowReaderServer implements Contender {
  readonly #child: () => Child;
  readonly #load: PublishLoad;
  readonly #size: number;
  readonly #hasSlowReader: boolean;
  #running: { child: Child; port: number } | undefined;
  #rss = 0;
  #most = 0;
  #isWarm = false;

  constructor(child: () => Child, load: PublishLoad, size: number, hasSlowReader: boolean) {
    this.#child = child;
    this.#load = load;
    this.#size = size;
    this.#hasSlowReader = hasSlowReader;
  }

  async start(): Promise<void> {
    const child = this.#child();
    this.#running = { child, port: 0 };
    this.#running.port = await child.ready();
    await this.#load.open(this.#running.port);
  }

  /** The first one is for warming up; the slow reader comes behind it. */
  async round(milliseconds: number): Promise<Sample> {
    const { child, port } = this.#running as { child: Child; port: number };
    const watch = setInterval(() => {
      this.#most = Math.max(this.#most, child.usage().rss);
    }, 200);
    try {
      const sample = await measure(child, this.#size, () => this.#load.run(milliseconds));
      if (!this.#isWarm) {
        this.#isWarm = true;
        await child.ask('collect');
        this.#rss = child.usage().rss;
        this.#most = this.#rss;
        if (this.#hasSlowReader) await this.#load.openSlow(port);
        return sample;
      }
      this.#most = Math.max(this.#most, child.usage().rss);
      return { ...sample, growth: (this.#most - this.#rss) / MIB };
    } finally {
      clearInterval(watch);
    }
  }

  async stop(): Promise<void> {
    this.#load.close();
    await this.#running?.child.stop();
  }
}

export interface ServerSetting {
  readonly name: string;
  /** @throws when it cannot be had */
  command(): Command;
  readonly tls: ServerTask['tls'];
  /** Further options for our own server. */
  readonly engine: object | undefined;
  /** Messages per second that count as all that can be done, for rows that send a part of it. */
  readonly capacity: number;
}

type ServerWorkload = Exclude<Workload, { kind: 'client' | 'idle client' | 'start' }>;

/** The contenders of one server in one workload: one, or two where it is compared with itself. */
export function serverContenders(
  workload: ServerWorkload,
  { name, command, tls, engine, capacity }: ServerSetting,
): [string, Contender][] {
  const start = (task: Omit<ServerTask, 'message' | 'isPinged'> & Partial<ServerTask>) => (): Child =>
    new Child(command(), { message: { size: 64, opcode: 1 }, isPinged: false, engine, ...task });
  switch (workload.kind) {
    case 'echo': {
      const { size, opcode, deflate, isEncrypted } = workload.echo;
      const child = start({ kind: 'echo', message: { size, opcode, deflate }, tls: isEncrypted ? tls : undefined });
      return [[name, new LoadedServer(child, size, (port) => opened(new EchoLoad(workload.echo), port))]];
    }
    case 'publish': {
      const { publish } = workload;
      const child = start({ kind: 'publish', message: publish });
      return [[name, new LoadedServer(child, publish.size, (port) => opened(new PublishLoad(publish), port))]];
    }
    case 'handshakes':
      return [[name, new LoadedServer(start({ kind: 'echo' }), 0, async (port) => new HandshakeLoad(port))]];
    case 'idle':
      return [[name, new IdleServer(start({ kind: 'echo', isPinged: true }), workload.connections)]];
    case 'paced': {
      const { echo, part } = workload;
      const child = start({ kind: 'echo', message: echo });
      return [[name, new LoadedServer(child, echo.size, (port) => opened(new PacedLoad(echo, capacity * part), port))]];
    }
    case 'crowd': {
      const { message, heartbeat } = workload.crowd;
      const child = start({ kind: 'echo', message, isPinged: true, heartbeat });
      return [[name, new CrowdServer(child, workload.crowd)]];
    }
    case 'slow reader': {
      const { publish, budget } = workload;
      const child = start({ kind: 'publish', message: publish, budget });
      const contender = (isSlow: boolean): Contender =>
        new SlowReaderServer(child, new PublishLoad(publish), publish.size, isSlow);
      return [
        [name, contender(true)],
        [`${name}, all read`, contender(false)],
      ];
    }
  }
}

async function opened<Opened extends { open(port: number): Promise<void> }>(
  load: Opened,
  port: number,
): Promise<Opened> {
  await load.open(port);
  return load;
}
