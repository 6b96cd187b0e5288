// The middle of the bus of workers: it lives in the primary process, and hands each message to the workers that are subscribed
// to its channel. It does not look into messages.
//
// The queue of a worker that does not read is bounded: further messages are dropped, and the worker is told how many.
//
// With a bus to other machines (outer-bus.ts) all workers share one connection to its broker.

import type { Duplex } from 'node:stream';
import { deserialize, serialize } from 'node:v8';
import { MAX_WAITING } from '../bus-driver.ts';
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
import type { OuterBus } from './outer-bus.ts';
import { type SharedState, workersOnly } from './shared-state.ts';

/** What the primary hears of one worker beside messages. */
export interface WorkerEvents {
  /** The worker's end of the cluster has said something. */
  control(value: unknown): void;
  ended(): void;
}

export class Broker {
  readonly #ends = new Set<BrokerEnd>();
  readonly #subscribers = new Map<string, Set<BrokerEnd>>();
  readonly #maxWaiting: number;
  readonly #outer: OuterBus | undefined;
  #state: SharedState = workersOnly;

  /**
   * @param maxWaiting  bytes that may wait for one worker
   * @param outer       the way to other machines; it begins to connect
   */
  constructor(maxWaiting = MAX_WAITING, outer?: OuterBus) {
    this.#maxWaiting = maxWaiting;
    this.#outer = outer;
    if (outer === undefined) return;
    this.#state = outer.state;
    outer.begin({
      changed: (state) => this.#change(state),
      message: (channel, payload) => this.#deliver(channel, messageHead(channel), payload),
    });
  }

  get state(): SharedState {
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

  #change(state: SharedState): void {
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

  tell(state: SharedState): void {
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
