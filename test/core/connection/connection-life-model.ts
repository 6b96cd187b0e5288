// A connection under a random script, and a model of it that is too simple to be wrong: what the peer has sent, what was
// accepted to be sent, what was told. The rules that must hold whatever happens are checked after every step and at the
// end of the connection's life.

import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import type { CloseEvent } from '../../../src/core/connection/close-event.ts';
import { QueueBudget } from '../../../src/core/connection/queue-budget.ts';
import type { ConnectionSettings } from '../../../src/core/connection/settings.ts';
import type { ConnectionState } from '../../../src/core/connection/state.ts';
import type { Role } from '../../../src/core/constants.ts';
import type { ErrorCode } from '../../../src/core/errors.ts';
import { CoreHost, type OpenConnection, openConnection } from '../../support/core-connection.ts';
import { concat, pattern, toHex, utf8 } from '../../support/hex.ts';
import { describeFrame, frame, other, readFrames, showData, wire } from '../../support/wire.ts';

// ── The script ───────────────────────────────────────────────────────────────────────────────────────────────────

const small = fc.nat(300);
const size = fc.oneof(
  { weight: 12, arbitrary: small },
  { weight: 1, arbitrary: fc.constantFrom(125, 126, 16_384, 16_385) },
);
/** More than a transport is given while it has not finished. */
const BULK = 70_000;

/** Frames that end a connection, and what is said of them. Written as a server sends them. */
const violations = {
  ERR_WS_RESERVED_BITS: frame(0xa1, '78'),
  ERR_WS_RESERVED_OPCODE: frame(0x83, '78'),
  ERR_WS_CONTROL_FRAGMENTED: frame(0x09),
  ERR_WS_CONTROL_TOO_LARGE: frame(0x89, pattern(126)),
  ERR_WS_CLOSE_PAYLOAD: frame(0x88, pattern(1)),
  ERR_WS_CLOSE_CODE: frame(0x88, Uint8Array.of(0x03, 0xed)),
  ERR_WS_MESSAGE_TOO_LARGE: frame(0x82, pattern(20_001)).subarray(0, 4),
  ERR_WS_LENGTH_NOT_MINIMAL: Uint8Array.of(0x82, 126, 0, 5),
} as const satisfies Partial<Record<ErrorCode, Uint8Array>>;

const local = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('text' as const), size }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('binary' as const), size }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('fragment' as const), size: small, fin: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('ping' as const, 'pong' as const) }) },
  // A peer that stops reading, and what is sent to it nevertheless: sizes of messages, fragments, a ping.
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('burst' as const),
      parts: fc.array(fc.oneof(size, fc.constantFrom('fragments', 'fragments', 'ping', BULK, BULK)), { maxLength: 14 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('close' as const), code: fc.constantFrom(undefined, 1000, 4321) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('pause' as const, 'resume' as const, 'drained' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('terminate' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pull' as const) }) },
);
const remote = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('peer-text' as const), size: small }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('peer-binary' as const), size: small }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('peer-deflated' as const), size: small }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('peer-fragment' as const), size: small, fin: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('peer-ping' as const, 'peer-pong' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('peer-close' as const), code: fc.constantFrom(undefined, 1000, 4999) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('peer-violation' as const),
      code: fc.constantFrom(...(Object.keys(violations) as (keyof typeof violations)[])),
    }),
  },
);
const around = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('turn' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('congestion' as const), isCongested: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('written' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('time' as const), delay: fc.nat(3_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('fin' as const, 'reset' as const) }) },
);

/** How many of the peer's bytes that are on their way arrive with a step, in 16ths: cut anywhere. */
const arrival = fc.nat(16);

export const step = fc.record({ act: fc.oneof(local, remote, around), arrives: arrival });
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

export const setup = fc.record({
  role: fc.constantFrom('client' as const, 'server' as const),
  pulls: fc.boolean(),
  deflates: fc.boolean(),
  keepsBytes: fc.boolean(),
  settings: fc.record({
    slowConsumer: fc.constantFrom('close' as const, 'drop-newest' as const, 'drop-oldest' as const, 'pause' as const),
    highWaterMark: fc.constantFrom(0, 500, 70_500),
    heartbeat: fc.constantFrom(false as const, { interval: 1_000, timeout: 500 }, { interval: 2_000, timeout: 0 }),
    closeTimeout: fc.constant(2_000),
    idleTimeout: fc.constantFrom(0, 0, 4_000),
    maxLifetime: fc.constantFrom(0, 0, 10_000),
    limits: fc.record({
      maxMessageSize: fc.constant(20_000),
      maxQueuedBytes: fc.constantFrom(0, 300, 71_000, 150_000, 800_000),
      maxQueuedPongs: fc.constantFrom(2, 256),
      maxControlFramesPerSecond: fc.constantFrom(4, 20_000),
      maxMessagesPerSecond: fc.constantFrom(6, Infinity),
    }),
  }),
  /** Of all queues together, which here is one. */
  maxTotalQueuedBytes: fc.constantFrom(80_000, 1_000_000),
});
type Setup = typeof setup extends fc.Arbitrary<infer Value> ? Value : never;

