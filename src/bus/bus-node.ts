// One node of a system: what it hands to the others, and what it does with what they send. All semantics of the bus are here and in
// the tables that it holds; the driver below knows channels and bytes.
//
// ```
//  publish ─▶ EnvelopeWriter ─▶ driver ═══ broker ═══ driver ─▶ Envelope, checked ─▶ host: the connections here
//                 │                                                   │
//                 └─ frame ─▶ the connections here                     ├─▶ Directory: hello, bye
//                                                                     └─▶ Questions: ask, answer, send, close
// ```

import { Buffer } from 'node:buffer';
import { type WebSocketError, webSocketError, webSocketErrorFrom } from '../core/errors.ts';
import type { MessageData } from '../core/message/message-data.ts';
import type { WholeFrame } from '../core/message/prepared-message.ts';
import type { BusMetrics } from '../core/meter.ts';
import { nodeHost } from '../node/environment.ts';
import type { BusDriver, BusEvents } from './bus-driver.ts';
import { BusMeter } from './bus-meter.ts';
import { Channels } from './channels.ts';
import { Condition } from './condition.ts';
import { bodyOf, readHello } from './control.ts';
import { Deliveries } from './deliveries.ts';
import { Directory } from './directory.ts';
import { Envelope, EnvelopeWriter, type Head, Kind } from './envelope.ts';
import { Handovers, KEPT_FOR } from './handovers.ts';
import { InterestTable } from './interest.ts';
import type { BusSettings } from './options.ts';
import { RemoteCalls } from './remote-calls.ts';
import type {
  BusHost,
  BusLink,
  BusState,
  CountOfNodes,
  Following,
  HandedOver,
  Listing,
  NodeInfo,
  Selection,
} from './seam.ts';
import { Told, textOf } from './told.ts';
import { passed, Waiters } from './waiters.ts';

export class BusNode implements BusLink, BusEvents {
  readonly #settings: BusSettings;
  readonly #driver: BusDriver;
  readonly #host: BusHost;
  readonly #channels: Channels;
  readonly #writer: EnvelopeWriter;
  readonly #idBytes: Uint8Array;
  readonly #meter = new BusMeter();
  readonly #interest: InterestTable;
  readonly #directory: Directory;
  readonly #calls: RemoteCalls;
  readonly #startedAt = nodeHost.clock.wall?.() ?? 0;
  readonly #pulse = nodeHost.clock.timer({ expired: () => this.#beat() });
  readonly #waiters = new Waiters();
  readonly #told = new Told();
  readonly #deliveries: Deliveries;
  readonly #handovers: Handovers;
  readonly #condition: Condition;
  #closing: Promise<void> | undefined;

