// Which connection gets which session (docs/resume.md, "The server"): the server's part of the handshake, claims at the store,
// and the sessions that this process owns. What a connection may do at all was decided before, by the handshake of HTTP.

import { Arrival } from './arrival.ts';
import { ResumeCloseCode } from './close-codes.ts';
import { type AnnouncedLimits, formatGone, formatHello, type Start, VERSION } from './control.ts';
import { Keeping, type KeepingSettings } from './keeping.ts';
import { randomName } from './names.ts';
import type { Link, LinkPort, ServerHost } from './ports.ts';
import { ServerEnd, type SessionKeeper } from './server-end.ts';
import type { ServerEvents, ServerSettings } from './server-events.ts';
import { farewellTo } from './session-state.ts';
import {
  type Answer,
  type ClaimAnswer,
  type Claimed,
  type ClaimRequest,
  newState,
  type SessionState,
  type SessionStore,
  type Tombstone,
  type Written,
} from './store.ts';
import { StoreWatch, within } from './store-line.ts';
import { isLater, type NotOwned, readState, releaseState } from './stored-state.ts';

/** RFC 6455 §7.4.2, as registered: the server restarts. */
const RESTART = 1012;
/** Random bytes of a token, and the characters that they become. */
const TOKEN_SIZE = 32;
const TOKEN_LENGTH = 43;

/** What the host of a reception decides. `Context`: what it gave to `accept`. */
export interface ReceptionHost<Context> {
  /** A session is here: a new one, or one that was in the store. Returns what its application is told. */
  session(end: ServerEnd, context: Context, isNew: boolean): ServerEvents;
  /**
   * Whether this user may go on with this session. Asked at each resume, after the token and the user were found right.
   */
  mayResume(end: ServerEnd, context: Context): boolean | Promise<boolean>;
  /** Whether there is room for an attempt: `undefined`, or the milliseconds after which the client tries again. */
  busyFor(start: Start, bind: string, context: Context): number | undefined;
  /** A resume was refused: for bounds and logs. `isRetiredToken`: the token was right once. */
  refused(why: string, isRetiredToken: boolean, context: Context): void;
  /** The store has failed, after it had answered. */
  storeFailed(error: unknown): void;
  /**
   * Names this process to the next one that has a session, at the end of each token: letters, digits, `-` and `_`. Absent: it has
   * no name.
   */
  readonly tokenTail?: string;
  /** A session goes on with a token of the process that had it before. @param tail  what that one has put at the end of it */
  cameFrom?(end: ServerEnd, tail: string): void;
}

export class Reception<Context> {
  /** The sessions that this process owns, by id. */
  readonly ends: Map<string, ServerEnd> = new Map();
  readonly #store: SessionStore;
  readonly #node: string;
  readonly #settings: ServerSettings;
  readonly #host: ServerHost;
  readonly #events: ReceptionHost<Context>;
  /** Handshakes that wait for the store or the host. */
  readonly #starts: Set<Promise<void>> = new Set();
  /** Of each session here, the generation of the last claim that was answered. */
  readonly #seen: Map<string, number> = new Map();
  /**
   * Sessions here of which a claim of this process had no answer: the store may have a generation that nobody knows, and refuse
   * what their end says. The next claim tells who has them.
   */
  readonly #doubtful: Set<string> = new Set();
  /** Those who wait for the answer of a claim. */
  #waiting: (() => void)[] = [];
  /** How sessions ended that the store has not buried yet. */
  readonly #lastWords: Map<string, { readonly tombstone: Tombstone; readonly written: Promise<unknown> }> = new Map();
  /** Sessions that this process gives up, until the store has them: its own claim may have come first. */
  readonly #leaving: Map<string, { readonly state: SessionState; readonly generation: number }> = new Map();
  /** How the store answers. */
  readonly watch: StoreWatch;
  readonly #keepings: KeepingSettings | undefined;
  /** Why it takes no more. */
  #stopped: string | undefined;

  /** @param node  names this process among those that use the store */
  constructor(
    store: SessionStore,
    node: string,
    settings: ServerSettings,
    host: ServerHost,
    events: ReceptionHost<Context>,
  ) {
    this.#store = store;
    this.#node = node;
    this.#settings = settings;
    this.#host = host;
    this.#events = events;
    this.watch = new StoreWatch((error) => events.storeFailed(error));
    const { mode, keep, storeTimeout: timeout } = settings;
    const textSize = (text: string): number => host.textSize(text);
    this.#keepings = mode && {
      store,
      mode,
      clock: host.clock,
      watch: this.watch,
      timeout,
      keep,
      textSize,
    };
    store.onFenced(node, (id, generation) => this.#fenced(id, generation));
  }

