// The books of one direction: what the application sent, what the other one got, and what it was told is missing. Any
// difference throws.

import type { Payload, Returned } from '../../../src/resume/protocol/ports.ts';

type ItemState =
  /** Its source still runs. */
  | 'open'
  | 'sent'
  /** The application has it, its handler runs. */
  | 'running'
  | 'handled'
  /** The sender has got it back; and does not know whether it was handled. */
  | 'returned'
  | 'uncertain'
  /** The receiver was told that it will not come. */
  | 'lost'
  /** Its source failed: it must never arrive. */
  | 'void';

interface Item {
  key: string;
  /** Session that it was sent in. */
  session: string;
  state: ItemState;
  readonly isStream: boolean;
  wasReturned: boolean;
  /** The store of the sender has it. */
  isStored: boolean;
}

export class Ledger {
  readonly items: Item[] = [];
  readonly #name: string;
  readonly #byKey = new Map<string, number>();
  /** Sessions that the receiver has ended itself. */
  readonly #over = new Set<string>();
  /** Index of the last item that was delivered, of each session. Sessions have no order among each other. */
  readonly #last = new Map<string, number>();

  constructor(name: string) {
    this.#name = name;
  }

  sent(data: Payload, session: string): number {
    const at = this.open(session);
    this.complete(at, data);
    return at;
  }

  open(session: string, isStream = false): number {
    return this.items.push({ key: '', session, state: 'open', isStream, wasReturned: false, isStored: false }) - 1;
  }

  complete(at: number, data: Payload): void {
    const item = this.items[at] as Item;
    item.key = keyOf(data);
    item.state = 'sent';
    this.#byKey.set(item.key, at);
  }

  /** Nothing of it may arrive. */
  forget(at: number): void {
    (this.items[at] as Item).state = 'void';
  }

  /** It is in the store, or the rest of it after what was acknowledged: it outlives its sender. */
  stored(data: Payload, session: string): void {
    const at = this.#byKey.get(keyOf(data));
    const rest = keyOf(data).slice(1);
    const isRest = (one: Item): boolean =>
      one.session === session && one.state === 'sent' && !one.isStored && one.key.endsWith(rest);
    const item = at === undefined ? this.items.find(isRest) : this.items[at];
    if (item !== undefined) item.isStored = true;
  }

  /** The store has it that messages up to this number are lost, where each message has one number: the next sender tells it too. */
  storedAsLost(session: string, last: number): void {
    const own = this.items.filter((item) => item.session === session && item.state !== 'void');
    for (const item of own.slice(0, last)) item.isStored = true;
  }

  /**
   * The sender has died: what the store does not have must not have left it.
   *
   * @param isSettled  nothing was on its way to the store, and nothing had to wait
   */
  forgetUnstored(session: string, writesAhead: boolean, isSettled: boolean): void {
    for (const [at, item] of this.items.entries()) {
      if (item.session !== session || item.isStored) continue;
      if (writesAhead && (item.state === 'running' || item.state === 'handled'))
        throw this.#error(`I11: message ${at} was ${item.state} before the store had it`);
      if (item.state !== 'sent') continue;
      if (isSettled) throw this.#error(`I11: message ${at} had not been written when its process was killed`);
      item.state = 'void';
    }
  }

  /** The messages behind it in its session have not left. */
  forgetBehind(at: number): void {
    const { session } = this.items[at] as Item;
    for (const item of this.items.slice(at + 1))
      if (item.session === session && item.state === 'sent') item.state = 'void';
  }

  /** I1: in order, no repeat, nothing left out but what was announced. */
  delivered(data: Payload): number {
    const at = this.#byKey.get(keyOf(data));
    if (at === undefined) throw this.#error(`got what was never sent: ${show(data)}`);
    const item = this.items[at] as Item;
    const last = this.#last.get(item.session) ?? -1;
    if (at <= last) throw this.#error(`message ${at} (${item.state}) came after ${last}`);
    for (let between = last + 1; between < at; between++) {
      const { state, session } = this.items[between] as Item;
      if (session === item.session && state === 'sent')
        throw this.#error(`message ${between} was left out before ${at}`);
    }
    if (item.state !== 'sent' && item.state !== 'uncertain')
      throw this.#error(`message ${at} was delivered though ${item.state}`);
    item.state = 'running';
    this.#last.set(item.session, at);
    return at;
  }

