// One client, several server processes and their store, and everything that can go wrong between them, moved by commands.
// After each command the invariants of docs/resume.md hold, or it throws. I1, I2, I8 and I10 are in the books (ledger.ts).

import type { Clock, Timer, TimerOwner } from '../../../src/core/ports.ts';
import type { ClientEnd } from '../../../src/resume/protocol/client-end.ts';
import type { OutgoingStream } from '../../../src/resume/protocol/outgoing-stream.ts';
import type { Delivery, Payload } from '../../../src/resume/protocol/ports.ts';
import type { Reception } from '../../../src/resume/protocol/reception.ts';
import type { ServerEnd } from '../../../src/resume/protocol/server-end.ts';
import type { SessionStore, StoredPiece } from '../../../src/resume/protocol/store.ts';
import { ManualClock, ManualTurn } from '../../support/manual-clock.ts';
import { clientOptions, countingRandom, hostOf, serverSettings, Wire } from '../protocol/wires.ts';
import type { Command, Setting } from './commands.ts';
import { Ledger } from './ledger.ts';
import { payload } from './payloads.ts';
import { SlowWrites } from './slow-writes.ts';

/** A store that the model can look into. */
export type ModelStore = SessionStore & {
  readonly rows: { get(id: string): { readonly expiresAt: number } | undefined };
  /** The process is gone. */
  forgetNode(node: string): void;
};

export interface Parts {
  readonly ClientEnd: typeof ClientEnd;
  readonly Reception: typeof Reception;
  readonly PlainStore: new (now: () => number, clock: ManualClock) => ModelStore;
  /** When sessions are written to the store. Absent: when they are released only. */
  readonly mode?: 'spill' | 'ahead' | undefined;
}

export interface Counts {
  runs: number;
  cuts: number;
  resumes: number;
  expiries: number;
  messages: number;
  kills: number;
  drains: number;
}

export const noCounts = (): Counts => ({ runs: 0, cuts: 0, resumes: 0, expiries: 0, messages: 0, kills: 0, drains: 0 });

interface ServerProcess {
  readonly name: string;
  readonly clock: ProcessClock;
  readonly reception: Reception<undefined>;
  readonly writes: SlowWrites;
  readonly wires: Wire[];
}

interface Running {
  readonly end: { handled(delivery: Delivery): void };
  readonly delivery: Delivery;
  /** In the books; absent for a piece that does not end its message. */
  readonly at: number | undefined;
}

interface Source {
  readonly stream: OutgoingStream;
  readonly at: number;
  readonly ledger: Ledger;
  readonly pieces: Payload[];
}

const limits = { buffer: 1024, part: 256, max: 16_384 };
const KEEP = 60_000;

export class World {
  readonly #parts: Parts;
  readonly #setting: Setting;
  readonly #counts: Counts;
  readonly #clock = new ManualClock(new ManualTurn());
  readonly #random = countingRandom();
  readonly #store: ModelStore;
  readonly #up = new Ledger('client to server');
  readonly #down = new Ledger('server to client');
  readonly #processes: ServerProcess[] = [];
  readonly #upRunning: Running[] = [];
  readonly #downRunning: Running[] = [];
  readonly #upPieces = new Map<string, Payload[]>();
  readonly #downPieces: Payload[] = [];
  readonly #sources: Source[] = [];
  /** Sessions that may be lost, by their end, a death of their owner, or time. */
  readonly #doomed = new Set<string>();
  /** What the store has of the message that is being appended, and the number of its last piece, by session. */
  readonly #storing = new Map<string, { last: number; readonly pieces: Payload[] }>();
  /** Number of the last message of the client that the store knows as handled, by session. */
  readonly #committed = new Map<string, number>();
  /** Messages of the client in the books, by their numbers, of each session. */
  readonly #upNumbers = new Map<string, { readonly sequence: number; readonly at: number }[]>();
  /** Sessions of which the store has what they are: they outlive their process. */
  readonly #current = new Set<string>();
  /** The process that owns each session, by the store's word. */
  readonly #owners = new Map<string, string>();
  /**
   * Hashes of tokens in the order in which the store took them, and those that a later one has retired. The order in which
   * processes answer is another one.
   */
  readonly #tokens: { readonly session: string; readonly hash: string }[] = [];
  readonly #retired: { readonly session: string; readonly hash: string }[] = [];
  /** Tokens that were given out, by hash. */
  readonly #texts = new Map<string, string>();
  #made = 0;
  #messages = 0;
  #session = '';
  #client: ClientEnd;
  #wire: Wire | undefined;
  #isFinishing = false;
  #hasLeftUnnamed = false;
  #failure: unknown;

