// What one end gets: numbers by counting, parts joined or passed on, and which messages were handled, in order
// (docs/resume.md, "Numbers"). Two counters that must not be mixed: `received`, what this end holds or has handled, says where
// the peer's replay begins; `handled` is acknowledged, and lets the peer forget.

import { joined } from './outgoing-item.ts';
import type { Delivery, Payload } from './ports.ts';

interface Entry {
  readonly sequence: number;
  /** What the application has got. Numbers are not enough: those of a session that follows are the same. */
  readonly delivery: Delivery | undefined;
  /** All bytes that were received up to its end. */
  readonly through: number;
  /** Ends a message of the peer. */
  readonly isEnd: boolean;
  isHandled: boolean;
  /** A joined message, and how many units of it came before its last part: they were acknowledged with their parts. */
  readonly joined?: { readonly data: Payload; readonly before: number } | undefined;
}

/** A message of which parts have come. */
interface Partial {
  readonly isBinary: boolean;
  /** Whether its pieces go to the application one by one: as it was when it began. */
  readonly isPassedOn: boolean;
  readonly pieces: Payload[];
  /** Number of its first piece, of those that are held. */
  first: number;
  bytes: number;
}

/** The beginning of a message whose rest is still to come, for a session that moves to another process. */
export interface HeldBeginning {
  /** Whether it is a binary message. */
  readonly isBinary: boolean;
  /** Absent: the application has got the pieces, as pieces. */
  readonly data?: Payload | undefined;
}

/** How messages are taken. It may change between two connections. */
export interface Taking {
  /** Pass pieces on instead of joining them, of messages that begin from now on. */
  readonly deliversPieces: boolean;
  /** Bytes of a message. */
  readonly max: number;
}

export class Inbound {
  /** Number of the last message that this end holds or has handled. */
  received = 0;
  /** Everything up to here was handled. */
  handled = 0;
  /** As {@link handled}, up to the end of a whole message. */
  handledWhole = 0;
  /** Bytes of parts that wait for the rest of their message. */
  partialBytes = 0;
  taking: Taking;
  readonly #textSize: (text: string) => number;
  #partial: Partial | undefined;
  /** `handled` is in the middle of a message that is passed on. */
  #within: HeldBeginning | undefined;
  #mark: '' | '+' | '!' = '';
  /** Used at `#head` and above. Entries below it are cleared, to free their messages. */
  #entries: (Entry | undefined)[] = [];
  #head = 0;
  #receivedBytes = 0;
  #handledBytes = 0;
  #acknowledged = 0;
  #acknowledgedBytes = 0;

  /** @param textSize  bytes of a text */
  constructor(taking: Taking, textSize: (text: string) => number) {
    this.taking = taking;
    this.#textSize = textSize;
  }

  /** Whether the application has pieces of a message that were acknowledged: nobody else can go on with it. */
  get isWithinPassedOn(): boolean {
    return this.#within !== undefined;
  }

  /** Whether the message that is under way is joined when it is complete. */
  get isJoining(): boolean {
    return this.#partial?.isPassedOn === false;
  }