  /**
   * A connection has opened that has agreed on wsr1. `H` goes out, and `S` is awaited.
   *
   * @param bind    identifies the user: `S` may only resume a session that was begun with the same
   * @param limits  of this connection. Its session is told of them by `ServerEnd.adapt`
   * @returns what the host tells of it
   */
  accept(port: LinkPort, bind: string, context: Context, limits: AnnouncedLimits = this.#settings.limits): Link {
    const { heartbeat, startTimeout } = this.#settings;
    const arrival = new Arrival(port, this.#host, (start) => {
      const running = this.#start(arrival, start, bind, context).finally(() => this.#starts.delete(running));
      this.#starts.add(running);
    });
    port.control(formatHello({ version: VERSION, limits, heartbeat, features: [] }));
    arrival.expect(startTimeout);
    return arrival;
  }

  /**
   * Takes no more sessions: a connection that asks for one is closed with 1012. Those that are here are to be released.
   *
   * @param reason  `after=<milliseconds>`
   */
  stop(reason: string): void {
    this.#stopped = reason;
  }

  /** Gives a session to the store, with whatever runs: its connection is closed. */
  async release(end: ServerEnd, code: number, reason: string): Promise<void> {
    // A claim that is on its way would look for the session here.
    await Promise.allSettled(this.#starts);
    await this.#release(end, end.generation, code, reason);
  }

  async #release(end: ServerEnd, generation: number, code: number, reason: string): Promise<void> {
    if (this.ends.get(end.id) !== end) return;
    if (!end.isMovable) {
      end.giveUp(code, reason);
      return;
    }
    this.#remove(end);
    if (end.generation < generation) end.generation = generation;
    const state = { ...end.release(code, reason), parts: end.keeping?.parts };
    const leaving = { state, generation: end.generation };
    this.#leaving.set(end.id, leaving);
    const { keep } = this.#settings;
    const answer = end.keeping
      ? await end.keeping.release(generation)
      : await this.#told(() =>
          releaseState(this.#store, end.id, generation, keep, state, (text) => this.#host.textSize(text)),
        );
    const forget = (): void => {
      if (this.#leaving.get(end.id) === leaving) this.#leaving.delete(end.id);
    };
    // A claim of this process that came first is still on its way.
    if (answer === 'fenced') void Promise.allSettled(this.#starts).then(forget);
    else if (answer !== undefined) forget();
    // The store may have it, or not. Its client is not waited for any longer than for any other.
    else this.#host.clock.timer({ expired: forget }).set(keep);
    this.#unsee(end.id, generation);
  }

  async #start(arrival: Arrival, start: Start, bind: string, context: Context): Promise<void> {
    if (this.#stopped !== undefined) return arrival.refuse(RESTART, this.#stopped);
    if (start.version !== VERSION) return arrival.refuse(ResumeCloseCode.VERSION, `version ${start.version}`);
    const wait = this.#events.busyFor(start, bind, context);
    if (wait !== undefined) return arrival.refuse(ResumeCloseCode.BUSY, `after=${wait}`);
    try {
      if (start.resume) await this.#resume(arrival, start, start.resume, bind, context);
      else await this.#create(arrival, start, bind, context);
    } catch (error) {
      this.watch.failed(error);
      arrival.refuse(ResumeCloseCode.BUSY, 'after=1000');
    }
  }

  async #resume(
    arrival: Arrival,
    start: Start,
    resume: NonNullable<Start['resume']>,
    bind: string,
    context: Context,
  ): Promise<void> {
    const token = this.#newToken();
    const answer = await this.#claim({
      id: resume.id,
      tokenHash: this.#host.sha256(resume.token),
      nextHash: this.#host.sha256(token),
      attempt: start.attempt,
      bind,
      node: this.#node,
      isAhead: this.#isAhead,
    });
    if (answer.kind === 'stale') {
      arrival.refuse(ResumeCloseCode.REPLACED, 'replaced');
      return;
    }
    if (answer.kind === 'unknown') {
      this.#events.refused('unknown', answer.isRetiredToken, context);
      return this.#gone(arrival, start, formatGone({ why: 'unknown' }), true, bind, context);
    }
    if (answer.kind === 'tombstone')
      return this.#buried(arrival, start, resume.received, answer.tombstone, bind, context);
    const found = await this.#endOf(answer, context);
    const end = typeof found === 'string' ? undefined : found;
    if (found === 'fenced' || (!end && this.#isLate(answer))) {
      arrival.refuse(ResumeCloseCode.REPLACED, 'replaced');
      return;
    }
    if (end) this.#see(answer);
    // The store knows only this claim from now on, whatever becomes of it: what the end says next must name it.
    if (end && end.generation < answer.generation) end.generation = answer.generation;
    if (!end?.isResumable(resume.received)) {
      const tombstone = end ? end.regress() : await this.#bury(answer);
      this.#see(answer);
      if (typeof tombstone === 'string') return this.#refuseBy(arrival, tombstone);
      this.#events.refused('regressed', false, context);
      return this.#buried(arrival, start, resume.received, tombstone, bind, context);
    }
    if (!(await this.#events.mayResume(end, context))) {
      this.#events.refused('not allowed', false, context);
      end.revoke();
      return arrival.refuse(ResumeCloseCode.NOT_ALLOWED, 'not allowed');
    }
    this.#events.cameFrom?.(end, resume.token.slice(TOKEN_LENGTH));
    this.#attach(arrival, start, end, answer, token, true);
  }

  /** 256 random bits, and behind them the name of this process. */
  #newToken(): string {
    return randomName(this.#host.random, TOKEN_SIZE) + (this.#events.tokenTail ?? '');
  }

  async #claim(request: ClaimRequest): Promise<ClaimAnswer> {
    try {
      const answer = await this.#taken(this.#store.claim(request, this.#settings.keep));
      if (answer.kind === 'claimed') this.#doubtful.delete(request.id);
      return answer;
    } catch (error) {
      if (this.ends.has(request.id)) this.#doubtful.add(request.id);
      throw error;
    }
  }

  async #create(arrival: Arrival, start: Start, bind: string, context: Context): Promise<void> {
    const token = this.#newToken();
    const creating = this.#store.create(
      {
        id: randomName(this.#host.random, 16),
        tokenHash: this.#host.sha256(token),
        nonce: start.nonce ?? '',
        attempt: start.attempt,
        bind,
        node: this.#node,
        isAhead: this.#isAhead,
        data: '',
      },
      this.#settings.keep,
    );
    const created = await this.#taken(creating);
    if (created.kind === 'stale') {
      arrival.refuse(ResumeCloseCode.REPLACED, 'replaced');
      return;
    }
    let old = created.isNew ? undefined : await this.#endOf(created, context);
    if (!old && this.#isLate(created)) {
      arrival.refuse(ResumeCloseCode.REPLACED, 'replaced');
      return;
    }
    if (!created.isNew && !old && this.#lastWords.has(created.id)) {
      // It has ended here before its client knew it: another one takes its place.
      const buried = await this.#bury(created);
      return typeof buried === 'string' ? this.#refuseBy(arrival, buried) : this.#create(arrival, start, bind, context);
    }
    if (!created.isNew && !old) old = await this.#notOwned(created);
    if (typeof old === 'string') {
      this.#see(created);
      return this.#refuseBy(arrival, old);
    }
    // Where its owner has died, it begins again: the client has not got anything of it.
    const end = old ?? this.#make(created, newState(), context, true);
    this.#see(created);
    if (!end.isResumable(0)) {
      end.keepWaiting();
      return arrival.refuse(ResumeCloseCode.BUSY, 'after=1000');
    }
    this.#attach(arrival, { ...start, resume: undefined }, end, created, token, !created.isNew);
  }

  /** The session is not to be had. `fenced`: a later attempt of the client has it. Otherwise the next attempt will tell. */
  #refuseBy(arrival: Arrival, why: NotOwned | 'failed'): void {
    if (why === 'fenced') arrival.refuse(ResumeCloseCode.REPLACED, 'replaced');
    else arrival.refuse(ResumeCloseCode.BUSY, 'after=1000');
  }

  /** Whether a session of which the store has no state is this process's all the same. `undefined`: it is. */
  async #notOwned({ id, generation }: Claimed): Promise<NotOwned | undefined> {
    const pieces = await this.#asked(this.#store.since(id, generation, 'outgoing', 0));
    return typeof pieces === 'string' ? pieces : undefined;
  }

  #attach(arrival: Arrival, start: Start, end: ServerEnd, claimed: Claimed, token: string, isResumed: boolean): void {
    // A later claim has been answered before: this connection has lost.
    if (claimed.generation < end.generation || end.state === 'ended') {
      arrival.refuse(ResumeCloseCode.REPLACED, 'replaced');
      return;
    }
    if (this.#stopped !== undefined) {
      arrival.refuse(RESTART, this.#stopped);
      end.generation = claimed.generation;
      void this.release(end, RESTART, this.#stopped);
      return;
    }
    if (arrival.isClosed) {
      end.generation = claimed.generation;
      end.keepWaiting();
      return;
    }
    arrival.end = end;
    end.attach(arrival, start, { generation: claimed.generation, token, isResumed, isOrphan: claimed.isOrphan });
  }

  /** The end of a session that was claimed; `undefined` where neither this process nor the store has its state. */
  async #endOf(claimed: Claimed, context: Context): Promise<ServerEnd | NotOwned | undefined> {
    const { id, generation } = claimed;
    const own = this.ends.get(id);
    // It is here; or a later claim has brought it here, and this one has lost.
    if (own && (!claimed.head || own.generation > generation)) return own;
    if (this.#isLate(claimed)) return undefined;
    // It has ended here, which the store does not know yet.
    if (!claimed.isOrphan && this.#lastWords.has(id)) return undefined;
    const left = this.#leaving.get(id);
    if (left && !claimed.isOrphan) {
      this.#leaving.delete(id);
      return this.#make(claimed, left.state, context, false);
    }
    const head = claimed.head ?? (await this.#asked(this.#store.load(id, generation)));
    const state = head && (await this.#asked(readState(this.#store, id, generation, head)));
    const meanwhile = this.ends.get(id);
    if (meanwhile && meanwhile !== own) return meanwhile;
    if (this.#isLate(claimed)) return undefined;
    if (own) this.#forget(own);
    return typeof state === 'object' ? this.#make(claimed, state, context, false) : state;
  }

  /** A later claim of this process was answered before: this one has lost, and what the session has become is not its to have. */
  #isLate({ id, generation }: Claimed): boolean {
    return generation < Math.max(this.#seen.get(id) ?? 0, this.#leaving.get(id)?.generation ?? 0);
  }

  /** The owner of this session has died. Returns its end; or that another process has it meanwhile, or the store did not answer. */
  async #bury({ id, generation }: Claimed): Promise<Tombstone | 'fenced' | 'failed'> {
    // It may have ended here while the claim was on its way.
    const tombstone: Tombstone = this.#lastWords.get(id)?.tombstone ?? { why: 'regressed' };
    const answer = await this.#told(() => this.#store.end(id, generation, tombstone, this.#settings.keepTombstone));
    if (answer === undefined) return 'failed';
    return answer === 'fenced' ? answer : tombstone;
  }

  #make({ id, generation }: Claimed, state: SessionState, context: Context, isNew: boolean): ServerEnd {
    const end = new ServerEnd(id, generation, state, this.#settings, this.#host, this.#keeper, (made) =>
      this.#events.session(made, context, isNew),
    );
    this.ends.set(id, end);
    return end;
  }

  #buried(
    arrival: Arrival,
    start: Start,
    clientHas: number,
    tombstone: Tombstone,
    bind: string,
    context: Context,
  ): Promise<void> {
    return this.#gone(arrival, start, farewellTo(clientHas, tombstone), tombstone.why !== 'ended', bind, context);
  }

  /** @param mayBeginAnew  the application has not ended it */
  async #gone(
    arrival: Arrival,
    start: Start,
    gone: string,
    mayBeginAnew: boolean,
    bind: string,
    context: Context,
  ): Promise<void> {
    if (arrival.isClosed) return;
    arrival.port.control(gone);
    if (mayBeginAnew && start.nonce !== undefined) await this.#create(arrival, start, bind, context);
    else arrival.refuse(ResumeCloseCode.NOT_RESUMABLE, 'cannot resume');
  }

  get #isAhead(): boolean {
    return this.#settings.mode === 'ahead';
  }

  /** Waits for the store, for a time. */
  #asked<Value>(answer: Answer<Value>): Answer<Value> {
    if (!isLater(answer)) return answer;
    return Promise.resolve(within(this.#host.clock, this.#settings.storeTimeout, answer)).then((value) => {
      this.watch.answered();
      return value;
    });
  }

  /** As `#asked`, for what takes a session. Where it comes too late, the client may never ask for it again: its time begins. */
  async #taken<Value extends ClaimAnswer>(answer: Answer<Value>): Promise<Value> {
    try {
      return await this.#asked(answer);
    } catch (error) {
      if (isLater(answer))
        answer.then(
          (late) => {
            if (late.kind !== 'claimed' || this.ends.has(late.id)) return;
            void this.#told(() => this.#store.detach(late.id, late.generation, this.#settings.keep));
          },
          () => {},
        );
      throw error;
    }
  }

  readonly #keeper: SessionKeeper = {
    keeping: (end, conversation, state) =>
      this.#keepings &&
      new Keeping(this.#keepings, end, conversation, state, (generation) => void this.#isFenced(end, generation)),
    confirmed: (end, generation) => {
      // A later claim has another token, which the client has not shown.
      if (generation !== end.generation) return;
      if (end.keeping) end.keeping.confirmed(generation);
      else this.#tell(() => this.#store.confirm(end.id, generation), end);
    },
    detached: (end, keep) => {
      if (end.keeping) end.keeping.detached(keep);
      else this.#tell(() => this.#store.detach(end.id, end.generation, keep), end);
    },
    ended: (end, tombstone) => {
      if (this.ends.get(end.id) === end) this.#remove(end);
      const { id, generation } = end;
      const { keepTombstone } = this.#settings;
      const ending = end.keeping
        ? end.keeping.ended(tombstone, keepTombstone)
        : this.#told(() => this.#store.end(id, generation, tombstone, keepTombstone));
      this.#lastWords.set(id, { tombstone, written: ending });
      void ending
        .then(() => Promise.allSettled(this.#starts))
        .then(() => {
          this.#lastWords.delete(id);
          this.#unsee(id, generation);
        });
    },
  };

  #see({ id, generation }: Claimed): void {
    if (generation > (this.#seen.get(id) ?? 0)) this.#seen.set(id, generation);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  #unsee(id: string, generation: number): void {
    if ((this.#seen.get(id) ?? 0) <= generation) this.#seen.delete(id);
  }

  /** Another process takes the session over. What this one has goes to the store first. */
  async #fenced(id: string, generation: number): Promise<void> {
    // This process owns it by the store's word, but may not have read the answer yet.
    while ((this.#seen.get(id) ?? 0) < generation && this.#starts.size > 0)
      await Promise.race([
        Promise.allSettled(this.#starts),
        new Promise<void>((resolve) => this.#waiting.push(resolve)),
      ]);
    // And may not have acted upon it.
    await Promise.resolve();
    const end = this.ends.get(id);
    if (!end) await this.#lastWords.get(id)?.written;
    if (!end || end.generation > generation) return;
    await this.#release(end, generation, ResumeCloseCode.REPLACED, 'replaced');
  }

  /** Tells the store; where another process has the session meanwhile, it is forgotten here. */
  #tell(call: () => Answer<Written>, end: ServerEnd): void {
    const { generation } = end;
    void this.#told(call).then((answer) => {
      if (answer === 'fenced') void this.#isFenced(end, generation);
    });
  }

  async #isFenced(end: ServerEnd, generation: number): Promise<void> {
    // It may be a claim of this same process that is on its way.
    await Promise.allSettled(this.#starts);
    if (end.generation !== generation || this.ends.get(end.id) !== end) return;
    // Or one that had no answer, and was made all the same: then no other process has the session.
    if (!this.#doubtful.has(end.id)) this.#forget(end);
  }

  /** Another process has it. */
  #forget(end: ServerEnd): void {
    this.#remove(end);
    end.release(ResumeCloseCode.REPLACED, 'replaced');
    end.keeping?.forgotten();
  }

  #remove({ id }: ServerEnd): void {
    this.ends.delete(id);
    this.#doubtful.delete(id);
  }

  async #told(call: () => Answer<Written>): Promise<Written | undefined> {
    try {
      return await this.#asked(call());
    } catch (error) {
      this.watch.failed(error);
      return undefined;
    }
  }
}