  handled(at: number): void {
    const item = this.items[at] as Item;
    if (item.state === 'running') item.state = 'handled';
  }

  /** The process that ran these handlers is gone: they come again, from the first one that had not ended. */
  again(running: readonly number[]): void {
    const first = Math.min(...running);
    if (running.length === 0) return;
    const { session } = this.items[first] as Item;
    for (let at = first; at < this.items.length; at++) {
      const item = this.items[at] as Item;
      if (item.session !== session) continue;
      if (item.state === 'running' || item.state === 'handled') item.state = item.wasReturned ? 'uncertain' : 'sent';
    }
    this.#last.set(session, first - 1);
  }

  /**
   * The sender got these messages back, in order: all that it had sent last.
   *
   * @param mayBeHandled  the receiver could not say what it has handled
   */
  takenBack(returned: readonly Returned[], session: string, mayBeHandled: boolean): void {
    let before = this.items.length;
    for (const { data, isIncomplete } of [...returned].reverse())
      before = isIncomplete ? this.#returnedEnd(data, session, before) : this.#returned(data, mayBeHandled);
  }

  #returned(data: Payload, mayBeHandled: boolean): number {
    const at = this.#byKey.get(keyOf(data));
    if (at === undefined) throw this.#error(`returned what was never sent: ${show(data)}`);
    const item = this.items[at] as Item;
    if (item.wasReturned) throw this.#error(`message ${at} returned twice`);
    if (item.state === 'handled' && !mayBeHandled) throw this.#error(`message ${at} returned though handled`);
    item.wasReturned = true;
    if (item.state !== 'handled') item.state = mayBeHandled ? 'uncertain' : 'returned';
    return at;
  }

  /**
   * The end of a message whose beginning was acknowledged, or what there is of one whose source still runs. It may be empty:
   * only its place tells whose it is.
   *
   * @param before  index of the message that came back after it
   */
  #returnedEnd(data: Payload, session: string, before: number): number {
    const isCandidate = (one: Item | undefined): boolean =>
      one?.session === session && one.isStream && one.state !== 'void';
    let at = before - 1;
    while (at >= 0 && !isCandidate(this.items[at])) at--;
    const item = this.items[at];
    // Its source has been stopped meanwhile, or is about to be.
    if (item === undefined || item.state === 'open') return item === undefined ? before : at;
    if (!item.key.endsWith(keyOf(data).slice(1))) throw this.#error(`what returned is not the end of message ${at}`);
    item.wasReturned = true;
    if (item.state === 'sent') item.state = 'uncertain';
    return at;
  }

  /** The receiver was told that whatever it has not got of this session is lost. Returns how many. */
  lost(session: string): number {
    let count = 0;
    for (const item of this.items) {
      if (item.session !== session || (item.state !== 'sent' && item.state !== 'open')) continue;
      item.state = 'lost';
      count++;
    }
    return count;
  }

  /** I10, where each message of the session has one number. */
  lostExactly(session: string, first: number, last: number): void {
    let number = 0;
    for (const item of this.items) {
      // A refused message has no number.
      if (item.session !== session || item.state === 'void') continue;
      number++;
      const isIn = number >= first && number <= last;
      if (isIn && item.state !== 'sent') throw this.#error(`message ${number} told as lost, is ${item.state}`);
      if (isIn) item.state = 'lost';
    }
    if (number < last) throw this.#error(`told ${last} as lost, ${number} were sent`);
  }

  /** Nobody asks any more when these handlers end. */
  settleRunning(): void {
    for (const item of this.items) if (item.state === 'running') item.state = 'handled';
  }

  /** The receiver has ended this session: it does not ask what else was sent. */
  over(session: string): void {
    this.#over.add(session);
  }

  /** I2: at rest, everything was handled, or is accounted for. */
  settled(): void {
    for (const [at, item] of this.items.entries()) {
      if (this.#over.has(item.session)) continue;
      if (item.state === 'sent' || item.state === 'running' || item.state === 'open')
        throw this.#error(`message ${at} is ${item.state} at the end`);
    }
  }

  #error(text: string): Error {
    return new Error(`${this.#name}: ${text}`);
  }
}

function keyOf(data: Payload): string {
  return typeof data === 'string'
    ? `t${data}`
    : `b${Buffer.from(data.buffer, data.byteOffset, data.length).toString('latin1')}`;
}

function show(data: Payload): string {
  return JSON.stringify(keyOf(data).slice(0, 40));
}
