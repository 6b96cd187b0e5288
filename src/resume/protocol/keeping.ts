// What a session's owner writes to the store while it has the session (docs/resuming.md, "Stores").
//
// ```
//  spill   while there is no connection: what the client has not acknowledged, and what is sent and handled meanwhile
//  ahead   all the time, and nothing leaves before it is written (gate.ts): a message before it is sent, counts before
//          they are acknowledged
// ```
//
// Whatever happens within a turn is written together, and while the store is waited for, more gathers. So a session has one
// write under way, whatever its rate of messages.

import type { Clock } from '../../core/ports.ts';
import { isControl, MORE, unstuff, VOID } from './control.ts';
import { Gate } from './gate.ts';
import type { Inbound } from './inbound.ts';
import type { Outbound } from './outbound.ts';
import type { LinkPort, Payload } from './ports.ts';
import type { Answer, SessionProgress, SessionState, SessionStore, StoredPiece, Tombstone, Written } from './store.ts';
import { StoreLine, type StoreWatch, within } from './store-line.ts';
import { batches, isLater, together } from './stored-state.ts';

/** Messages that the client has acknowledged, and the store still has: it is told when they are so many. */
const TRIM_MESSAGES = 64;

/** What all sessions of a server have in common. */
export interface KeepingSettings {
  readonly store: SessionStore;
  readonly mode: 'spill' | 'ahead';
  readonly clock: Clock;
  readonly watch: StoreWatch;
  /** Milliseconds that one call may take. */
  readonly timeout: number;
  /** Milliseconds that a session is kept: after that, what the store could not be told does not matter. */
  readonly keep: number;
  textSize(text: string): number;
}

/** The session that is written. */
export interface KeptSession {
  readonly id: string;
  readonly generation: number;
  readonly data: string;
}

/** What it has to send and has got. */
export interface KeptConversation {
  readonly outbound: Outbound;
  readonly inbound: Inbound;
  /** Bytes of the largest part that is sent. */
  readonly part: number;
}

/** What is to be in the store after one write. */
interface Goal {
  readonly sent: number;
  readonly acknowledged: number;
  readonly isContinuing: boolean;
  readonly part: number;
  /** Absent: it stays as it is. */
  readonly progress: SessionProgress | undefined;
}

export class Keeping {
  readonly #settings: KeepingSettings;
  readonly #session: KeptSession;
  readonly #conversation: KeptConversation;
  readonly #fenced: (generation: number) => void;
  readonly #line: StoreLine;
  /** What the store has. Without `progress`: nobody knows. */
  #stored: Goal;
  #gate: Gate | undefined;
  /** Parts of a message of the client that it will acknowledge, or has. */
  #parts: StoredPiece[] = [];
  #isPart = false;
  /** What happens is written. */
  #isKept: boolean;
  #isScheduled = false;
  #isWriting = false;
  #isMore = false;
  /** It has ended, or the store does not have it any more. */
  #isOver = false;
  /** Higher with each time that what the store has is forgotten. */
  #epoch = 0;

  /**
   * @param state   what the session began with
   * @param fenced  another process has the session
   */
  constructor(
    settings: KeepingSettings,
    session: KeptSession,
    conversation: KeptConversation,
    state: SessionState,
    fenced: (generation: number) => void,
  ) {
    this.#settings = settings;
    this.#session = session;
    this.#conversation = conversation;
    this.#fenced = fenced;
    this.#line = new StoreLine(settings.clock, settings.timeout, settings.watch);
    this.#isKept = settings.mode === 'ahead';
    const { acknowledged } = state;
    this.#stored = { sent: acknowledged, acknowledged, isContinuing: false, part: 0, progress: undefined };
    const data = state.beginning?.data;
    if (state.parts !== undefined) this.#parts.push(...state.parts);
    else if (data !== undefined) this.#parts.push({ sequence: state.handled, data, end: 'more' });
  }

  /** Of a message of the client that goes on: as `parts` of a state. */
  get parts(): readonly StoredPiece[] {
    const { handled } = this.#conversation.inbound;
    return this.#parts.filter(({ sequence }) => sequence <= handled);
  }