// ── The model ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Where a state may lead (state.ts). */
const transitions: Record<string, readonly string[]> = {
  open: ['open', 'local', 'local, answered', 'peer', 'failure', 'closed'],
  local: ['local', 'local, answered', 'failure', 'closed'],
  'local, answered': ['local, answered', 'closed'],
  peer: ['peer', 'closed'],
  failure: ['failure', 'closed'],
  closed: ['closed'],
};

function nameOf(state: ConnectionState): string {
  if (state.kind !== 'closing') return state.kind;
  return state.startedBy === 'local' && state.received !== undefined ? 'local, answered' : state.startedBy;
}

/** Something that was accepted or refused to be sent, in order. */
interface Sent {
  /** As the peer is to see it. */
  readonly shown: string;
  /** What its sender was told: nothing yet, that it has left, or why not. */
  told: 'nothing' | 'sent' | ErrorCode;
}

/** What the peer sends, by the place where it ends in the peer's bytes. */
interface Incoming {
  readonly end: number;
  readonly shown: string;
}

export class Life {
  readonly #setup: Setup;
  readonly #role: Role;
  readonly #run: OpenConnection;
  readonly #budget: QueueBudget;
  #state = 'open';
  // Outgoing
  readonly #sent: Sent[] = [];
  #number = 0;
  #isFragmentOpen = false;
  /** Payloads of our own pings, in hex. */
  readonly #ownPings: string[] = [];
  #isPaused = false;
  readonly #drained: Promise<'settled'>[] = [];
  // Incoming
  readonly #pending: Uint8Array[] = [];
  /** Bytes of the peer: made, and arrived at the transport. */
  #made = 0;
  #arrived = 0;
  readonly #messages: Incoming[] = [];
  readonly #pings: Incoming[] = [];
  #parts: Uint8Array[] | undefined;
  #violation: { readonly end: number; readonly code: ErrorCode } | undefined;
  /** The peer has sent a Close, a violation or FIN: nothing else of it counts. */
  #isPeerDone = false;
  #isTcpEnded = false;
  // Told
  readonly #received: string[] = [];
  readonly #pulled: Promise<void>[] = [];
  #iterator: AsyncIterator<string | Uint8Array, undefined> | undefined;

