// The middle of the bus of workers: it lives in the primary process, and hands each message to the workers that are subscribed
// to its channel. It does not look into messages.
//
// The queue of a worker that does not read is bounded: further messages are dropped, and the worker is told how many.
//
// With a driver to other machines (`outer`) it is subscribed there to what any worker is subscribed to, and publishes there
// what workers publish: all workers share one connection of the broker. What it published itself comes back from most
// brokers. The workers have it already, so it is left out: by the node that the message names as its publisher.

import type { Duplex } from 'node:stream';
import { deserialize, serialize } from 'node:v8';
import { type BusDriver, type BusEvents, MAX_WAITING } from '../bus-driver.ts';
import { type BusState, workersOnly } from './bus-state.ts';
import {
  channelOf,
  channelsOf,
  FramedPipe,
  FrameType,
  messageHead,
  numberBody,
  type PipeReader,
  payloadOf,
} from './framed-pipe.ts';

/** What the primary hears of one worker beside messages. */
export interface WorkerEvents {
  /** The worker's end of the cluster has said something. */
  control(value: unknown): void;
  ended(): void;
}

export interface BrokerOptions {
  /** Bytes that may wait for one worker. */
  readonly maxWaiting?: number;
  /** The way to other machines. It is not open yet. */
  readonly outer?: BusDriver;
  /** Which node has published a message; `undefined`: it does not say. For `outer`. */
  readonly publisherOf?: (payload: Uint8Array) => string | undefined;
  /** A message from outside was lost, or the like. */
  readonly trouble?: (error: Error) => void;
}

export class Broker {
  readonly #ends = new Set<BrokerEnd>();
  readonly #subscribers = new Map<string, Set<BrokerEnd>>();
  readonly #maxWaiting: number;
  readonly #outer: Outer | undefined;
  #state: BusState = workersOnly;

  constructor(options: BrokerOptions = {}) {
    this.#maxWaiting = options.maxWaiting ?? MAX_WAITING;
    const { outer, publisherOf = () => undefined, trouble = () => {} } = options;
    if (outer === undefined) return;
    this.#state = stateOf(outer, 'lost', 'it is not connected yet');
    this.#outer = new Outer(outer, publisherOf, {
      changed: (state) => this.#change(state),
      trouble,
      message: (channel, payload) => this.#deliver(channel, messageHead(channel), payload),
    });
  }

  get state(): BusState {
    return this.#state;
  }

  /** Messages that workers were too slow for, so far. */
  dropped = 0;

  /** Takes a worker. @param stream  its pipe */
  add(stream: Duplex, events: WorkerEvents): BrokerEnd {
    const end = new BrokerEnd(stream, this.#maxWaiting, {
      published: (from, body) => this.#published(from, body),
      subscribe: (from, channels) => this.#subscribe(from, channels),
      unsubscribe: (from, channels) => this.#unsubscribe(from, channels),
      dropped: () => this.dropped++,
      control: (value) => events.control(value),
      ended: (from) => {
        this.#ends.delete(from);
        this.#unsubscribe(from, [...from.channels]);
        events.ended();
      },
    });
    this.#ends.add(end);
    end.tell(this.#state);
    return end;
  }

  /** Ends all pipes, and the connection of the broker. */
  async close(): Promise<void> {
    for (const end of this.#ends) end.destroy();
    this.#ends.clear();
    this.#subscribers.clear();
    await this.#outer?.close();
  }

  #published(from: BrokerEnd, body: Buffer): void {
    const channel = channelOf(body);
    this.#outer?.publish(channel, payloadOf(body));
    const subscribers = this.#subscribers.get(channel);
    if (subscribers === undefined) return;
    for (const end of subscribers) if (end !== from) end.message(body);
  }

  #deliver(channel: string, head: Uint8Array, payload: Uint8Array): void {
    const subscribers = this.#subscribers.get(channel);
    if (subscribers !== undefined) for (const end of subscribers) end.message(head, payload);
  }

  #subscribe(end: BrokerEnd, channels: readonly string[]): Promise<void> | undefined {
    const added: string[] = [];
    for (const channel of channels) {
      end.channels.add(channel);
      const subscribers = this.#subscribers.get(channel);
      if (subscribers === undefined) {
        this.#subscribers.set(channel, new Set([end]));
        added.push(channel);
      } else {
        subscribers.add(end);
      }
    }
    // Those of other workers may still be on their way to the broker, so all of them are waited for.
    return this.#outer?.subscribe(added, channels);
  }

  #unsubscribe(end: BrokerEnd, channels: readonly string[]): void {
    const ended: string[] = [];
    for (const channel of channels) {
      end.channels.delete(channel);
      const subscribers = this.#subscribers.get(channel);
      if (subscribers?.delete(end) !== true || subscribers.size > 0) continue;
      this.#subscribers.delete(channel);
      ended.push(channel);
    }
    if (ended.length > 0) this.#outer?.unsubscribe(ended);
  }

  #change(state: BusState): void {
    this.#state = state;
    for (const end of this.#ends) end.tell(state);
  }
}

