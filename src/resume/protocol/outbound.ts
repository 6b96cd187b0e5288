// What one end has to send: messages that wait, cut into pieces, each with its number, kept until the peer has acknowledged
// them, and sent again from where the peer says (docs/resume.md, "Numbers" and "Parts"). Knows nothing of connections.

import type { Range } from './control.ts';
import { cutPosition } from './cut.ts';
import { joined, newItem, type OutgoingItem, type Piece, type PieceEnd, unsent } from './outgoing-item.ts';
import type { Payload, Returned } from './ports.ts';

/** Unacknowledged messages that an end may have, each part counted. */
export const MAX_UNACKNOWLEDGED = 4096;

export class Outbound {
  /** Everything up to here was acknowledged, and is not held any more. */
  acknowledged = 0;
  /** Number of the last piece that was made. */
  sent = 0;
  /** Number of the last piece that the peer of the current connection was sent, or had before. */
  cursor = 0;
  /** Bytes of messages that have not become pieces. */
  waitingBytes = 0;
  /** The pieces dropped since the peer was last told of dropped ones. */
  dropped: Range | undefined;
  /** The highest that `cursor` was: pieces behind it have not left this end. */
  #furthest = 0;
  /** Piece `acknowledged + 1 + i` is at `#log[#head + i]`. Those before are gone, so that their messages are. */
  #log: (Piece | undefined)[] = [];
  #head = 0;
  /** `through` of the last piece, of the last acknowledged one, and of the one at the cursor. */
  #sentThrough = 0;
  #acknowledgedThrough = 0;
  #cursorThrough = 0;
  readonly #items: OutgoingItem[] = [];

  /** Whether no message waits before this one. */
  isFirst(item: OutgoingItem): boolean {
    return this.#items[0] === item;
  }

  /** Bytes of unacknowledged pieces. */
  get heldBytes(): number {
    return this.#sentThrough - this.#acknowledgedThrough;
  }

  /** Messages that have not wholly become pieces. */
  get waitingMessages(): number {
    return this.#items.length;
  }

  get isEmpty(): boolean {
    return this.sent === this.acknowledged && this.#items.length === 0;
  }

  /** Whether the last message waits for more from its source, and others after it wait for that. */
  get isOpen(): boolean {
    return this.#items[0]?.state === 'open';
  }

  add(data: Payload, size: number, attachment: unknown): void {
    const item = newItem(data, data, 'finished');
    item.chunks.push({ data, size });
    item.waiting = size;
    this.#items.push({ ...item, attachment });
    this.waitingBytes += size;
  }

  /** Begins a message whose content comes later. Messages that are added meanwhile wait for its end. */
  open(isBinary: boolean): OutgoingItem {
    const item = newItem(isBinary ? new Uint8Array(0) : '', undefined, 'open');
    this.#items.push(item);
    return item;
  }

  write(item: OutgoingItem, data: Payload, size: number): void {
    if (item.state !== 'open' || size === 0) return;
    item.chunks.push({ data, size });
    item.waiting += size;
    this.waitingBytes += size;
  }

  /** Ends a message that was opened. `isVoid`: its source failed. */
  finish(item: OutgoingItem, isVoid: boolean): void {
    if (item.state !== 'open') return;
    item.state = isVoid ? 'void' : 'finished';
    if (!isVoid) return;
    this.#forgetRest(item);
    // Nothing of it was sent: then there is nothing to take back.
    if (item.first === 0) this.#items.splice(this.#items.indexOf(item), 1);
  }

