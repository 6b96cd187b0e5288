// Very many connections, of which a few are busy: all answer pings, and the busy ones have a message in flight while a round
// goes on.

import type { Socket } from 'node:net';
import type { Round } from './echo-load.ts';
import { encodeFrame, FrameRing, frameEnd, type MessageKind } from './frames.ts';
import { Latencies } from './latencies.ts';
import { Wait } from './patience.ts';
import { openRaw, sourceAddress } from './raw-client.ts';

const OPENING = 64;
const PING = 0x9;
const PONG = 0xa;
const KEY = Buffer.from('37fa213d', 'hex');

export class CrowdLoad {
  readonly #ring: FrameRing;
  readonly #members: Member[] = [];
  readonly #latencies = new Latencies();
  readonly #wait = new Wait();
  #isRunning = false;
  #outstanding = 0;
  #received = 0;
  /** Pings answered so far. */
  pings = 0;

  constructor(kind: MessageKind) {
    this.#ring = new FrameRing(kind, 1);
  }

  async open(port: number, connections: number): Promise<void> {
    let next = 0;
    const openSome = async (): Promise<void> => {
      while (next < connections) {
        const index = next++;
        const member = new Member(
          () => this.pings++,
          (latency) => this.#came(member, latency),
          (error) => this.#wait.fail(error),
        );
        member.socket = await openRaw({ port, from: sourceAddress(index) }, member);
        this.#members.push(member);
      }
    };
    await Promise.all(Array.from({ length: OPENING }, openSome));
  }

  /** @param busy  how many have a message in flight @throws when one is lost, or its answer does not come */
  async run(milliseconds: number, busy: number): Promise<Round> {
    this.check();
    this.#latencies.clear();
    this.#received = 0;
    this.#outstanding = busy;
    this.#isRunning = true;
    const start = performance.now();
    for (const member of this.#members.slice(0, busy)) member.send(this.#ring);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    this.#isRunning = false;
    if (this.#outstanding > 0) await this.#wait.wait(`${this.#outstanding} answers`);
    this.check();
    const seconds = (performance.now() - start) / 1000;
    return { count: this.#received, seconds, latency: this.#latencies.quantiles() };
  }

  /** @throws when a connection was lost */
  check(): void {
    this.#wait.check();
  }

  close(): void {
    for (const { socket } of this.#members) socket?.destroy();
  }

  #came(member: Member, latency: number): void {
    this.#received++;
    this.#latencies.add(latency);
    if (this.#isRunning) member.send(this.#ring);
    else if (--this.#outstanding === 0) this.#wait.done();
  }
}

/** One connection. It keeps no bytes while it is idle. */
export class Member {
  socket: Pick<Socket, 'write' | 'destroy'> | undefined;
  readonly #pinged: () => void;
  readonly #came: (latency: number) => void;
  readonly lost: (error: Error) => void;
  #rest: Buffer | undefined;
  #position = 0;
  #sentAt = 0;

  /** @param came  gets milliseconds from a message to its answer */
  constructor(pinged: () => void, came: (latency: number) => void, lost: (error: Error) => void) {
    this.#pinged = pinged;
    this.#came = came;
    this.lost = lost;
  }

  send(ring: FrameRing): void {
    this.#sentAt = performance.now();
    this.socket?.write(ring.take(this.#position, 1));
    this.#position = (this.#position + 1) % ring.length;
  }

  received(size: number, chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk.subarray(0, size)]);
    const end = this.#rest === undefined ? size : bytes.length;
    let at = 0;
    for (let next = frameEnd(bytes, at, end); next <= end; next = frameEnd(bytes, at, end)) {
      if (((bytes[at] as number) & 0xf) === PING) {
        this.#pinged();
        // RFC 6455 §5.5: its length has seven bits.
        this.socket?.write(encodeFrame(PONG, bytes.subarray(at + 2, next), KEY));
      } else {
        this.#came(performance.now() - this.#sentAt);
      }
      at = next;
    }
    this.#rest = at === end ? undefined : Buffer.from(bytes.subarray(at, end));
  }
}