  /** A connection has the session. @returns where its messages go */
  attached(port: LinkPort): LinkPort {
    this.#isPart = false;
    this.#gate = undefined;
    if (this.#settings.mode === 'ahead') {
      this.#gate = new Gate(
        port,
        this.#position(),
        () => this.#now(),
        () => this.touch(),
      );
      this.touch(); // what was refused to the generation before
      return this.#gate;
    }
    this.#isKept = false;
    this.#forget();
    return port;
  }

  /** Nothing more goes to the connection. */
  disconnected(): void {
    this.#gate?.drop();
    this.#gate = undefined;
  }

  /** This connection is gone, whether the session still has it or not. */
  closed(port: LinkPort): void {
    if (this.#gate?.port === port) this.#gate.clear();
  }

  /** One message of the client has come. */
  arrived(data: Payload): void {
    if (typeof data === 'string' && isControl(data)) {
      if (data === MORE) this.#isPart = true;
      else if (data === VOID) this.#isPart = false;
      return;
    }
    const { received, isJoining } = this.#conversation.inbound;
    if (this.#isPart && isJoining)
      this.#parts.push({ sequence: received, data: typeof data === 'string' ? unstuff(data) : data, end: 'more' });
    this.#isPart = false;
  }

  /** Something has changed that is to be written. */
  touch(): void {
    if (!this.#isKept || this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(this.#flush);
  }

  /** The client has acknowledged messages. */
  acknowledged(): void {
    if (this.#conversation.outbound.acknowledged - this.#stored.acknowledged >= TRIM_MESSAGES) this.touch();
  }

  /** The client has the token of this claim. */
  confirmed(generation: number): void {
    const { store, keep } = this.#settings;
    this.#told(
      generation,
      this.#line.call(() => (this.#isOver ? 'written' : store.confirm(this.#session.id, generation)), keep),
    );
  }

  /** There is no connection any more. */
  detached(keep: number): void {
    const { store } = this.#settings;
    const { id, generation } = this.#session;
    this.#isKept = !this.#isOver;
    this.#commitAgain();
    this.#write();
    this.#told(
      generation,
      this.#line.call(() => (this.#isOver ? 'written' : store.detach(id, generation, keep)), keep),
    );
  }

  /**
   * Writes all of it, and gives it up. The connection gets the messages that wait for that, and is closed.
   *
   * @returns `undefined`: the store did not answer
   */
  async release(generation: number): Promise<Written | undefined> {
    const { store, clock, keep, timeout, watch } = this.#settings;
    const { id } = this.#session;
    this.#isKept = false;
    this.#commitAgain();
    const write = (): Answer<Written> =>
      this.#isOver ? 'fenced' : together([this.#reach(), store.release(id, generation, keep)]);
    let answer: Written | undefined;
    try {
      const later = this.#line.call(write, 2 * timeout);
      answer = isLater(later) ? await within(clock, 3 * timeout, later) : later;
    } catch (error) {
      watch.failed(error);
    }
    if (answer === 'written') this.#pass();
    this.forgotten();
    return answer;
  }

  /**
   * The session has ended. What waits for the store goes to the connection when the store knows the end: a client that has got only
   * a part of it, from a process that then dies, would otherwise know more than the next owner.
   */
  async ended(tombstone: Tombstone, keepTombstone: number): Promise<void> {
    const { store, clock, keep, timeout } = this.#settings;
    const { id, generation } = this.#session;
    this.#isOver = true;
    this.#isKept = false;
    const answer = this.#line.call(() => store.end(id, generation, tombstone, keepTombstone), keep);
    if (!isLater(answer)) {
      this.#part(answer);
      return;
    }
    // A store that is away must not keep the connection open.
    void Promise.resolve(within(clock, timeout, answer)).then(
      (later) => this.#part(later),
      () => this.#part(undefined),
    );
    await answer;
  }

  /** The connection gets the messages that wait, unless the client has another one by now. */
  #part(answer: Written | undefined): void {
    if (answer !== 'fenced') this.#pass();
    this.disconnected();
  }

  /** Another process has it: nothing more is written. */
  forgotten(): void {
    this.#isOver = true;
    this.#isKept = false;
    this.disconnected();
  }

  readonly #flush = (): void => {
    this.#isScheduled = false;
    if (this.#isKept) this.#write();
  };

  #write(): void {
    if (this.#isWriting) {
      this.#isMore = true;
      return;
    }
    this.#isWriting = true;
    const { generation } = this.#session;
    const answer = this.#line.call(() => (this.#isKept ? this.#reach() : 'written'), this.#settings.keep);
    const { watch } = this.#settings;
    if (isLater(answer)) answer.then((later) => this.#written(later, generation)).catch((error) => watch.failed(error));
    else this.#written(answer, generation);
  }

  #written(answer: Written | undefined, generation: number): void {
    this.#isWriting = false;
    if (answer !== undefined && answer !== 'written') this.#told(generation, answer);
    else if (answer === 'written' && !this.#isOver) this.#gate?.open(this.#position());
    if (!this.#isMore) return;
    this.#isMore = false;
    if (this.#isKept) this.#write();
  }

  /** Makes the calls that bring the store to where the session is. */
  #reach(): Answer<Written> {
    const { outbound, part } = this.#conversation;
    outbound.cutReady(part);
    const { sent } = outbound;
    const { acknowledged, isContinuing } = this.#trimmed();
    // Of a message that was acknowledged as far as it goes, and goes on, the store must have had a part.
    const isWhole = (acknowledged < sent || !isContinuing) && this.#hasParts();
    const progress = isWhole ? this.#progress() : undefined;
    const goal: Goal = { sent, acknowledged, isContinuing, part: this.#parts.at(-1)?.sequence ?? 0, progress };
    const epoch = this.#epoch;
    const reached = (answer: Written): Written => {
      if (answer === 'written' && this.#epoch === epoch) this.#reached(goal);
      return answer;
    };
    let answer: Answer<Written>;
    try {
      answer = together(this.#calls(goal));
    } catch (error) {
      this.#forget();
      throw error;
    }
    if (!isLater(answer)) return reached(answer);
    return answer.then(reached, (error: unknown) => {
      this.#forget();
      throw error;
    });
  }

  #calls({ acknowledged, isContinuing, part, progress }: Goal): Answer<Written>[] {
    const { store, textSize } = this.#settings;
    const { id, generation } = this.#session;
    const { outbound } = this.#conversation;
    const before = this.#stored;
    const answers: Answer<Written>[] = [];
    if (before.progress === undefined || acknowledged > before.acknowledged)
      answers.push(store.trim(id, generation, acknowledged, isContinuing));
    if (part > before.part) {
      const parts = this.#parts.filter(({ sequence }) => sequence > before.part);
      for (const batch of batches(parts, textSize)) answers.push(store.append(id, generation, 'incoming', batch));
    }
    if (outbound.sent > before.sent) {
      const pieces = [...outbound.after(before.sent)].map(({ sequence, data, end }) => ({ sequence, data, end }));
      for (const batch of batches(pieces, textSize)) answers.push(store.append(id, generation, 'outgoing', batch));
    }
    if (progress !== undefined && !isSame(before.progress, progress))
      answers.push(store.commit(id, generation, progress));
    return answers.length > 0 ? answers : ['written'];
  }

  #reached(goal: Goal): void {
    this.#stored = { ...goal, progress: goal.progress ?? this.#stored.progress };
    const { handledWhole } = goal.progress ?? { handledWhole: 0 };
    if ((this.#parts[0]?.sequence ?? Infinity) <= handledWhole)
      this.#parts = this.#parts.filter(({ sequence }) => sequence > handledWhole);
  }

  /**
   * Up to where the store forgets. A message that goes on keeps its last part: a process that ends it for one that has died must know
   * whether it is a text.
   */
  #trimmed(): Pick<Goal, 'acknowledged' | 'isContinuing'> {
    const { acknowledged, continued, sent } = this.#conversation.outbound;
    // Where it is not written ahead, the store never had that part.
    const keepsLast = continued > 0 && sent === acknowledged && this.#settings.mode === 'ahead';
    if (!keepsLast) return { acknowledged, isContinuing: continued > 0 };
    return { acknowledged: acknowledged - 1, isContinuing: continued < acknowledged };
  }

  #progress(): SessionProgress {
    const { inbound, outbound } = this.#conversation;
    const { data } = this.#session;
    const { handled, handledWhole } = inbound;
    let kind: SessionProgress['within'];
    if (handled > handledWhole) {
      const first = this.#parts.find(({ sequence }) => sequence > handledWhole);
      const isBinary = first === undefined ? inbound.beginning()?.isBinary : typeof first.data !== 'string';
      if (isBinary !== undefined) kind = isBinary ? 'binary' : 'text';
    }
    return { handled, handledWhole, within: kind, dropped: outbound.dropped, data };
  }

  /** Whether there is what another process needs of a message of the client that goes on. */
  #hasParts(): boolean {
    return !this.#conversation.inbound.isWithinPassedOn;
  }

  /** It may have been claimed by this process since the last time, and is not current any more then. */
  #commitAgain(): void {
    if (this.#settings.mode === 'ahead') return;
    this.#epoch++;
    this.#stored = { ...this.#stored, progress: undefined };
  }

  /** What the store has is not known: all of it is written the next time. */
  #forget(): void {
    const { acknowledged } = this.#conversation.outbound;
    this.#epoch++;
    this.#stored = { sent: acknowledged, acknowledged, isContinuing: false, part: 0, progress: undefined };
  }

  #now(): { sent: number; handled: number } {
    const { outbound, inbound } = this.#conversation;
    return { sent: outbound.cursor, handled: inbound.handled };
  }

  #position(): { sent: number; handled: number } {
    return { sent: this.#stored.sent, handled: this.#stored.progress?.handled ?? -1 };
  }

  /** Everything that waits for the store may go. */
  #pass(): void {
    this.#gate?.open({ sent: Infinity, handled: Infinity });
  }

  #told(generation: number, answer: Answer<Written | undefined>): void {
    if (isLater(answer)) {
      void answer.then((later) => this.#told(generation, later));
      return;
    }
    if (answer === 'fenced') this.#fenced(generation);
    if (answer !== 'lost' || this.#isOver) return;
    // It goes on as long as its connection does. A client that asks for it after that is told that there is no such session.
    this.#isOver = true;
    this.#isKept = false;
    this.#settings.watch.failed(new Error(`the store has lost the session ${this.#session.id}`));
    this.#pass();
  }
}

function isSame(one: SessionProgress | undefined, other: SessionProgress): boolean {
  return (
    one !== undefined &&
    one.handled === other.handled &&
    one.handledWhole === other.handledWhole &&
    one.within === other.within &&
    one.dropped === other.dropped &&
    one.data === other.data
  );
}
