// A system under comparison: a broker, node A and node B in processes of their own, and the load in this one.

import { Child } from '../../../bench/harness/child.ts';
import { compiled } from '../../../bench/harness/compile.ts';
import type { SystemTask } from '../../../bench/servers/system-task.ts';
import { quantile } from '../../../bench/statistics.ts';
import { type Brokers, startBrokers } from '../brokers.ts';
import { Peer } from './peer.ts';
import { plain, socketIo, type Talk } from './talk.ts';
import type { Workload } from './workloads.ts';

export interface Contender {
  readonly name: string;
  /** Below `bench/`. */
  readonly script: string;
  readonly talk: Talk;
  readonly broker: 'redis' | 'nats';
  readonly bus?: SystemTask['bus'];
}

const ours = { script: 'servers/system.ts', talk: plain } as const;
export const contenders: readonly Contender[] = [
  { name: 'harmony-websocket, Redis', ...ours, broker: 'redis', bus: 'redis' },
  { name: 'harmony-websocket, Redis, sharded', ...ours, broker: 'redis', bus: 'redis-sharded' },
  { name: 'harmony-websocket, NATS', ...ours, broker: 'nats', bus: 'nats' },
  { name: 'Socket.IO, Redis adapter', script: 'peers/socket-io.ts', talk: socketIo, broker: 'redis' },
  { name: 'crossws, Redis sync', script: 'peers/crossws.ts', talk: plain, broker: 'redis' },
  { name: 'bare sockets, Redis', script: 'peers/sockets.ts', talk: plain, broker: 'redis' },
];

export interface Sample {
  /** Deliveries a second. */
  readonly rate: number;
  /** Milliseconds from the publisher's write to a subscriber's read. */
  readonly p50: number;
  readonly p99: number;
  /** Deliveries for each CPU second of both nodes, of the broker, and of all three. */
  readonly perNodeSecond: number;
  readonly perBrokerSecond: number;
  readonly perSecond: number;
}

/** Milliseconds without a delivery after which a round counts as broken. */
const PATIENCE = 20_000;

export class System {
  readonly #brokers: Brokers;
  readonly #nodes: readonly Child[];
  readonly #peers: Peer[] = [];
  readonly #workload: Workload;
  readonly #publisher: Peer;
  readonly #padding: string;
  #failure: Error | undefined;
  #delivered = 0;
  #published = 0;
  #latencies: number[] = [];
  #isMeasuring = false;
  #isPublishing = false;

  static async start(contender: Contender, workload: Workload, node: string): Promise<System> {
    const brokers = await startBrokers(contender.broker);
    for (const server of brokers.servers) server.pin();
    const task: SystemTask = { broker: brokers.urls[0], bus: contender.bus };
    const command = { binary: node, parameters: [compiled(contender.script)] };
    const nodes = [new Child(command, task), new Child(command, task)];
    const system = new System(contender, workload, brokers, nodes);
    try {
      const [a, b] = (await Promise.all(nodes.map((child) => child.ready()))) as [number, number];
      await system.#open(contender, a, b);
    } catch (error) {
      await system.stop();
      throw error;
    }
    return system;
  }

  private constructor({ talk }: Contender, workload: Workload, brokers: Brokers, nodes: readonly Child[]) {
    this.#workload = workload;
    this.#brokers = brokers;
    this.#nodes = nodes;
    this.#padding = 'x'.repeat(workload.size);
    this.#publisher = new Peer(talk, { message: () => {}, lost: (error) => this.#fail(error) });
  }

  /** @throws Error when messages are missing, or a connection ends */
  async round(milliseconds: number): Promise<Sample> {
    this.#latencies = [];
    this.#delivered = 0;
    this.#published = 0;
    const before = this.#used;
    const start = performance.now();
    this.#isMeasuring = true;
    await this.#publishFor(milliseconds);
    await this.#complete();
    const seconds = (performance.now() - start) / 1000;
    this.#isMeasuring = false;
    const after = this.#used;
    const sorted = this.#latencies.sort((one, other) => one - other);
    const nodes = after.nodes - before.nodes;
    const broker = after.broker - before.broker;
    const per = (microseconds: number): number => (this.#delivered * 1e6) / microseconds;
    return {
      rate: this.#delivered / seconds,
      p50: quantile(sorted, 0.5),
      p99: quantile(sorted, 0.99),
      perNodeSecond: per(nodes),
      perBrokerSecond: per(broker),
      perSecond: per(nodes + broker),
    };
  }

  async stop(): Promise<void> {
    for (const peer of [...this.#peers, this.#publisher]) peer.close();
    await Promise.all(this.#nodes.map((node) => node.stop()));
    await this.#brokers.close();
  }

  async #open({ talk }: Contender, a: number, b: number): Promise<void> {
    const { topics, subscribers } = this.#workload;
    for (let topic = 0; topic < topics; topic++) {
      for (let index = 0; index < subscribers; index++) {
        const peer = new Peer(talk, { message: (text) => this.#came(text), lost: (error) => this.#fail(error) });
        this.#peers.push(peer);
        await peer.open(b, [`t${topic}`]);
      }
    }
    await this.#publisher.open(a, []);
    // Until the broker knows every subscription.
    for (let attempt = 0; this.#delivered < topics * subscribers; attempt++) {
      if (attempt > 100) throw new Error('the nodes do not hear of each other');
      this.#delivered = 0;
      for (let topic = 0; topic < topics; topic++) this.#publish(topic);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async #publishFor(milliseconds: number): Promise<void> {
    const { rate, inFlight, topics } = this.#workload;
    const start = performance.now();
    this.#isPublishing = true;
    if (rate === 0) {
      for (let index = 0; index < inFlight; index++) this.#publish(index % topics);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
    } else {
      for (let passed = 0; passed < milliseconds; passed = performance.now() - start) {
        while (this.#published < (passed * rate) / 1000) this.#publish(this.#published % topics);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    this.#isPublishing = false;
  }

  /** Waits for everything that was published. */
  async #complete(): Promise<void> {
    let last = -1;
    let since = performance.now();
    while (this.#delivered < this.#published * this.#workload.subscribers) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#delivered !== last) since = performance.now();
      last = this.#delivered;
      if (performance.now() - since > PATIENCE)
        throw new Error(`${this.#published * this.#workload.subscribers - last} deliveries are missing`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  #publish(topic: number): void {
    this.#published++;
    this.#publisher.publish(`t${topic}`, `${performance.now().toFixed(3)} ${this.#padding}`);
  }

  #came(text: string): void {
    this.#delivered++;
    if (!this.#isMeasuring) return;
    // Behind what the contender wraps around it.
    const [moment = ''] = /\d+\.\d{3}/u.exec(text) ?? [];
    this.#latencies.push(performance.now() - Number(moment));
    const { rate, subscribers, topics } = this.#workload;
    if (rate === 0 && this.#isPublishing && this.#delivered % subscribers === 0)
      this.#publish(this.#published % topics);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
  }

  get #used(): { nodes: number; broker: number } {
    return {
      nodes: this.#nodes.reduce((sum, node) => sum + node.usage().cpu, 0),
      broker: this.#brokers.servers.reduce((sum, { cpu }) => sum + cpu, 0),
    };
  }
}