  constructor(setup: Setup) {
    const { role, pulls, deflates, keepsBytes, settings, maxTotalQueuedBytes } = setup;
    this.#setup = setup;
    this.#role = role;
    this.#budget = new QueueBudget(maxTotalQueuedBytes, () => [this.#run.machine]);
    this.#run = openConnection(role, {
      ...(settings as ConnectionSettings),
      pulls,
      keepsBytes,
      queueBudget: this.#budget,
      ...this.#deflate(),
      host: new CoreHost(),
      handlers: {
        message: (_, data) => void this.#received.push(showData(data)),
        error: () => this.#follow(),
        close: () => this.#follow(),
      },
    });
    assert.equal(deflates, this.#run.connection.extensions !== '');
    if (pulls) this.#iterator = this.#run.connection[Symbol.asyncIterator]();
  }

  #deflate() {
    if (!this.#setup.deflates) return {};
    const { settings } = this.#setup;
    const dropsOldest = settings.slowConsumer === 'drop-oldest';
    const own = this.#role === 'client' ? 'clientNoContextTakeover' : 'serverNoContextTakeover';
    return { deflate: { [own]: dropsOldest }, compression: { threshold: 100, level: 1 } };
  }

  async perform({ act, arrives }: Step): Promise<void> {
    this.#act(act);
    this.#deliver(Math.ceil((this.#pendingSize * arrives) / 16));
    if (this.#iterator !== undefined) for (let count = 0; count < 4; count++) await Promise.resolve();
    this.#check(act.kind === 'turn' || act.kind === 'time');
  }

  #act(act: Step['act']): void {
    const { connection, transport, turn, clock } = this.#run;
    switch (act.kind) {
      case 'text':
        this.#send(`${this.#number++} ${'x'.repeat(act.size)}`);
        break;
      case 'binary':
        this.#send(concat([utf8(`${this.#number++} `), pattern(act.size)]));
        break;
      case 'fragment':
        this.#sendFragment(`${this.#number++} ${'y'.repeat(act.size)}`, act.fin);
        break;
      case 'ping':
        this.#ping();
        break;
      case 'pong':
        connection.pong('own');
        break;
      case 'burst':
        transport.isCongested = true;
        this.#send(concat([utf8(`${this.#number++} `), new Uint8Array(BULK)]));
        turn.end();
        for (const part of act.parts) {
          if (part === 'ping') this.#ping();
          else if (part === 'fragments') {
            this.#sendFragment(`${this.#number++} y`, false);
            this.#sendFragment(`${this.#number++} yy`, true);
          } else this.#send(concat([utf8(`${this.#number++} `), new Uint8Array(part as number)]));
        }
        break;
      case 'close':
        void connection.close(act.code);
        break;
      case 'terminate':
        connection.terminate();
        break;
      case 'pause':
        // A queue that is pulled from pauses by itself.
        if (this.#iterator !== undefined || !connection.isOpen) return;
        connection.pause();
        this.#isPaused = true;
        return;
      case 'resume':
        if (this.#iterator !== undefined) return;
        connection.resume();
        this.#isPaused = false;
        return;
      case 'drained': {
        const settled = () => 'settled' as const;
        this.#drained.push(connection.drained().then(settled, settled));
        return;
      }
      case 'pull':
        this.#pull();
        break;
      case 'turn':
        turn.end();
        break;
      case 'congestion':
        transport.isCongested = act.isCongested;
        return;
      case 'written':
        transport.release(act.count);
        return;
      case 'time':
        turn.end();
        clock.advance(act.delay);
        break;
      case 'fin':
        this.#isPeerDone = true;
        this.#deliver(this.#pendingSize);
        if (!this.#isTcpEnded) transport.deliver('end');
        this.#isTcpEnded = true;
        return;
      case 'reset':
        transport.gone(new Error('ECONNRESET'));
        break;
      default:
        this.#peer(act);
        break;
    }
  }

  #pull(): void {
    const iterator = this.#iterator;
    if (iterator === undefined) return;
    this.#pulled.push(
      iterator.next().then(
        ({ value, done }) => {
          if (done !== true) this.#received.push(showData(value));
        },
        () => {},
      ),
    );
  }

  // ── Sending ────────────────────────────────────────────────────────────────────────────────────────────────────

  #send(data: string | Uint8Array): void {
    const sent: Sent = { shown: showData(data), told: 'nothing' };
    if (this.#isFragmentOpen && this.#run.connection.isOpen) {
      // RFC 6455 §5.4; unless the beginning of that message was dropped.
      try {
        this.#run.connection.send(data, this.#teller(sent));
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'ERR_WS_FRAGMENT_OPEN');
        return;
      }
    } else this.#run.connection.send(data, this.#teller(sent));
    this.#sent.push(sent);
  }

  #sendFragment(data: string, fin: boolean): void {
    const sent: Sent = { shown: showData(data), told: 'nothing' };
    this.#run.connection.sendFragment(data, { fin }, this.#teller(sent));
    this.#sent.push(sent);
    this.#isFragmentOpen = !fin;
  }

  #ping(): void {
    const payload = `own ${this.#number++}`;
    const { connection } = this.#run;
    if (connection.isOpen) this.#ownPings.push(toHex(utf8(payload)));
    connection.ping(payload);
  }

  #teller(sent: Sent): (error?: { code: ErrorCode }) => void {
    return (error) => {
      assert.equal(sent.told, 'nothing', `told twice of ${sent.shown}`);
      sent.told = error === undefined ? 'sent' : error.code;
    };
  }

  // ── The peer ───────────────────────────────────────────────────────────────────────────────────────────────────

  #peer(act: Extract<Step['act'], { kind: `peer-${string}` }>): void {
    if (this.#isPeerDone) return;
    const text = () => `${this.#made} ${'z'.repeat(act.kind === 'peer-text' ? act.size : 0)}`;
    switch (act.kind) {
      case 'peer-text':
        if (this.#parts === undefined) this.#message(0x81, utf8(text()), text());
        else this.#part(utf8('end'), true);
        break;
      case 'peer-binary': {
        const bytes = pattern(act.size, this.#made);
        if (this.#parts === undefined) this.#message(0x82, bytes, bytes);
        else this.#part(bytes, true);
        break;
      }
      case 'peer-deflated': {
        const bytes = pattern(act.size, this.#made);
        if (!this.#setup.deflates || this.#parts !== undefined) return;
        const payload = deflateRawSync(bytes, { finishFlush: 2 /* Z_SYNC_FLUSH */ }).subarray(0, -4);
        this.#message(0xc2, payload, bytes);
        break;
      }
      case 'peer-fragment':
        this.#part(pattern(act.size, this.#made), act.fin);
        break;
      case 'peer-ping': {
        const payload = utf8(`${this.#made}`);
        this.#make(frame(0x89, payload));
        void this.#pings.push({ end: this.#made, shown: toHex(payload) });
        break;
      }
      case 'peer-pong':
        this.#make(frame(0x8a));
        break;
      case 'peer-close':
        this.#make(frame(0x88, act.code === undefined ? '' : Uint8Array.of(act.code >> 8, act.code & 0xff)));
        this.#isPeerDone = true;
        return;
      case 'peer-violation':
        this.#make(violations[act.code]);
        this.#violation = { end: this.#made, code: act.code };
        this.#isPeerDone = true;
    }
  }

  #message(first: number, payload: Uint8Array, data: string | Uint8Array): void {
    this.#make(frame(first, payload));
    this.#messages.push({ end: this.#made, shown: showData(data) });
  }

  #part(bytes: Uint8Array, fin: boolean): void {
    this.#make(frame((fin ? 0x80 : 0) | (this.#parts === undefined ? 2 : 0), bytes));
    this.#parts ??= [];
    this.#parts.push(bytes);
    if (!fin) return;
    this.#messages.push({ end: this.#made, shown: showData(concat(this.#parts)) });
    this.#parts = undefined;
  }

  #make(frameBytes: Uint8Array): void {
    const bytes = wire(this.#role, frameBytes);
    this.#pending.push(bytes);
    this.#made += bytes.length;
  }

  get #pendingSize(): number {
    return this.#made - this.#arrived;
  }

  #deliver(count: number): void {
    if (count === 0) return;
    const bytes = concat(this.#pending.splice(0));
    this.#arrived += count;
    if (count < bytes.length) this.#pending.push(bytes.slice(count));
    if (!this.#isTcpEnded) this.#run.transport.deliver(bytes.slice(0, count));
  }

  // ── The rules ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** States only along the table. */
  #follow(): void {
    const state = nameOf(this.#run.connection.state);
    assert.ok(transitions[this.#state]?.includes(state), `${this.#state} → ${state}`);
    this.#state = state;
  }

  /** @param isUpToDate  whether the transport has delivered what it has */
  #check(isUpToDate = false): void {
    const { connection, transport, turn, events } = this.#run;
    this.#follow();
    assert.deepEqual(turn.uncaught, []);
    assert.equal(this.#budget.used, connection.bufferedAmount, 'bytes counted for all, and for this one');
    const closes = events.filter((event) => event.startsWith('close '));
    assert.ok(closes.length <= 1, `${closes.length} closes`);
    if (closes.length === 1) assert.equal(events.at(-1), closes[0], 'nothing follows the close');
    const errors = events.filter((event) => event.startsWith('error '));
    assert.ok(errors.length <= 1, errors.join());
    // A violation is found with its last byte or before, and only a violation that was sent is found.
    const violation = this.#violation;
    const known = new Set<string>(Object.keys(violations).map((code) => `error ${code}`));
    for (const error of errors) if (known.has(error)) assert.equal(error, `error ${violation?.code}`);
    const isRead = isUpToDate && !transport.isPaused && !transport.isDestroyed;
    if (connection.isOpen && isRead) assert.ok(!violation || this.#arrived < violation.end, 'a violation that passed');
    // Messages are those of the peer, in its order, none left out.
    const complete = this.#messages.filter(({ end }) => end <= this.#arrived).map(({ shown }) => shown);
    assert.deepEqual(this.#received, complete.slice(0, this.#received.length));
    if (connection.isOpen && isRead && this.#iterator === undefined)
      assert.equal(this.#received.length, complete.length);
  }

  /** The end of the connection, whatever state it is in, and what must be true of its whole life. */
  async end(isQuiet: boolean): Promise<void> {
    const { connection, transport, turn, clock, events, written } = this.#run;
    if (isQuiet) {
      transport.isCongested = false;
      turn.end();
      while (transport.held > 0) {
        transport.release(1);
        turn.end();
      }
      this.#check();
      if (connection.isOpen && !transport.keepsBytes) {
        assert.equal(connection.bufferedAmount, 0, 'all that was accepted has left');
        for (const { told, shown } of this.#sent) assert.notEqual(told, 'nothing', shown);
        this.#checkControls(readFrames(written.bytes).map(describeFrame));
        if (this.#iterator === undefined) assert.equal(transport.isPaused, this.#isPaused, 'reading goes on');
      }
    }
    transport.gone();
    turn.end();
    this.#check();
    assert.equal(this.#state, 'closed');
    assert.equal(events.filter((event) => event.startsWith('close ')).length, 1);
    assert.equal(clock.timers.size, 0, 'timers left');
    assert.equal(this.#budget.used, 0, 'bytes left in the budget');
    assert.equal(connection.bufferedAmount, 0);
    const { state } = connection;
    const event: CloseEvent = await connection.closed;
    assert.ok(state.kind === 'closed' && state.event === event);
    for (const drained of this.#drained) assert.equal(await drained, 'settled');
    if (this.#iterator !== undefined) {
      while ((await this.#iterator.next().catch(() => ({ done: true }))).done !== true);
      await Promise.all(this.#pulled);
    }
    clock.advance(100_000);
    turn.end();
    this.#checkWire(readFrames(written.bytes).map(describeFrame));
    assert.equal(events.filter((event) => event.startsWith('close ')).length, 1);
  }

  /** Of an open connection whose peer has taken everything: no control frame is lost. */
  #checkControls(frames: readonly string[]): void {
    const own = frames.filter((it) => it.startsWith('ping 6f 77 6e')).map((it) => it.slice('ping '.length));
    // The policy drop-newest drops pings as well.
    if (this.#setup.settings.slowConsumer === 'drop-newest') return;
    assert.deepEqual(own, this.#ownPings);
  }

  /** RFC 6455 §5.4: a message after the other, continuation frames where they belong. */
  #checkFragments(frames: readonly string[]): void {
    let isOpen = false;
    for (const it of frames) {
      if (!/^(text|binary|continuation)/.test(it)) continue;
      assert.equal(it.startsWith('continuation'), isOpen, `${it} ${isOpen ? 'within' : 'outside'} a message`);
      isOpen = /^\w+( rsv \d)?…/.test(it);
    }
  }

  /** The frames written are those that were sent, in order, including all that were reported as sent. */
  #checkWire(frames: readonly string[]): void {
    const close = frames.findIndex((it) => it.startsWith('close'));
    if (close >= 0) assert.equal(close, frames.length - 1, `a frame after the Close: ${frames.slice(close)}`);
    this.#checkFragments(frames);
    const pongs = frames.filter((it) => it.startsWith('pong') && it !== 'pong 6f 77 6e');
    const pings = this.#pings.filter(({ end }) => end <= this.#arrived).map(({ shown }) => `pong ${shown}`);
    assert.deepEqual(pongs, pings.slice(0, pongs.length), 'pongs answer pings in order (RFC 6455 §5.5.3)');
    const got = this.#asPeer();
    let at = 0;
    for (const { shown, told } of this.#sent) {
      assert.notEqual(told, 'nothing', `nobody told of ${shown}`);
      const isThere = got[at] === shown;
      if (isThere) at++;
      if (told === 'sent') assert.ok(isThere, `${shown} was told to have left; on the wire: ${got.slice(at, at + 3)}`);
      // Given to the transport, and lost with it.
      else if (isThere) assert.equal(told, 'ERR_WS_DROPPED', shown);
    }
    assert.equal(at, got.length, 'nothing was written that was not sent, or out of order');
  }

  /** Payloads of data frames as the peer inflates them, one by one. */
  #asPeer(): string[] {
    const { role } = this.#run.connection;
    const got: string[] = [];
    const peer = openConnection(other(role), {
      ...this.#deflate(),
      limits: { maxMessagesPerSecond: Infinity },
      handlers: { message: (_, data) => void got.push(typeof data === 'string' ? data : showData(data)) },
    });
    const frames = readFrames(this.#run.written.bytes);
    // Fragments are looked at one by one: each had its own sender.
    for (const { first, payload } of frames) {
      const opcode = first & 0x0f;
      if (opcode >= 8) continue;
      const isFragment =
        opcode === 0 || first < 0x80 || (first === 0x81 && /^\d+ y*$/.test(String(Buffer.from(payload))));
      if (isFragment) got.push(showData(Buffer.from(payload).toString()));
      else peer.receive(wire(other(role), frame(first, payload)));
    }
    assert.deepEqual(
      peer.events.filter((event) => event.startsWith('error')),
      [],
      'what the peer says of it',
    );
    return got.map((data) => (/^\d+ x*$/.test(data) ? showData(data) : data));
  }
}