  constructor(driver: BusDriver, settings: BusSettings, host: BusHost) {
    this.#driver = driver;
    this.#settings = settings;
    this.#host = host;
    this.#channels = new Channels(settings.prefix);
    this.#writer = new EnvelopeWriter(settings.id);
    this.#idBytes = Buffer.from(settings.id, 'latin1');
    this.#condition = new Condition(nodeHost.clock, settings.liveness);
    this.#interest = new InterestTable(driver, this.#channels, settings, () => this.#sayHello(false));
    this.#handovers = new Handovers({
      maxPayload: driver.maxPayload,
      isSubscribed: (topic) => host.isSubscribed(topic),
      left: (topic) => this.left(topic),
    });
    this.#deliveries = new Deliveries(settings.id, host, this.#interest, this.#meter, this.#handovers);
    this.#directory = new Directory(settings.liveness, nodeHost.clock.now(), {
      nodeJoined: (node) => this.#told.tell(() => settings.nodeJoined?.(node)),
      nodeGone: (node, why) => {
        const text =
          why === 'left' ? 'it has ended' : `it was silent for ${3 * settings.liveness} ms (three times liveness)`;
        this.#calls.gone(node.id, webSocketError('ERR_WS_NODE_GONE', node.id, text));
        this.#told.tell(() => settings.nodeGone?.(node, why));
      },
    });
    this.#calls = new RemoteCalls({
      host,
      handovers: this.#handovers,
      id: settings.id,
      deadline: settings.deadline,
      directory: this.#directory,
      writer: this.#writer,
      channels: this.#channels,
      questions: this.#meter.questions,
      checkSize: (head, data) => this.#checkedSize(head, data),
      post: (channel, envelope) => this.#post(channel, envelope),
      unusable: () => this.#condition.problem(driver.address),
      unsent: () =>
        webSocketError('ERR_WS_BUS_TROUBLE', driver.address, 'it did not take the question; nobody was asked'),
      untilHeard: (timeout) => passed(Math.min(timeout, settings.deadline - this.#condition.age)),
      isNew: () => this.#condition.age < settings.deadline,
    });
  }

  get id(): string {
    return this.#settings.id;
  }

  get state(): BusState {
    return this.#condition.state;
  }

  get unpublished(): number {
    return this.#meter.unpublished;
  }

  start(): void {
    if (this.state !== 'idle') return;
    this.#condition.connecting();
    const { broadcast, nodes } = this.#channels;
    const own = [nodes, this.#channels.node(this.id)];
    void this.#driver.subscribe(this.#host.role === 'server' ? [broadcast, ...own] : own);
    for (const topic of this.#host.topics) this.#interest.joined(topic);
    this.#pulse.set(this.#settings.liveness);
    this.#driver.open(this);
  }

  open(): Promise<void> {
    this.start();
    const { required, timeout } = this.#settings;
    if (this.state === 'closed') return Promise.reject(webSocketError('ERR_WS_BUS_CLOSED'));
    if (this.state === 'ready') return Promise.resolve();
    const mayPass = ({ code }: WebSocketError): boolean => !required && code !== 'ERR_WS_BUS_CLOSED';
    const late = (): WebSocketError => {
      const cause = this.#condition.reason?.cause;
      const why = cause === undefined ? 'it has not answered' : textOf(cause);
      return webSocketErrorFrom(cause, 'ERR_WS_BUS_CONNECT', this.#driver.address, timeout, why);
    };
    const waiting = this.#waiters.wait(timeout, late, mayPass);
    if (this.state === 'refused') this.#waiters.settle(this.#condition.reason);
    return waiting;
  }

  joined(topic: string): void {
    if (this.#condition.isOpen) this.#interest.joined(topic);
  }

  left(topic: string): void {
    if (this.#condition.isOpen && !this.#handovers.holds(topic)) this.#interest.left(topic);
  }

  async settled(): Promise<void> {
    if (this.#condition.isOpen) await this.#interest.settled();
  }

  publish(topic: string | undefined, data: MessageData, except = '', compress?: boolean): WholeFrame {
    const kind = topic === undefined ? Kind.broadcast : Kind.publish;
    const head: Head = { kind, topic: topic ?? '', except, compress };
    const { size, payload } = this.#checkedSize(head, data);
    const { envelope, frame } = this.#writer.message(head, data, size, payload);
    if (!this.#handovers.isEmpty) this.#handovers.note(Envelope.read(envelope) as Envelope, topic ?? '');
    if (this.#handovers.arriving > 0)
      frame.origin = { node: this.id, number: this.#writer.lastNumber, topic: topic ?? '' };
    const { published } = this.#meter;
    const channel = topic === undefined ? this.#channels.broadcast : this.#channels.topic(topic);
    if (this.#post(channel, envelope)) {
      published.messages++;
      published.bytes += envelope.length;
    } else this.#meter.unpublish(this.state === 'ready');
    if (topic !== undefined && this.#directory.isSharing) this.#post(this.#channels.partition(topic), envelope);
    return frame;
  }

  async sendTo(id: string, data: MessageData, compress?: boolean): Promise<boolean> {
    return this.#calls.sendTo(id, data, compress);
  }

  async closeConnection(id: string, code: number | undefined, reason: string): Promise<boolean> {
    return this.#calls.closeConnection(id, code, reason);
  }

  async list(selection: Selection): Promise<Listing> {
    return this.#calls.list(selection);
  }

  async count(selection: Selection): Promise<CountOfNodes> {
    return this.#calls.count(selection);
  }

  get hasOtherServers(): boolean {
    return this.state === 'ready' && this.#directory.all.some(({ role }) => role === 'server');
  }

  follow(key: string, connectionId: string, topics: Iterable<string>): Following {
    return this.#handovers.follow(key, connectionId, topics);
  }

  arriving(): () => void {
    this.#handovers.arriving++;
    return () => this.#handovers.arriving--;
  }

  async catchUp(key: string, node: string): Promise<HandedOver | undefined> {
    // Of a node that is gone nothing will come, which the client knows by the store.
    if (this.#directory.get(node) === undefined) return undefined;
    await Promise.race([this.settled(), passed(KEPT_FOR)]);
    const handed = await this.#calls.handover(node, key);
    if (handed?.isCut === false) return handed;
    const what = `messages to topics of the session ${key}, which has come from node ${node}`;
    const why = handed === undefined ? 'that node has not handed them over in time' : 'there were too many';
    this.trouble(new Error(`${what}, may be missing: ${why}`));
    return handed;
  }

  nodes(): NodeInfo[] {
    const { role, connections } = this.#host;
    const { id, node: name } = this.#settings;
    return [{ id, name, role, connections, startedAt: this.#startedAt, isSelf: true }, ...this.#directory.all];
  }

  metrics(): BusMetrics {
    return {
      driver: this.#driver.name,
      node: this.id,
      isReady: this.state === 'ready',
      nodes: this.#directory.size,
      channels: this.#interest.size,
      lost: this.#condition.lost,
      ...this.#meter.snapshot(),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** @internal */
  ready(): void {
    if (!this.#condition.isOpen || this.state === 'ready') return;
    const gap = this.#condition.becomeReady();
    this.#directory.restart(nodeHost.clock.now());
    this.#sayHello(true);
    this.#told.tell(() => this.#settings.ready?.({ gap }));
    this.#waiters.settle(undefined);
  }

  /** @internal */
  lost(error: Error, silence = 0): void {
    if (!this.#condition.isOpen || this.state === 'refused') return;
    const reason = webSocketErrorFrom(error, 'ERR_WS_BUS_LOST', this.#driver.address, textOf(error));
    const before = this.#condition.becomeLost(reason, silence);
    if (before === 'lost') return;
    if (before === 'ready') this.#calls.lost(reason);
    const { lost, required } = this.#settings;
    // Those who wait for the first connection have the error later.
    if (lost === undefined && required && this.#waiters.size > 0) return;
    const more =
      '. Until it is back, messages reach the connections of this server only; a handler lost hears of each loss';
    this.#told.failed(lost, 'lost', reason, more);
  }

  /** @internal */
  refused(error: Error): void {
    if (!this.#condition.isOpen) return;
    const reason = webSocketErrorFrom(error, 'ERR_WS_BUS_REFUSED', this.#driver.address, textOf(error));
    if (this.state === 'ready') this.lost(error);
    this.#condition.refuse(reason);
    const { failed, required } = this.#settings;
    // Otherwise those who wait have the error.
    if (failed !== undefined || !required || this.#waiters.size === 0) this.#told.failed(failed, 'refused', reason);
    this.#waiters.settle(reason);
  }

  /** @internal */
  trouble(error: Error): void {
    if (!this.#condition.isOpen) return;
    this.#meter.troubles++;
    const reason = webSocketErrorFrom(error, 'ERR_WS_BUS_TROUBLE', this.#driver.address, textOf(error));
    const more = '. Further ones are counted in metrics().bus.troubles and told to failed';
    this.#told.failed(this.#settings.failed, 'trouble', reason, more);
  }

  /** @internal */
  message(channel: string, payload: Uint8Array): void {
    if (!this.#condition.isOpen) return;
    const envelope = Envelope.read(payload);
    if (typeof envelope === 'string') {
      this.#foreign(envelope, channel);
      return;
    }
    const now = nodeHost.clock.wall?.() ?? 0;
    this.#condition.lastSign.heard(envelope.sentAt, now);
    if (envelope.isOf(this.#idBytes)) return;
    const isRight =
      envelope.kind <= Kind.broadcast ? this.#deliveries.take(envelope, channel, now) : this.#control(envelope);
    if (!isRight) this.#foreign('foreign', channel);
  }

  /** @returns whether it has its form */
  #control(envelope: Envelope): boolean {
    const { node, kind } = envelope;
    if (node === undefined) return false;
    if (kind === Kind.hello) return this.#heard(node, envelope);
    if (kind !== Kind.bye) return this.#calls.take(envelope, node);
    this.#directory.left(node);
    return true;
  }

  /** @returns whether it has its form */
  #heard(node: string, { body }: Envelope): boolean {
    const hello = readHello(body);
    if (hello === undefined) return false;
    this.#directory.heard(node, hello, nodeHost.clock.now());
    if (hello.isNew) this.#sayHello(false, this.#channels.node(node));
    return true;
  }

  #foreign(what: 'foreign' | 'newer', channel: string): void {
    this.#meter.foreign[what === 'newer' ? 'newer' : 'other']++;
    this.#told.foreign(what, this.#driver.address, channel);
  }

  /** A sign of life: the time until the next one is what is left of this one's. */
  #beat(): void {
    this.#pulse.set(this.#settings.liveness);
    const now = nodeHost.clock.now();
    if (this.state === 'ready') {
      this.#directory.sweep(now);
      if (this.#directory.size === 0) this.#condition.lastSign.isOnly();
      this.#tellOverflow();
      this.#calls.beat();
      this.#sayHello(false);
    } else this.#directory.restart(now);
  }

  /** Once for all messages since the last sign of life: a program that publishes too much is not to be told for each. */
  #tellOverflow(): void {
    const count = this.#meter.takeOverflow();
    if (count === 0) return;
    const { liveness } = this.#settings;
    this.trouble(
      new Error(
        `${count} messages of the last ${liveness} ms were not handed on, since too much waits for the broker: publish less, or have several brokers`,
      ),
    );
  }

  #sayHello(isNew: boolean, channel = this.#channels.nodes): void {
    const { role, connections } = this.#host;
    const { node: name } = this.#settings;
    const body = bodyOf({
      name,
      role,
      connections,
      startedAt: this.#startedAt,
      isSharing: this.#interest.isSharing,
      isNew,
    });
    this.#post(channel, this.#writer.control({ kind: Kind.hello, topic: '', except: '' }, body));
  }

  /** @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_TOPIC_TOO_LONG, ERR_WS_BUS_PAYLOAD */
  #checkedSize(head: Head, data: MessageData): { size: number; payload: number } {
    const sizes = this.#writer.sizeOf(head, data);
    const { size, payload } = sizes;
    const { maxPayload, payloadBound } = this.#driver;
    if (size > maxPayload)
      throw webSocketError('ERR_WS_BUS_PAYLOAD', payload, size - payload, maxPayload, payloadBound);
    return sizes;
  }

  /** @returns whether the broker has it */
  #post(channel: string, envelope: Uint8Array): boolean {
    return this.state === 'ready' && this.#driver.publish(channel, envelope);
  }

  async #close(): Promise<void> {
    if (this.state === 'ready') {
      // Sessions that have just left are asked for by their new nodes.
      await this.#handovers.settled();
      const { nodes } = this.#channels;
      this.#post(nodes, this.#writer.control({ kind: Kind.bye, topic: '', except: '' }, new Uint8Array(0)));
      await Promise.race([this.#driver.flush(), passed(this.#settings.deadline)]);
    }
    this.#condition.close();
    this.#pulse.clear();
    this.#handovers.close();
    this.#interest.close();
    this.#calls.close();
    this.#waiters.settle(webSocketError('ERR_WS_BUS_CLOSED'));
    // One of the application's own may never settle.
    await Promise.race([this.#driver.close(), passed(this.#settings.timeout)]);
  }
}
