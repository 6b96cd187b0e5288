// What a scenario plays on: brokers, three nodes as processes, a balancer, clients, and a ledger of it all.

import { Balancer } from './balancer.ts';
import { type BrokerSettings, type Brokers, startBrokers } from './brokers.ts';
import { Client } from './client.ts';
import { Gaps } from './gaps.ts';
import { Ledger } from './ledger.ts';
import { Load, type LoadSettings } from './load.ts';
import { now } from './moment.ts';
import { NodeProcess } from './node-process.ts';
import type { BusKind, NodeEvent, NodeTask } from './node-task.ts';

/** Milliseconds that anything that must happen may take on a busy machine. */
const PATIENCE = 60_000;

/** Milliseconds before the report of a failure in which messages may have been lost. */
const BEFORE_FAILURE = 10_000;

export interface StageSettings {
  readonly bus: BusKind;
  readonly nodes: number;
  readonly clients: number;
  readonly brokers?: BrokerSettings | undefined;
  /** Directory of sessions, for clients that resume, or `'jetstream'`. */
  readonly sessions?: string | undefined;
  /** URLs that a node gets instead of the brokers' own: it is behind a proxy. */
  readonly urlsOf?: (node: number, urls: readonly string[]) => readonly string[] | Promise<readonly string[]>;
}

/** Something that a node told about its bus. */
export type BusEvent = NodeEvent & { event: 'bus' } & { readonly node: string };

export class Stage {
  readonly settings: StageSettings;
  readonly ledger = new Ledger();
  readonly gaps = new Gaps();
  readonly nodes: NodeProcess[] = [];
  readonly clients: Client[] = [];
  readonly events: BusEvent[] = [];
  /** Faults of the run itself. */
  readonly deaths: string[] = [];
  /** Results of floods: accepted and refused. */
  readonly floods: { accepted: number; refused: number }[] = [];
  readonly brokers: Brokers;
  readonly balancer: Balancer;
  readonly #tasks = new Map<string, NodeTask>();
  #peak = 0;
  #cpu = 0;

