// The worker's end of the bus of workers: one pipe to the primary process, for all servers of the worker.

import type { Duplex } from 'node:stream';
import { deserialize, serialize } from 'node:v8';
import { MAX_WAITING } from '../bus-driver.ts';
import {
  channelOf,
  channelsBody,
  FramedPipe,
  FrameType,
  messageHead,
  type PipeReader,
  payloadOf,
} from './framed-pipe.ts';
import { type SharedState, workersOnly } from './shared-state.ts';

/** A driver, as the link sees it. */
export interface LinkUser {
  readonly channels: ReadonlySet<string>;
  /** What the primary says of the bus has changed. */
  changed(state: SharedState): void;
  trouble(error: Error): void;
  message(channel: string, payload: Uint8Array): void;
}

export class WorkerLink implements PipeReader {
  readonly #pipe: FramedPipe;
  readonly #users = new Set<LinkUser>();
  readonly #subscribers = new Map<string, Set<LinkUser>>();
  readonly #requests = new Map<number, () => void>();
  #request = 0;
  /** From one server of this worker to another one. */
  #local: { from: LinkUser; channel: string; payload: Uint8Array }[] = [];
  /** What the primary's side of the cluster says. */
  control: (value: unknown) => void = () => {};
  ended: () => void = () => {};
  state: SharedState = workersOnly;

  constructor(stream: Duplex) {
    const reader: PipeReader = {
      frame: (type, body) => this.frame(type, body),
      ended: () => {
        this.#change({ ...this.state, kind: 'lost', reason: 'the primary process of the cluster is gone' });
        for (const done of this.#requests.values()) done();
        this.#requests.clear();
        this.ended();
      },
    };
    this.#pipe = new FramedPipe(stream, reader);
  }

  get waiting(): number {
    return this.#pipe.waiting;
  }

  /** Says something to the primary's side of the cluster. */
  say(value: unknown): void {
    this.#pipe.send(FrameType.control, serialize(value));
  }

  flush(): Promise<void> {
    return this.#pipe.flush();
  }

  attach(user: LinkUser): void {
    this.#users.add(user);
  }

  detach(user: LinkUser): void {
    this.unsubscribe(user, [...user.channels]);
    this.#users.delete(user);
  }

  /** @returns settles when the primary knows, and its broker, if it has one. `again`: it may be subscribed already */
  subscribe(user: LinkUser, channels: readonly string[]): Promise<void> {
    for (const channel of channels) {
      const subscribers = this.#subscribers.get(channel);
      if (subscribers === undefined) this.#subscribers.set(channel, new Set([user]));
      else subscribers.add(user);
    }
    const request = ++this.#request;
    return new Promise((resolve) => {
      this.#requests.set(request, resolve);
      this.#pipe.send(FrameType.subscribe, channelsBody(channels, request));
    });
  }

  unsubscribe(user: LinkUser, channels: readonly string[]): void {
    const ended: string[] = [];
    for (const channel of channels) {
      const subscribers = this.#subscribers.get(channel);
      if (subscribers?.delete(user) !== true || subscribers.size > 0) continue;
      this.#subscribers.delete(channel);
      ended.push(channel);
    }
    if (ended.length > 0) this.#pipe.send(FrameType.unsubscribe, channelsBody(ended));
  }

  /** @returns `false`: too much waits for the primary */
  publish(from: LinkUser, channel: string, payload: Uint8Array): boolean {
    const { waiting } = this.#pipe;
    if (waiting > 0 && waiting + payload.length > MAX_WAITING) return false;
    this.#pipe.send(FrameType.message, messageHead(channel), payload);
    const here = this.#subscribers.get(channel);
    if (here !== undefined && (here.size > 1 || !here.has(from))) {
      // In a later turn, so that nobody is called from inside a publish.
      if (this.#local.length === 0) setImmediate(() => this.#deliverLocal());
      this.#local.push({ from, channel, payload });
    }
    return true;
  }

  frame(type: number, body: Buffer): void {
    if (type === FrameType.message) this.#deliver(channelOf(body), payloadOf(body));
    else if (type === FrameType.subscribed) this.#subscribed(body.readUInt32LE(0));
    else if (type === FrameType.state) this.#change(deserialize(body) as SharedState);
    else if (type === FrameType.dropped) this.#lost(body.readUInt32LE(0));
    else if (type === FrameType.control) this.control(deserialize(body));
  }

  #subscribed(request: number): void {
    this.#requests.get(request)?.();
    this.#requests.delete(request);
  }

  #lost(count: number): void {
    const error = new Error(`${count} messages of the bus were dropped, since this worker did not read them`);
    for (const user of this.#users) user.trouble(error);
  }

  #deliver(channel: string, payload: Uint8Array, from?: LinkUser): void {
    const subscribers = this.#subscribers.get(channel);
    if (subscribers !== undefined) for (const user of subscribers) if (user !== from) user.message(channel, payload);
  }

  #deliverLocal(): void {
    const local = this.#local;
    this.#local = [];
    for (const { from, channel, payload } of local) this.#deliver(channel, payload, from);
  }

  #change(state: SharedState): void {
    this.state = state;
    for (const user of this.#users) user.changed(state);
  }
}