interface EndEvents {
  published(end: BrokerEnd, body: Buffer): void;
  subscribe(end: BrokerEnd, channels: readonly string[]): Promise<void> | undefined;
  unsubscribe(end: BrokerEnd, channels: readonly string[]): void;
  dropped(): void;
  control(value: unknown): void;
  ended(end: BrokerEnd): void;
}

/** The primary's end of the pipe of one worker. */
export class BrokerEnd implements PipeReader {
  readonly channels = new Set<string>();
  readonly #pipe: FramedPipe;
  readonly #events: EndEvents;
  readonly #maxWaiting: number;
  /** Not told yet: the worker does not read. */
  #dropped = 0;

  constructor(stream: Duplex, maxWaiting: number, events: EndEvents) {
    this.#maxWaiting = maxWaiting;
    this.#events = events;
    this.#pipe = new FramedPipe(stream, this);
  }

  tell(state: BusState): void {
    this.#pipe.send(FrameType.state, serialize(state));
  }

  /** Says something to the worker's end of the cluster. */
  control(value: unknown): void {
    this.#pipe.send(FrameType.control, serialize(value));
  }

  message(first: Uint8Array, second?: Uint8Array): void {
    const size = first.length + (second?.length ?? 0);
    const { waiting } = this.#pipe;
    // A payload of any size gets through where nothing waits.
    if (waiting > 0 && waiting + size > this.#maxWaiting) {
      if (this.#dropped++ === 0) void this.#pipe.flush().then(() => this.#tellDropped());
      this.#events.dropped();
      return;
    }
    if (second === undefined) this.#pipe.send(FrameType.message, NOTHING, first);
    else this.#pipe.send(FrameType.message, first, second);
  }

  pause(): void {
    this.#pipe.pause();
  }

  resume(): void {
    this.#pipe.resume();
  }

  destroy(): void {
    this.#pipe.destroy();
  }

  frame(type: number, body: Buffer): void {
    const events = this.#events;
    if (type === FrameType.message) events.published(this, body);
    else if (type === FrameType.subscribe) this.#subscribe(body.readUInt32LE(0), channelsOf(body, 4));
    else if (type === FrameType.unsubscribe) events.unsubscribe(this, channelsOf(body));
    else if (type === FrameType.control) events.control(deserialize(body));
  }

  ended(): void {
    this.#events.ended(this);
  }

  #subscribe(request: number, channels: readonly string[]): void {
    const subscribed = this.#events.subscribe(this, channels);
    const answer = (): void => this.#pipe.send(FrameType.subscribed, numberBody(request));
    if (subscribed === undefined) answer();
    else void subscribed.then(answer);
  }

  #tellDropped(): void {
    this.#pipe.send(FrameType.dropped, numberBody(this.#dropped));
    this.#dropped = 0;
  }
}

const NOTHING = new Uint8Array(0);

interface OuterEvents {
  changed(state: BusState): void;
  trouble(error: Error): void;
  message(channel: string, payload: Uint8Array): void;
}

/** The driver to other machines, as the broker uses it. */
class Outer implements BusEvents {
  readonly #driver: BusDriver;
  readonly #publisherOf: (payload: Uint8Array) => string | undefined;
  readonly #events: OuterEvents;
  /** Nodes whose messages have gone out through here. */
  readonly #own = new Set<string>();
  /** Settles when everything so far is subscribed. */
  #subscribed = Promise.resolve();

  constructor(driver: BusDriver, publisherOf: (payload: Uint8Array) => string | undefined, events: OuterEvents) {
    this.#driver = driver;
    this.#publisherOf = publisherOf;
    this.#events = events;
    driver.open(this);
  }

  publish(channel: string, payload: Uint8Array): void {
    const publisher = this.#publisherOf(payload);
    if (publisher !== undefined) this.#own.add(publisher);
    this.#driver.publish(channel, payload);
  }

  subscribe(added: readonly string[], all: readonly string[]): Promise<void> | undefined {
    if (all.length === 0) return undefined;
    if (added.length > 0) {
      const subscribed = this.#driver.subscribe(added);
      this.#subscribed = Promise.all([this.#subscribed, subscribed]).then(() => {});
    }
    return this.#subscribed;
  }

  unsubscribe(channels: readonly string[]): void {
    this.#driver.unsubscribe(channels);
  }

  close(): Promise<void> {
    return this.#driver.close();
  }

  ready(): void {
    this.#events.changed(stateOf(this.#driver, 'ready', ''));
  }

  lost(error: Error): void {
    this.#events.changed(stateOf(this.#driver, 'lost', error.message));
  }

  refused(error: Error): void {
    this.#events.changed(stateOf(this.#driver, 'refused', error.message));
  }

  trouble(error: Error): void {
    this.#events.trouble(error);
  }

  message(channel: string, payload: Uint8Array): void {
    const publisher = this.#publisherOf(payload);
    if (publisher === undefined || !this.#own.has(publisher)) this.#events.message(channel, payload);
  }
}

function stateOf({ address, maxPayload, payloadBound }: BusDriver, kind: BusState['kind'], reason: string): BusState {
  return { kind, reason, address, maxPayload, payloadBound };
}