  static async start(settings: StageSettings): Promise<Stage> {
    const brokers =
      settings.bus === 'none'
        ? { servers: [], urls: [], close: async () => {} }
        : await startBrokers(settings.bus, settings.brokers);
    const stage = new Stage(settings, brokers, await Balancer.start());
    try {
      for (let index = 0; index < settings.nodes; index++) {
        const urls = (await settings.urlsOf?.(index, brokers.urls)) ?? brokers.urls;
        stage.#launch({ name: `node-${index + 1}`, bus: settings.bus, urls, sessions: settings.sessions });
      }
      await Promise.all(stage.nodes.map((node) => stage.#admit(node)));
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  private constructor(settings: StageSettings, brokers: Brokers, balancer: Balancer) {
    this.settings = settings;
    this.brokers = brokers;
    this.balancer = balancer;
  }

  node(number: number): NodeProcess {
    return this.nodes[number - 1] as NodeProcess;
  }

  /** Starts a node again, under its name. It gets clients when it listens. */
  async replace(number: number): Promise<void> {
    const { name } = this.node(number);
    this.#leave(this.node(number));
    this.#launch(this.#tasks.get(name) as NodeTask, number - 1);
    await this.#admit(this.node(number));
  }

  /** No new connections go to this node. */
  excuse(number: number): void {
    this.balancer.remove(this.node(number).name);
  }

  /** Connects the clients, and subscribes each to its topics. Resolves when every subscription has been confirmed. */
  async gather(topicsOf: (index: number) => readonly string[]): Promise<void> {
    for (let index = 0; index < this.settings.clients; index++) {
      const client = new Client(`client-${index}`, this.balancer.port, this.ledger);
      this.clients.push(client);
      for (const topic of topicsOf(index)) client.subscribe(topic);
    }
    for (let index = 0; index < this.clients.length; index += 50) {
      await Promise.all(this.clients.slice(index, index + 50).map((client) => client.open()));
    }
    await this.until('every subscription is confirmed', () => this.clients.every(({ isSettled }) => isSettled));
  }

  /** Publishes from each node to each topic until every subscriber has heard of all nodes: the bus is in place. */
  async connectAll(topics: readonly string[], nodes: readonly NodeProcess[] = this.nodes): Promise<number> {
    const start = now();
    for (const client of this.clients) client.trials.clear();
    const isReached = (): boolean =>
      this.clients.every((client) =>
        topics.every((topic) => !client.topics.has(topic) || (client.trials.get(topic)?.size ?? 0) >= nodes.length),
      );
    while (!isReached()) {
      if (now() - start > PATIENCE) throw new Error('the nodes do not hear of one another');
      for (const node of nodes) {
        for (const topic of topics) node.tell({ command: 'publish', topic, text: `M ${topic} ${node.name} trial 0` });
      }
      await this.pass(250);
    }
    return now() - start;
  }

  load(topicOf: (number: number, client: Client) => string, settings: LoadSettings): Load {
    return new Load(this.clients, topicOf, settings);
  }

  /** Lets time pass. */
  async pass(milliseconds: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    this.#look();
  }

  /** @throws Error when it does not become true in a minute */
  async until(what: string, isTrue: () => boolean, patience = PATIENCE): Promise<number> {
    const start = now();
    while (!isTrue()) {
      if (now() - start > patience) throw new Error(`waited ${patience / 1000} s: ${what}`);
      await this.pass(20);
    }
    return now() - start;
  }

  /** Resolves when nothing is on its way any more: all answers are there, and no delivery came for a second. */
  async calm(): Promise<void> {
    let last = -1;
    for (let round = 0; round < 60; round++) {
      const isQuiet = last === this.ledger.delivered && this.clients.every(({ waiting }) => waiting === 0);
      if (isQuiet) return;
      last = this.ledger.delivered;
      await this.pass(1_000);
    }
    throw new Error('messages still come a minute after the last publish');
  }

  /** Events of this kind since a moment, of all nodes or of one. */
  heard(what: BusEvent['what'], since: number, node?: string): BusEvent[] {
    return this.events.filter(
      (event) => event.what === what && event.at >= since && (node === undefined || event.node === node),
    );
  }

  /** Microseconds on a core of all nodes, and the largest resident size of one, so far. */
  get usage(): { cpu: number; peak: number } {
    this.#look();
    return { cpu: this.#cpu + this.nodes.reduce((sum, node) => sum + node.usage.cpu, 0), peak: this.#peak };
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.close();
    await Promise.all(this.nodes.map((node) => node.kill()));
    await this.balancer.close();
    await this.brokers.close();
  }

  #launch(task: NodeTask, place = this.nodes.length): void {
    this.#tasks.set(task.name, task);
    this.nodes[place] = new NodeProcess(
      task,
      (event) => this.#heard(task.name, event),
      (text) => this.deaths.push(text),
    );
  }

  async #admit(node: NodeProcess): Promise<void> {
    this.balancer.add(node.name, await node.listening());
  }

  #heard(node: string, event: NodeEvent): void {
    if (event.event === 'flooded') {
      for (const [topic, number, at] of event.rows) this.ledger.accept(topic, { publisher: node, number, node, at });
    } else if (event.event === 'flood over') {
      this.floods.push(event);
    } else if (event.event === 'bus') {
      this.events.push({ ...event, node });
      if (event.what === 'ready' && event.gap > 0) {
        this.gaps.add({ node, from: event.at - event.gap, to: event.at, why: 'lost' });
      } else if (event.what === 'failed') {
        this.gaps.add({ node, from: event.at - BEFORE_FAILURE, to: event.at + 1_000, why: event.text });
      }
    }
  }

  #leave(node: NodeProcess): void {
    this.#cpu += node.usage.cpu;
  }

  #look(): void {
    for (const node of this.nodes) this.#peak = Math.max(this.#peak, node.usage.peak);
  }
}
