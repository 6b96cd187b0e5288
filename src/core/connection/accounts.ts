// Numbers of each connection that outgrow small integers: its name, when it was opened, the bytes that it has received. They lie
// in rows of shared arrays: as fields of its object they would take three times the memory. What changes with each chunk or
// message is a small integer in the machine.

import type { Clock, CoarseClock } from '../ports.ts';

/** Rows of one array: a power of two. */
const ROWS = 1024;
const ROW_BITS = 10;
const ROW_MASK = ROWS - 1;

const ID = 0;
const OPENED_AT = 1;
const BYTES_RECEIVED = 2;
const ROUND_TRIP = 3;
const COLUMNS = 4;

/** In `ROUND_TRIP`: not known. */
const UNKNOWN = -1;

/** Times are milliseconds since the epoch. */
export interface Account {
  readonly id: number;
  readonly openedAt: number;
  readonly bytesReceived: number;
  /** Milliseconds. */
  readonly roundTripTime: number | undefined;
}

/** The row of an open connection, or what is left of it. */
export type AccountOf = number | Account;

class Rows {
  readonly values = new Float64Array(ROWS * COLUMNS);
  /** Those that are free, as a stack. */
  readonly free = Uint16Array.from({ length: ROWS }, (_, at) => ROWS - 1 - at);
  freeCount = ROWS;
}

/** The accounts of the connections of one host. */
export class Accounts {
  readonly #rows: (Rows | undefined)[] = [];
  /** All before this one are full. */
  #firstWithRoom = 0;
  #lastId = 0;
  readonly #clock: Clock;
  readonly #coarse: CoarseClock;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#coarse = clock.coarse ?? coarseOf(this);
  }

  /** The time as a small integer, for {@link timeOf}. */
  get tenths(): number {
    return this.#coarse.tenths();
  }

  /** Milliseconds since the epoch. */
  timeOf(tenths: number): number {
    return this.#coarse.began + tenths * 100;
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.#clock.wall?.() ?? this.#clock.now();
  }

  /** A connection opens. */
  open(): number {
    const { now } = this;
    let index = this.#firstWithRoom;
    let rows = this.#rows[index];
    while (rows !== undefined && rows.freeCount === 0) rows = this.#rows[++index];
    this.#firstWithRoom = index;
    if (rows === undefined) {
      rows = new Rows();
      this.#rows[index] = rows;
    }
    const row = rows.free[--rows.freeCount];
    const { values } = rows;
    const at = row * COLUMNS;
    values.fill(0, at, at + COLUMNS);
    values[at + ID] = ++this.#lastId;
    values[at + OPENED_AT] = now;
    values[at + ROUND_TRIP] = UNKNOWN;
    return index * ROWS + row;
  }

  /** Adds to what a connection has received. */
  received(account: AccountOf, size: number): void {
    if (typeof account === 'number') this.#valuesOf(account)[(account & ROW_MASK) * COLUMNS + BYTES_RECEIVED] += size;
  }

  /** A pong has arrived. */
  roundTrip(account: AccountOf, time: number): void {
    if (typeof account === 'number') this.#valuesOf(account)[(account & ROW_MASK) * COLUMNS + ROUND_TRIP] = time;
  }

  read(account: AccountOf): Account {
    if (typeof account !== 'number') return account;
    const values = this.#valuesOf(account);
    const at = (account & ROW_MASK) * COLUMNS;
    const roundTrip = values[at + ROUND_TRIP];
    return {
      id: values[at + ID],
      openedAt: values[at + OPENED_AT],
      bytesReceived: values[at + BYTES_RECEIVED],
      roundTripTime: roundTrip === UNKNOWN ? undefined : roundTrip,
    };
  }

  /** The connection has ended: its row is for another one. @returns what it was */
  close(account: AccountOf): Account {
    const last = this.read(account);
    if (typeof account !== 'number') return last;
    const index = account >>> ROW_BITS;
    const rows = this.#rows[index] as Rows;
    rows.free[rows.freeCount++] = account & ROW_MASK;
    // The memory of a crowd that has left is given back; connections gather in the first arrays.
    if (rows.freeCount === ROWS && index > 0) this.#rows[index] = undefined;
    this.#firstWithRoom = Math.min(this.#firstWithRoom, index);
    return last;
  }

  #valuesOf(row: number): Float64Array {
    return (this.#rows[row >>> ROW_BITS] as Rows).values;
  }
}

/** For hosts without one. */
function coarseOf(accounts: Accounts): CoarseClock {
  const began = accounts.now;
  return { began, tenths: () => Math.floor((accounts.now - began) / 100) };
}