  constructor(parts: Parts, setting: Setting, counts: Counts) {
    this.#parts = parts;
    // Where a process dies, an application that had got pieces would have to keep them: servers join the parts.
    this.#setting = parts.mode === undefined ? setting : { ...setting, serverPieces: false };
    this.#counts = counts;
    this.#store = new parts.PlainStore(() => this.#clock.now(), this.#clock);
    const { confirm } = this.#store;
    this.#store.confirm = (id, generation) => {
      const answer = confirm.call(this.#store, id, generation);
      if (answer === 'written') this.#retire(id);
      return answer;
    };
    this.#watchStore();
    this.#startProcess();
    this.#startProcess();
    this.#client = this.#newClient();
  }

  /** Which sessions are in the store as they are; and its answers take a while. */
  #watchStore(): void {
    const store = this.#store;
    const { claim, create, append, trim, commit, end } = store;
    store.claim = (request, keep) =>
      this.#late(claim.call(store, request, keep), ({ kind }) => {
        if (kind !== 'claimed' || !this.#took(request.id, request.nextHash)) return;
        this.#owners.set(request.id, request.node);
        if (request.isAhead) return;
        this.#current.delete(request.id);
        // Given to a process that has died meanwhile.
        if (!this.#processes.some(({ name }) => name === request.node)) this.#doomed.add(request.id);
      });
    store.create = (creation, keep) =>
      this.#late(create.call(store, creation, keep), (created) => {
        if (created.kind !== 'claimed' || !this.#took(created.id, creation.tokenHash)) return;
        this.#owners.set(created.id, creation.node);
        if (!creation.isAhead) this.#current.delete(created.id);
        else if (created.isNew) this.#current.add(created.id);
      });
    // What the store has counts from when it has it, not from when its owner is told: a claim may come between the two.
    store.commit = (id, generation, progress) =>
      this.#late(commit.call(store, id, generation, progress), (answer) => {
        if (answer !== 'written') return;
        this.#current.add(id);
        this.#committed.set(id, progress.handled);
        if (progress.dropped) this.#down.storedAsLost(id, progress.dropped[1]);
      });
    const { release } = store;
    store.release = (id, ...rest) =>
      this.#late(release.call(store, id, ...rest), (answer) => {
        if (answer === 'written') this.#owners.delete(id);
      });
    store.end = (id, ...rest) =>
      this.#late(end.call(store, id, ...rest), (answer) => {
        if (answer === 'written') this.#current.delete(id);
      });
    store.append = (id, generation, log, pieces) =>
      this.#late(append.call(store, id, generation, log, pieces), (answer) => {
        if (answer === 'written' && log === 'outgoing') this.#stored(id, pieces);
      });
    store.trim = (...all) => this.#late(trim.apply(store, all));
  }

  #stored(id: string, pieces: readonly StoredPiece[]): void {
    const known = this.#storing.get(id) ?? { last: 0, pieces: [] };
    this.#storing.set(id, known);
    for (const { sequence, data, end } of pieces) {
      if (sequence <= known.last) continue;
      // The pieces between were acknowledged before they were written: the message that it belongs to has arrived.
      if (sequence > known.last + 1) known.pieces.length = 0;
      known.last = sequence;
      if (end !== 'void') known.pieces.push(data);
      if (end === 'more') continue;
      const [first = ''] = known.pieces;
      const whole =
        typeof first === 'string' ? known.pieces.join('') : new Uint8Array(Buffer.concat(known.pieces as Uint8Array[]));
      known.pieces.length = 0;
      if (end === 'last') this.#down.stored(whole, id);
    }
  }

  async run(commands: readonly Command[]): Promise<void> {
    this.#counts.runs++;
    for (const command of commands) {
      await this.#step(command);
      await this.#turn();
      this.#check();
    }
    await this.#finish();
  }

  async #step(command: Command): Promise<void> {
    switch (command.do) {
      case 'up':
        this.#send(this.#client, this.#up, this.#session, command.kind, command.size);
        return;
      case 'down': {
        const end = this.#end();
        if (end) this.#send(end, this.#down, end.id, command.kind, command.size);
        return;
      }
      case 'stream':
        this.#stream(command.isUp, command.part, command.kind);
        return;
      case 'deliver':
        for (let count = 0; count < command.count; count++) {
          this.#wire?.up();
          await this.#turn();
          this.#wire?.down();
        }
        return;
      case 'deliverOld':
        for (const { wires } of this.#processes)
          for (const wire of wires) {
            if (wire === this.#wire) continue;
            wire.up();
            wire.down();
          }
        return;
      case 'flow':
        await this.#flow();
        return;
      case 'handle':
        this.#handle(
          command.isUp ? this.#upRunning : this.#downRunning,
          command.at,
          command.isUp ? this.#up : this.#down,
        );
        return;
      case 'cut':
        if (this.#wire) this.#counts.cuts++;
        if (command.how === 'up') this.#wire?.cutUp();
        else if (command.how === 'down') this.#wire?.cutDown();
        else if (command.how === 'muteUp' && this.#wire) this.#wire.client.isMute = true;
        else if (command.how === 'muteDown' && this.#wire) this.#wire.server.isMute = true;
        else this.#wire?.cut();
        return;
      case 'dial':
        this.#dial(command.process);
        return;
      case 'advance':
        // No store takes so long.
        if (command.time > 5_000) for (const { writes } of this.#processes) writes.let(Infinity);
        await this.#turn();
        this.#clock.advance(command.time);
        return;
      case 'jump':
        if (command.time > 5_000) for (const { writes } of this.#processes) writes.let(Infinity);
        await this.#turn();
        this.#clock.jump(command.time);
        return;
      case 'drain':
        await this.#drain(command.process, command.waits);
        return;
      case 'kill':
        this.#kill(command.process);
        return;
      case 'evict':
        if (this.#end()?.state === 'detached') this.#end()?.expire();
        return;
      case 'suspend':
        this.#client.suspend();
        return;
      case 'ask':
        this.#client.check();
        return;
      case 'store':
        for (const { writes } of this.#processes) writes.let(command.count);
        return;
      case 'oldToken':
        await this.#tryRetired(command.process, command.at);
        return;
      case 'end':
        // One that ends before it knows its session: the server learns that by time.
        if (command.byClient && this.#client.state !== 'live') this.#hasLeftUnnamed = true;
        if (command.byClient) this.#client.close(1000, 'done');
        else this.#end()?.end(4001, 'done');
        return;
    }
  }

  #send(end: ClientEnd | ServerEnd, ledger: Ledger, session: string, kind: Command['kind'], size: number): void {
    // In the mode that drops messages, each has one number, so that the books can tell which are lost.
    const isSmall = this.#setting.overflow === 'gap';
    const data = payload(kind, isSmall ? size % 200 : size, ++this.#messages);
    const at = ledger.open(session);
    ledger.complete(at, data);
    this.#counts.messages++;
    if (end.send(data) !== 'taken') ledger.forget(at);
  }

  #stream(isUp: boolean, part: 'write' | 'end' | 'abort', kind: Command['kind']): void {
    if (this.#setting.overflow === 'gap') return;
    const ledger = isUp ? this.#up : this.#down;
    let source = this.#sources.find((one) => one.ledger === ledger);
    if (!source) {
      const end = isUp ? this.#client : this.#end();
      if (!end || end.state === 'closed' || end.state === 'ended') return;
      const session = isUp ? this.#session : (end.id ?? '');
      source = { stream: end.stream(kind === 'binary'), at: ledger.open(session, true), ledger, pieces: [] };
      this.#sources.push(source);
      this.#writeTo(source, kind);
      return;
    }
    if (!source.stream.isOpen) part = 'abort';
    if (part === 'write') {
      this.#writeTo(source, kind);
      return;
    }
    this.#sources.splice(this.#sources.indexOf(source), 1);
    const { items } = ledger;
    const { stream, at, pieces } = source;
    if (part === 'end' && items[at]?.state === 'open') {
      const [first = ''] = pieces;
      const whole = typeof first === 'string' ? pieces.join('') : new Uint8Array(Buffer.concat(pieces as Uint8Array[]));
      ledger.complete(at, whole);
      stream.end();
    } else {
      if (items[at]?.state === 'open') ledger.forget(at);
      stream.abort();
    }
  }

  #writeTo(source: Source, kind: Command['kind']): void {
    const isBinary = source.pieces.length > 0 ? typeof source.pieces[0] !== 'string' : kind === 'binary';
    const chunk = payload(isBinary ? 'binary' : 'text', 300, ++this.#messages);
    source.pieces.push(chunk);
    source.stream.write(chunk);
  }

  #newClient(): ClientEnd {
    const options = {
      ...clientOptions,
      limits,
      maxQueued: 4096,
      startsAnew: true,
      deliversPieces: this.#setting.clientPieces,
    };
    const client: ClientEnd = new this.#parts.ClientEnd(options, hostOf(this.#clock, this.#random), {
      message: (delivery) =>
        this.#message(
          client,
          delivery,
          this.#down,
          this.#downRunning,
          this.#downPieces,
          this.#setting.clientPieces,
          this.#setting.clientIsSlow,
        ),
      live: ({ id, isResumed, lost }) => {
        if (isResumed) this.#counts.resumes++;
        if (isResumed && id !== this.#session) throw new Error('I5: another session was resumed');
        if (!isResumed) this.#renameSession(id);
        if (lost) this.#down.lostExactly(id, lost[0], lost[1]);
      },
      interrupted: ({ code }) => {
        if (code === 4700 || code === 4702) throw new Error(`I3: interrupted by ${code}`);
      },
      expired: ({ why, returned }) => {
        this.#counts.expiries++;
        if (!this.#isDoomed(this.#session)) throw new Error(`I6: a session was lost without a reason: ${why}`);
        this.#up.takenBack(returned, this.#session, why === 'unknown' || why === 'regressed');
        this.#dropSources(this.#up);
        // Their handlers still run; what they say then must not count for the next session.
        for (const [at, entry] of this.#downRunning.entries()) this.#downRunning[at] = { ...entry, at: undefined };
        this.#downPieces.length = 0;
        this.#down.lost(this.#session);
        // Messages that came and whose handlers still ran are handled by somebody who is not asked any more.
        this.#down.settleRunning();
        this.#session = '';
      },
      plain: () => {
        throw new Error('I8: a plain server');
      },
      writable: () => {},
      flushed: () => {},
      closed: ({ code, returned }) => {
        if (code !== 1000 && code !== 4001) throw new Error(`closed by ${code}`);
        this.#up.takenBack(returned, this.#session, true);
        this.#down.over(this.#session);
        this.#dropSources(this.#up);
        this.#downRunning.length = 0;
        this.#downPieces.length = 0;
        this.#down.lost(this.#session);
        this.#down.settleRunning();
        this.#doomed.add(this.#session);
      },
    });
    return client;
  }

  /** The messages that were sent before the session had a name belong to it. */
  #renameSession(id: string): void {
    for (const item of this.#up.items) if (item.session === '') item.session = id;
    this.#session = id;
  }

  #startProcess(at = this.#processes.length): void {
    const name = `process ${++this.#made}`;
    const clock = new ProcessClock(this.#clock);
    const isSlow = this.#setting.storeIsSlow && this.#parts.mode !== undefined && !this.#isFinishing;
    const writes = new SlowWrites(this.#store, isSlow);
    const reception = new this.#parts.Reception<undefined>(
      writes.store,
      name,
      {
        ...serverSettings,
        limits,
        maxQueued: 4096,
        maxDetached: 2048,
        maxDetachedMessages: 3,
        overflow: this.#setting.overflow,
        keep: KEEP,
        deliversPieces: this.#setting.serverPieces,
        mode: this.#parts.mode,
        // Promises do not settle while time is moved.
        storeTimeout: 2 ** 30,
      },
      hostOf(clock, this.#random),
      {
        session: (end) => this.#serverEvents(end),
        mayResume: () => true,
        busyFor: () => undefined,
        refused: () => {},
        storeFailed: (error) => {
          this.#failure ??= error;
        },
      },
    );
    this.#processes[at] = { name, clock, reception, writes, wires: [] };
  }

  #serverEvents(end: ServerEnd) {
    return {
      message: (delivery: Delivery) =>
        this.#message(
          end,
          delivery,
          this.#up,
          this.#upRunning,
          this.#piecesOf(end.id),
          this.#setting.serverPieces,
          this.#setting.serverIsSlow,
        ),
      live: () => {},
      detached: () => {},
      writable: () => {},
      flushed: () => {},
      ended: ({ why, code }: { why: string; code: number }) => {
        if (why === 'regressed' || (why === 'ended' && code === 4700))
          throw new Error(`I3: the session ended: ${why} ${code}`);
        this.#doomed.add(end.id);
        this.#upPieces.delete(end.id);
        this.#dropRunning(end);
        this.#dropSources(this.#down, end.id);
      },
      released: () => {
        this.#dropSources(this.#down, end.id);
        this.#dropRunning(end);
      },
    };
  }

  #message(
    end: { handled(delivery: Delivery): void },
    delivery: Delivery,
    ledger: Ledger,
    running: Running[],
    pieces: Payload[],
    inPieces: boolean,
    isSlow: boolean,
  ): void {
    const { data, position } = delivery;
    let whole: Payload | undefined;
    if (position === 'whole') whole = data;
    else if (position === 'void') pieces.length = 0;
    else {
      if (position === 'first' && pieces.length > 0) throw new Error('a message began within another');
      pieces.push(data);
      if (position === 'last') {
        whole = typeof data === 'string' ? pieces.join('') : new Uint8Array(Buffer.concat(pieces as Uint8Array[]));
        pieces.length = 0;
      }
    }
    const at = whole === undefined ? undefined : ledger.delivered(whole);
    if (at !== undefined && ledger === this.#up) {
      const { session } = ledger.items[at] as { session: string };
      const numbers = this.#upNumbers.get(session) ?? [];
      this.#upNumbers.set(session, numbers);
      numbers.push({ sequence: delivery.sequence, at });
    }
    const entry = { end, delivery, at };
    running.push(entry);
    // Pieces are always handled at once: the books do not keep halves.
    if (!isSlow || inPieces || this.#isFinishing) this.#handle(running, running.length - 1, ledger);
  }

  #piecesOf(session: string): Payload[] {
    const pieces = this.#upPieces.get(session) ?? [];
    this.#upPieces.set(session, pieces);
    return pieces;
  }

  #handle(running: Running[], at: number, ledger: Ledger): void {
    const [entry] = running.splice(at % Math.max(1, running.length), 1);
    if (!entry) return;
    if (entry.at !== undefined) ledger.handled(entry.at);
    entry.end.handled(entry.delivery);
  }

  /** The handlers of this end do not end any more: what they had comes again, or goes back. */
  #dropRunning(end: ServerEnd): void {
    const mine = this.#upRunning.filter((entry) => entry.end === end);
    for (const entry of mine) this.#upRunning.splice(this.#upRunning.indexOf(entry), 1);
    this.#up.again(mine.flatMap(({ at }) => (at === undefined ? [] : [at])));
  }

  #dropSources(ledger: Ledger, session?: string): void {
    for (const source of this.#sources.filter((one) => one.ledger === ledger)) {
      if (session !== undefined && ledger.items[source.at]?.session !== session) continue;
      if (ledger.items[source.at]?.state === 'open') ledger.forget(source.at);
      this.#sources.splice(this.#sources.indexOf(source), 1);
    }
  }

  #end(): ServerEnd | undefined {
    for (const { reception } of this.#processes) {
      const end = reception.ends.get(this.#session);
      if (end) return end;
    }
    return undefined;
  }

  #dial(process: number): void {
    if (this.#client.state === 'closed') {
      if (this.#isFinishing) return;
      this.#session = '';
      this.#client = this.#newClient();
    }
    const { reception, wires } = this.#processes[process % this.#processes.length] as ServerProcess;
    const wire = new Wire();
    wires.push(wire);
    this.#wire = wire;
    wire.serverLink = reception.accept(wire.server, 'ann', undefined);
    wire.clientLink = this.#client.opened(wire.client, 'resumable');
    const { control } = wire.server;
    wire.server.control = (text) => {
      this.#watchToken(text);
      control.call(wire.server, text);
    };
  }

  /**
   * A store that has waited for the owner asks itself again, so one claim is heard of several times, the last ones when another
   * has been decided since.
   *
   * @returns whether it is heard of for the first time
   */
  #took(session: string, hash: string): boolean {
    if ([...this.#tokens, ...this.#retired].some((one) => one.hash === hash)) return false;
    this.#tokens.push({ session, hash });
    return true;
  }

  #watchToken(text: string): void {
    if (!text.startsWith('\u0010R')) return;
    const { tok } = JSON.parse(text.slice(2)) as { tok: string };
    this.#texts.set(hostOf(this.#clock, this.#random).sha256(tok), tok);
  }

  /** The client has shown the newest token: all before it are dead. */
  #retire(id: string): void {
    const own = this.#tokens.filter(({ session }) => session === id);
    for (const one of own.slice(0, -1)) {
      this.#tokens.splice(this.#tokens.indexOf(one), 1);
      this.#retired.push(one);
    }
  }

  /** I7: a retired token is never accepted. */
  async #tryRetired(process: number, at: number): Promise<void> {
    const known = this.#retired.filter(({ hash }) => this.#texts.has(hash));
    const old = known[at % Math.max(1, known.length)];
    if (!old) return;
    const { reception } = this.#processes[process % this.#processes.length] as ServerProcess;
    const wire = new Wire();
    wire.serverLink = reception.accept(wire.server, 'ann', undefined);
    wire.serverLink.received(
      `\u0010S${JSON.stringify({ v: 1, buf: 1024, part: 256, max: 1024, n: 1e9, id: old.session, tok: this.#texts.get(old.hash), rx: 0 })}`,
    );
    for (const { writes } of this.#processes) writes.let(Infinity);
    await this.#turn();
    const answer = wire.server.log[1];
    if (answer !== '\u0010X{"why":"unknown"}' || wire.server.closed?.code !== 4704)
      throw new Error(`I7: a retired token was answered by ${String(answer)}`);
    wire.cut();
  }

  async #drain(at: number, waits: boolean): Promise<void> {
    const index = at % this.#processes.length;
    const process = this.#processes[index] as ServerProcess;
    this.#counts.drains++;
    process.reception.stop('after=100');
    await this.#letWrites();
    for (const end of [...process.reception.ends.values()]) {
      end.drain(100, undefined);
      if (waits) {
        await this.#flow();
        while (this.#upRunning.some((entry) => entry.end === end))
          this.#handle(
            this.#upRunning,
            this.#upRunning.findIndex((entry) => entry.end === end),
            this.#up,
          );
      }
      await process.reception.release(end, 1012, 'after=100');
    }
    this.#store.forgetNode(process.name);
    this.#startProcess(index);
  }

  /** Nothing is held back, until another process starts. */
  async #letWrites(): Promise<void> {
    for (const { writes } of this.#processes) {
      writes.isSlow = false;
      writes.let(Infinity);
    }
    await this.#turn();
  }

  /** As kill -9. What is under way to the client may still arrive. */
  #kill(at: number): void {
    const index = at % this.#processes.length;
    const process = this.#processes[index] as ServerProcess;
    this.#counts.kills++;
    this.#store.forgetNode(process.name);
    for (const [id, owner] of this.#owners) {
      if (owner !== process.name) continue;
      const end = process.reception.ends.get(id);
      if (end) this.#dropRunning(end);
      // What waited for the end of a message that was being written goes with it.
      const source = this.#sources.find(({ ledger, at }) => ledger === this.#down && ledger.items[at]?.session === id);
      const isSettled = !source && process.writes.isIdle && process.reception.watch.waiting === 0;
      if (this.#current.has(id)) this.#rememberOnly(id, isSettled);
      else {
        this.#doomed.add(id);
        this.#upPieces.delete(id);
      }
      if (source) this.#down.forgetBehind(source.at);
      this.#dropSources(this.#down, id);
    }
    for (const wire of process.wires) {
      wire.serverLink = undefined;
      wire.client.isMute = true;
      if (!wire.server.closed) wire.server.close(1006, '');
      wire.server.isDead = true;
    }
    process.clock.stop();
    process.writes.die();
    this.#startProcess(index);
  }

  /** The process of a session has died: what the store has of it counts. */
  #rememberOnly(id: string, isSettled: boolean): void {
    const committed = this.#committed.get(id) ?? 0;
    const later = (this.#upNumbers.get(id) ?? []).filter(({ sequence }) => sequence > committed);
    this.#up.again(later.map(({ at }) => at));
    this.#down.forgetUnstored(id, this.#parts.mode === 'ahead', isSettled);
  }

  #isDoomed(session: string): boolean {
    const row = this.#store.rows.get(session);
    return this.#doomed.has(session) || row === undefined || row.expiresAt <= this.#clock.now();
  }

  async #flow(): Promise<void> {
    for (let idle = 0; idle < 3; idle++) {
      while (this.#wire?.up() || this.#wire?.down()) {
        idle = 0;
        await this.#turn();
      }
      await this.#turn();
    }
  }

  /** The store decides at once, and its answer takes a while. */
  #late<Value>(answer: Value | Promise<Value>, decided?: (value: Value) => void): Value | Promise<Value> {
    if (!(answer instanceof Promise)) decided?.(answer);
    if (this.#setting.storeDelay === 0 && !(answer instanceof Promise)) return answer;
    return Promise.resolve(answer).then(async (value) => {
      if (answer instanceof Promise) decided?.(value);
      for (let count = 0; count < this.#setting.storeDelay; count++) await Promise.resolve();
      return value;
    });
  }

  /** Whatever waits for promises is done. */
  async #turn(): Promise<void> {
    for (let count = 0; count < 12 + 12 * this.#setting.storeDelay; count++) await Promise.resolve();
    if (this.#parts.mode !== undefined) await new Promise(setImmediate);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #check(): void {
    // I4: nothing grows beyond its bound. Only a single message may be larger.
    const most = 4096 + limits.max;
    if (this.#client.bufferedAmount > most) throw new Error('I4: the client holds too much');
    const attached = new Map<string, number>();
    for (const { reception } of this.#processes)
      for (const end of reception.ends.values()) {
        if (end.heldBytes > most + limits.max) throw new Error('I4: the server holds too much');
        if (end.state === 'attached') attached.set(end.id, (attached.get(end.id) ?? 0) + 1);
      }
    // I3: nothing is acknowledged before it was handled.
    const acknowledged = this.#end()?.counts.acknowledged ?? 0;
    for (const { delivery, at } of this.#setting.overflow === 'end' ? this.#downRunning : [])
      if (at !== undefined && delivery.sequence <= acknowledged)
        throw new Error(`I3: ${delivery.sequence} was acknowledged early`);
    // I5: one connection for each session.
    for (const [id, count] of attached) if (count > 1) throw new Error(`I5: ${count} connections have session ${id}`);
  }

  /** The network heals and handlers end. At rest, everything has arrived or is accounted for. */
  async #finish(): Promise<void> {
    this.#isFinishing = true;
    await this.#letWrites();
    while (this.#sources.length > 0) this.#stream(this.#sources[0]?.ledger === this.#up, 'end', 'text');
    const isClosed = () => this.#client.state === 'closed';
    for (let round = 0; ; round++) {
      if (round > 200)
        throw new Error(
          `I2: no rest: ${this.#client.state}, ${this.#client.bufferedAmount} bytes, ${this.#end()?.state} ${this.#end()?.bufferedAmount} ${JSON.stringify(this.#end()?.counts)}`,
        );
      while (this.#upRunning.length > 0) this.#handle(this.#upRunning, 0, this.#up);
      while (this.#downRunning.length > 0) this.#handle(this.#downRunning, 0, this.#down);
      if (this.#client.state === 'waiting') this.#dial(round);
      await this.#flow();
      this.#clock.advance(300);
      await this.#flow();
      const isMute = this.#wire?.client.isMute || this.#wire?.server.isMute || this.#wire?.server.closed !== undefined;
      if (isMute && this.#client.state !== 'waiting' && !isClosed()) this.#clock.advance(31_000);
      else if (isClosed()) break;
      else if (
        this.#client.state === 'live' &&
        this.#client.bufferedAmount === 0 &&
        (this.#end()?.bufferedAmount ?? 0) === 0
      )
        break;
    }
    if (!isClosed()) {
      this.#up.settled();
      this.#down.settled();
    }
    // I9: a client has one session, whatever answers were lost.
    for (const { reception } of this.#processes)
      for (const id of reception.ends.keys())
        if (id !== this.#session && !this.#doomed.has(id) && !this.#hasLeftUnnamed)
          throw new Error('I9: a session was left behind');
    // I9: when the client has said goodbye, or stays away for long enough, nothing is left.
    this.#client.close(1000, 'done');
    await this.#flow();
    for (const { wires } of this.#processes)
      for (const wire of wires) {
        while (wire.up() || wire.down()) await this.#turn();
        wire.cut();
      }
    this.#clock.advance(KEEP + 1000);
    await this.#turn();
    this.#clock.advance(serverSettings.keepTombstone + KEEP + 1000);
    await this.#turn();
    for (const { reception } of this.#processes)
      if (reception.ends.size > 0) throw new Error(`I9: ${reception.ends.size} sessions are left`);
    await this.#store.close();
    if (this.#clock.timers.size > 0) throw new Error(`I9: ${this.#clock.timers.size} timers are left`);
  }
}

/** The time of one process: its timers die with it. */
class ProcessClock implements Clock {
  readonly #clock: Clock;
  readonly #timers = new Set<Timer>();
  #isStopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  timer(owner: TimerOwner): Timer {
    const timer = this.#clock.timer(owner);
    this.#timers.add(timer);
    return {
      set: (delay) => {
        if (!this.#isStopped) timer.set(delay);
      },
      clear: () => timer.clear(),
    };
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) timer.clear();
  }
}