  /**
   * The next piece to send on the current connection, and moves the cursor behind it: one that was made before, or a new one.
   *
   * @param window  bytes that may be unacknowledged. The peer counts them too.
   * @param part    bytes of the largest piece
   */
  next(window: number, part: number): Piece | undefined {
    if (this.cursor - this.acknowledged >= MAX_UNACKNOWLEDGED) return undefined;
    const inFlight = this.#cursorThrough - this.#acknowledgedThrough;
    const room = inFlight === 0 ? Infinity : window - inFlight;
    let piece: Piece | undefined;
    if (this.cursor === this.sent) piece = this.#cut(room, part);
    else {
      piece = this.#log[this.#head + this.cursor - this.acknowledged];
      if (piece && piece.size > room) piece = undefined;
    }
    if (!piece) return undefined;
    this.cursor = piece.sequence;
    if (piece.sequence > this.#furthest) this.#furthest = piece.sequence;
    this.#cursorThrough = piece.through;
    return piece;
  }

  /** Makes pieces of everything that waits, without regard to room. A message that is still open becomes void. */
  cutAll(part: number): void {
    for (const item of [...this.#items]) if (item.state === 'open') this.finish(item, true);
    while (this.#items.length > 0) if (!this.#cut(Infinity, part)) break;
  }

  /** As {@link cutAll}, up to a message that is still open, of which what there is becomes pieces. */
  cutReady(part: number): void {
    while (this.#items.length > 0) if (!this.#cut(Infinity, part)) break;
  }

  /** The peer has handled everything up to `sequence`. */
  acknowledge(sequence: number): void {
    while (this.acknowledged < sequence) this.#shift();
  }

  /** A connection begins whose peer has everything up to `sequence`. */
  rewind(sequence: number): void {
    this.cursor = sequence;
    const last = this.#log[this.#head + sequence - this.acknowledged - 1];
    this.#cursorThrough = last && sequence > this.acknowledged ? last.through : this.#acknowledgedThrough;
  }

  /** Unacknowledged pieces, oldest first. */
  *pieces(): Generator<Piece> {
    for (const piece of this.#log) if (piece) yield piece;
  }

  /** As {@link pieces}, those behind `sequence`. */
  *after(sequence: number): Generator<Piece> {
    const from = this.#head + Math.max(0, sequence - this.acknowledged);
    for (let at = from; at < this.#log.length; at++) yield this.#log[at] as Piece;
  }

  /** Whether the oldest piece belongs to a message whose beginning was acknowledged. */
  get isContinuing(): boolean {
    return this.continued > 0;
  }

  /** Number of the first piece of the message that the oldest piece continues; 0: it begins one. */
  get continued(): number {
    const oldest = this.#log[this.#head] ?? this.#items[0];
    const item = oldest && 'item' in oldest ? oldest.item : oldest;
    return item !== undefined && item.first <= this.acknowledged ? item.first : 0;
  }

  /** Goes on where the peer has acknowledged everything up to `acknowledged`. Before anything else. */
  begin(acknowledged: number): void {
    this.acknowledged = this.sent = this.cursor = acknowledged;
  }

  /**
   * Puts a piece back that was kept elsewhere. In order, after `begin`.
   *
   * @param isContinuing  for the first one: see {@link isContinuing}
   */
  restore(data: Payload, size: number, end: PieceEnd, isContinuing: boolean): void {
    const last = this.#log.at(-1);
    const item = last?.end === 'more' ? last.item : newItem(data, undefined, 'finished');
    if (!last && isContinuing) item.first = this.acknowledged;
    if (end === 'void') item.state = 'void';
    this.#append(item, data, size, end);
    this.#furthest = this.sent; // by another process, perhaps
  }

  /**
   * Drops the oldest message that is held or waits, to make room. Only without a connection.
   *
   * @returns whether there was one
   */
  dropOldest(): boolean {
    const oldest = this.#log[this.#head] ?? undefined;
    const from = this.acknowledged + 1;
    const item = oldest?.item ?? this.#items[0];
    if (!item || item.state === 'open') return false;
    while (this.#log[this.#head]?.item === item) this.#shift();
    if (this.#items[0] === item) {
      // The rest of it counts as one piece, so that the range ends where the message does.
      this.#forgetRest(item);
      this.#items.shift();
      this.sent++;
      this.acknowledged++;
    }
    this.dropped = [this.dropped?.[0] ?? from, this.acknowledged];
    return true;
  }

  /**
   * The session is over: what the peer has not handled, as messages.
   *
   * @param handled  number of the last piece that the peer has handled as part of a whole message
   */
  takeBack(handled: number): Returned[] {
    const items = new Set<OutgoingItem>();
    const rests = new Map<OutgoingItem, Payload[]>();
    for (const piece of this.pieces()) {
      if (piece.sequence <= handled) continue;
      items.add(piece.item);
      rests.set(piece.item, [...(rests.get(piece.item) ?? []), piece.data]);
    }
    for (const item of this.#items) items.add(item);
    const returned: Returned[] = [];
    for (const item of items) {
      if (item.state === 'void') continue;
      const { isBinary, attachment, whole } = item;
      const isOpen = item.state === 'open';
      if (isOpen) item.state = 'void';
      const isIncomplete = isOpen || (whole === undefined && item.first > 0 && item.first <= this.acknowledged);
      const rest = [...(rests.get(item) ?? []), ...unsent(item)];
      const data = whole ?? joined(rest, isBinary);
      const wasSent = item.first > 0 && item.first <= this.#furthest;
      returned.push({ data, isBinary, attachment, wasSent, isIncomplete });
    }
    this.#log = [];
    this.#head = 0;
    this.#items.length = 0;
    this.acknowledged = this.sent = this.cursor = this.#furthest = this.waitingBytes = 0;
    this.#sentThrough = this.#acknowledgedThrough = this.#cursorThrough = 0;
    this.dropped = undefined;
    return returned;
  }

  #cut(room: number, part: number): Piece | undefined {
    const item = this.#items[0];
    if (!item) return undefined;
    if (item.state === 'open' && item.waiting === 0) return undefined;
    if (item.state === 'void') {
      this.#items.shift();
      return this.#append(item, item.isBinary ? new Uint8Array(0) : '', 0, 'void');
    }
    const { data, size = 0 } = item.chunks[0] ?? { data: item.isBinary ? new Uint8Array(0) : '' };
    const isFresh = item.offset === 0;
    // Smaller pieces than there could be would only delay.
    if (room < Math.min(part, item.waiting)) return undefined;
    let piece = data;
    let taken = size;
    if (size > part || !isFresh) {
      const end = typeof data === 'string' ? cutPosition(data, item.offset, part) : undefined;
      const until = end?.position ?? Math.min(data.length, item.offset + part);
      piece = typeof data === 'string' ? data.slice(item.offset, until) : data.subarray(item.offset, until);
      taken = end?.size ?? until - item.offset;
      item.offset = until;
    } else {
      item.offset = data.length;
    }
    if (item.offset === data.length) {
      item.chunks.shift();
      item.offset = 0;
    }
    item.waiting -= taken;
    this.waitingBytes -= taken;
    const isLast = item.state === 'finished' && item.chunks.length === 0;
    if (isLast) this.#items.shift();
    return this.#append(item, piece, taken, isLast ? 'last' : 'more');
  }

  #append(item: OutgoingItem, data: Payload, size: number, end: PieceEnd): Piece {
    this.#sentThrough += size;
    const piece: Piece = { sequence: ++this.sent, data, size, end, item, through: this.#sentThrough };
    if (item.first === 0) item.first = piece.sequence;
    this.#log.push(piece);
    return piece;
  }

  #shift(): void {
    this.#acknowledgedThrough = (this.#log[this.#head] as Piece).through;
    this.#log[this.#head] = undefined;
    this.acknowledged++;
    this.#head++;
    // The array is cut when half of it is unused, so that a message costs the same in a long log.
    if (this.#head > 32 && this.#head * 2 > this.#log.length) {
      this.#log = this.#log.slice(this.#head);
      this.#head = 0;
    }
  }

  #forgetRest(item: OutgoingItem): void {
    this.waitingBytes -= item.waiting;
    item.waiting = 0;
    item.chunks = [];
    item.offset = 0;
  }
}