  /** Messages that were handled and not acknowledged yet. */
  get owedMessages(): number {
    return Math.max(0, this.handled - this.#acknowledged);
  }

  get owedBytes(): number {
    return this.#handledBytes - this.#acknowledgedBytes;
  }

  /** Bytes that the peer must still hold, as far as this end knows. */
  get unacknowledgedBytes(): number {
    return this.#receivedBytes - this.#acknowledgedBytes;
  }

  get unacknowledgedMessages(): number {
    return this.received - this.#acknowledged;
  }

  /** Messages that are with the application. */
  get unhandledMessages(): number {
    return this.received - this.handled;
  }

  /** An acknowledgement of everything handled was sent. */
  acknowledged(): void {
    if (this.handled < this.#acknowledged) return; // the peer has dropped more
    this.#acknowledged = this.handled;
    this.#acknowledgedBytes = this.#handledBytes;
  }

  /** `+` or `!` came. Returns whether it may come here. */
  mark(mark: '+' | '!'): boolean {
    if (this.#mark !== '' || (mark === '!' && !this.#partial)) return false;
    this.#mark = mark;
    return true;
  }

  /** A mark stands, so that no other control message but those between parts may come before its data. */
  get isMarked(): boolean {
    return this.#mark !== '';
  }

  /** The connection is gone: a mark that waits for its part is void. */
  disconnected(): void {
    this.#mark = '';
  }

  /**
   * One data message came.
   *
   * @param data  without the stuffing
   * @param size  its bytes
   * @returns what goes to the application, `undefined` if nothing does yet, or the problem as a text
   */
  take(data: Payload, size: number): Delivery | undefined | string {
    const mark = this.#mark;
    this.#mark = '';
    const isBinary = typeof data !== 'string';
    const partial = this.#partial;
    if (partial && partial.isBinary !== isBinary) return 'the parts of a message are text and binary';
    if (mark === '!' && size > 0) return 'a void part is not empty';
    const sequence = ++this.received;
    this.#receivedBytes += size;
    const total = (partial?.bytes ?? 0) + size;
    const { max, deliversPieces } = this.taking;
    if (total > max) return `a message has more than ${max} bytes`;
    if (partial?.isPassedOn ?? deliversPieces) return this.#passOn(sequence, data, isBinary, mark, total);
    if (mark === '!') {
      this.#dropPartial();
      this.#enter(sequence, true, undefined);
      return undefined;
    }
    if (mark === '+') {
      this.#partial = partial ?? { isBinary, isPassedOn: false, pieces: [], first: sequence, bytes: 0 };
      this.#partial.pieces.push(data);
      this.#partial.bytes = this.partialBytes = total;
      // A part counts as handled when it is held: the sender must be able to forget it, and it lives as long as the count.
      this.#enter(sequence, false, undefined);
      return undefined;
    }
    if (!partial) return this.#enter(sequence, true, { sequence, data, isBinary, position: 'whole' });
    const whole = joined([...partial.pieces, data], isBinary);
    this.#dropPartial();
    const before = whole.length - data.length;
    return this.#enter(sequence, true, { sequence, data: whole, isBinary, position: 'whole' }, { data: whole, before });
  }

  /** The application has handled this. In any order; messages before it may still run. */
  settle(delivery: Delivery): void {
    for (let at = this.#head; at < this.#entries.length; at++) {
      const entry = this.#entries[at] as Entry;
      if (entry.delivery !== delivery) continue;
      entry.isHandled = true;
      break;
    }
    this.#advance();
  }

  /**
   * Messages up to `sequence` are lost. What was held of one that they belong to is dropped.
   *
   * @returns for the application, where it has got pieces of such a message
   */
  skip(sequence: number): Delivery | undefined {
    const end = this.#dropPartial('lost');
    this.received = sequence;
    this.#enter(sequence, true, undefined);
    // The peer has dropped them all, and those before that the application still has: they do not fill its window any more.
    this.#acknowledged = sequence;
    this.#acknowledgedBytes = this.#receivedBytes;
    return end;
  }

  /** The session is over; another one begins at 0. Returns as {@link skip}. */
  reset(): Delivery | undefined {
    const end = this.#dropPartial('over');
    this.#mark = '';
    this.#entries = [];
    this.#head = 0;
    this.#within = undefined;
    this.received = this.handled = this.handledWhole = this.#acknowledged = 0;
    this.#receivedBytes = this.#handledBytes = this.#acknowledgedBytes = 0;
    return end;
  }

  /** What must be kept of a message that was acknowledged in part, for {@link restore}. */
  beginning(): HeldBeginning | undefined {
    const partial = this.#partial;
    if (this.#within) return this.#within;
    const running = this.#entries[this.#head];
    if (running?.joined && running.joined.before > 0) {
      const { data, before } = running.joined;
      const isBinary = typeof data !== 'string';
      return { isBinary, data: typeof data === 'string' ? data.slice(0, before) : data.subarray(0, before) };
    }
    if (!partial || partial.isPassedOn || partial.first > this.handled) return undefined;
    const { isBinary } = partial;
    return { isBinary, data: joined(partial.pieces.slice(0, this.handled - partial.first + 1), isBinary) };
  }

  /**
   * Goes on where another process left off, which had handled everything up to `handled`.
   *
   * @returns what that process had joined of a message, where this end delivers pieces: it needs no `settle`
   */
  restore(handled: number, handledWhole: number, beginning: HeldBeginning | undefined): Delivery | undefined {
    this.received = this.handled = this.#acknowledged = handled;
    this.handledWhole = handledWhole;
    if (!beginning) return undefined;
    const { data, isBinary } = beginning;
    const size = data === undefined ? 0 : typeof data === 'string' ? this.#textSize(data) : data.length;
    if (this.taking.deliversPieces) {
      this.#within = { isBinary };
      this.#partial = { isBinary, isPassedOn: true, pieces: [], first: handled, bytes: size };
      return data === undefined ? undefined : { sequence: handled, data, isBinary, position: 'first' };
    }
    const pieces = data === undefined ? [] : [data];
    this.#partial = { isBinary, isPassedOn: false, pieces, first: handled, bytes: size };
    this.partialBytes = size;
    return undefined;
  }

  #passOn(
    sequence: number,
    data: Payload,
    isBinary: boolean,
    mark: '' | '+' | '!',
    total: number,
  ): Delivery | undefined {
    const isFirst = this.#partial === undefined;
    const begun = this.#partial ?? { isBinary, isPassedOn: true, pieces: [], first: sequence, bytes: 0 };
    this.#partial = mark === '+' ? begun : undefined;
    begun.bytes = total;
    const going = isFirst ? 'first' : 'middle';
    const ending = isFirst ? 'whole' : 'last';
    const position = mark === '!' ? 'void' : mark === '+' ? going : ending;
    return this.#enter(sequence, mark !== '+', { sequence, data, isBinary, position });
  }

  /** @param delivery  absent: nobody has to handle it */
  #enter(
    sequence: number,
    isEnd: boolean,
    delivery: Delivery | undefined,
    whole?: Entry['joined'],
  ): Delivery | undefined {
    const isHandled = delivery === undefined;
    this.#entries.push({ sequence, delivery, through: this.#receivedBytes, isEnd, isHandled, joined: whole });
    if (isHandled) this.#advance();
    return delivery;
  }

  #advance(): void {
    for (let entry = this.#entries[this.#head]; entry?.isHandled; entry = this.#entries[++this.#head]) {
      this.handled = entry.sequence;
      this.#handledBytes = entry.through;
      if (entry.isEnd) this.handledWhole = entry.sequence;
      this.#within = entry.isEnd ? undefined : entry.delivery && { isBinary: entry.delivery.isBinary };
      this.#entries[this.#head] = undefined;
    }
    if (this.#head === this.#entries.length) {
      this.#entries = [];
      this.#head = 0;
    } else if (this.#head > 64 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Returns the delivery that tells the application that the pieces it has got will not make a message. */
  #dropPartial(missing?: Delivery['missing']): Delivery | undefined {
    const partial = this.#partial;
    this.#partial = undefined;
    this.partialBytes = 0;
    if (!partial?.isPassedOn) return undefined;
    const { isBinary } = partial;
    return { sequence: this.received, data: isBinary ? new Uint8Array(0) : '', isBinary, position: 'void', missing };
  }
}
